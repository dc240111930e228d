"""Answers a question from the guides with citations, or says that they do not hold it; changes no fact.

A guide's section is quoted as it stands, never rewritten: what it says was checked with its sources.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import texts
from assistant.advisor import bank, guides, products
from assistant.advisor.guides import Section
from assistant.models.values import Embedder, Vectors
from assistant.settings import KNOWLEDGE
from assistant.texts.terms import STOP_WORDS, terms
from assistant.texts.terms import language as language_of

# How much each likeness weighs: to a known question, to the text, of the heading's words, of the text's words. With
# LEAST, the least score of an answer, chosen by `benchmarks/explain.py --fit`, which asks for sections by one of
# their questions with that question hidden, and asks what no guide answers. SECOND is how close to the best another
# section must be to be shown too.
WEIGHTS = (0.35, 0.35, 0.15, 0.15)
LEAST = 0.325
SECOND = 0.75


@dataclass(frozen=True)
class Citation:
    guide: str
    title: str
    section: str
    source: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"guide": self.guide, "section": self.section, "source": list(self.source)}


_WRITTEN = {  # everyday Indonesian as the guides write it
    "brp": "berapa", "gmn": "gimana", "knp": "kenapa", "kalo": "kalau", "klo": "kalau",
    "ga": "tidak", "gak": "tidak", "nggak": "tidak", "ngga": "tidak", "gk": "tidak", "blm": "belum", "udah": "sudah",
    "nyetel": "menyetel", "bikin": "membuat", "pake": "pakai", "yg": "yang",
    "dgn": "dengan", "utk": "untuk", "emang": "memang", "emangnya": "memangnya",
}  # fmt: skip
_SPOKEN = re.compile(rf"\b(?:{'|'.join(_WRITTEN)})\b", re.IGNORECASE)
_ON = r"(?=[?.,!;]|$|\s(?:for|on|with|in|to|using|by|so|and|untuk|buat|dengan|pakai|di|ke|agar|supaya|biar|dan)\b)"
_OBJECT = re.compile(  # what is to be tuned or trained: "tune the focus of my camera", "menyetel fokus kamera"
    r"\b(?:(?:fine[- ]?)?tune|train|adjust|calibrate)\s+(?:up\s+)?(?:the|my|our|your|an?|this|his|her|their)\s+(.+?)"
    rf"{_ON}|\b(?:menyetel|setel|menyetem|melatih|mengatur|mengkalibrasi)\s+(.+?){_ON}",
    re.IGNORECASE,
)
_OFTEN = 3  # sections that hold a word of ours; one may name a camera to explain an adapter


@dataclass(frozen=True)
class Explained:
    """An answer with what it rests on; refused when no section fits. `parts` are the sections quoted, one a citation."""

    answer: str
    refused: bool
    citations: tuple[Citation, ...]
    score: float
    parts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The command line's contract."""
        cited = [citation.to_json() for citation in self.citations]
        return {"answer": self.answer, "refused": self.refused, "citations": cited}


_BEFORE = re.compile(
    r"^(?:(?:gpp|ok|oke|okay|oh|eh|btw|hmm+|nah|well|so|halo|hai|hi|hello|kak|min|gan|bro|pak|bu|mas|mbak)\b[\s,.!]*)+(?=\w)",
    re.IGNORECASE,
)  # said before the question itself


def explain(question: str, embedder: Embedder, language: str) -> Explained:
    """Answer from the guides, in the question's language where that is plain, else in `language`."""
    question = _BEFORE.sub("", question.strip()[:2000])
    spoken = language_of(question) or language
    if not terms(question):
        return _refused(spoken, 0.0)
    question = _SPOKEN.sub(lambda word: _WRITTEN[word.group().casefold()], question)
    shelf = open_shelf(embedder)
    names = products.named(question)
    if unknown := sorted(names - shelf.products):
        return _refused(spoken, 0.0, unknown)
    asked = embedder.queries([question])[0]
    scores = shelf.scores(question, asked)
    if names:
        scores = np.where(shelf.about_others(names), -1.0, scores)
    best = np.argsort(-scores)[:2]
    top = float(scores[best[0]])
    if top < LEAST or shelf.is_elsewhere(asked) or (not names and shelf.tunes_another_thing(question)):
        return _refused(spoken, top)
    chosen = [n for n in best if scores[n] >= SECOND * top]
    shown = [shelf.sections[spoken][n] for n in chosen]
    parts = tuple(s.text for s in shown)
    answer = parts[0] if len(shown) == 1 else "\n\n".join(f"{s.heading}\n{s.text}" for s in shown)
    return Explained(answer, False, tuple(map(_citation, shown)), top, parts)


def _citation(section: Section) -> Citation:
    return Citation(section.guide, section.title, section.heading, section.sources)


def _refused(language: str, score: float, unknown: Sequence[str] = ()) -> Explained:
    """Nothing fits; or the question is about a product that no guide holds, which is said by its name."""
    key = "not_in_guides_name" if unknown else "not_in_guides"
    return Explained(texts.say(language, f"advisor.{key}", name=", ".join(unknown)), True, (), score)


class Shelf:
    """All sections, embedded: a question in either language finds the section, shown in the wanted one."""

    def __init__(self, sections: Sequence[Section], embedder: Embedder) -> None:
        self.sections = {lang: [s for s in sections if s.language == lang] for lang in ("en", "id")}
        both = [*self.sections["en"], *self.sections["id"]]
        count = len(self.sections["en"])
        asks = [(n % count, ask) for n, section in enumerate(both) for ask in section.asks]
        self.of_ask = np.array([n for n, _ in asks])
        self.asks, self.middle = bank.centred(bank.vectors([ask for _, ask in asks], "query", embedder))
        self.others = bank.unit(bank.vectors(elsewhere(), "query", embedder) - self.middle)
        bodies = [body(section) for section in both]
        self.bodies, self.middle_of_bodies = bank.centred(bank.vectors(bodies, "passage", embedder))
        self.heads = [set(terms(f"{s.title} {s.heading}")) for s in both]
        self.words = [Counter(terms(s.text)) for s in both]
        self.mean_words = sum(sum(one.values()) for one in self.words) / len(both)
        self.names = [products.named(body(s)) for s in both]
        self.heads_names = [products.named(f"{s.title} {s.heading}") for s in both]
        self.products = frozenset().union(*self.names)
        seen = Counter(
            word for s in both for word in set(terms(" ".join((s.title, s.heading, *s.asks, s.text))))
        )
        asked = Counter(word for s in both for word in terms(" ".join((s.title, s.heading, *s.asks))))
        self.ours = {word for word, count in seen.items() if word in asked or count >= _OFTEN}
        self.rarest = math.log(1 + len(both))
        self.weights = {word: math.log(1 + len(both) / n) for word, n in seen.items()}

    def scores(self, question: str, asked: Vectors) -> Vectors:
        """One score a section, the better of its two languages. `asked` is the question's embedding."""
        return np.asarray(np.tensordot(WEIGHTS, self.likenesses(question, asked), (0, 0)), np.float32)

    def about_others(self, names: AbstractSet[str]) -> NDArray[np.bool_]:
        """(sections,): which are about another product than those named, by their title or heading, and do not mention
        these."""
        count = len(self.sections["en"])
        both = zip(self.names, self.heads_names, strict=True)
        other = [bool(head) and not names & text for text, head in both]
        return np.array([a and b for a, b in zip(other[:count], other[count:], strict=True)])

    def is_elsewhere(self, asked: Vectors) -> bool:
        """Whether it is more like a question about something else (tuning a guitar) than like any of ours."""
        made = bank.unit(asked - self.middle)
        return float((self.others @ made).max()) > float((self.asks @ made).max())

    def tunes_another_thing(self, question: str) -> bool:
        """Whether what it wants tuned or trained is nothing that the guides speak of."""
        found = _OBJECT.search(question)
        wanted = set(terms(found.group(1) or found.group(2))) - STOP_WORDS if found else set()
        return bool(wanted) and not wanted & self.ours

    def likenesses(self, question: str, asked: Vectors, without: int | None = None) -> Vectors:
        """(4, sections): see WEIGHTS. `without` hides one known question, for choosing them."""
        count = len(self.sections["en"])
        by_ask = self.asks @ bank.unit(asked - self.middle)
        if without is not None:
            by_ask[without] = -1.0
        asks = np.full(count, -1.0, np.float32)
        np.maximum.at(asks, self.of_ask, by_ask)
        text = (self.bodies @ bank.unit(asked - self.middle_of_bodies)).reshape(2, count).max(axis=0)
        wanted = set(terms(question))
        total = sum(self.weights.get(word, self.rarest) for word in wanted) or 1.0
        shares = np.array([self._shares(wanted, n) for n in range(2 * count)], np.float32) / total
        heads, words = shares.reshape(2, count, 2).max(axis=0).T
        return np.stack([asks, text, heads, words])

    def _shares(self, wanted: set[str], section: int) -> tuple[float, float]:
        """The weight of the wanted words that the heading has, and the text (BM25's saturation, k1 1.2, b 0.75)."""
        head, words = self.heads[section], self.words[section]
        length = 1.2 * (0.25 + 0.75 * sum(words.values()) / self.mean_words)
        in_text = (self.weights[w] * words[w] / (words[w] + length) for w in wanted if w in words)
        return sum(self.weights[w] for w in wanted if w in head), sum(in_text)


def elsewhere() -> list[str]:
    """Questions that sound like ours and are about something else."""
    return (KNOWLEDGE / "elsewhere.txt").read_text("utf-8").splitlines()


def body(section: Section) -> str:
    """A section as it is embedded."""
    return f"{section.title}. {section.heading}. {section.text}"


_SHELVES: dict[str, Shelf] = {}


def open_shelf(embedder: Embedder) -> Shelf:
    """Made once a process for each embedder."""
    if embedder.fingerprint not in _SHELVES:
        _SHELVES[embedder.fingerprint] = Shelf(guides.load(), embedder)
    return _SHELVES[embedder.fingerprint]
