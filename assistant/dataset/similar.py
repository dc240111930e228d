"""Texts that are the same or nearly so, found without comparing every pair (MinHash, Broder 1997)."""

import itertools
import re
import zlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_PERMUTATIONS, _BANDS = 64, 16
_PRIME = np.uint64((1 << 61) - 1)
NEAR = 0.7  # Jaccard of word pairs and words


def normal(text: str) -> str:
    """A text without case, punctuation and spacing."""
    return " ".join(re.findall(r"\w+", text.lower()))


def shingles(text: str) -> frozenset[str]:
    """A text's words and neighbouring pairs of words."""
    words = normal(text).split()
    return frozenset([*words, *(f"{a} {b}" for a, b in itertools.pairwise(words))])


def near_pairs(texts: Sequence[str], threshold: float = NEAR) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, whose shingles overlap by `threshold` (Jaccard). Texts of under four words are left out."""
    sets = [shingles(text) for text in texts]
    long_enough = [i for i, s in enumerate(sets) if len(s) >= 7]
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for i in long_enough:
        signature = _signature(sets[i])
        for band in range(_BANDS):
            rows = _PERMUTATIONS // _BANDS
            buckets[band, signature[band * rows : (band + 1) * rows].tobytes()].append(i)
    candidates = {
        (i, j) for found in buckets.values() for n, i in enumerate(found[:200]) for j in found[n + 1 : 200]
    }
    return sorted((i, j) for i, j in candidates if _jaccard(sets[i], sets[j]) >= threshold)


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b)


_draw = np.random.default_rng(7)
_A = _draw.integers(1, 1 << 31, _PERMUTATIONS, dtype=np.uint64)
_B = _draw.integers(0, 1 << 31, _PERMUTATIONS, dtype=np.uint64)


def _signature(items: frozenset[str]) -> NDArray[np.uint64]:
    hashes = np.fromiter((zlib.crc32(s.encode()) for s in items), dtype=np.uint64, count=len(items))
    return ((_A[:, None] * hashes[None, :] + _B[:, None]) % _PRIME).min(axis=1)
