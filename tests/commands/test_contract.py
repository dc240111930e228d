"""The command line's contract: exit codes, and one JSON object a line on stdout with nothing else there."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant import __version__, jobs, texts
from assistant.cli import FAILED
from assistant.commands import Call, tune
from assistant.models.values import ChatModel, Embedder
from assistant.settings import from_environment
from assistant.workspace.project import Project

from .conftest import Shell

HELP = """# Returns

You may return a parcel within 14 days.

# Delivery

Delivery to the islands costs 25,000 rupiah and takes three days.
"""


def _rows(count: int) -> str:
    rows = [
        {"input": f"message {n * n * 7919:012d} number {n}", "output": f"answer {n % 7} {n}"}
        for n in range(count)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_a_project_is_made_listed_packed_unpacked_deleted_and_brought_back(
    penala: Shell, tmp_path: Path
) -> None:
    assert penala("project", "list", "--json").objects == []
    made = penala("project", "new", "Uji Coba", "--lang", "id", "--json").object
    assert made.keys() >= {"id", "name", "language", "created", "folder"}
    assert (made["id"], made["name"], made["language"]) == ("uji-coba", "Uji Coba", "id")
    penala("data", "import", _written(tmp_path / "a.jsonl", _rows(30)), "--project", made["folder"])
    packed = penala("project", "export", tmp_path / "p.zip", "--project", made["folder"], "--json").object
    assert packed == {"path": str(tmp_path / "p.zip")}
    came = penala("project", "import", tmp_path / "p.zip", "--json").object
    assert (came["id"], came["name"]) == ("uji-coba-2", "Uji Coba")
    assert sum(penala("data", "split", "--project", came["folder"], "--json").object.values()) == 30
    assert [row["id"] for row in penala("project", "list", "--json").objects] == ["uji-coba", "uji-coba-2"]

    assert penala("project", "delete", "uji-coba", "--json").object == {"deleted": "uji-coba"}
    assert [row["id"] for row in penala("project", "list", "--json").objects] == ["uji-coba-2"]
    assert penala("project", "restore", "uji-coba", "--json").object["id"] == "uji-coba"
    penala("project", "delete", "--project", came["folder"])
    assert penala("project", "purge", "--json").object == {"purged": 1}
    assert "uji-coba-2" in penala("project", "restore", "uji-coba-2", code=2).err
    assert [row["id"] for row in penala("project", "list", "--json").objects] == ["uji-coba"]


@pytest.mark.parametrize("name", ["../x", "tiada", "/etc", ".", ""])
def test_only_a_project_of_the_workspace_is_deleted(penala: Shell, name: str) -> None:
    penala("project", "delete", name, code=2)


def test_examples_are_imported_checked_split_frozen_and_exported(penala: Shell, tmp_path: Path) -> None:
    where = ("--project", tmp_path / "p", "--json")
    table = "isi,kelas\n" + "".join(f"pesan {n * n * 7919:012d} nomor {n},kelas {n % 3}\n" for n in range(60))
    path = _written(tmp_path / "a.csv", table + ",kosong\n")
    found = penala("data", "import", path, "--input", "isi", "--output", "kelas", *where).object
    assert found["imported"] == 60 and [row["row"] for row in found["rejected"]] == [61]
    checked = penala("data", "check", *where).object
    assert checked["ready"] in ("ready", "warnings", "not_ready")
    for finding in checked["findings"]:
        assert finding.keys() == {"check", "severity", "rows", "count", "message", "remedy"}
        assert finding["message"] and finding["remedy"]
    counts = penala("data", "split", *where).object
    assert sum(counts.values()) == 60 and counts.keys() >= {"train", "validation", "test"}
    made = penala("data", "version", *where).object
    assert (made["version"], made["rows"], made["parent"]) == ("v001", 60, None)
    assert penala("data", "version", *where).object["version"] == "v001"  # nothing changed
    out = tmp_path / "out.jsonl"
    wrote = penala("data", "export", "--to", "jsonl", "--version", "v1:test", "--out", out, *where).object
    assert wrote["path"] == str(out) and wrote["rows"] == counts["test"] == len(out.read_text().splitlines())
    assert "mars" in penala("data", "export", "--to", "mars", *where, code=2).err
    assert "v7" in penala("data", "export", "--to", "csv", "--version", "v7", *where, code=2).err


def test_the_interview_answers_one_object_a_turn(penala: Shell, tmp_path: Path) -> None:
    turns = ['{"set": {"signal": "unknown"}}', '{"end": true}']
    checklist = penala("advise", "--project", tmp_path / "p", "--json", stdin='{"say": "halo"}\n').object
    turns[0] = json.dumps({"set": {checklist["asks"]["signal"]: "unknown"}})
    asked, ended = penala(
        "advise", "--project", tmp_path / "p", "--json", stdin="\n".join(turns) + "\n"
    ).objects
    for turn in (asked, ended):
        assert turn.keys() >= {"reply", "asks", "facts", "decision", "settled"}
    assert asked["asks"] is None or asked["asks"].keys() >= {"signal", "question", "answers"}
    assert ended["decision"].keys() >= {
        "approach", "scores", "reasons", "risks", "next_steps", "would_change",
    }  # fmt: skip
    assert all(reason.keys() >= {"text", "source"} for reason in ended["decision"]["reasons"])


def test_evaluation_questions_are_added_and_listed(penala: Shell, tmp_path: Path) -> None:
    path = _written(tmp_path / "q.csv", "question,answers\nHow long?,14 days|two weeks\nWho?,Ani\n")
    assert penala("evaluation", "add", path, "--project", tmp_path / "p", "--json").object == {"added": 2}
    listed = penala("evaluation", "list", "--project", tmp_path / "p", "--json").objects
    assert [(row["question"], row["answers"]) for row in listed] == [
        ("How long?", ["14 days", "two weeks"]),
        ("Who?", ["Ani"]),
    ]


@pytest.mark.models
def test_documents_are_indexed_found_and_quoted(
    penala: Shell, tmp_path: Path, embedder: Embedder, chat_en: ChatModel
) -> None:
    where = ("--project", tmp_path / "p", "--json")
    path = _written(tmp_path / "help.md", HELP)
    indexed = penala("index", path, *where).object
    [document] = indexed["documents"]
    assert indexed.keys() == {"documents", "seconds"}
    assert (
        document.keys() == {"name", "status", "pages", "chunks", "language", "reason"}
        and document["status"] == "ready"
    )
    found = penala(
        "search", "-", "-k", "1", *where, stdin="how many days to return\n\nprice of delivery\n"
    ).objects
    assert found[1] == {"results": []}
    for answer, word in ((found[0], "14 days"), (found[2], "25,000")):
        [result] = answer["results"]
        assert result.keys() >= {"document", "page", "start", "end", "text", "score"}
        assert word in result["text"] and HELP[result["start"] : result["end"]] == result["text"]
    answers = penala(
        "ask", "-", *where, stdin="Within how many days may I return a parcel?\nWho painted it?\n"
    ).objects
    for answer in answers:
        assert answer.keys() >= {"answer", "citations", "refused", "arm", "fingerprint", "seconds", "tokens"}
    assert answers[0]["arm"] == "rag" and answers[0]["citations"][0]["document"] == "help.md"
    assert "14 days" in answers[0]["answer"]
    assert answers[1]["refused"] and answers[1]["citations"] == []
    _written(
        tmp_path / "other.md",
        "Paket dapat dikembalikan dalam 30 hari dan ini adalah aturan untuk semua orang.",
    )
    penala("index", tmp_path / "other.md", *where)
    for limit, name in ((("--document", "help.md"), "help.md"), (("--language", "id"), "other.md")):
        rows = penala("search", "return a parcel within 30 days", *limit, *where).object["results"]
        assert {row["document"] for row in rows} == {name}
        cited = penala("ask", "Within how many days may I return a parcel?", *limit, *where).object[
            "citations"
        ]
        assert {row["document"] for row in cited} <= {name}
    assert "gone.md" in penala("search", "x", "--document", "gone.md", *where, code=2).err
    assert "--arm rag" in penala("ask", "x", "--arm", "prompt", "--language", "id", *where, code=2).err
    told = penala("ask", "Is it far?", "--arm", "prompt", *where).object
    assert told["arm"] == "prompt" and told["citations"] == [] and told["tokens"] > 0


def test_runs_that_are_not_there(penala: Shell, tmp_path: Path) -> None:
    penala("project", "new", "Uji", "--project", tmp_path / "p")
    where = ("--project", tmp_path / "p")
    assert penala("jobs", *where, "--json").objects == []
    assert penala("jobs", *where, "--lang", "id").out == texts.say("id", "tuning.no_runs") + "\n"
    for command in ("cancel", "resume"):
        assert "r009" in penala(command, "r009", *where, code=2).err
    assert penala("report", *where, code=2).err


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize(
    ("last", "code", "words"),
    [
        ({"kind": "finished", "adapter": "a", "metrics": {}, "seconds": 3.0}, 0, {"en": "finished", "id": "selesai"}),
        ({"kind": "failed", "code": "too_few_rows", "values": {"train": "3", "validation": "0"}}, 2, {"en": "3", "id": "3 baris"}),
        ({"kind": "failed", "code": "disk_full", "values": {"folder": "x", "free": "0"}}, 1, {"en": "disk", "id": "Disk penuh"}),
        ({"kind": "cancelled"}, 0, {"en": "Stopped", "id": "Dihentikan"}),
        ({"kind": "note", "key": "tuning.waiting", "ahead": 1}, 1, {"en": "penala resume r001", "id": "penala resume r001"}),
    ],
    ids=["finished", "bad input", "failed", "cancelled", "interrupted"],
)  # fmt: skip
def test_a_run_is_shown_to_its_end_in_words(
    penala: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    last: dict[str, Any], code: int, words: dict[str, str], language: str,
) -> None:  # fmt: skip
    penala("project", "new", "Uji", "--project", tmp_path / "p")
    job = _told(tmp_path / "p", last)
    monkeypatch.setattr(tune, "resume_job", lambda job: job)
    ran = penala("resume", "r001", "--project", tmp_path / "p", "--lang", language, code=code)
    assert words[language] in ran.out + ran.err
    ran = penala("resume", "r001", "--project", tmp_path / "p", "--json", code=code)
    assert [line.get("event") for line in ran.objects] == ["started", "metric", last["kind"], None]
    assert ran.objects[-1].keys() >= {"run", "state", "adapter", "metrics", "seconds"}
    assert ran.objects[-1]["state"] == job.state()
    [row] = penala("jobs", "--project", tmp_path / "p", "--json").objects
    assert row == ran.objects[-1]


def _told(project: Path, last: dict[str, Any]) -> jobs.Job:
    """A run's folder whose process is gone."""
    folder = Project(project).runs / "r001"
    folder.mkdir(parents=True)
    (folder / "spec.json").write_text(json.dumps({"plan": {"model": "m"}, "dataset": "v001"}))
    (folder / "process.json").write_text('{"pid": 1, "started": 0}')
    metric = {"kind": "metric", "step": 5, "steps": 9, "split": "train", "loss": 1.5, "seconds_left": 3}
    lines = [
        {"at": "2026-11-23T00:00:00.000+00:00", **event} for event in ({"kind": "started"}, metric, last)
    ]
    (folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return jobs.Job(folder)


def test_models_are_listed_one_a_line(penala: Shell) -> None:
    rows = penala("models", "--json").objects
    assert all(row.keys() >= {"model", "name", "where", "ready"} for row in rows)
    assert {"smollm2-135m-instruct", "multilingual-e5-small"} <= {row["model"] for row in rows}
    assert "tiada" in penala("models", "fetch", "tiada", code=2).err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("tiada",),
        ("search",),
        ("search", "x", "-k", "dua"),
        ("project", "list", "--lang", "fr"),
        ("data",),
    ],
)
def test_wrong_usage_ends_with_2_and_the_usage(penala: Shell, words: tuple[str, ...]) -> None:
    ran = penala(*words, code=2)
    assert "usage: penala" in ran.err and ran.out == ""


@pytest.mark.parametrize("words", [("search", "x"), ("data", "check"), ("jobs",), ("tune",), ("compare",)])
def test_a_project_that_is_not_named_or_not_there(
    penala: Shell, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "--project" in penala(*words, "--lang", "id", code=2).err
    ran = penala(*words, "--project", tmp_path / "tiada", "--lang", "id", "--json", code=2)
    assert "tiada" in ran.err and ran.out == ""


def test_the_folder_one_stands_in_is_the_project(
    penala: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    penala("project", "new", "Uji", "--project", tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    assert penala("evaluation", "list", "--json").objects == []


def test_the_codes_that_count_as_failed_exist() -> None:
    assert {f"errors.{code}.message" for code in FAILED} <= set(texts.keys("en"))


def test_the_language_asked_for_goes_before_the_one_configured(
    penala: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENALA_LANG", "id")
    assert (
        "Tidak ada" in penala("project", "restore", "x", code=2).err
        or "tidak ada" in penala("project", "restore", "x", code=2).err
    )
    assert "trash" in penala("project", "restore", "x", "--lang", "en", code=2).err


def test_the_command_runs_as_a_process(tmp_path: Path) -> None:
    """Started small: neither torch nor gradio is loaded to show a version; a closed pipe is no error."""
    code = "import sys; from assistant.cli import main\ntry: main(['--version'])\nexcept SystemExit: print([m for m in ('torch', 'gradio', 'transformers', 'chromadb', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == [f"penala {__version__}", "[]"]


def test_text_is_utf8_wherever_the_command_runs(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONIOENCODING": "ascii",
        "PENALA_HOME": str(tmp_path),
        "PENALA_WEIGHTS": str(from_environment().weights),
    }

    def run(*words: str, stdin: bytes = b"") -> Any:
        command = [sys.executable, "-m", "assistant", *words, "--json"]
        done = subprocess.run(command, input=stdin, capture_output=True, env=environment, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.decode("utf-8"))

    made = run("project", "new", "Toko “Melati” 😀")
    assert made["name"] == "Toko “Melati” 😀"
    turn = run("advise", "--project", made["folder"], stdin='{"say": "café \xff"}\n'.encode("latin-1"))
    assert turn["settled"] is False


def test_a_call_knows_its_language() -> None:
    from argparse import Namespace

    assert Call(from_environment({"PENALA_LANG": "xx"}), Namespace()).language == "id"


def _written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_an_interview_needs_no_project_and_leaves_none(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "advise", "--json"], input='{"end": true}\n', cwd=tmp_path,
        capture_output=True, text=True,
        env={**os.environ, "PENALA_HOME": str(tmp_path / "home"), "PENALA_WEIGHTS": str(from_environment().weights)},
    )  # fmt: skip
    assert done.returncode == 0 and json.loads(done.stdout)["decision"] is not None
    assert not list(tmp_path.rglob("project.db"))
