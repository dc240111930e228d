"""`penala index`, `search`, `ask`, `evaluation add` print the JSON that other tools rely on."""

import io
import json

import pytest

from assistant import cli

from .conftest import WordEmbedder
from .test_answering import Scripted


@pytest.fixture(autouse=True)
def scripted(monkeypatch, tmp_path):
    monkeypatch.setenv("PENALA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("assistant.models.embedding.open_embedder", lambda settings: WordEmbedder())
    monkeypatch.setattr("assistant.journey.bench.open_embedder", lambda settings: WordEmbedder())
    monkeypatch.setattr("assistant.models.registry.open_model", lambda *a, **k: Scripted())


@pytest.fixture
def penala(tmp_path, capsys, monkeypatch):
    def run(*arguments: str, stdin: str = "", code: int = 0) -> list:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        ended = cli.main([*arguments, "--project", str(tmp_path / "project"), "--json", "--lang", "en"])
        out, err = capsys.readouterr()
        assert ended == code, err
        return [json.loads(line) for line in out.splitlines()]

    return run


def test_from_files_to_a_cited_answer(penala, write):
    good = write("returns.md", "# Returns\n\nYou may return it within 14 days.")
    [indexed] = penala("index", str(good), str(write("empty.txt", "")))
    assert indexed["seconds"] >= 0
    first, second = indexed["documents"]
    assert first == {
        "name": "returns.md",
        "status": "ready",
        "pages": 1,
        "chunks": 1,
        "language": "en",
        "reason": None,
    }
    assert second["status"] == "failed" and "no text" in second["reason"]

    one, none, two = penala("search", "-", "-k", "1", stdin="return days\n\nreturns\n")
    assert none == {"results": []}
    [result] = one["results"]
    assert {"document", "page", "start", "end", "text", "score"} <= result.keys()
    assert good.read_text()[result["start"] : result["end"]] == result["text"]
    assert two["results"][0]["document"] == "returns.md"

    [answer] = penala("ask", "May I return it within how many days?", "--arm", "rag")
    assert answer.keys() >= {"answer", "citations", "refused", "arm", "fingerprint", "seconds", "tokens"}
    assert answer["citations"][0]["document"] == "returns.md" and answer["arm"] == "rag"
    assert (answer["notes"], answer["unsure"], answer["asked"]) == ([], False, None)
    [refused] = penala("ask", "Who painted the ceiling?")
    assert refused["refused"] and refused["citations"] == []


def test_only_bad_files_is_bad_input(penala, tmp_path):
    [indexed] = penala("index", str(tmp_path / "gone.pdf"), code=2)
    assert indexed["documents"][0]["status"] == "failed"


def test_a_folder_without_documents_says_so(tmp_path, capsys):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("x = 1")
    folder = [str(tmp_path / "code"), "--project", str(tmp_path / "project")]
    assert cli.main(["index", *folder, "--lang", "id"]) == 2
    assert "Di situ tidak ada yang bisa dibaca" in capsys.readouterr().err


def test_evaluation_questions_come_from_a_file(penala, write):
    rows = '{"question": "How long?", "answers": ["14 days"]}\n{"question": "Who?", "answerable": false}\n'
    assert penala("evaluation", "add", str(write("q.jsonl", rows))) == [{"added": 2}]
    listed = penala("evaluation", "list")
    assert [(q["question"], q["answers"], q["answerable"]) for q in listed] == [
        ("How long?", ["14 days"], True),
        ("Who?", [], False),
    ]
    penala("evaluation", "add", str(write("bad.jsonl", '{"question": ""}\n')), code=2)


def test_drafts_are_reviewed_on_the_command_line(penala, write):
    penala("index", str(write("fees.md", "The library charges 25 pence for each day that a book is late.")))
    [drafted] = penala("evaluation", "draft")
    assert drafted["answers"] == ["25 pence"] and penala("evaluation", "list") == []
    assert penala("evaluation", "review") == [drafted]
    asked = "What does a late book cost a day?"
    [accepted] = penala("evaluation", "review", drafted["id"], "--question", asked)
    assert (accepted["question"], accepted["origin"]) == (asked, "reviewed")
    assert penala("evaluation", "list") == [accepted]
    penala("evaluation", "review", drafted["id"], "--reject", code=2)


def test_missed_answers_are_listed_with_the_step_that_lost_them(penala, write):
    penala("index", str(write("fees.md", "The library charges 25 pence for each day that a book is late.")))
    penala("evaluation", "missed", code=2)
    rows = '{"question": "What does a late book cost a day?", "answer": "25 pence"}\n'
    rows += '{"question": "Who runs the library?", "answer": "Ada Moss"}\n'
    penala("evaluation", "add", str(write("q.jsonl", rows)))
    [got] = penala("evaluation", "missed")
    assert (got["retrieval"]["all"]["n"], got["retrieval"]["all"]["hit_1"]) == (2, 0.5)
    assert [(m["question"], m["lost"]) for m in got["missed"]] == [("Who runs the library?", "parse")]


def test_all_documents_are_read_at_once_or_it_is_said_why_not(penala, write, monkeypatch):
    penala("index", str(write("returns.md", "# Returns\n\nYou may return it within 14 days.")))
    [answer] = penala("ask", "May I return it?", "--arm", "whole_document")
    assert (answer["arm"], answer["citations"][0]["document"]) == ("whole_document", "returns.md")
    monkeypatch.setattr("assistant.models.registry.open_model", lambda *a, **k: Scripted(context=200))
    penala("ask", "May I return it?", "--arm", "whole_document", code=2)
