"""How much a piece of text is like the checklist's example sentences, by its words; decides no fact."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.advisor.signals import Checklist
from assistant.models.values import Vectors


@dataclass(frozen=True)
class Example:
    """One way of putting an answer. Labels of buttons count only where their question was asked."""

    signal: str
    code: str
    text: str
    is_label: bool


@dataclass(frozen=True)
class Bounds:
    """When a likeness is good enough: score, and distance to the next other answer.

    `asked` for the question just asked, `other` for remarks on other signals. Chosen by leaving each
    example sentence out in turn and asking the rest for it.
    """

    asked: float
    asked_ahead: float
    other: float
    other_ahead: float


def examples(checklist: Checklist) -> tuple[Example, ...]:
    found = []
    for signal in checklist.signals.values():
        for answer in signal.choices:
            found += [Example(signal.name, answer.code, text, False) for text in answer.says]
            found += [
                Example(signal.name, answer.code, text, True) for text in (answer.label.en, answer.label.id)
            ]
    return tuple(found)


class ByWords:
    """The share of an example's words, rare ones weighing more, that the clause holds too."""

    bounds = Bounds(asked=0.55, asked_ahead=0.15, other=0.85, other_ahead=0.25)

    def __init__(self, known: Sequence[Example]) -> None:
        self._words = [frozenset(words(example.text)) for example in known]
        seen = Counter(word for one in self._words for word in one)
        self._weight = {word: math.log(1 + len(known) / count) for word, count in seen.items()}
        self._total = np.array([sum(self._weight[w] for w in one) or 1.0 for one in self._words], np.float32)

    def scores(self, clauses: Sequence[str]) -> Vectors:
        rows = np.zeros((len(clauses), len(self._words)), np.float32)
        for row, clause in zip(rows, clauses, strict=True):
            heard = set(words(clause))
            row[:] = [sum(self._weight[w] for w in one & heard) for one in self._words]
        return rows / self._total


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
