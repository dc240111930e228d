"""Reads what a person types into a fact's field: a number in everyday notation, or an answer's words; keeps nothing."""

import re

from assistant.advisor.hearing.quantities import per_day, quantities
from assistant.advisor.hearing.understanding import button
from assistant.advisor.signals import UNKNOWN, Signal, Value
from assistant.errors import PenalaError

_MOST = 10**12
_EMPTY = ("", "?", "-", "—")


def value(raw: str | None, signal: Signal, language: str) -> Value:
    """The value that `raw` stands for. Raises PenalaError("fact_number", "fact_choice" or "fact_empty")."""
    text = (raw or "").strip()
    if text in _EMPTY:
        raise PenalaError("fact_empty", signal=signal.title.say(language))
    found = button(text, signal)
    if signal.kind == "number":
        return found if found is not None and not text.isdigit() else _number(text, signal)
    if found is None and signal.kind == "text":
        found = signal.parse(text)
    if found is None:
        labels = "; ".join(answer.label.say(language) for answer in signal.choices)
        raise PenalaError("fact_choice", value=text[:60], signal=signal.title.say(language), labels=labels)
    return found


def _number(text: str, signal: Signal) -> int:
    """A whole number from zero on: 1.500, 1,500, 5rb, 1,5 juta; a rate ("60 per bulan") where requests a day are meant."""
    found = list(quantities(text))
    if len(found) == 1 and not re.search(r"[-−]\s*\d", text[: found[0].start + 1]):
        one = found[0]
        beside = text[: one.start] + text[one.stop :]
        number = per_day(text, one) if signal.name == "volume_per_day" else None
        number = one.value if number is None else max(1.0, round(number)) if number else 0.0
        if not re.search(r"\d", beside) and number == round(number) and number <= _MOST:
            return round(number)
    raise PenalaError("fact_number", value=text[:60])


def shown(value: Value, signal: Signal, language: str) -> str:
    """A value as it stands in the field."""
    return signal.label(value, language) if value != UNKNOWN else ""
