"""`penala data review …` as other tools call it."""

import json

import pytest

from assistant.cli import main
from assistant.dataset import examples
from assistant.dataset.examples import Example


@pytest.fixture
def run(project, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PENALA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PENALA_LANG", "id")
    rows = [
        Example(f"e{n}", f"pesan {n}", "pujian" if n % 2 else "keluhan", status="draft") for n in range(1, 13)
    ]
    examples.save(project, rows)

    def call(*words, code=0, plain=False):
        command = ["data", "review", *map(str, words), "--project", str(project.folder)]
        ended = main([*command, *([] if plain else ["--json"])])
        said = capsys.readouterr()
        assert ended == code, said.err
        if code or plain:
            return said.err if code else said.out
        found = [json.loads(line) for line in said.out.splitlines()]
        return found[0] if len(found) == 1 else found

    return call


def test_a_reviewer_works_through_the_queue_and_back(run, project):
    first = run("next", "--as", "Ani")
    assert (first["example"]["id"], first["example"]["status"], first["left"]) == ("e1", "draft", 12)
    assert run("next", "--as", "Budi")["example"]["id"] == "e2"
    done = run("edit", "e1", "--output", "keluhan", "--comment", "sindiran", "--as", "Ani")
    assert (done["status"], done["disputed"]) == ("accepted", False)
    assert run("reject", "e2", "--as", "Budi")["status"] == "rejected"
    assert run("skip", "e3", "--as", "Ani")["status"] == "draft"
    assert run("undo", "--as", "Ani")["action"] == "skip"
    assert run("undo", "--as", "Ani")["examples"] == ["e1"]
    assert examples.find(project, "e1").output == "pujian"
    assert [r["action"] for r in run("log")] == ["edit", "reject", "skip", "undo", "undo"]
    assert "tidak ada" in run("undo", "--as", "Ani", code=2).lower()


def test_bulk_rules_disputes_and_the_owners_word(run, project):
    assert run("rules", "--opinions", 2, "--target", 10) == {"opinions": 2, "target": 10}
    assert run("bulk", "accept", "--words", "pesan", "--as", "Ani")["count"] == 12
    for n in range(1, 13):
        run("accept" if n < 10 else "reject", f"e{n}", "--as", "Budi")
    assert [d["example"]["id"] for d in run("disputes")] == ["e10", "e11", "e12"]
    assert run("settle", "e10", "--output", "pujian")["status"] == "accepted"
    assert run("settle", "e11", "--reject")["status"] == "rejected"
    assert run("disputes")["example"]["id"] == "e12"
    found = run("show", "e10")
    assert [o["settles"] for o in found["opinions"]] == [False, False, True]
    found = run("status")
    assert (found["good"], found["reviewed"], found["disputed"], found["outlook"]) == (10, 12, 1, "reached")
    assert run("next", "--as", "Cici") == {"example": None, "left": 0}
    found = run("agreement")
    assert found["labels"] and found["verdict"]["units"] == 12
    assert {"alpha", "low", "high", "same", "reading"} <= set(found["answer"])
    assert [p["person"] for p in found["by_person"]] == ["Ani", "Budi"]


def test_it_speaks_to_people_too(run):
    run("rules", "--opinions", 2)
    run("accept", "e1", "--as", "Ani")
    assert "berbeda" in run("reject", "e1", "--as", "Budi", plain=True)
    assert "pesan 1" in run("disputes", plain=True)
    assert "belum bisa diperkirakan" in run("rules", "--target", 12, plain=True) + run("status", plain=True)
    assert "% pasangan sama" in run("agreement", plain=True)
    assert "pesan 2" in run("next", "--as", "Ani", plain=True)
    assert "ditolak e1" in run("log", plain=True)
    assert "tidak ada contoh" in run("accept", "nothing", code=2).lower()
    assert "9" in run("rules", "--opinions", 12, code=2)
