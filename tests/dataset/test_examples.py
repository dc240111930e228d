"""The table of examples: what counts, what is found, and two people who edit one example."""

import threading
from dataclasses import asdict, replace

import pytest

from assistant.dataset import examples, versions
from assistant.dataset.examples import Example, Filter, Place
from assistant.errors import PenalaError
from assistant.workspace import lock
from assistant.workspace.project import Project

_FULL = Example(
    "x1", "Di mana paketku?", "Kami lacak.", "chat-7", "train", "dari telepon", "drafted", ("kirim", "id"), "sari",
    Place("faq.csv", 3, "d1", 10, 25, "gemma", "rag"), "accepted", "Tidak tahu.",
)  # fmt: skip


def test_an_example_keeps_all_that_is_known_of_it(project: Project) -> None:
    examples.save(project, [_FULL])
    assert examples.find(project, "x1") == _FULL
    assert examples.read(asdict(_FULL)) == _FULL
    assert examples.find(project, "x2") is None


def test_only_accepted_examples_count(project: Project) -> None:
    draft, bad = replace(_FULL, id="x2", status="draft"), replace(_FULL, id="x3", status="rejected")
    examples.save(project, [_FULL, draft, bad])
    assert examples.all_examples(project) == [_FULL]
    assert examples.every(project) == [_FULL, draft, bad]
    assert [e.id for e in versions.load(project, versions.freeze(project).name)] == ["x1"]


def test_a_filter_joins_all_that_it_asks_for(project: Project) -> None:
    other = replace(_FULL, id="x2", author="budi", tags=("id",), input="50% diskon")
    examples.save(project, [_FULL, other])
    for sought, ids in (
        (Filter(author="budi"), ["x2"]), (Filter(tag="id"), ["x1", "x2"]), (Filter(tag="kirim", author="budi"), []),
        (Filter("50%"), ["x2"]), (Filter("lacak", origin="drafted"), ["x1", "x2"]), (Filter(tag="i"), []),
    ):  # fmt: skip
        found, total = examples.page(project, 0, 10, sought)
        assert ([e.id for e in found], total) == (ids, len(ids)), sought


def test_the_revision_rises_only_where_something_changed(project: Project) -> None:
    examples.save(project, [_FULL, replace(_FULL, id="x2")])
    examples.save(project, [_FULL, replace(_FULL, id="x2", output="Lain.")])
    assert [e.revision for e in examples.every(project)] == [1, 2]


def test_who_edits_what_another_changed_is_told(project: Project) -> None:
    examples.save(project, [_FULL])
    mended = examples.change(project, _FULL, lambda e: replace(e, output="Kami lacak ya."))
    assert mended == examples.find(project, "x1") and mended.revision == 2
    with pytest.raises(PenalaError) as stale:
        examples.change(project, _FULL, lambda e: replace(e, output="Hilang"))
    assert stale.value.code == "example_changed"
    examples.delete(project, ["x1"])
    with pytest.raises(PenalaError):
        examples.change(project, mended, lambda e: e)


def test_of_many_who_edit_at_once_one_wins(project: Project) -> None:
    examples.save(project, [_FULL])
    told: list[str] = []

    def edit(name: str) -> None:
        try:
            examples.change(project, _FULL, lambda e: replace(e, author=name))
            told.append(name)
        except PenalaError:
            pass

    threads = [threading.Thread(target=edit, args=(f"p{n}",)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (kept,) = examples.every(project)
    assert [kept.author] == told and kept.revision == 2


def test_examples_added_at_once_get_ids_of_their_own(project: Project) -> None:
    made: list[Example] = []
    add = [threading.Thread(target=lambda: made.append(examples.add(project, "a", "b"))) for _ in range(8)]
    for thread in add:
        thread.start()
    for thread in add:
        thread.join()
    assert {e.id for e in made} == {f"e{n}" for n in range(1, 9)}


def test_who_adds_or_changes_waits_for_the_same_lock_as_reviewers(project: Project) -> None:
    """SQLite's own waiting looks again at chance moments, and a bulk decision leaves it milliseconds."""
    one = examples.add(project, "kapan buka?", "besok")
    done = list[str]()
    others = [
        threading.Thread(target=lambda: done.append(examples.add(project, "berapa?", "dua").id)),
        threading.Thread(target=lambda: done.append(examples.change(project, one, lambda e: replace(e, output="lusa")).id)),
    ]  # fmt: skip
    with lock.in_turn(project.folder / "reviews.lock"):
        for other in others:
            other.start()
        for other in others:
            other.join(0.3)
        assert done == []
    for other in others:
        other.join(30)
    assert sorted(done) == ["e1", "e2"]
