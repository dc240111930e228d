"""Reads what a message takes back of facts already on record, which alone give it its meaning; keeps nothing."""

import re
from collections.abc import Mapping, Sequence

from assistant.advisor.facts import Fact, is_guess
from assistant.advisor.hearing import media
from assistant.advisor.hearing.quantities import quantities
from assistant.advisor.signals import Checklist

_NOT_THIS = re.compile(r"\b(?:not|bukan|instead of|rather than|alih-alih)\W+(?:\w+\W+){0,2}$")


def corrections(
    text: str, known: Mapping[str, Fact], heard: Sequence[Fact], checklist: Checklist
) -> list[Fact]:
    """A number in place of one on record ("800, not 1200"), and text in place of sound or pictures; `heard` is what the
    message says by itself."""
    tells = any(f.signal == "task_type" and not is_guess(f) and f.value != "vision_audio" for f in heard)
    mended = [*_numbers(text, known), *_text_now(text, known, checklist)]
    return [fact for fact in mended if not (tells and fact.signal == "task_type")]


def _numbers(text: str, known: Mapping[str, Fact]) -> list[Fact]:
    found = list(quantities(text))
    if len(found) != 2:
        return []
    denied = [one for one in found if _NOT_THIS.search(text[: one.start].casefold())]
    if len(denied) != 1:
        return []
    new = next(one for one in found if one is not denied[0])
    wrong = [n for n, f in known.items() if isinstance(f.value, int) and f.value == round(denied[0].value)]
    return [Fact(wrong[0], round(new.value), text.strip(), "said")] if len(wrong) == 1 else []


def _text_now(text: str, known: Mapping[str, Fact], checklist: Checklist) -> list[Fact]:
    values = {name: fact.value for name, fact in known.items() if not is_guess(fact)}
    if not checklist.hold(checklist.media.when, values) or not media.is_text_now(text):
        return []
    made = [Fact("input_kind", "text", text.strip(), "said")]
    if values.get("task_type") == "vision_audio":
        made.append(Fact("task_type", "unknown", text.strip(), "said"))
    return made
