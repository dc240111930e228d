"""What the user told us, one fact a signal, with the words it came from; knows nothing of what a fact means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assistant.advisor.signals import UNKNOWN, Value

Origin = Literal["said", "inferred", "assumed"]


@dataclass(frozen=True)
class Fact:
    """A signal's value. `quote` holds the user's own words; an assumed fact has none: it is a question passed over
    (unknown), or a guess, which leans a decision and never decides alone (see `leaning`)."""

    signal: str
    value: Value
    quote: str | None
    origin: Origin

    def to_json(self) -> dict[str, Any]:
        return {"value": self.value, "quote": self.quote, "origin": self.origin}


Facts = dict[str, Fact]


def decisive(facts: Mapping[str, Fact]) -> dict[str, Value]:
    """The values that may decide: what was said or inferred, in a fixed order, so that no history matters."""
    return {name: facts[name].value for name in sorted(facts) if facts[name].origin != "assumed"}


def is_guess(fact: Fact) -> bool:
    """A value that nobody's words support well enough: it leans, it is still asked for, it never decides alone."""
    return fact.origin == "assumed" and fact.value != UNKNOWN


def leaning(facts: Mapping[str, Fact]) -> dict[str, Value]:
    """The values that may decide with the guesses beside them. Guesses count only once two facts stand; the gates
    do not hear them (`scores.tally`)."""
    sure = decisive(facts)
    if sum(value != UNKNOWN for value in sure.values()) < 2:
        return sure
    guesses = {name: fact.value for name, fact in facts.items() if is_guess(fact)}
    both = {**guesses, **sure}
    return {name: both[name] for name in sorted(both)}


def assumed_unknown(signal: str) -> Fact:
    """A question that was passed over: closed, and without any weight."""
    return Fact(signal, UNKNOWN, None, "assumed")
