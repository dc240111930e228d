"""The sentences of found passages, each with how well it answers a question; knows no chat models.

A whole passage near a question is often only on its topic; one sentence near it mostly answers. So both the
answer in the documents' own words and the refusal rest on sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.models.values import Embedder, Vectors
from assistant.retrieval.asked import Said, said
from assistant.retrieval.citing import sentences
from assistant.retrieval.search import Passage
from assistant.texts.terms import STOP_WORDS, terms, words

# A logistic fit of "its passage is there" on the sample projects' 64 questions; benchmarks/answers.py measures it.
PASSAGE_WORDS = 0.12
_WORDS, _PLACE, _KIND = 0.5, 0.3, 0.4  # beside the meaning's 1; chosen on the samples
_RUN = 0.3  # for words that stand together as they do in the question


@dataclass(frozen=True)
class Evidence:
    """Characters [start, stop) of a passage's text. `nearness` is the sentence's cosine to the question (its
    passage's where there is no embedder), `overlap` the share of the question's terms in it, `run` the share of the
    question's neighbouring words that are neighbours in it too, `place` 1 for the best passage down to 0 for the
    last, `asked` where in it the thing asked for stands."""

    passage: Passage
    start: int
    stop: int
    nearness: float
    overlap: float
    run: float
    place: float
    asked: Said | None

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.stop]

    @property
    def grounds(self) -> float:
        """How sure it is that the documents answer; can be compared between questions of one index."""
        return self.nearness + PASSAGE_WORDS * self.passage.overlap


def gather(
    question: str, passages: Sequence[Passage], embedder: Embedder | None = None
) -> tuple[Evidence, ...]:
    """Every sentence of the passages, in their order."""
    return gather_many([(question, passages)], embedder)[0]


def gather_many(
    rows: Sequence[tuple[str, Sequence[Passage]]], embedder: Embedder | None = None
) -> list[tuple[Evidence, ...]]:
    """As `gather` for each question with its passages; a sentence found for several is embedded once."""
    known = _embedded([p for _, passages in rows for p in passages], embedder)
    made = embedder.queries([question for question, _ in rows]) if embedder and rows else None
    return [
        tuple(_evidence(question, passages, known, None if made is None else made[n]))
        for n, (question, passages) in enumerate(rows)
    ]


def best(found: Sequence[Evidence]) -> Evidence | None:
    """The sentence that fits the question best in meaning and words; one that says the kind of thing asked for,
    and one from a better passage, is preferred."""
    if not found:
        return None
    low, high = min(e.nearness for e in found), max(e.nearness for e in found)
    return max(found, key=lambda e: _fit(e, low, (high - low) or 1.0))


def _fit(e: Evidence, low: float, width: float) -> float:
    near = (e.nearness - low) / width
    return (
        near
        + _WORDS * e.overlap
        + _RUN * e.run
        + _PLACE * e.place
        + _KIND * (0.0 if e.asked is None else 1.0 if e.asked.fits else 0.5)
    )


def _embedded(passages: Sequence[Passage], embedder: Embedder | None) -> dict[str, Vectors]:
    if embedder is None:
        return {}
    texts = list(dict.fromkeys(p.text[a:b] for p in passages for a, b in sentences(p.text)))
    return dict(zip(texts, embedder.passages(texts), strict=True)) if texts else {}


def _evidence(
    question: str, passages: Sequence[Passage], known: dict[str, Vectors], vector: Vectors | None
) -> list[Evidence]:
    found: list[Evidence] = []
    for n, passage in enumerate(passages):
        place = 1 - n / max(1, len(passages) - 1)
        each = []
        for start, stop in sentences(passage.text):
            text = passage.text[start:stop]
            if text in passage.heading.split(" > "):
                continue  # a heading names the matter and answers nothing
            near = passage.nearness if vector is None else float(known[text] @ vector)
            held, run = _shared(question, text)
            each.append(Evidence(passage, start, stop, near, held, run, place, said(question, text)))
        found += _answering(each)
    return found


def _shared(question: str, text: str) -> tuple[float, float]:
    """The shares of the question's terms, and of its pairs of neighbouring words, that the text holds."""
    wanted, pairs = set(terms(question)), _pairs(question)
    held = len(wanted & set(terms(text))) / max(1, len(wanted))
    return held, len(pairs & _pairs(text)) / max(1, len(pairs))


def _pairs(text: str) -> set[tuple[str, str]]:
    """Neighbours among the words as they are written, those that say nothing alone left out."""
    spoken = [word for word in words(text) if word not in STOP_WORDS]
    return set(pairwise(spoken))


def _answering(each: Sequence[Evidence]) -> list[Evidence]:
    """In a chat or a list of questions the sentence after a question answers it, so it is as near as the question is;
    the question itself answers nothing, unless it ends the passage."""
    found: list[Evidence] = []
    before: Evidence | None = None
    for n, e in enumerate(each):
        if before is not None:
            e = replace(
                e, nearness=max(e.nearness, before.nearness), overlap=max(e.overlap, before.overlap),
                run=max(e.run, before.run),
            )  # fmt: skip
        before = e if e.text.endswith("?") and n + 1 < len(each) else None
        if before is None:
            found.append(e)
    return found
