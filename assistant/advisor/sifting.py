"""Settles which of the facts in a message are taken over and which are asked about; reads no text."""

from collections.abc import Sequence

from assistant.advisor.facts import Fact, Facts, is_guess
from assistant.advisor.signals import UNKNOWN, Checklist


def sift(
    new: Sequence[Fact], facts: Facts, asked: str | None, corrects: bool, checklist: Checklist
) -> tuple[list[Fact], Fact | None]:
    """What is taken over, and the first remark that contradicts what words of the user's show: that is asked."""
    takes, clash = [], None
    for fact in new:
        old = facts.get(fact.signal)
        if is_guess(fact) and old is not None and not is_guess(old):
            continue
        if fact.value == UNKNOWN and old is not None and old.value != UNKNOWN and not is_guess(old):
            continue  # "I don't know which" leaves what was known
        sure = fact.signal == asked or fact.origin == "said" or corrects
        if old is None or old.origin == "assumed" or sure:
            if old is None or old.value != fact.value or old.origin != "said":
                takes.append(fact)
        elif _contradicts(fact, old, checklist):
            clash = clash or fact
    return takes, clash


def _contradicts(new: Fact, old: Fact, checklist: Checklist) -> bool:
    """Another answer to the same signal, and one that matters for the decision."""
    signal = checklist.signals[new.signal]
    first, second = signal.answer(old.value), signal.answer(new.value)
    if old.value == UNKNOWN or signal.code(old.value) == signal.code(new.value):
        return False
    return (first.effects if first else {}) != (second.effects if second else {})
