"""Finds a number that the same message puts right ("50 examples, sorry, I mean 500"); knows no signals."""

import re
from dataclasses import dataclass

from assistant.advisor.hearing.quantities import Quantity, quantities
from assistant.texts.terms import terms

_MOST, _QUOTED = 5, 400  # corrections that are followed; characters of a quote
_NEAR = 60  # characters between the mark of a correction and either number
_MARK = re.compile(
    r"\b(?:(?:sorry|no|oops),? (?:i (?:mean|meant)|it'?s|wait|make that)|i mean(?:t)?|scratch that|make that|correction|"
    r"ralat|koreksi|maksud(?:ku|nya| saya| kami)|salah (?:tulis|ketik)|eh)\b[\s,.:;!-]*(?:(?:maksud(?:ku|nya| saya)|i mean)\b[\s,:]*)?",
    re.IGNORECASE,
)
_FILLS = frozenset(("deng", "ding", "sih", "ya", "kok", "maaf", "sorry", "rather"))
_AFTER = re.compile(r"[ \t]*([\w/-]+)")
_RATE = re.compile(r"(?:a|per|each|every|tiap|setiap|sehari|sebulan|seminggu|perhari|/\w+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Slip:
    """`meant`: the message with the right number in the wrong one's place; `quote`: the user's words on both."""

    meant: str
    quote: str


def meant(text: str) -> tuple[str, str]:
    """The message with the numbers that were meant, and the user's own words on them ("" where none was put right)."""
    told, quote = text, ""
    for _ in range(_MOST):
        found = slip(told)
        if found is None:
            break
        told, quote = found.meant, found.quote if told == text else text.strip()[:_QUOTED]
    return told, quote


def slip(text: str) -> Slip | None:
    """The first number of a message that it takes back itself; None where it takes none back."""
    for mark in _MARK.finditer(text):
        old = next((q for q in reversed(list(quantities(text))) if q.stop <= mark.start()), None)
        new = next((q for q in quantities(text) if q.start >= mark.end()), None)
        if old and new and old.value != new.value and _belong(text, old, mark, new):
            right = text[new.start : new.stop]
            meant = text[: old.start] + right + text[old.stop : mark.start()] + text[new.stop :]
            return Slip(meant, text[_sentence(text, old.start) : new.stop].strip())
    return None


def _belong(text: str, old: Quantity, mark: re.Match[str], new: Quantity) -> bool:
    """Whether both count the same: near the mark, and what follows the new number, if anything, is what was counted."""
    if mark.start() - old.stop > _NEAR or new.start - mark.end() > _NEAR:
        return False
    follows = _AFTER.match(text, new.stop)
    if follows is None or _RATE.match(follows[1]) or follows[1].casefold() in _FILLS:
        return True
    return set(terms(follows[1])) <= set(terms(text[_sentence(text, old.start) : mark.start()]))


def _sentence(text: str, place: int) -> int:
    """Where the sentence around a place begins."""
    return max(text.rfind(sign, 0, place) for sign in (". ", "! ", "? ", "\n")) + 1
