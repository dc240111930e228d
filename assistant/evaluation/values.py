"""What a comparison is made of; knows nothing of how answers are made or scored."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from assistant import texts

Kind = Literal["labels", "fields", "text", "questions"]
Outcome = Literal["better", "worse", "equivalent", "cannot_tell"]

# From the least to keep running to the most; the verdict prefers the first that is not worse.
SIMPLEST_FIRST = ("classifier", "prompt", "few_shot", "whole_document", "rag", "tuned", "tuned_rag")
TUNED = ("tuned", "tuned_rag")


@dataclass(frozen=True)
class Case:
    """One thing to answer and what a right answer is.

    `group` is the source it came from: cases of one source are no independent evidence and are counted as
    a cluster ("" stands alone). `answers` are further accepted answers (kind questions); a question with
    neither reference nor answers is one that cannot be answered. `kind` names a slice; no score reads it.
    """

    id: str
    input: str
    reference: str
    group: str = ""
    kind: str = ""
    answers: tuple[str, ...] = ()

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every accepted answer, the reference first."""
        return tuple(dict.fromkeys(a for a in (self.reference, *self.answers) if a.strip()))


@dataclass(frozen=True)
class Answered:
    """What one arm said to one case. `cost` is money in the project's currency, 0 on the own machine.

    `support`: the share of its sentences that rest on a passage; `founded`: whether a passage names all its
    figures. Both None where no passages were read or it declined. `chances`: how likely it held each label,
    where it says so.
    """

    case: str
    text: str
    seconds: float
    tokens_in: int
    tokens_out: int
    refused: bool = False
    cost: float = 0.0
    support: float | None = None
    founded: bool | None = None
    chances: Mapping[str, float] | None = None


class Arm(Protocol):
    """One way of answering."""

    @property
    def name(self) -> str:
        """A name of SIMPLEST_FIRST, where two of a sort meet with a suffix: `tuned:r002`."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever an answer could: weights, adapter, prompt, index, decoding."""

    def answer(self, cases: Sequence[Case]) -> list[Answered]:
        """One answer a case, in order. Must not read a case's reference."""


def sort_of(arm: str) -> str:
    """The arm's sort without its suffix: tuned:r002 is a tuned arm."""
    return arm.split(":", 1)[0]


def simplicity(arm: str) -> tuple[int, str]:
    """Sort key, simplest first; an unknown sort comes last."""
    sort = sort_of(arm)
    place = SIMPLEST_FIRST.index(sort) if sort in SIMPLEST_FIRST else len(SIMPLEST_FIRST)
    return place, arm


@dataclass(frozen=True)
class Metric:
    """A metric's value over n cases with its 95 % interval; all metrics lie in 0..1, more is better."""

    name: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class CaseScores:
    """One score a case, in the order of the cases; NaN where the metric does not apply to a case."""

    metric: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class ClassScore:
    """How one label fared: precision, recall and F1 over its n cases."""

    label: str
    precision: float
    recall: float
    f1: float
    n: int


@dataclass(frozen=True)
class ArmResult:
    """One arm's metrics and what an answer of it takes (means an answer: seconds, tokens, cost)."""

    name: str
    fingerprint: str
    metrics: tuple[Metric, ...]
    seconds: float
    tokens: float
    cost: float
    answers: tuple[Answered, ...] = ()
    scores: tuple[CaseScores, ...] = ()
    classes: tuple[ClassScore, ...] = ()

    def metric(self, name: str) -> Metric:
        return next(m for m in self.metrics if m.name == name)

    def has(self, name: str) -> bool:
        return any(m.name == name for m in self.metrics)

    def column(self, metric: str) -> tuple[float, ...]:
        """One score a case; empty where the metric has none a case (macro-F1) or the arm was not scored on it."""
        return next((s.values for s in self.scores if s.metric == metric), ())

    def waited(self, share: float) -> float:
        """Seconds within which that share of the answers was there (linear between answers)."""
        return float(np.quantile([a.seconds for a in self.answers], share)) if self.answers else self.seconds


@dataclass(frozen=True)
class Pair:
    """Arm a minus arm b on one metric. `p` is Holm-adjusted; `outcome` is said of a against b.

    `spread` is the standard deviation of one case's difference, clusters counted in; `groups` the number
    of independent sources.
    """

    a: str
    b: str
    metric: str
    difference: float
    low: float
    high: float
    p: float
    outcome: Outcome
    n: int = 0
    groups: int = 0
    spread: float = math.nan

    def turned(self) -> "Pair":
        """The same pair seen from b."""
        other: dict[Outcome, Outcome] = {"better": "worse", "worse": "better"}
        return Pair(
            self.b, self.a, self.metric, -self.difference, -self.high, -self.low, self.p,
            other.get(self.outcome, self.outcome), self.n, self.groups, self.spread,
        )  # fmt: skip


@dataclass(frozen=True)
class Phrase:
    """A sentence to be said later: a text key and its values.

    Values named arm, other, simpler or metric are codes and get their name in the language; floats are
    said with one digit, seconds with two.
    """

    key: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    def say(self, language: str) -> str:
        shown = {name: _shown(language, name, value) for name, value in self.values.items()}
        said = texts.say(language, f"evaluation.{self.key}", **shown)
        return said[:1].upper() + said[1:]  # an arm's name may open the sentence


@dataclass(frozen=True)
class Verdict:
    """What the comparison says to do.

    outcome: tune, do_not_tune, recommend (no tuned arm was there), cannot_tell, collect_more, none_works,
    one_arm. `recommended` is the arm to use now, "" where there is none.
    """

    outcome: str
    recommended: str
    text: tuple[Phrase, ...]
    next_step: Phrase

    def say(self, language: str) -> str:
        return " ".join(phrase.say(language) for phrase in self.text)


def arm_name(language: str, arm: str) -> str:
    """The arm's name in words, with its suffix: "tuned model (r002)"."""
    sort, _, suffix = arm.partition(":")
    name = _or_code(language, f"evaluation.arms.{sort}", sort)
    return f"{name} ({suffix})" if suffix else name


def metric_name(language: str, metric: str) -> str:
    """The metric's name in words."""
    plain = metric.removesuffix("_with_leaked")
    if plain.startswith("field:"):
        name = texts.say(language, "evaluation.one_field", field=plain.removeprefix("field:"))
    else:
        name = _or_code(language, f"evaluation.metrics.{plain}.name", plain)
    return name if plain == metric else texts.say(language, "evaluation.with_leaked", metric=name)


def _or_code(language: str, key: str, code: str) -> str:
    return texts.keys(language).get(key, code)


def _shown(language: str, name: str, value: str | int | float) -> str:
    if name in ("arm", "other", "simpler"):
        return arm_name(language, str(value))
    if name == "metric":
        return metric_name(language, str(value))
    if isinstance(value, str):
        return value
    digits = 2 if "seconds" in name else 1
    return texts.number(language, value, digits if isinstance(value, float) else 0)
