"""Finds, for each sentence of an answer, the words in the passages that it rests on; knows no chat models.

Done after the answer is written, so that any model's answers get citations, and only true ones: a sentence
whose words or numbers are found nowhere gets none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.models.values import Embedder
from assistant.retrieval import figures
from assistant.retrieval.figures import Figure
from assistant.retrieval.search import Passage
from assistant.texts.terms import terms

SAME_WORDS = 0.6  # the share of a sentence's terms that one place must hold
SAME_MEANING = 0.86  # cosine; eight of ten pairs that say the same lay above, all of 90 unlike pairs below
_SENTENCE = re.compile(r"(?:[^.!?…\n]|[.!?…](?![\s\"”’)\]]|$))+[.!?…]*[\"”’)\]]*", re.MULTILINE)
_WORD = re.compile(r"\w")
_MARK = re.compile(r"^\s*(?:[-*•>|]+|#+)\s+")  # of a list, a quotation, a table's row or a heading


@dataclass(frozen=True)
class Citation:
    """`claim`, a sentence of the answer, rests on `quote`: characters [start, stop) of the document."""

    claim: str
    passage: int
    document_id: int
    document: str
    page: int | None
    start: int
    stop: int
    quote: str


@dataclass(frozen=True)
class _Place:
    passage: Passage
    start: int
    stop: int

    @property
    def quote(self) -> str:
        return self.passage.text[self.start - self.passage.start : self.stop - self.passage.start]


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text start and stop, white space at their ends and a list's marks left out."""
    found = []
    for match in _SENTENCE.finditer(text):
        inner = _MARK.sub("", match.group()).strip()
        if _WORD.search(inner):
            start = match.start() + match.group().rindex(inner)
            found.append((start, start + len(inner)))
    return found


def cite(
    text: str, passages: Sequence[Passage], embedder: Embedder | None = None
) -> tuple[tuple[Citation, ...], float]:
    """The citations of an answer in its order, and its support: the share of its sentences that have one.

    With an embedder, a sentence in other words (or another language) is matched by meaning; its numbers must
    still stand in the passage.
    """
    claims = [text[start:stop] for start, stop in sentences(text)]
    places = [place for passage in passages for place in _places(passage)]
    if not claims or not places:
        return (), 0.0
    found = [_by_words(claim, places) for claim in claims]
    if embedder is not None and None in found:
        found = _by_meaning(claims, found, places, embedder)
    cited = [_citation(claim, place) for claim, place in zip(claims, found, strict=True) if place is not None]
    return tuple(cited), len(cited) / len(claims)


def unfounded(
    text: str, question: str, citations: Sequence[Citation], passages: Sequence[Passage]
) -> tuple[Figure, ...]:
    """The figures of an answer that neither a passage it cites (one that was read, where it cites none) nor the
    question names: a model may have made them up. A date's parts in a row are one."""
    cited = {citation.passage for citation in citations}
    read = [p for p in passages if p.id in cited] or passages
    known = figures.values(question).union(*(figures.values(p.shown) for p in read))
    found: list[Figure] = []
    for figure in figures.figures(text):
        if figures.vouched(figure, known):
            continue
        if found and not text[found[-1].stop : figure.start].strip(" ,"):
            last = found.pop()
            figure = Figure(last.start, figure.stop, f"{last.value} {figure.value}")
        found.append(figure)
    return tuple(found)


def _places(passage: Passage) -> Iterator[_Place]:
    """Each sentence of a passage, and each two in a row, for a claim may join two."""
    spans = [(passage.start + start, passage.start + stop) for start, stop in sentences(passage.text)]
    for n, (start, stop) in enumerate(spans):
        yield _Place(passage, start, stop)
        if n + 1 < len(spans):
            yield _Place(passage, start, spans[n + 1][1])


def _by_words(claim: str, places: Sequence[_Place]) -> _Place | None:
    """The shortest of the places that hold most of the claim's terms, and all its numbers."""
    wanted = set(terms(claim))
    best, best_key = None, (SAME_WORDS, 0.0)
    for place in places:
        held = len(wanted & set(terms(place.quote))) / len(wanted) if wanted else 0.0
        key = (held, -float(place.stop - place.start))
        if key > best_key and held >= SAME_WORDS and figures.holds(place.quote, claim):
            best, best_key = place, key
    return best


def _by_meaning(
    claims: list[str], found: list[_Place | None], places: list[_Place], embedder: Embedder
) -> list[_Place | None]:
    single = [place for place in places if len(sentences(place.quote)) == 1]
    if not single:
        return found
    missing = [n for n, place in enumerate(found) if place is None]
    made = embedder.passages([*(claims[n] for n in missing), *(place.quote for place in single)])
    likeness = made[: len(missing)] @ made[len(missing) :].T
    completed = list(found)
    for n, row in zip(missing, likeness, strict=True):
        nearest = single[int(np.argmax(row))]
        if row.max() >= SAME_MEANING and figures.holds(nearest.quote, claims[n]):
            completed[n] = nearest
    return completed


def _citation(claim: str, place: _Place) -> Citation:
    p = place.passage
    return Citation(claim, p.id, p.document_id, p.document, p.page, place.start, place.stop, place.quote)
