import stat
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dataset import differences, examples, kinds, versions
from assistant.dataset.examples import Example, Filter
from assistant.errors import PenalaError
from assistant.workspace.project import Project


def _fill(project: Project, count: int = 40) -> list[Example]:
    rows = [Example(f"e{n}", f"{n:03d}" * 12, f"answer {n} " * 6) for n in range(count)]
    examples.save(project, rows)
    return rows


def test_a_version_is_frozen_once_and_never_changes(project: Project) -> None:
    _fill(project)
    first = versions.freeze(project, "before the holidays")
    assert (first.name, first.parent, first.rows, first.note) == ("v001", None, 40, "before the holidays")
    assert versions.freeze(project) == first
    path = project.datasets / "v001.jsonl"
    assert not path.stat().st_mode & stat.S_IWUSR
    kept = path.read_bytes()
    examples.add(project, "pertanyaan baru", "jawaban baru")
    second = versions.freeze(project)
    assert (second.name, second.parent, second.rows) == ("v002", "v001", 41)
    assert path.read_bytes() == kept
    assert [v.name for v in versions.all_versions(project)] == ["v001", "v002"]


def test_every_row_of_a_version_has_a_side_that_stays(project: Project) -> None:
    _fill(project)
    versions.freeze(project)
    test = {e.id for e in versions.rows(project, "v001:test")}
    assert test
    _fill(project, 90)
    examples.save(project, [replace(e, split="") for e in examples.all_examples(project) if e.split == ""])
    versions.freeze(project)
    assert test <= {e.id for e in versions.rows(project, "v2:test")}
    parts = [versions.rows(project, f"v001:{part}") for part in examples.SPLITS]
    assert sum(map(len, parts)) == len(versions.rows(project, "v001")) == 40


def test_a_version_that_was_tampered_with_is_refused(project: Project) -> None:
    _fill(project)
    versions.freeze(project)
    path = project.datasets / "v001.jsonl"
    path.chmod(0o600)
    path.write_text(path.read_text().replace("answer 1 ", "answer X ", 1))
    with pytest.raises(PenalaError) as caught:
        versions.load(project, "v001")
    assert caught.value.code == "version_damaged"


def test_what_is_not_there_is_said(project: Project) -> None:
    with pytest.raises(PenalaError, match="no examples"):
        versions.freeze(project)
    _fill(project)
    versions.freeze(project)
    with pytest.raises(PenalaError, match="v001"):
        versions.load(project, "v9")
    with pytest.raises(PenalaError, match="train, validation, test"):
        versions.rows(project, "v001:tset")


def test_difference_and_restore(project: Project) -> None:
    rows = _fill(project)
    versions.freeze(project)
    examples.delete(project, ["e3"])
    examples.save(project, [replace(versions.load(project, "v001")[5], output="mended")])
    added = examples.add(project, "baru", "jawaban")
    versions.freeze(project)
    found = versions.difference(project, "v001", "v002")
    assert [(c.kind, c.id, c.fields) for c in found] == [
        ("changed", "e5", ("output",)), ("added", added.id, ()), ("removed", "e3", ()),
    ]  # fmt: skip
    draft = examples.add_all(project, [Example("", "usulan", "belum", status="draft")])[0]
    unfrozen = examples.add(project, "belum dibekukan", "jawaban")
    said = {(c.kind, c.id) for c in versions.restoring(project, "v001")}
    assert said == {("added", "e3"), ("changed", "e5"), ("removed", added.id), ("removed", unfrozen.id)}
    kept = versions.restore(project, "v001", "Sari")
    now = {e.id: e.output for e in examples.all_examples(project)}
    assert now == {e.id: e.output for e in rows}
    assert examples.find(project, draft.id) == draft
    assert kept and (kept.name, kept.author) == ("v003", "Sari")
    assert unfrozen.id in {e.id for e in versions.load(project, "v003")}
    examples.add(project, "sesudahnya", "jawaban")
    assert versions.freeze(project).parent == "v001"
    assert versions.restoring(project, "v004") == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_of_two_texts_are_the_two_texts(before: str, after: str) -> None:
    pieces = differences.words(before, after)
    assert "".join(p.text for p in pieces if p.kind != "new") == before
    assert "".join(p.text for p in pieces if p.kind != "gone") == after


def test_a_changed_word_is_marked_and_the_rest_is_not() -> None:
    marked = [(p.text, p.kind) for p in differences.words("Tiba besok, kak.", "Tiba lusa, kak.")]
    assert marked == [("Tiba ", "same"), ("besok", "gone"), ("lusa", "new"), (", kak.", "same")]
    long = "kata " * 5000
    assert [p.kind for p in differences.words(long, long + "akhir")] == ["gone", "new"]


def test_two_freezes_at_once_get_two_whole_versions(project: Project) -> None:
    _fill(project)
    threads = [threading.Thread(target=versions.freeze, args=(project, str(n))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for version in versions.all_versions(project):
        assert versions.load(project, version.name)


def test_the_table_is_searched_and_paged(project: Project) -> None:
    _fill(project, 30)
    examples.add(project, "diskon 50% hari_ini", "ya")
    assert [e.output for e in examples.page(project, 0, 10, Filter("50%"))[0]] == ["ya"]
    assert examples.page(project, 0, 10, Filter("%"))[1] == 1
    assert examples.page(project, 0, 10, Filter("i_i"))[1] == 1
    found, total = examples.page(project, 25, 10, Filter("answer"))
    assert (len(found), total) == (5, 30)
    with pytest.raises(PenalaError) as caught:
        examples.add(project, " ", "x")
    assert caught.value.code == "example_incomplete"


def test_kinds_of_task() -> None:
    def rows(outputs: list[str]) -> list[Example]:
        return [Example(str(n), f"in {n}", out) for n, out in enumerate(outputs)]

    assert kinds.kind_of(rows(["positif", "negatif", "netral"] * 10)) == "labels"
    assert kinds.kind_of(rows([f"Kategori: {n}\nBalasan: halo {n}" for n in range(20)])) == "fields"
    assert kinds.kind_of(rows([f"Halo {n}, terima kasih: baik" for n in range(20)])) == "text"
    assert kinds.kind_of([]) == "text"
