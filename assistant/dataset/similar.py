"""Texts that are the same or nearly so, found without comparing every pair (MinHash, Broder 1997)."""

import itertools
import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

# On Indonesian reviews and English bank messages of 8 words and more, 0.6 finds at least 98 of 100 copies with
# one word misspelt, replaced or left out, and 86 with two such edits (tests/dataset/test_similar.py).
NEAR = 0.6  # Jaccard of 4-letter pieces
_SHORTEST = 16  # letters; below that a single word decides
_PERMUTATIONS, _BANDS = 128, 32  # a pair at 0.6 shares a band with probability 0.988
_PRIME = np.uint64((1 << 61) - 1)
_MOST_IN_BUCKET = 200
_EDGE = r"""[.,;:!?…"'“”‘’()\[\]{}<>]+"""
_PUNCTUATION = re.compile(rf"(?<!\w){_EDGE}|{_EDGE}(?!\w)")


def normal(text: str) -> str:
    """A text without case, spacing and the punctuation around words; signs that carry meaning stay (-5, 😀, %)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_PUNCTUATION.sub(" ", folded).split()) or folded.strip()


def overlap(a: str, b: str) -> float:
    """How much two texts share: Jaccard of their 4-letter pieces, 0 to 1."""
    return _jaccard(_pieces(normal(a)), _pieces(normal(b)))


def near_pairs(texts: Sequence[str], threshold: float = NEAR) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of texts that differ, but overlap by `threshold`. Very short texts are left out."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        places[normal(text)].append(place)
    distinct = [text for text in places if len(text) >= _SHORTEST]
    pieces = [_pieces(text) for text in distinct]
    found: set[tuple[int, int]] = set()
    for a, b in _candidates(pieces):
        if _jaccard(pieces[a], pieces[b]) >= threshold:
            both = itertools.product(places[distinct[a]], places[distinct[b]])
            found.update((min(pair), max(pair)) for pair in both)
    return sorted(found)


def _pieces(text: str) -> frozenset[str]:
    padded = f" {text} "
    return frozenset(padded[i : i + 4] for i in range(max(1, len(padded) - 3)))


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)


def _candidates(pieces: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Pairs whose signatures agree on a whole band, each once."""
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for place, items in enumerate(pieces):
        for band, part in enumerate(_signature(items).reshape(_BANDS, -1)):
            buckets[band, part.tobytes()].append(place)
    seen = set()
    for bucket in buckets.values():
        for pair in itertools.combinations(bucket[:_MOST_IN_BUCKET], 2):
            if pair not in seen:
                seen.add(pair)
                yield pair


_draw = np.random.default_rng(7)
_A = _draw.integers(1, 1 << 31, _PERMUTATIONS, dtype=np.uint64)
_B = _draw.integers(0, 1 << 31, _PERMUTATIONS, dtype=np.uint64)


def _signature(items: frozenset[str]) -> NDArray[np.uint64]:
    hashes = np.fromiter((zlib.crc32(s.encode()) for s in items), dtype=np.uint64, count=len(items))
    return ((_A[:, None] * hashes[None, :] + _B[:, None]) % _PRIME).min(axis=1)
