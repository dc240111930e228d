"""What a change of facts makes worth saying: another medium, a closed door, a choice that moved; changes nothing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from assistant.advisor import citing, replies
from assistant.advisor.decision import decide
from assistant.advisor.estimate.providers import status_notes
from assistant.advisor.facts import Fact, decisive, is_guess
from assistant.advisor.hearing import media
from assistant.advisor.interview import GATES
from assistant.advisor.signals import UNKNOWN, Checklist

Known = Mapping[str, Fact]
_SHUT = ("closed", "closing")


def beside(
    sentences: list[str], said: str, before: Known, after: Known, checklist: Checklist, language: str
) -> list[str]:
    """The reply with these remarks: what Penala cannot do comes first, then the reply, doors, and the choice."""
    first = _media(said, before, after, checklist, language)
    last = _moved(before, after, checklist, language)
    return [*first, *sentences, *_doors(before, after, checklist, language), *last]


def _media(said: str, before: Known, after: Known, checklist: Checklist, language: str) -> list[str]:
    """That the task is none that Penala tunes, and where to go, once that has become known."""
    told = checklist.media
    if checklist.hold(told.when, decisive(before)) or not checklist.hold(told.when, decisive(after)):
        return []
    saw, given = media.seen(said), after.get("input_kind")
    kind = saw.kind if saw else str(given.value) if given else ""
    return [told.text.say(language), told.kinds.get(kind, told.step).say(language)]


def _doors(before: Known, after: Known, checklist: Checklist, language: str) -> list[str]:
    """What must be heard of a platform just named, before data is prepared for it: closed doors, else the trap
    that costs most."""
    if before.get("platform") == after.get("platform"):
        return []
    named = {
        n: replace(f, origin="inferred") if is_guess(f) else f for n, f in after.items() if n == "platform"
    }
    notes = status_notes({**after, **named}, language, date.today())
    told = [n for n in notes if n.state in _SHUT][:2] or [n for n in notes if n.state == "note"][:1]
    return [f"{n.text} ({citing.publisher(checklist.sources[n.source], language)}, {n.date})" for n in told]


def _moved(before: Known, after: Known, checklist: Checklist, language: str) -> list[str]:
    """What a changed fact did to the choice, once there was one."""
    changed = [n for n, f in after.items() if n in before and before[n].value not in (f.value, UNKNOWN)]
    if not changed or not all(name in before for name in GATES):
        return []
    old, new = (decide(facts, checklist, language) for facts in (before, after))
    return [replies.moved(old, new, language)]
