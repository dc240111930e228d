"""`penala data …` and `penala project …` as other tools call them."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, folder in (("PENALA_HOME", "home"), ("PENALA_WEIGHTS", "weights")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("PENALA_LANG", "id")
    return tmp_path / "home"


class Shell:
    """Runs commands and gives back what they print."""

    def __init__(self, output: pytest.CaptureFixture[str], folder: Path) -> None:
        self.output, self.folder = output, folder

    def __call__(self, *words: object, code: int = 0) -> Any:
        got = main([str(word) for word in words] + ["--project", str(self.folder), "--json"])
        said = self.output.readouterr()
        assert got == code, said.err
        return json.loads(said.out) if code == 0 else said.err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    return Shell(capsys, tmp_path / "p")


def _table(path: Path, count: int) -> Path:
    rows = [
        f"{n},pesan {n * n * 7919:012d} nomor {n},{'keluhan' if n % 2 else 'pujian'}" for n in range(count)
    ]
    path.write_text("nomor,isi,kelas\n" + "\n".join(rows) + "\n", "utf-8")
    return path


def test_from_a_file_to_a_tuning_service(run: Shell, tmp_path: Path) -> None:
    path = _table(tmp_path / "a.csv", 120)
    path.write_text(path.read_text("utf-8") + "120,,keluhan\n", "utf-8")
    said = run("data", "import", path, code=2)
    assert "nomor, isi, kelas" in said
    found = run("data", "import", path, "--input", "isi", "--output", "kelas")
    assert found["imported"] == 120
    assert [r["row"] for r in found["rejected"]] == [121]
    assert "kosong" in found["rejected"][0]["reason"]
    found = run("data", "check")
    assert found["ready"] in ("ready", "warnings")
    for finding in found["findings"]:
        assert set(finding) == {"check", "severity", "rows", "count", "message", "remedy"}
    split = run("data", "split", "--seed", 3)
    assert sum(split.values()) == 120
    assert run("data", "split", "--seed", 4) == split
    made = run("data", "version", "--note", "pertama", "--as", "sari")
    assert run("data", "versions")["author"] == "sari"
    assert (made["version"], made["rows"]) == ("v001", 120)
    for target in ("openai", "vertex"):
        out = tmp_path / f"{target}.jsonl"
        found = run("data", "export", "--to", target, "--version", "v1", "--out", out)
        assert found["rows"] == len(out.read_text("utf-8").splitlines()) == split["train"]
        assert found["left_out"] == split["validation"] + split["test"]
    found = run("data", "export", "--to", "csv", "--version", "v001:test", "--out", tmp_path / "t.csv")
    assert found["rows"] == split["test"]
    assert run("data", "export", "--to", "jsonl", "--out", tmp_path / "all.jsonl")["rows"] == 120
    found = run("data", "export", "--to", "openai", "--version", "v1", "--out", tmp_path / "openai")
    assert (found["rows"], found["validation"], found["left_out"]) == (
        split["train"],
        split["validation"],
        split["test"],
    )
    assert {Path(name).name for name in found["files"]} == {
        "train.jsonl",
        "validation.jsonl",
        "tune.py",
        "README.md",
    }


def test_exactly_what_the_filters_leave_is_exported(run: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "id,input,output,tags\na,Paket belum sampai,keluhan,kurir\nb,Bagus 100%,pujian,\nc,paket rusak,keluhan,\n"
    )
    run("data", "import", tmp_path / "a.csv")
    for filters, wanted in (
        (["--words", "PAKET"], ["a", "c"]), (["--words", "100%"], ["b"]), (["--tag", "kurir"], ["a"]),
        (["--status", "draft"], None), (["--words", "paket", "--tag", "kurir"], ["a"]), (["--status", "any"], ["a", "b", "c"]),
    ):  # fmt: skip
        out = tmp_path / "out.jsonl"
        if wanted is None:
            assert "contoh" in run("data", "export", "--to", "jsonl", *filters, "--out", out, code=2)
            continue
        run("data", "export", "--to", "jsonl", *filters, "--out", out)
        assert [json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()] == wanted
    assert "openai_dpo" in {row["id"] for row in _rows(run, "data", "targets")}
    assert "jawaban lebih buruk" in run("data", "export", "--to", "trl-preference", code=2)
    assert "llamafactory" in run("data", "export", "--to", "elsewhere", code=2)
    assert "draft" in run("data", "export", "--to", "csv", "--status", "odd", code=2)


def _rows(run: Shell, *words: str) -> list[dict[str, Any]]:
    assert main([*words, "--json"]) == 0
    return [json.loads(line) for line in run.output.readouterr().out.splitlines()]


def test_what_is_left_out_is_written_to_be_mended(
    run: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    (tmp_path / "a.csv").write_text("soal,jawab,kurang\na,x,z\nb,,\n")
    columns = ["--input", "soal", "--output", "jawab", "--rejected", "kurang"]
    found = run("data", "import", tmp_path / "a.csv", *columns, "--left-out", tmp_path / "sisa")
    assert (found["imported"], found["left_out"]) == (1, str(tmp_path / "sisa.csv"))
    mended = (tmp_path / "sisa.csv").read_text("utf-8").replace("b,,,", "b,y,,")
    monkeypatch.setattr("sys.stdin", io.StringIO(mended))
    assert run("data", "import", "-", *columns)["imported"] == 1
    out = tmp_path / "pairs.jsonl"
    made = run("data", "export", "--to", "trl_preference", "--out", out)
    assert (made["rows"], [p["code"] for p in made["problems"]]) == (1, ["no_pair"])


def test_three_examples_are_not_ready(run: Shell, tmp_path: Path) -> None:
    run("data", "import", _table(tmp_path / "a.csv", 3), "--input", "isi", "--output", "kelas")
    found = run("data", "check")
    assert found["ready"] == "not_ready"
    assert "3" in found["findings"][0]["message"]
    assert found["findings"][0]["remedy"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("a.csv", "", "kosong"), ("a.pdf", "x", "CSV, TSV, XLSX, JSONL, JSON, Parquet"), ("a.csv", "input,output\n", "tidak ada isinya")],
)  # fmt: skip
def test_bad_files_end_with_2_and_a_sentence(
    run: Shell, tmp_path: Path, name: str, content: str, words: str
) -> None:
    (tmp_path / name).write_text(content)
    assert words in run("data", "import", tmp_path / name, code=2)
    assert "Berkas" in run("data", "import", tmp_path / "tiada.csv", code=2)


def test_a_project_travels_and_comes_back(
    run: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("data", "import", _table(tmp_path / "a.csv", 30), "--input", "isi", "--output", "kelas")
    run("project", "export", tmp_path / "p.zip")
    assert main(["project", "import", str(tmp_path / "p.zip"), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert main(["project", "delete", row["id"], "--json"]) == 0
    assert main(["project", "list"]) == 0
    assert "tempat sampah" in capsys.readouterr().out
    assert main(["project", "restore", row["id"]]) == 0
    assert main(["project", "import", str(tmp_path / "a.csv")]) == 2
    assert "bukan zip proyek" in capsys.readouterr().err


def test_a_project_at_work_is_not_deleted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import os

    import psutil

    assert main(["project", "new", "Sibuk", "--json"]) == 0
    run = Path(json.loads(capsys.readouterr().out)["folder"]) / "runs" / "r001"
    run.mkdir(parents=True)
    (run / "spec.json").write_text("{}")
    (run / "events.jsonl").write_text('{"kind": "started", "at": "2026-11-23T00:00:00.000+00:00"}\n')
    ours = {"pid": os.getpid(), "started": psutil.Process().create_time()}
    (run / "process.json").write_text(json.dumps(ours))
    assert main(["project", "delete", "sibuk"]) == 2
    assert "r001" in capsys.readouterr().err
    (run / "process.json").write_text(json.dumps(ours | {"started": 0}))
    assert main(["project", "delete", "sibuk"]) == 0


def test_what_was_left_out_at_import_is_told_by_the_check(run: Shell, tmp_path: Path) -> None:
    rows = [
        {"id": f"r{n}", "text": f"pesan {n * n * 7919:012d} nomor {n}", "label": "ab"[n % 2]}
        for n in range(40)
    ]
    bad = [
        {"id": "hollow", "text": "ada", "label": " "}, {"id": "bare", "text": "ada juga"},
        {"id": "list", "text": "ada lagi", "label": [1]}, rows[3], {**rows[4], "label": "b"},
    ]  # fmt: skip
    lines = [json.dumps(row) for row in [*rows, *bad]]
    (tmp_path / "a.jsonl").write_text("\n".join([*lines, "{broken"]), "utf-8")
    imported = run("data", "import", tmp_path / "a.jsonl")
    assert (imported["imported"], len(imported["rejected"])) == (40, 6)
    found: dict[str, list[str]] = {}
    for finding in run("data", "check")["findings"]:
        found[finding["check"]] = [*found.get(finding["check"], []), *finding["rows"]]
    assert found["schema"] == ["hollow", "bare", "list", "46"]
    assert found["empty"] == ["hollow", "bare"]
    assert found["exact_duplicate"] == ["r3"]
    assert found["contradiction"][0] == "r4"
    again = tmp_path / "a.jsonl"
    again.write_text("\n".join(lines[:40]), "utf-8")
    run("data", "import", again)
    assert not {"schema", "empty"} & {f["check"] for f in run("data", "check")["findings"]}


def test_a_remedy_and_its_way_back(run: Shell, tmp_path: Path) -> None:
    path = _table(tmp_path / "a.csv", 40)
    path.write_text(path.read_text("utf-8") + "40,NIK saya 3171234506890123,keluhan\n", "utf-8")
    run("data", "import", path, "--input", "isi", "--output", "kelas")
    assert run("data", "check")["ready"] == "not_ready"
    assert run("data", "mend", "personal_data") == {"check": "personal_data", "changed": 1, "rows": ["41"]}
    assert run("data", "check")["ready"] == "warnings"
    assert "personal_data" in run("data", "mend", "amount", code=2)
    run("data", "mend", "--undo")
    assert run("data", "check")["ready"] == "not_ready"
    assert "dibatalkan" in run("data", "mend", "--undo", code=2)


def test_groups_are_named_on_the_command_line(run: Shell, tmp_path: Path) -> None:
    rows = [
        f"{n},{'ibu' if n % 4 == 1 else 'orang'} {n * n * 7919:012d} nomor {n},{'ab'[n % 2]}"
        for n in range(80)
    ]
    (tmp_path / "a.csv").write_text("no,isi,kelas\n" + "\n".join(rows), "utf-8")
    run("data", "import", tmp_path / "a.csv", "--input", "isi", "--output", "kelas")
    assert "wording" not in {f["check"] for f in run("data", "check")["findings"]}
    found = run("data", "check", "--groups", "perempuan=ibu,mbak")["findings"]
    assert next(f for f in found if f["check"] == "wording")["count"] == 20
    assert "perempuan" in run("data", "check", "--groups", "perempuan", code=2)


def test_a_file_that_is_one_split_is_named_so_and_stays_it(run: Shell, tmp_path: Path) -> None:
    (tmp_path / "uji.csv").write_text("id,input,output,split\na,kapan tiba?,besok,train\nb,berapa?,dua,\n")
    assert "validation" in run("data", "import", tmp_path / "uji.csv", "--split", "tes", code=2)
    assert not (tmp_path / "p").exists()
    run("data", "import", tmp_path / "uji.csv", "--split", "test")
    _table(tmp_path / "latih.csv", 40)
    run("data", "import", tmp_path / "latih.csv", "--input", "isi", "--output", "kelas", "--split", "train")
    assert run("data", "split") == {"train": 40, "validation": 0, "test": 2}
    (tmp_path / "uji.csv").write_text("id,input,output\na,kapan tiba?,lusa\n")
    run("data", "import", tmp_path / "uji.csv")  # an edit that names no split
    out = tmp_path / "out.jsonl"
    assert run("data", "export", "--to", "jsonl", "--split", "test", "--out", out)["rows"] == 2
    assert '"lusa"' in out.read_text("utf-8")
