"""A search can be held to documents by name and language, in a small project and a large one."""

import pytest

from assistant.errors import PenalaError
from assistant.retrieval import index, near, search, store
from assistant.retrieval.scope import Scope, within

FILES = {
    "fees.md": "# Fees\n\nA late book costs 25 pence for each day that it is late at the desk.",
    "hours.md": "# Hours\n\nThe desk is open from nine to five on all days of the week.",
    "denda.md": "# Denda\n\nBuku yang terlambat didenda 4.500 rupiah untuk setiap hari di meja ini.",
}


@pytest.fixture(params=[0, 100_000], ids=["graph", "exact"])
def library(request, project, write, words, monkeypatch):
    monkeypatch.setattr(near, "EXACT_BELOW", request.param)
    index.add(project, [write(name, text) for name, text in FILES.items()], words)
    return project


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), {"fees.md", "hours.md", "denda.md"}),
        (Scope(("fees.md",)), {"fees.md"}),
        (Scope(("fees.md", "denda.md")), {"fees.md", "denda.md"}),
        (Scope(language="id"), {"denda.md"}),
        (Scope(("hours.md", "denda.md"), "en"), {"hours.md"}),
    ],
)
def test_only_the_chosen_documents_are_searched(library, words, scope, expected):
    found = search.search(library, "late book at the desk, buku terlambat", words, 5, scope)
    assert {p.document for p in found} == expected


def test_what_is_not_there_is_said(library, words):
    for scope, code in (
        (Scope(("gone.md",)), "document_not_named"),
        (Scope(language="other"), "scope_empty"),
    ):
        with pytest.raises(PenalaError) as caught:
            search.search(library, "late book", words, 5, scope)
        assert caught.value.code == code


def test_a_document_of_an_earlier_version_gets_its_language(library):
    with library.database() as db:
        db.execute("UPDATE documents SET language = NULL")
    [denda] = [d for d in store.documents(library) if d.name == "denda.md"]
    assert denda.language is None and within(library, Scope(language="id")) == {denda.id}
    assert {d.name: d.language for d in store.documents(library)} == {
        "fees.md": "en", "hours.md": "en", "denda.md": "id",
    }  # fmt: skip


def test_an_empty_project_has_nothing_to_choose_from(project, words):
    assert search.search(project, "late book", words, 5, Scope(language="id")) == []
