"""Finds, for one index, how relevant a passage must be before a question counts as answerable.

Raw cosines mean different things in each collection, so a fixed threshold cannot be carried over. Snippets of
the documents serve as questions whose own document is hidden: nine of ten of these must be refused. Between
languages no words are shared and cosines lie lower; there, questions on wholly other matters set the mark.
"""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from assistant.models.values import Embedder
from assistant.retrieval import store
from assistant.retrieval.search import Passage, search_many
from assistant.retrieval.terms import language
from assistant.workspace.project import Project

_META = "retrieval.threshold"
_QUESTIONS = 100
_WORDS = 8  # of a snippet; 6 to 10 do about as well, see benchmarks/retrieval.py
_REFUSED = 0.9  # the share of hidden-document questions that the threshold refuses
_FEWEST_DOCUMENTS = 5
_FOREIGN = (
    "How far is the moon from the earth?", "Who invented the light bulb?", "How do I cook beef rendang?",
    "When was the first World Cup held?", "What is the capital of Iceland?", "How do I care for a kitten?",
    "What is the price of gold today?", "Who wrote Pride and Prejudice?", "How tall is Mount Everest?",
    "Which vitamin is in oranges?", "How do plants make food from light?", "When did the Roman Empire fall?",
    "Berapa jarak bumi ke bulan?", "Siapa penemu bola lampu?", "Bagaimana cara memasak rendang daging sapi?",
    "Kapan Piala Dunia pertama digelar?", "Apa ibu kota Islandia?", "Bagaimana cara merawat anak kucing?",
    "Berapa harga emas hari ini?", "Siapa penulis novel Laskar Pelangi?", "Berapa tinggi Gunung Everest?",
    "Vitamin apa yang ada pada jeruk?", "Bagaimana tumbuhan membuat makanan?", "Kapan Kerajaan Majapahit runtuh?",
)  # fmt: skip


@dataclass(frozen=True)
class Threshold:
    """What the best passage must reach: `relevance`, or `nearness` where question and passage differ in language
    and can share no words. `generation` and `model` say which index it was found for, on `questions` snippets."""

    relevance: float
    nearness: float
    generation: int
    model: str
    questions: int

    def reached(self, question: str, passages: Sequence[Passage]) -> bool:
        """Whether any passage is relevant enough to answer the question."""
        return any(
            p.relevance >= self.relevance or (p.nearness >= self.nearness and _differ(question, p.text))
            for p in passages
        )


def threshold(project: Project, embedder: Embedder) -> Threshold:
    """The threshold of the index as it is now; found anew (some seconds) when the documents have changed."""
    generation = store.generation(project)
    kept = project.get(_META)
    if kept and (kept["generation"], kept["model"]) == (generation, embedder.fingerprint):
        return Threshold(**kept)
    found = _calibrated(project, embedder, generation)
    project.set(_META, asdict(found))
    return found


def _calibrated(project: Project, embedder: Embedder, generation: int) -> Threshold:
    snippets: list[tuple[str, int | None]] = [*_snippets(project)] or [(text, None) for text in _FOREIGN]
    found = search_many(project, [*(text for text, _ in snippets), *_FOREIGN], embedder, k=20)
    hidden = [
        max((p.relevance for p in passages if p.document_id != own), default=0.0)
        for (_, own), passages in zip(snippets, found, strict=False)
    ]
    foreign = [
        max(other)
        for question, passages in zip(_FOREIGN, found[len(snippets) :], strict=True)
        if (other := [p.nearness for p in passages if _differ(question, p.text)])
    ]
    relevance, nearness = (round(float(np.quantile(v, _REFUSED)), 4) if v else 1.0 for v in (hidden, foreign))
    return Threshold(relevance, nearness, generation, embedder.fingerprint, len(snippets))


def _differ(question: str, passage: str) -> bool:
    """Whether both languages can be told and are not the same."""
    asked, written = language(question), language(passage)
    return asked is not None and written is not None and asked != written


def _snippets(project: Project) -> list[tuple[str, int]]:
    """Some words in a row from chunks picked by a fixed seed, with the document each is from; none when there
    are too few documents for the others to stand for what is not in one of them."""
    ready = [document.id for document in store.documents(project) if document.status == "ready"]
    if len(ready) < _FEWEST_DOCUMENTS:
        return []
    pick = random.Random(0)
    found = []
    for chunk in store.sample(project, _QUESTIONS, pick):
        words = chunk.text.split()
        start = pick.randrange(max(1, len(words) - _WORDS + 1))
        found.append((" ".join(words[start : start + _WORDS]), chunk.document))
    return found
