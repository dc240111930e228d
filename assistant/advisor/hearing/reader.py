"""Reads facts out of free text with a small net trained on written messages; knows no conversation.

The net looks at the embedder's token states and weighs, for each signal, its answers against "not told". What it
knows lies in `reader.npz`, which `python -m assistant.advisor.build` makes from `messages.jsonl` and
`replies.jsonl` (see `learning.py` for its shape).
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.models.values import Embedder, Tokens, Vectors
from assistant.settings import KNOWLEDGE

FILE = "reader.npz"
LAYERS = (6, 8)  # of the embedder; see learning.py
WHOLE = 2000  # characters of a message that are read at once
_PART = 800  # characters of a part of a longer one; of 100 written messages 99 are no longer
_NOISE = 100  # characters without a new word: no sentence, and nothing that the net has learned from
_WORD = re.compile(r"\w+")
_CLAUSE = re.compile(
    r"(?<=[.!?;\n])\s+|(?<=[,:])\s+(?!\d)|\s+[-–—]\s+|"
    r"\s+(?:but|however|and|because|which|so|tapi|tetapi|namun|sedangkan|padahal|dan|terus|trus|karena|jadi)\s+",
    re.IGNORECASE,
)

Pair = tuple[str, str]  # a signal and the code of one of its answers
Weights = Mapping[str, Vectors]
NONE = "none"
MARKED = 3.0  # what a token within the marked words weighs beside one outside, when the net is taught
_SHOWN = math.log(MARKED)  # where a token is as likely within the marked words as not
_ASKED = 0.15  # what "not told" weighs after its question: of 706 example answers in the checklist, 374 are then read
# right and 49 wrong; with 1, 266 and 32
GUESS = 0.4  # chance of a guess: on messages left out, decisions were best with guesses from about here on


@dataclass(frozen=True)
class Read:
    """One answer that the text gives, where it is seen best, how likely it is (0 to 1), and whether the text says it
    there or only implies it."""

    signal: str
    code: str
    quote: str
    chance: float
    said: bool


@dataclass(frozen=True)
class Reader:
    """`outcomes` are the nets' columns: each signal's answers and NONE, together. The nets' chances are averaged."""

    outcomes: tuple[Pair, ...]
    nets: tuple[Weights, ...]
    least: float  # chance from which on an answer counts; below, it is a guess
    least_twice: float  # the same for an answer that a rule finds in the text too

    def read(
        self, text: str, embedder: Embedder, sure: Collection[Pair] = (), asked: str | None = None
    ) -> list[Read]:
        """At most one answer a signal, the likeliest first, guesses included. `sure` are the answers that rules
        found in the text. A reply tells the signal that was `asked` more often than a message does, so there the
        chance of none counts for less (Bayes' rule), and an answer counts when it is likelier than not.
        """
        if len(text) > WHOLE:
            return self._in_parts(text, embedder, sure, asked)
        clauses = list(_clauses(text))
        if not clauses or len(set(_WORD.findall(text))) < len(text) / _NOISE:
            return []
        [tokens] = embedder.tokens([text], LAYERS)
        chances, shown = self.chances(tokens, self.signs(sure))
        if asked:
            chances = _after(asked, chances, self.outcomes)
        best: dict[str, Read] = {}
        for n in np.argsort(-chances):
            signal, code = self.outcomes[n]
            if code != NONE and signal not in best:
                quote = _quote(text, clauses, tokens, shown[:, n])
                said = bool(shown[:, n].max() >= _SHOWN)
                best[signal] = Read(signal, code, quote, float(chances[n]), said)
        return [one for one in best.values() if one.chance >= (0.5 if one.signal == asked else GUESS)]

    def _in_parts(
        self, text: str, embedder: Embedder, sure: Collection[Pair], asked: str | None
    ) -> list[Read]:
        """A long text by parts of the length that the net has learned from; of each signal the likeliest answer."""
        best: dict[str, Read] = {}
        for part in _parts(text):
            for one in self.read(part, embedder, sure, asked):
                if one.signal not in best or one.chance > best[one.signal].chance:
                    best[one.signal] = one
        return sorted(best.values(), key=lambda one: -one.chance)

    def signs(self, sure: Collection[Pair]) -> Vectors:
        return np.array([pair in sure for pair in self.outcomes], np.float32)

    def chances(self, tokens: Tokens, signs: Vectors) -> tuple[Vectors, Vectors]:
        """(outcomes,), which sum to one within each signal, and how well each token shows each (tokens, outcomes)."""
        answers = [logits(net, tokens.states, signs) for net in self.nets]
        likely = np.mean([_within(of_message, self.outcomes) for of_message, _ in answers], axis=0)
        return likely, np.mean([of_tokens for _, of_tokens in answers], axis=0)


def logits(net: Weights, states: Vectors, signs: Vectors) -> tuple[Vectors, Vectors]:
    """The same sums as `learning.Net.forward`, for one text and without torch."""
    centred = states - states.mean(-1, keepdims=True)
    normed = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    held = _gelu(_linear(net, "squeeze", normed * net["norm.weight"] + net["norm.bias"]))
    padded = np.pad(held, ((1, 1), (0, 0)))
    kernel = net["near.weight"]  # (out, in, 3)
    around = sum((padded[k : k + len(held)] @ kernel[:, :, k].T for k in range(3)), start=net["near.bias"])
    held = held + _gelu(around)
    shown = _linear(net, "shown", held)
    looks = _linear(net, "attention", held)
    looks = np.exp(looks - looks.max(0))  # as softmax is computed without overflow
    looks /= looks.sum(0)
    most = shown.max(0)
    best = most + np.log(np.exp(shown - most).sum(0))
    seen = (_linear(net, "evidence", held) * looks).sum(0)
    alone = seen + net["trust"] * 2 * np.tanh(best / 4) + net["signs.weight"] @ signs
    together = _gelu(_linear(net, "gather", np.tanh(alone / 4)))
    return alone + _linear(net, "spread", together), shown


def _linear(net: Weights, name: str, rows: Vectors) -> Vectors:
    return np.asarray(rows @ net[f"{name}.weight"].T + net[f"{name}.bias"], np.float32)


def _gelu(x: Vectors) -> Vectors:
    """The tanh form (Hendrycks and Gimpel 2016)."""
    return np.asarray(0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3))), np.float32)


def _within(values: Vectors, outcomes: tuple[Pair, ...]) -> Vectors:
    """Softmax within each signal."""
    out = np.zeros_like(values)
    for columns in by_signal(outcomes).values():
        mine = np.exp(values[columns] - values[columns].max())
        out[columns] = mine / mine.sum()
    return out


def _after(asked: str, chances: Vectors, outcomes: tuple[Pair, ...]) -> Vectors:
    """The chances once the question was asked."""
    mine = [n for n, (signal, _) in enumerate(outcomes) if signal == asked]
    weighed = chances * np.where([outcome == (asked, NONE) for outcome in outcomes], _ASKED, 1.0)
    weighed[mine] /= max(weighed[mine].sum(), 1e-9)
    return np.asarray(weighed, np.float32)


@cache
def by_signal(outcomes: tuple[Pair, ...]) -> dict[str, list[int]]:
    """Each signal's columns."""
    found: dict[str, list[int]] = {}
    for n, (signal, _) in enumerate(outcomes):
        found.setdefault(signal, []).append(n)
    return found


@cache
def load(folder: Path = KNOWLEDGE) -> Reader:
    with np.load(folder / FILE, allow_pickle=False) as stored:
        nets: list[dict[str, Vectors]] = [{} for _ in range(int(stored["nets"]))]
        for name in stored.files:
            number, _, weight = name.partition(":")
            if weight:
                nets[int(number)][weight] = stored[name].astype(np.float32)
        return Reader(
            _pairs(stored["outcomes"]), tuple(nets), float(stored["least"]), float(stored["least_twice"])
        )


def _pairs(names: NDArray[np.str_]) -> tuple[Pair, ...]:
    return tuple((signal, code) for signal, _, code in (str(name).partition("|") for name in names))


def _quote(text: str, clauses: list[tuple[int, int]], tokens: Tokens, shown: Vectors) -> str:
    """The clause whose token shows the answer best."""
    place = int(tokens.starts[int(np.argmax(np.where(tokens.stops > tokens.starts, shown, -np.inf)))])
    start, stop = next((c for c in clauses if place < c[1]), clauses[-1])
    return text[start:stop].strip()


def _parts(text: str) -> Iterator[str]:
    """The text in parts of whole clauses, each of `_PART` characters at most where clauses are that short."""
    start = 0
    for begin, stop in _clauses(text):
        if stop - start > _PART and begin > start:
            yield text[start:begin][:WHOLE]
            start = begin
    yield text[start:][:WHOLE]


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in [*_CLAUSE.finditer(text), None]:
        stop = match.start() if match else len(text)
        if re.search(r"\w", text[start:stop]):
            yield start, stop
        start = match.end() if match else stop
