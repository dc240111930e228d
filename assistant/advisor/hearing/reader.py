"""Reads facts out of free text with small linear models trained on written messages; knows no conversation.

Every clause, every pair of neighbouring clauses and every sentence is scored for each answer of the
checklist, and so is the message as a whole. What the models know lies in `reader.npz`, which
`python -m assistant.advisor.build` makes from `messages.jsonl` and `replies.jsonl`.
"""

import itertools
import re
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.models.values import Embedder, Vectors
from assistant.settings import KNOWLEDGE

FILE = "reader.npz"
BUCKETS = 4096
_MEANING = 2.0  # how much the embedding weighs beside the words
_LONGEST, _MOST, WHOLE = 400, 40, 2000  # characters of a span, spans of a message, characters of a message
_SENTENCE = re.compile(r"(?<=[.!?;\n])\s+")
_CLAUSE = re.compile(
    r"(?<=[.!?;\n])\s+|(?<=[,:])\s+(?!\d)|\s+[-–—]\s+|"
    r"\s+(?:but|however|and|because|which|so|tapi|tetapi|namun|sedangkan|padahal|dan|terus|trus|karena|jadi)\s+",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+|%")


Pair = tuple[str, str]  # a signal and the code of one of its answers
NONE = "none"
GUESS = 0.4  # chance of a guess: on messages left out, decisions were best with guesses from about here on


@dataclass(frozen=True)
class Read:
    """One answer that the text gives, where it is seen best, and how likely it is (0 to 1)."""

    signal: str
    code: str
    quote: str
    chance: float


@dataclass(frozen=True)
class Reader:
    """First each answer is scored by itself, on spans and on the whole; then, a signal at a time, all scores and
    the sure signs (patterns and counts) are weighed together, since facts come in company."""

    pairs: tuple[Pair, ...]  # the columns of the first step
    mean: Vectors
    spans: Vectors  # (features, pairs)
    messages: Vectors  # (features, pairs)
    outcomes: tuple[Pair, ...]  # the columns of the second: each signal's answers and NONE
    weights: Vectors  # (3 x pairs, outcomes)
    biases: Vectors
    least: float  # chance from which on an answer counts; below, it is a guess

    def read(
        self, text: str, embedder: Embedder, sure: Collection[Pair] = (), asked: str | None = None
    ) -> list[Read]:
        """At most one answer a signal, the likeliest first, guesses included. `sure` are the answers that rules
        found in the text. For the signal that was `asked` the likeliest answer counts when it is likelier than none.
        """
        found = spans(text)
        if not found:
            return []
        scores, where = self.scores(text, found, embedder)
        signs = np.array([pair in sure for pair in self.pairs], np.float32)
        evidence = np.concatenate([scores, signs])[None, :]
        likely = chances(evidence, self.outcomes, self.weights, self.biases)[0]
        best: dict[str, Read] = {}
        for n in np.argsort(-likely):
            signal, code = self.outcomes[n]
            if code != NONE:
                column = self.pairs.index((signal, code))
                best.setdefault(signal, Read(signal, code, found[where[column]], float(likely[n])))
        return [one for one in best.values() if one.chance >= (0.5 if one.signal == asked else GUESS)]

    def scores(
        self, text: str, found: Sequence[str], embedder: Embedder
    ) -> tuple[Vectors, NDArray[np.int64]]:
        """The best span's score for each pair, then the whole message's; and which span was best."""
        made = features([text[:WHOLE], *found], embedder, self.mean)
        of_spans = made[1:] @ self.spans
        return np.concatenate([of_spans.max(axis=0), made[0] @ self.messages]), of_spans.argmax(axis=0)


def chances(scores: Vectors, outcomes: Sequence[Pair], weights: Vectors, biases: Vectors) -> Vectors:
    """(rows, outcomes) from scores (rows, 3 x pairs): within each signal they sum to one."""
    logits = scores @ weights + biases
    out = np.zeros_like(logits)
    for columns in by_signal(outcomes).values():
        mine = np.exp(logits[:, columns] - logits[:, columns].max(axis=1, keepdims=True))
        out[:, columns] = mine / mine.sum(axis=1, keepdims=True)
    return np.asarray(out, np.float32)


def by_signal(pairs: Sequence[Pair]) -> dict[str, list[int]]:
    """Each signal's columns."""
    found: dict[str, list[int]] = {}
    for n, (signal, _) in enumerate(pairs):
        found.setdefault(signal, []).append(n)
    return found


@cache
def load(folder: Path = KNOWLEDGE) -> Reader:
    with np.load(folder / FILE, allow_pickle=False) as stored:
        return Reader(
            pairs=_pairs(stored["pairs"]),
            mean=stored["mean"],
            spans=stored["spans"].astype(np.float32) * stored["span_scales"],
            messages=stored["messages"].astype(np.float32) * stored["message_scales"],
            outcomes=_pairs(stored["outcomes"]),
            weights=stored["weights"],
            biases=stored["biases"],
            least=float(stored["least"]),
        )


def _pairs(names: NDArray[np.str_]) -> tuple[Pair, ...]:
    return tuple((signal, code) for signal, _, code in (str(name).partition("|") for name in names))


def spans(text: str) -> list[str]:
    """The parts of a message that are read on their own, without doubles."""
    sentences = [text[a:b] for a, b in _cut(text, _SENTENCE)]
    clauses = list(_cut(text, _CLAUSE))
    pairs = [text[a:d] for (a, _), (_, d) in itertools.pairwise(clauses)]
    everything = dict.fromkeys([*(text[a:b] for a, b in clauses), *sentences, *pairs])
    return [span for span in everything if len(span) <= _LONGEST][:_MOST]


def _cut(text: str, border: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for match in [*border.finditer(text), None]:
        stop = match.start() if match else len(text)
        if re.search(r"\w", text[start:stop]):
            yield start, stop
        start = match.end() if match else stop


def features(texts: Sequence[str], embedder: Embedder, mean: Vectors) -> Vectors:
    """(texts, dimensions + BUCKETS): the embedding, centred and of one length, and the words and word pairs."""
    meaning = embedder.queries(list(texts)) - mean
    meaning *= _MEANING / np.maximum(np.linalg.norm(meaning, axis=1, keepdims=True), 1e-9)
    words = np.zeros((len(texts), BUCKETS), np.float32)
    for row, text in zip(words, texts, strict=True):
        found = _WORD.findall(text.casefold())
        for token in (*found, *map(" ".join, itertools.pairwise(found))):
            row[zlib.crc32(token.encode()) % BUCKETS] += 1.0
        row /= max(1e-9, float(np.linalg.norm(row)))
    return np.asarray(np.hstack([meaning, words]), np.float32)
