"""Answers carry true citations, refusals speak the question's language, and passages fit the model's context."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.models.prompt import Prompt
from assistant.models.values import Decoding, Message
from assistant.retrieval import calibration, index, search, store
from assistant.retrieval.answering import Answer, Asking, answer, fitting, stream
from assistant.retrieval.calibration import Threshold
from assistant.retrieval.citing import cite, sentences
from assistant.retrieval.search import Passage

TEXT = "You may return a parcel within 14 days. The seal must be whole. Money comes back in 3 days."
PROMPT = Prompt("Answer from the documents.")
NEVER, ALWAYS = Threshold(9.0, 9.0, 9.0, 0, "m"), Threshold(0.0, 0.0, 0.0, 0, "m")
UNSURE = Threshold(0.0, 0.0, 9.0, 0, "m")


def passage(text: str = TEXT, start: int = 100, relevance: float = 0.9) -> Passage:
    return Passage(1, 7, "returns.md", 3, start, start + len(text), "Returns", text, 1.0, relevance, 0.0)


@dataclass
class Scripted:
    """Says one thing."""

    says: str = "You may return it within 14 days."
    context: int = 1000
    name: str = "scripted"
    fingerprint: str = "s"
    parameters: int | None = None
    read: list[Message] = field(default_factory=list)

    def stream(self, messages: Sequence[Message], decoding: Decoding):
        self.read = list(messages)
        yield from (word + " " for word in self.says.split(" "))

    def count(self, text: str) -> int:
        return len(text.split())


def test_the_stream_ends_with_the_whole_answer():
    model = Scripted()
    *pieces, last = stream(Asking("How long may I keep it?", (passage(),), PROMPT, model, ALWAYS))
    assert isinstance(last, Answer)
    assert "".join(p for p in pieces if isinstance(p, str)).strip() == last.text == model.says
    assert not last.refused and last.support == 1.0 and last.tokens > 0
    assert "Returns" in model.read[-1].content


def test_a_citation_is_the_exact_place_of_the_sentence():
    [citation] = answer("q", [passage()], Scripted(), PROMPT).citations
    assert citation.quote == "You may return a parcel within 14 days."
    assert (citation.start, citation.stop) == (100, 100 + len(citation.quote))
    assert (citation.document, citation.page) == ("returns.md", 3)


def test_a_claim_with_another_number_is_not_cited():
    citations, support = cite("You may return a parcel within 30 days.", [passage()])
    assert citations == () and support == 0.0


def test_support_is_the_share_of_sentences_with_a_place():
    citations, support = cite("The seal must be whole. Elephants paint houses.", [passage()])
    assert support == 0.5
    assert citations[0].claim == "The seal must be whole."


def test_nothing_near_enough_is_refused_in_the_language_of_the_question():
    asked = answer("How long may I keep it?", [passage()], Scripted(), PROMPT, threshold=NEVER, language="id")
    assert asked.refused and asked.text == "I did not find this in your documents."
    ditanya = answer("Berapa lama saya boleh menyimpannya?", [passage()], Scripted(), PROMPT, threshold=NEVER)
    assert ditanya.text == "Saya tidak menemukannya di dokumen Anda."
    assert ditanya.citations == () and ditanya.tokens == 0
    assert answer("GX-1", [], None, PROMPT, language="id").text.startswith("Belum ada dokumen")


@pytest.mark.parametrize(
    "said",
    [
        "The documents do not contain this.",
        "Informasi itu tidak ada di dokumen.",
        "That isn't mentioned.",
        "",
    ],
)
def test_a_model_that_declines_has_refused(said):
    assert answer("q", [passage()], Scripted(said), PROMPT, threshold=ALWAYS).refused


def test_an_answer_that_says_not_but_rests_on_a_passage_is_no_refusal():
    told = passage("Lamps are not returned without a seal in the box.")
    asked = answer("q", [told], Scripted("Lamps are not returned without a seal in the box."), PROMPT)
    assert not asked.refused and asked.support == 1.0


def test_without_a_model_the_best_sentence_is_the_answer(words):
    asked = answer("After how many days does the money come back?", [passage()], None, PROMPT, embedder=words)
    assert asked.text == "Money comes back in 3 days."
    assert asked.citations[0].quote == asked.text and asked.tokens == 0
    assert asked.text[slice(*(asked.asked or ()))] == "3 days"
    assert answer("q", [passage("…")], None, PROMPT).refused


def test_a_figure_that_no_cited_passage_names_is_marked_and_said():
    said = "You may return it within 14 days. The fee is 2,500 pounds."
    [one] = (asked := answer("q", [passage()], Scripted(said), PROMPT, threshold=ALWAYS)).unfounded
    assert asked.text[one.start : one.stop] == "2,500" and "2,500" in asked.notes("en")[0]
    assert answer("Is it 2500 pounds?", [passage()], Scripted(said), PROMPT).unfounded == ()
    assert answer("q", [passage()], Scripted("Within 14 days, in words."), PROMPT).unfounded == ()


def test_where_nothing_is_cited_only_what_no_passage_says_is_marked():
    said = "After 14 days it costs 2,500 pounds, which elephants pay from 5 March, 2027 on."
    asked = answer("q", [passage()], Scripted(said), PROMPT, threshold=ALWAYS)
    assert asked.citations == () and [said[f.start : f.stop] for f in asked.unfounded] == [
        "2,500",
        "5 March, 2027",
    ]
    assert "2,500, 5 March, 2027." in asked.notes("en")[0]


def test_an_answer_near_the_threshold_or_without_support_says_that_it_is_unsure(words):
    near = answer(
        "When does the money come back?", [passage()], None, PROMPT, threshold=UNSURE, embedder=words
    )
    assert near.unsure and not near.refused and "wrong" in near.notes("en")[0]
    assert not answer("q", [passage()], Scripted(), PROMPT, threshold=ALWAYS).unsure
    assert answer("q", [passage()], Scripted("Elephants paint houses."), PROMPT, threshold=ALWAYS).unsure


def test_the_answer_is_asked_for_in_the_language_of_the_question():
    model = Scripted()
    answer("Berapa lama saya dapat mengembalikan barang ini?", [passage()], model, PROMPT)
    assert model.read[0].content.endswith("Jawab dalam bahasa Indonesia.")
    answer("How long may I keep it?", [passage()], model, PROMPT)
    assert model.read[0].content == PROMPT.instructions


def test_passages_that_do_not_fit_are_left_out_from_the_last():
    many = tuple(passage("word " * 200 + f"number {n}") for n in range(5))
    asking = Asking("q", many, PROMPT, decoding=Decoding(max_tokens=50))
    content = fitting(asking, Scripted(context=600))[-1].content
    assert "number 0" in content and "number 1" in content and "number 3" not in content
    assert fitting(asking, Scripted(context=60))[-1].content == "q"


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from(list("ab 1.,!?…\n”)é")), max_size=80))
def test_sentences_are_spans_of_the_text(text):
    spans = sentences(text)
    for start, stop in spans:
        assert text[start:stop] == text[start:stop].strip() != ""
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    held = "".join(text[a:b] for a, b in spans)
    assert sum(c.isalnum() for c in text) == sum(c.isalnum() for c in held)


@pytest.mark.models
def test_real_models_answer_with_citations_that_open(project, write, embedder, chat_en):
    pages = (
        "The museum opens at nine in the morning. A ticket for adults costs 12 euros. Children enter free."
    )
    other = "The garden is closed in winter. Dogs must be kept on a lead. Bicycles stay at the gate."
    index.add(project, [write("museum.md", pages), write("garden.md", other)], embedder)
    question = "How much does a ticket for adults cost?"
    found = search.search(project, question, embedder, 2)
    limit = calibration.threshold(project, embedder)
    prompt = Prompt("Answer the question briefly from the documents.", (), "Documents:", "Question:")
    said = answer(question, found, chat_en, prompt, threshold=limit, embedder=embedder, decoding=Decoding(40))
    assert "12" in said.text and not said.refused
    for c in said.citations:
        assert store.content(project, c.document_id)[c.start : c.stop] == c.quote
    away = "Who painted the ceiling of the Sistine Chapel in Rome?"
    assert answer(away, search.search(project, away, embedder), chat_en, prompt, threshold=limit).refused


@pytest.mark.models
def test_a_sentence_in_another_language_is_cited_by_meaning(embedder):
    told = passage("Barang dapat dikembalikan dalam 14 hari setelah diterima. Toko buka setiap hari.")
    citations, support = cite("You can return an item within 14 days of delivery.", [told], embedder)
    assert support == 1.0 and citations[0].quote.startswith("Barang dapat")
    assert cite("You can return an item within 30 days of delivery.", [told], embedder)[1] == 0.0
