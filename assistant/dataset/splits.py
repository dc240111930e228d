"""Which examples train, watch and test: kept together by source, seeded, and stable when rows are added."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.dataset.examples import Example
from assistant.dataset.kinds import kind_of
from assistant.dataset.similar import near_pairs, normal

SHARES: Mapping[str, float] = {"train": 0.7, "validation": 0.1, "test": 0.2}
_MOST_COMPARED = 20_000  # above, only equal inputs are kept together: finding near ones would take minutes
_LOOSE = 0.6  # how far chance may push one example from the exact share of its label


def split(given: Sequence[Example], seed: int = 0, shares: Mapping[str, float] = SHARES) -> list[Example]:
    """Give every example without a split one; what has a split keeps it, and its relatives follow.

    Relatives (same source, equal or nearly equal inputs) go to one place, so that no test question was
    seen in training. The place is a hash of the source and the seed; for label tasks every label keeps
    the shares. Rows added at the end never move an earlier one, unless they tie two sources together;
    a place that was saved is kept even then.
    """
    families = _families(given)
    placed = {e.group: e.split for e in given if e.split}
    placed |= {family: e.split for family, e in reversed(list(zip(families, given, strict=True))) if e.split}
    strata = _strata(given, families) if kind_of(given) == "labels" else None
    new = _balanced(strata, placed, seed, shares) if strata else {}
    chosen = []
    for family, e in zip(families, given, strict=True):
        place = e.split or placed.get(e.group) or placed.get(family) or new.get(family)
        chosen.append(replace(e, split=place or _place(family, seed, shares)))
    return chosen


def again(given: Sequence[Example], seed: int = 0) -> list[Example]:
    """Split all anew, forgetting what was."""
    return complete([replace(e, split="") for e in given], seed)


def complete(given: Sequence[Example], seed: int = 0) -> list[Example]:
    """As `split`; and where so few rows left validation or test empty, the first free family goes there."""
    rows = split(given, seed)
    families = _families(rows)
    fixed = {family for family, e in zip(families, given, strict=True) if e.split}
    for wanted in ("test", "validation"):
        free = [f for f, e in zip(families, rows, strict=True) if f not in fixed and e.split == "train"]
        if any(e.split == wanted for e in rows) or len(set(free)) < 3:
            continue
        moved = min(set(free), key=lambda family: _point(f"{seed}|{wanted}|{family}"))
        rows = [replace(e, split=wanted) if f == moved else e for f, e in zip(families, rows, strict=True)]
    return rows


def counts(given: Sequence[Example]) -> dict[str, int]:
    found = Counter(e.split or "none" for e in given)
    return {name: found.get(name, 0) for name in (*SHARES, "none") if name != "none" or found.get("none")}


def _families(given: Sequence[Example]) -> list[str]:
    """For each example the name of its family: the group of the earliest example it is tied to."""
    parent = list(range(len(given)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[str, int] = {}
    pairs = [
        (first.setdefault(mark, i), i)
        for i, e in enumerate(given)
        for mark in (f"group {e.group}", f"input {normal(e.input) or e.id}")
    ]
    if len(given) <= _MOST_COMPARED:
        pairs += near_pairs([e.input for e in given])
    for i, j in pairs:
        a, b = sorted((root(i), root(j)))
        parent[b] = a
    return [given[root(i)].group for i in range(len(given))]


def _strata(given: Sequence[Example], families: Sequence[str]) -> dict[str, Counter[str]]:
    """For each family, in order of arrival, how many examples of each label it has."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for family, e in zip(families, given, strict=True):
        found[family][e.output.strip()] += 1
    return dict(found)


def _balanced(
    strata: Mapping[str, Counter[str]], placed: Mapping[str, str], seed: int, shares: Mapping[str, float]
) -> dict[str, str]:
    """Each family goes where its commonest label lacks most, give or take a seeded chance."""
    given: dict[str, Counter[str]] = defaultdict(Counter)  # label -> split -> examples
    chosen = {}
    for family, labels in strata.items():
        label, size = labels.most_common(1)[0][0], labels.total()
        total = given[label].total() + size
        lacks = {
            name: share * total - given[label][name] + _LOOSE * (_point(f"{seed}|{name}|{family}") - 0.5)
            for name, share in shares.items()
        }
        chosen[family] = placed.get(family) or max(lacks, key=lambda name: lacks[name])
        given[label][chosen[family]] += size
    return chosen


def _place(group: str, seed: int, shares: Mapping[str, float]) -> str:
    point = _point(f"{seed}|{group}")
    for name, share in shares.items():
        if point < share:
            return name
        point -= share
    return next(iter(shares))


def _point(text: str) -> float:
    """A number in [0, 1) that any machine draws alike from a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64
