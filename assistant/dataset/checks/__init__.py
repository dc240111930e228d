"""Is the data fit to train on? One small function a check, registered by name, in one file each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from assistant import texts
from assistant.dataset.examples import Example
from assistant.dataset.kinds import Kind, kind_of
from assistant.dataset.similar import near_pairs

Severity = Literal["blocking", "warning", "note"]
Ready = Literal["ready", "warnings", "not_ready"]
Count = Callable[[str], int]


@dataclass(frozen=True)
class Finding:
    """What one check found: the rows concerned, and values for its sentence (`dataset.checks.<check>.message`)."""

    check: str
    severity: Severity
    rows: tuple[str, ...] = ()
    values: dict[str, object] = field(default_factory=dict)
    variant: str = ""  # another sentence of the same check

    def say(self, language: str) -> str:
        return texts.say(language, f"{self._key}.message", count=len(self.rows), **self.values)

    def remedy(self, language: str) -> str:
        return texts.say(language, f"{self._key}.remedy", **self.values)

    @property
    def _key(self) -> str:
        return f"dataset.checks.{self.check}{'_' + self.variant if self.variant else ''}"


@dataclass(frozen=True)
class Data:
    """What a check looks at. `count` gives a text's tokens as the chosen model reads it; `longest` is its limit."""

    examples: Sequence[Example]
    count: Count
    longest: int

    @cached_property
    def near(self) -> list[tuple[int, int]]:
        """Places of inputs that differ in little."""
        return near_pairs([e.input for e in self.examples])

    @cached_property
    def kind(self) -> Kind:
        return kind_of(self.examples)


Check = Callable[[Data], list[Finding]]


@dataclass(frozen=True)
class Report:
    ready: Ready
    findings: tuple[Finding, ...]


def check(examples: Sequence[Example], count: Count, longest: int) -> Report:
    """Every check on the examples, the gravest findings first."""
    data = Data(examples, count, longest)
    found = [finding for one in registered().values() for finding in one(data)]
    order = ("blocking", "warning", "note")
    found.sort(key=lambda finding: order.index(finding.severity))
    ready: Ready = "ready"
    if any(f.severity == "warning" for f in found):
        ready = "warnings"
    if any(f.severity == "blocking" for f in found):
        ready = "not_ready"
    return Report(ready, tuple(found))


def registered() -> dict[str, Check]:
    """The checks by name, in the order in which they run."""
    from assistant.dataset.checks import (
        amount,
        contradiction,
        empty,
        exact_duplicate,
        imbalance,
        leakage,
        near_duplicate,
        over_length,
        schema,
    )

    modules = (
        schema,
        empty,
        exact_duplicate,
        near_duplicate,
        contradiction,
        leakage,
        over_length,
        amount,
        imbalance,
    )
    return {module.__name__.rsplit(".", 1)[-1]: module.check for module in modules}
