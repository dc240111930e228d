"""Test rows that training has seen: the same input, nearly the same, or the same source on both sides."""

from collections import defaultdict

from assistant.dataset.checks import Data, Finding
from assistant.dataset.similar import normal

_HELD = ("validation", "test")


def check(data: Data) -> list[Finding]:
    """Equal inputs and shared sources block; nearly equal inputs may be honest, so they are shown."""
    seen: dict[str, set[str]] = defaultdict(set)  # what training and validation have, by split
    sources: dict[str, set[str]] = defaultdict(set)
    for e in data.examples:
        seen[e.split].add(normal(e.input))
        sources[e.split].add(e.source)
    held = [e for e in data.examples if e.split in _HELD]
    same = tuple(e.id for e in held if any(normal(e.input) in seen[part] for part in _before(e.split)))
    shared = tuple(
        e.id for e in held
        if e.source and e.id not in same and any(e.source in sources[part] for part in _before(e.split))
    )  # fmt: skip
    near = tuple(i for i in _near(data) if i not in same and i not in shared)
    found = [
        Finding("leakage", "blocking", same),
        Finding("leakage", "blocking", shared, variant="source"),
        Finding("leakage", "warning", near, variant="near"),
    ]
    return [finding for finding in found if finding.rows]


def _before(split: str) -> tuple[str, ...]:
    """The splits from which nothing may reach this one."""
    return ("train", "validation") if split == "test" else ("train",)


def _near(data: Data) -> list[str]:
    found: dict[str, None] = {}
    for pair in data.near:
        a, b = (data.examples[i] for i in pair)
        for one, other in ((a, b), (b, a)):
            if one.split in _HELD and other.split in _before(one.split):
                found[one.id] = None
    return list(found)
