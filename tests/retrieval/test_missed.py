"""A missed answer is traced to the step that lost it, and ranks become the usual measures."""

from dataclasses import replace

import pytest

from assistant.retrieval import index, missed
from assistant.retrieval.missed import Finding
from assistant.retrieval.questions import Question

from .conftest import fill


def _asked(question, answer, document=None):
    return Question(question, question, (answer,), document)


def test_each_missed_answer_is_lost_at_one_step(project, write, words):
    fill(project, write, words)
    long = " ".join(f"word{n}" for n in range(400))
    index.add(project, [write("long.txt", long)], words)
    split = " ".join(f"word{n}" for n in range(100, 361))  # longer than any chunk
    given = [
        _asked("How much does shipping to the islands cost?", "25,000 rupiah"),
        _asked("Who founded the shop?", "Ada Moss"),
        _asked("Which word follows?", split, "long.txt"),
        _asked("When is shipping to the islands?", "at noon"),
        Question("none", "Is there a lift?", (), None, False),
    ]
    found = missed.findings(project, given, words)
    assert [f.lost for f in found] == [None, "parse", "chunk", "answer"]
    assert found[0].rank == 1 and found[1].rank is None


def test_an_answer_in_another_document_than_the_named_one_is_not_found(project, write, words):
    fill(project, write, words)
    [found] = missed.findings(project, [_asked("What does shipping cost?", "25,000", "returns.md")], words)
    assert found.lost == "parse"


def test_ranks_become_measures_by_language_and_document():
    def at(rank, document, question):
        return Finding(Question("q", question, ("a",), document), rank, None)

    one, two = at(1, "a.md", "When is it?"), at(2, "b.md", "Kapan barang itu dikirim?")
    gone = at(None, "b.md", "Kapan uang itu kembali?")
    got = missed.summary([one, two, gone])
    assert (got.n, got.hit_1, got.hit_5) == (3, 1 / 3, 2 / 3)
    assert got.mrr == pytest.approx(0.5) and got.ndcg == pytest.approx((1 + 0.63093) / 3, abs=1e-4)
    assert {name: r.n for name, r in missed.by_language([one, two, gone]).items()} == {"en": 1, "id": 2}
    assert {name: r.n for name, r in missed.by_document([one, two, gone]).items()} == {"a.md": 1, "b.md": 2}


def test_the_same_words_at_another_place_are_no_hit(project, write, words):
    text = "# Fares\n\nA child pays 5 euro.\n\n# Parking\n\nA car pays 5 euro.\n"
    index.add(project, [write("fares.md", text)], words)
    at = text.rindex("5 euro")
    asked = Question("q", "What does a child pay on the bus?", ("5 euro",), "fares.md", span=(at, at + 6))
    [found] = missed.findings(project, [asked], words)
    assert found.rank == 2
    [elsewhere] = missed.findings(
        project, [replace(asked, span=(0, 6))], words
    )  # the place no longer holds it
    assert elsewhere.rank == 1
