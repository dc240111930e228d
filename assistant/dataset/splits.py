"""Which examples train, watch and test: kept together by source, seeded, and stable when rows are added."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.dataset.examples import SYNTHETIC, Example
from assistant.dataset.kinds import kind_of
from assistant.dataset.similar import near_pairs, normal

SHARES: Mapping[str, float] = {"train": 0.7, "validation": 0.1, "test": 0.2}
FOLDS = 5
FEW_TESTS = 20  # with fewer test rows only very large differences show; knowledge/guides/*/data-amount.md
_HELD = ("test", "validation")  # what a row tied to several sides goes to first: held out stays held out
_LARGEST = 0.1  # of the rows, for a family of rows from one form: as much as validation needs
_LOOSE = 0.6  # how far chance may push one example from the exact share of its label


def split(given: Sequence[Example], seed: int = 0, shares: Mapping[str, float] = SHARES) -> list[Example]:
    """Give every example without a split one; what has a split keeps it, and its relatives follow.

    Relatives (same source, equal or nearly equal inputs) go to one place, so that no test question was
    seen in training; where most rows are nearly equal, those that are equal. What is larger than the share of
    validation or test trains. For label tasks every label keeps the shares. Rows added at the end never move an
    earlier one, unless they tie two sources together or make one larger; a place that was saved is kept even then,
    and a new row tied to two places goes to the one held out.

    Synthetic rows (paraphrases) tie nothing, and only ever train: one whose relative is held out gets no split
    and is left out of versions, whatever its split was.
    """
    kin = _Kin.of(given)
    return _with_synthetic(_split(kin, seed, shares), kin)


def again(given: Sequence[Example], seed: int = 0) -> list[Example]:
    """Split all anew, forgetting what was."""
    return complete([replace(e, split="") for e in given], seed)


def complete(given: Sequence[Example], seed: int = 0) -> list[Example]:
    """As `split`; and where so few families left validation or test empty, one of the smallest goes there."""
    kin = _Kin.of(given)
    rows = _split(kin, seed, SHARES)
    pairs = list(zip(kin.families, kin.real, strict=True))
    fixed = {family for family, e in pairs if e.split}
    sizes = Counter(kin.families)
    for wanted in _HELD:
        free = dict[str, set[str]]()
        for (family, _), e in zip(pairs, rows, strict=True):
            if family not in fixed:
                free.setdefault(e.split, set()).add(family)
        able = [some for name, some in free.items() if len(some) > (2 if name == "train" else 1)]
        giving = max(able, key=len, default=None)
        if any(e.split == wanted for e in rows) or giving is None:
            continue
        moved = min(giving, key=lambda family: (sizes[family], _point(f"{seed}|{wanted}|{family}")))
        rows = [replace(e, split=wanted) if f == moved else e for (f, _), e in zip(pairs, rows, strict=True)]
    return _with_synthetic(rows, kin)


def counts(given: Sequence[Example]) -> dict[str, int]:
    found = Counter(e.split or "none" for e in given)
    return {name: found.get(name, 0) for name in (*SHARES, "none") if name != "none" or found.get("none")}


@dataclass(frozen=True)
class Fold:
    """One turn of a cross-validation: ids to train on and ids to test on."""

    train: tuple[str, ...]
    test: tuple[str, ...]


def folds(given: Sequence[Example], count: int = FOLDS, seed: int = 0) -> list[Fold]:
    """Grouped cross-validation, for sets too small to set a test part aside: each real row is tested once.

    Relatives stay on one side, each label is spread over the folds, and synthetic rows train where no relative
    is tested. Splits are not looked at. At most as many folds as there are families.
    """
    kin = _Kin.of([replace(e, split="") for e in given])
    count = min(count, len(set(kin.families)))
    if count < 2:
        return []
    names = {str(n): 1 / count for n in range(count)}
    strata = _strata(kin.real, kin.families, kind_of(kin.real) == "labels")
    turn = _balanced(strata, {}, seed, names)
    return [_fold(kin, turn, name) for name in names]


def _fold(kin: "_Kin", turn: Mapping[str, str], name: str) -> Fold:
    tested = {family for family, place in turn.items() if place == name}
    pairs = list(zip(kin.real, kin.families, strict=True))
    synthetic = [e.id for e, families in kin.synthetic if not families & tested]
    return Fold(
        (*(e.id for e, family in pairs if family not in tested), *synthetic),
        tuple(e.id for e, family in pairs if family in tested),
    )


@dataclass(frozen=True)
class _Kin:
    """The examples as given, the real ones of them with the name of each one's family (the group of the earliest it
    is tied to), and each synthetic one with the families that it is tied to."""

    given: Sequence[Example]
    real: Sequence[Example]
    families: Sequence[str]
    synthetic: Sequence[tuple[Example, frozenset[str]]]

    @classmethod
    def of(cls, given: Sequence[Example]) -> "_Kin":
        real = [e for e in given if e.origin not in SYNTHETIC]
        made = [e for e in given if e.origin in SYNTHETIC]
        rows = [*real, *made]  # so that a form's first row is a real one where there is one
        near = near_pairs([e.input for e in rows])
        marks = [_marks(e) for e in rows]
        families = _families(real, marks[: len(real)], [(i, j) for i, j in near if max(i, j) < len(real)])
        known = {mark: family for pair, family in zip(marks, families, strict=False) for mark in pair}
        alike = {n: {*marks[n]} for n in range(len(real), len(rows))}
        for i, j in near:
            for one, other in ((i, j), (j, i)):
                if one in alike:
                    alike[one].add(marks[other][1])
        tied = [
            (e, frozenset(known[mark] for mark in alike[n] if mark in known))
            for n, e in enumerate(made, len(real))
        ]
        return cls(given, real, families, tied)


def _split(kin: _Kin, seed: int, shares: Mapping[str, float]) -> list[Example]:
    """The real rows, each with a split."""
    given, families = kin.real, kin.families
    sources: dict[str, str] = {}
    placed: dict[str, str] = {}
    for side in ("train", *reversed(_HELD)):  # the last one wins
        sources |= {e.group: side for e in given if e.split == side}
        placed |= {family: side for family, e in zip(families, given, strict=True) if e.split == side}
    new = _balanced(_strata(given, families, kind_of(given) == "labels"), placed, seed, shares)
    return [
        replace(e, split=e.split or sources.get(e.group) or new[family])
        for family, e in zip(families, given, strict=True)
    ]


def _with_synthetic(rows: Sequence[Example], kin: _Kin) -> list[Example]:
    """All rows in their order: the real ones as split, the synthetic ones in training unless a relative is held out."""
    places = {family: set[str]() for family in kin.families}
    for family, e in zip(kin.families, rows, strict=True):
        places[family].add(e.split)
    done = {id(old): new for old, new in zip(kin.real, rows, strict=True)}
    for e, families in kin.synthetic:
        held = any(places[family] & set(_HELD) for family in families)
        done[id(e)] = replace(e, split="" if held else "train")
    return [done[id(e)] for e in kin.given]


def _marks(e: Example) -> tuple[str, str]:
    """What ties an example to others: its group, and its input whatever its case and punctuation."""
    return f"group {e.group}", f"input {normal(e.input) or e.id}"


def _families(
    given: Sequence[Example], marks: Sequence[tuple[str, str]], near: Sequence[tuple[int, int]]
) -> list[str]:
    """For each example the name of its family: the group of the earliest example it is tied to.

    Where all ties together would leave more than half of the examples in one family, as rows from one form do, near
    ties hold only up to a tenth of the rows so far: the rest is kept apart by what is equal, not by what is alike.
    """
    roots = _roots(marks, near, 1.0)
    if max(Counter(roots).values(), default=0) > len(given) / 2:
        roots = _roots(marks, near, _LARGEST)
    return [given[root].group for root in roots]


def _roots(marks: Sequence[tuple[str, str]], near: Sequence[tuple[int, int]], largest: float) -> list[int]:
    """For each example the earliest one it is tied to: by a mark in any case, by near likeness while the two families
    together are at most this share of the examples so far, so that what comes later never parts or ties earlier ones."""
    parent, size = list(range(len(marks))), [1] * len(marks)

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def tie(i: int, j: int, most: float) -> None:
        a, b = sorted((root(i), root(j)))
        if a != b and size[a] + size[b] <= most:
            parent[b] = a
            size[a] += size[b]

    alike = defaultdict[int, list[int]](list)
    for i, j in near:
        alike[max(i, j)].append(min(i, j))
    first: dict[str, int] = {}
    for i, both in enumerate(marks):
        for mark in both:
            tie(first.setdefault(mark, i), i, len(marks))
        for j in alike[i]:
            tie(j, i, max(2, largest * (i + 1)))
    return [root(i) for i in range(len(marks))]


def _strata(given: Sequence[Example], families: Sequence[str], labels: bool) -> dict[str, Counter[str]]:
    """For each family, in order of arrival, how many examples of each label it has; without labels, how many."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for family, e in zip(families, given, strict=True):
        found[family][e.output.strip() if labels else ""] += 1
    return dict(found)


def _balanced(
    strata: Mapping[str, Counter[str]], placed: Mapping[str, str], seed: int, shares: Mapping[str, float]
) -> dict[str, str]:
    """Each family goes where its commonest label lacks most beside what is placed, give or take a seeded chance, but
    not to a share of all examples that it would fill alone."""
    rows = sum(labels.total() for labels in strata.values())
    given: dict[str, Counter[str]] = defaultdict(Counter)  # label -> split -> examples
    commonest = {family: labels.most_common(1)[0][0] for family, labels in strata.items()}
    for family, name in placed.items():
        given[commonest[family]][name] += strata[family].total()
    chosen = dict(placed)
    fits = {
        family: [name for name, share in shares.items() if labels.total() <= max(1, share * rows)]
        for family, labels in strata.items()
        if family not in placed
    }
    for family in sorted(fits, key=lambda family: len(fits[family]) == len(shares)):  # the large ones first
        label, size = commonest[family], strata[family].total()
        total = given[label].total() + size
        lacks = {
            name: shares[name] * total
            - given[label][name]
            + _LOOSE * (_point(f"{seed}|{name}|{family}") - 0.5)
            for name in fits[family] or shares
        }
        chosen[family] = max(lacks, key=lambda name: lacks[name])
        given[label][chosen[family]] += size
    return chosen


def _point(text: str) -> float:
    """A number in [0, 1) that any machine draws alike from a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64
