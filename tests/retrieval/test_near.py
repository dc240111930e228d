"""The nearest chunks are those that a comparison with every vector finds, small project or large."""

import shutil

import numpy as np
import pytest

from assistant.retrieval import index, near, search, store, vectors
from assistant.workspace.project import create_project


@pytest.fixture
def many(project, write, words):
    for n in range(3):
        sections = "".join(f"# Part {i}\n\nNumber w{i} and x{i % 7} and y{n}.\n\n" for i in range(n, 60 + n))
        index.add(project, [write(f"{n}.md", sections)], words)
    return project


@pytest.fixture(params=[0, 100_000], ids=["graph", "exact"])
def exact_below(request, monkeypatch):
    monkeypatch.setattr(near, "EXACT_BELOW", request.param)
    return request.param


def asked(words):
    return words.queries(["number w5", "x3 y1", "part 59 y2", "nothing of it"])


def test_the_nearest_and_the_named_come_with_their_cosines(many, words, exact_below):
    every, queries = store.matrix(many, words.fingerprint), asked(words)
    named = [every.ids[[0, 7, 70]].tolist()] * len(queries)
    found = near.cosines(many, queries, words.fingerprint, 10, named)
    for query, also, got in zip(queries, named, found, strict=True):
        cosines = dict(zip(every.ids.tolist(), every.vectors @ query, strict=True))
        assert {i: pytest.approx(cosines[i], abs=1e-5) for i in got} == got
        tenth = sorted(cosines.values())[-10]
        nearest = [i for i, cosine in got.items() if cosine >= tenth - 1e-5]
        assert len(nearest) >= 10 and set(also) <= got.keys()


def test_only_chunks_of_the_documents_asked_for(many, words, exact_below):
    [first, _, last] = [d.id for d in index.documents(many)]
    found = near.cosines(many, asked(words), words.fingerprint, 20, [()] * 4, {first, last})
    assert all(len(got) == 20 for got in found)
    assert {store.chunks_by_id(many, got)[i].document for got in found for i in got} == {first, last}
    assert near.cosines(many, asked(words), words.fingerprint, 20, [()] * 4, set()) == [{}] * 4


def test_fewer_chunks_than_asked_for_and_none(project, write, words, exact_below):
    assert near.cosines(project, asked(words), words.fingerprint, 10, [[3]] * 4) == [{}] * 4
    index.add(project, [write("a.txt", "One."), write("b.txt", "Two.")], words)
    found = near.cosines(project, asked(words), words.fingerprint, 10, [[999]] * 4)
    assert [len(got) for got in found] == [2] * 4


def test_a_project_at_the_place_of_a_deleted_one_is_another(project, write, words):
    index.add(project, [write("a.txt", "Lamps in boxes.")], words)
    assert search.search(project, "lamps", words)
    shutil.rmtree(project.folder)
    create_project(project.folder, "Test", "en")
    assert search.search(project, "lamps", words) == []
    index.add(project, [write("b.txt", "Umbrellas.")], words)
    [found] = search.search(project, "umbrellas", words)
    assert found.nearness == pytest.approx(
        float(np.dot(*words.queries(["umbrellas", "Umbrellas."]))), abs=1e-5
    )


def test_a_project_that_shrank_leaves_its_collection(many, words, monkeypatch):
    monkeypatch.setattr(near, "EXACT_BELOW", 100)
    search.search(many, "w5", words)
    assert any((many.cache / "vectors").iterdir())
    vectors.close(many)
    near._held.clear()
    monkeypatch.setattr(near, "EXACT_BELOW", 200)
    assert search.search(many, "w5", words)
    assert not (many.cache / "vectors").exists() and many.get("retrieval.vectors") is None


def test_little_is_held_of_many_projects(tmp_path, write, words, monkeypatch):
    monkeypatch.setattr(near, "_HELD_AT_MOST", 3)
    for n in range(5):
        made = create_project(tmp_path / f"p{n}", "Test", "en")
        index.add(made, [write("a.txt", "One."), write("b.txt", "Two.")], words)
        search.search(made, "one", words)
    held = [folder.name for folder in near._held if folder.parent == tmp_path]
    assert held == ["p4"]
