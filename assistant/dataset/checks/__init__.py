"""Is the data fit to train on? One small function a check, registered by name, in one file each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any, Literal

from numpy.typing import NDArray

from assistant import texts
from assistant.dataset.examples import Example
from assistant.dataset.kinds import Kind, kind_of
from assistant.dataset.left_out import LeftOut
from assistant.dataset.similar import Likeness, likeness, normal

Severity = Literal["blocking", "warning", "note"]
Ready = Literal["ready", "warnings", "not_ready"]
Count = Callable[[str], int]
Embed = Callable[[Sequence[str]], NDArray[Any]]  # texts to rows of length one
_MOSTLY = 0.85  # of the answers decide what sort of task it is: odd ones are what is looked for
NAMES = (
    "schema", "empty", "exact_duplicate", "near_duplicate", "contradiction", "leakage", "over_length", "nothing_to_learn",
    "imbalance", "format_drift", "language_mix", "spelling", "personal_data", "wording", "refusals", "label_noise",
    "coverage", "amount",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What one check found: the rows concerned, and values for its sentences (`dataset.checks.<check>_<variant>`)."""

    check: str
    severity: Severity
    rows: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    variant: str = ""  # another sentence of the same check

    def say(self, language: str) -> str:
        return self._said(language, "message")

    def why(self, language: str) -> str:
        """Why it matters, for someone who has never trained a model."""
        return texts.say(language, f"dataset.why.{self.check}")

    def remedy(self, language: str) -> str:
        return self._said(language, "remedy")

    def _said(self, language: str, part: str) -> str:
        values = {
            name: value.say(language) if isinstance(value, Named) else value
            for name, value in self.values.items()
        }
        return texts.say(language, f"dataset.checks.{self._key}.{part}", count=len(self.rows), **values)

    @property
    def _key(self) -> str:
        return f"{self.check}_{self.variant}" if self.variant else self.check


@dataclass(frozen=True)
class Named:
    """Things by name, `dataset.<family>.<name>` or their own where no family is given, with their counts above 0."""

    counts: Mapping[str, int]
    family: str = ""

    def say(self, language: str) -> str:
        names = {
            n: texts.say(language, f"dataset.{self.family}.{n}") if self.family else n for n in self.counts
        }
        return ", ".join(
            f"{names[n]} {texts.number(language, c)}" if c else names[n] for n, c in self.counts.items()
        )


@dataclass(frozen=True)
class Limit:
    """The most tokens that a tuning service takes in one example."""

    provider: str
    tokens: int


@dataclass(frozen=True)
class Data:
    """What a check looks at. `count` gives a text's tokens as the chosen model reads it, `longest` is its limit for a
    whole row, `frame` the tokens that instructions and chat template add to each row. `asked` are the questions of the
    evaluation set, `groups` words by group of people. Without `embed`, checks that need meaning are left out."""

    examples: Sequence[Example]
    count: Count
    longest: int
    frame: int = 0
    instructions: str = ""
    limits: Sequence[Limit] = ()
    left_out: Sequence[LeftOut] = ()
    asked: Sequence[str] = ()
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    embed: Embed | None = None
    unread: str = ""  # why there is no `embed`, as in `dataset.not_run`

    @cached_property
    def like(self) -> Likeness:
        """The inputs in their normal form, and those that differ in little."""
        return likeness([e.input for e in self.examples])

    @cached_property
    def answers(self) -> list[str]:
        """The answers in their normal form."""
        known: dict[str, str] = {}
        return [known.get(e.output) or known.setdefault(e.output, normal(e.output)) for e in self.examples]

    @cached_property
    def kind(self) -> Kind:
        return kind_of(self.examples, _MOSTLY)


Check = Callable[[Data], list[Finding]]


@dataclass(frozen=True)
class Report:
    ready: Ready
    findings: tuple[Finding, ...]


def check(data: Data) -> Report:
    """Every check on the examples, the gravest findings first."""
    found = [finding for one in registered().values() for finding in one(data)]
    order = ("blocking", "warning", "note")
    found.sort(key=lambda finding: order.index(finding.severity))
    ready: Ready = "ready"
    if any(f.severity == "warning" for f in found):
        ready = "warnings"
    if any(f.severity == "blocking" for f in found):
        ready = "not_ready"
    return Report(ready, tuple(found))


def surplus(count: int, total: int, most: float) -> int:
    """How many of `count` of `total` rows have to go for the rest of them to be at most the share `most` of what is left."""
    gone = max(0, int((count - most * total) / (1 - most)))
    while count - gone > most * (total - gone):
        gone += 1
    return gone


def learned(given: Sequence[Example]) -> list[Example]:
    """What a model learns from: all but what is held out, which shows what life is like."""
    return [e for e in given if e.split not in ("validation", "test")]


def registered() -> dict[str, Check]:
    """The checks by name, in the order in which they run."""
    return {name: import_module(f"{__name__}.{name}").check for name in NAMES}
