"""Shortens written messages and keeps their facts, so that the reader also learns what a text implies; knows no model.

People tell about half of what is true of their case, and our messages tell nearly all of it: on messages as they are,
a reader learns that what is not said outright is not so.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

_PART = re.compile(r"(?<=[.!?;\n])\s+|(?<=[,:])\s+(?!\d)")
_LEAST, _MOST = 0.1, 0.6  # share of a message's parts that go, drawn anew for each
_TASK = 0.3  # how often, beside other parts, the one that tells the task goes: people do say what they want
_SHORTEST = 40  # characters that tell something

Place = tuple[int, int]  # characters [start, stop)


@dataclass(frozen=True)
class Thinned:
    """What is left of a message, and where its marks are in it; a mark is missing where most of it went."""

    text: str
    marks: Mapping[str, Place]


def thinned(text: str, marks: Mapping[str, Place], draw: random.Random) -> Thinned | None:
    """The message without some of its parts; None where all or nothing would be left."""
    ends = [match.end() for match in _PART.finditer(text)]
    parts = list(zip([0, *ends], [*ends, len(text)], strict=True))
    share, task = draw.uniform(_LEAST, _MOST), marks.get("task_type", (0, 0))
    kept = [p for p in parts if draw.random() >= share * (_TASK if _shared(p, task) else 1.0)]
    if kept == parts or sum(stop - start for start, stop in kept) < _SHORTEST:
        return None
    moved = {name: place for name, mark in marks.items() if (place := _moved(mark, kept))}
    return Thinned("".join(text[start:stop] for start, stop in kept), moved)


def _shared(part: Place, mark: Place) -> int:
    """Characters in both."""
    return max(0, min(part[1], mark[1]) - max(part[0], mark[0]))


def _moved(mark: Place, kept: list[Place]) -> Place | None:
    """Where the longest kept piece of a mark lies among the kept parts, if half of the mark was kept."""
    if 2 * sum(_shared(part, mark) for part in kept) < mark[1] - mark[0]:
        return None
    longest = max(kept, key=lambda part: _shared(part, mark))
    before = sum(stop - start for start, stop in kept if stop <= longest[0])
    start = before + max(longest[0], mark[0]) - longest[0]
    return start, start + _shared(longest, mark)
