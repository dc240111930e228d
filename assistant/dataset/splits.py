"""Which examples train, watch and test: by source, seeded, and stable when rows are added."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from assistant.dataset.examples import Example

SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}


def split(given: Sequence[Example], seed: int = 0, shares: dict[str, float] = SHARES) -> list[Example]:
    """Give every example without a split one. A source already placed keeps its place, and its others follow.

    A source's place is a hash of its name and the seed, so adding rows never moves a test row to training.
    """
    placed = {e.group: e.split for e in given if e.split}
    return [replace(e, split=e.split or placed.get(e.group) or _place(e.group, seed, shares)) for e in given]


def again(given: Sequence[Example], seed: int = 0) -> list[Example]:
    """Split all anew, forgetting what was."""
    return split([replace(e, split="") for e in given], seed)


def counts(given: Sequence[Example]) -> dict[str, int]:
    found = Counter(e.split or "none" for e in given)
    return {name: found.get(name, 0) for name in (*SHARES, "none") if name != "none" or found.get("none")}


def _place(group: str, seed: int, shares: dict[str, float]) -> str:
    point = int.from_bytes(hashlib.sha256(f"{seed}|{group}".encode()).digest()[:8]) / 2**64
    for name, share in shares.items():
        if point < share:
            return name
        point -= share
    return next(iter(shares))
