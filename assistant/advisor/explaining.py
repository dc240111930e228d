"""Answers a question from the guides with citations, or says that they do not hold it; changes no fact.

A guide's section is quoted as it stands, never rewritten: what it says was checked with its sources.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant import texts
from assistant.advisor import bank, guides
from assistant.advisor.guides import Section
from assistant.models.values import Embedder, Vectors
from assistant.texts.terms import language as language_of
from assistant.texts.terms import terms

# How much the three likenesses weigh, the least score of an answer, and how close a second section must be
# to be shown too. Chosen by `benchmarks/explain.py --fit`, which asks for each section by each of its
# questions with that question hidden, and asks questions that no guide answers.
ASKS, TEXT, WORDS = 0.5, 0.3, 0.2
LEAST = 0.5
SECOND = 0.97


@dataclass(frozen=True)
class Citation:
    guide: str
    title: str
    section: str
    source: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"guide": self.guide, "section": self.section, "source": list(self.source)}


@dataclass(frozen=True)
class Explained:
    """An answer with what it rests on; refused when no section fits."""

    answer: str
    refused: bool
    citations: tuple[Citation, ...]
    score: float

    def to_json(self) -> dict[str, Any]:
        """The command line's contract."""
        cited = [citation.to_json() for citation in self.citations]
        return {"answer": self.answer, "refused": self.refused, "citations": cited}


def explain(question: str, embedder: Embedder, language: str) -> Explained:
    """Answer from the guides, in the question's language where that is plain, else in `language`."""
    question = question.strip()[:2000]
    spoken = language_of(question) or language
    if not terms(question):
        return _refused(spoken, 0.0)
    shelf = open_shelf(embedder)
    scores = shelf.scores(question)
    best = np.argsort(-scores)[:2]
    top = float(scores[best[0]])
    if top < LEAST:
        return _refused(spoken, top)
    chosen = [n for n in best if scores[n] >= SECOND * top]
    shown = [shelf.sections[spoken][n] for n in chosen]
    return Explained("\n\n".join(s.text for s in shown), False, tuple(map(_citation, shown)), top)


def _citation(section: Section) -> Citation:
    return Citation(section.guide, section.title, section.heading, section.sources)


def _refused(language: str, score: float) -> Explained:
    return Explained(texts.say(language, "advisor.not_in_guides"), True, (), score)


class Shelf:
    """All sections, embedded: a question in either language finds the section, shown in the wanted one."""

    def __init__(self, sections: Sequence[Section], embedder: Embedder) -> None:
        self.embedder = embedder
        self.sections = {lang: [s for s in sections if s.language == lang] for lang in ("en", "id")}
        both = [*self.sections["en"], *self.sections["id"]]
        count = len(self.sections["en"])
        asks = [(n % count, ask) for n, section in enumerate(both) for ask in section.asks]
        self.of_ask = np.array([n for n, _ in asks])
        self.asks, self.middle = _centred(bank.vectors([ask for _, ask in asks], "query", embedder))
        bodies = [body(section) for section in both]
        self.bodies, self.middle_of_bodies = _centred(bank.vectors(bodies, "passage", embedder))
        self.words = [Counter(terms(" ".join((s.title, s.heading, *s.asks, s.text)))) for s in both]
        seen = Counter(word for one in self.words for word in set(one))
        self.weights = {word: math.log(1 + len(both) / n) for word, n in seen.items()}
        self.rarest = math.log(1 + len(both))

    def scores(self, question: str, without: int | None = None) -> Vectors:
        """One score a section; `without` hides one question of the guides (for choosing the weights)."""
        asks, text, word = self.likenesses(question, without)
        return np.asarray(ASKS * asks + TEXT * text + WORDS * word)

    def likenesses(self, question: str, without: int | None = None) -> tuple[Vectors, Vectors, Vectors]:
        """Cosine to the nearest known question, cosine to the text, share of the question's words; a section each."""
        made = self.embedder.queries([question])[0]
        count = len(self.sections["en"])
        by_ask = self.asks @ _unit(made - self.middle)
        if without is not None:
            by_ask[without] = -1.0
        asks = np.full(count, -1.0, np.float32)
        np.maximum.at(asks, self.of_ask, by_ask)
        text = (self.bodies @ _unit(made - self.middle_of_bodies)).reshape(2, count).max(axis=0)
        word = np.array([self._share(question, one) for one in self.words], np.float32)
        return asks, text, word.reshape(2, count).max(axis=0)

    def _share(self, question: str, section: Counter[str]) -> float:
        wanted = set(terms(question))
        total = sum(self.weights.get(word, self.rarest) for word in wanted)
        return sum(self.weights[word] for word in wanted if word in section) / total if total else 0.0


def body(section: Section) -> str:
    """A section as it is embedded."""
    return f"{section.title}. {section.heading}. {section.text}"


_SHELVES: dict[str, Shelf] = {}


def open_shelf(embedder: Embedder) -> Shelf:
    """Made once a process for each embedder."""
    if embedder.fingerprint not in _SHELVES:
        _SHELVES[embedder.fingerprint] = Shelf(guides.load(), embedder)
    return _SHELVES[embedder.fingerprint]


def _centred(rows: Vectors) -> tuple[Vectors, Vectors]:
    """Rows with their mean taken off, which spreads E5's crowded cosines, and the mean."""
    mean = rows.mean(axis=0)
    return _unit(rows - mean), mean


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)
