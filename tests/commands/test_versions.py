"""Versions listed, compared and brought back from the command line."""

import json

import pytest
from retrieval.conftest import WordEmbedder

from assistant.cli import main
from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.retrieval import index
from assistant.workspace.project import create_project


@pytest.fixture
def project(tmp_path):
    made = create_project(tmp_path / "p", "P", "id")
    examples.save(made, [Example(f"x{n}", f"{n:03d}" * 12, f"answer {n} " * 6) for n in range(12)])
    versions.freeze(made, "first")
    examples.delete(made, ["x3"])
    examples.save(made, [Example("x1", "001" * 12, "answer one " * 6, split=examples.find(made, "x1").split)])
    versions.freeze(made)
    return made


def _run(project, capsys, *words, code=0):
    assert main([*words, "--project", str(project.folder), "--json", "--lang", "id"]) == code
    said = capsys.readouterr()
    return [json.loads(line) for line in said.out.splitlines()] if code == 0 else said.err


def test_versions_and_their_difference(project, capsys):
    first, second = _run(project, capsys, "data", "versions")
    assert (first["name"], first["note"], second["parent"]) == ("v001", "first", "v001")
    [found] = _run(project, capsys, "data", "diff", "v1", "v2")
    assert (found["added"], found["removed"]) == ([], ["x3"])
    [changed] = found["changed"]
    assert changed["id"] == "x1" and list(changed["fields"]) == ["output"]
    assert main(["data", "diff", "v1", "v2", "--project", str(project.folder)]) == 0
    assert "answer [-1-]{+one+}" in capsys.readouterr().out
    assert "v001, v002" in _run(project, capsys, "data", "diff", "v1", "v7", code=2)


def test_a_version_comes_back_only_when_told_so(project, capsys):
    [asked] = _run(project, capsys, "data", "restore", "v001")
    assert (asked["added"], asked["restored"], asked["kept_as"]) == (["x3"], False, None)
    assert examples.find(project, "x3") is None
    [done] = _run(project, capsys, "data", "restore", "v001", "--yes")
    assert (done["restored"], done["kept_as"]) == (True, "v002")
    assert versions.restoring(project, "v001") == []


def test_drafts_from_documents_are_listed_with_their_places(project, capsys, tmp_path):
    (tmp_path / "jam.md").write_text("Perpustakaan buka dari pukul 9 sampai pukul 17 pada hari kerja.\n")
    index.add(project, [tmp_path / "jam.md"], WordEmbedder())
    [made] = _run(project, capsys, "data", "draft")
    assert (made["status"], made["document"], made["model"]) == ("draft", "jam.md", None)
    assert examples.find(project, made["id"]).output == made["output"]
    _run(project, capsys, "data", "draft", code=2)


def test_folds_are_printed_and_nothing_is_saved(project, capsys):
    before = examples.all_examples(project)
    turns = _run(project, capsys, "data", "split", "--folds", "4")
    assert len(turns) == 4 and sorted(i for turn in turns for i in turn["test"]) == sorted(
        e.id for e in before
    )
    assert examples.all_examples(project) == before
    examples.delete(project, [e.id for e in before[1:]])
    assert "dua keluarga" in _run(project, capsys, "data", "split", "--folds", "4", code=2)
