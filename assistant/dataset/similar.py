"""Texts that are the same or nearly so, found without comparing every pair; knows nothing of examples.

Two ways lead to a pair: texts whose 4-letter pieces overlap (MinHash, Broder 1997, in bands), and texts that hold
the same words in any order but for one or two (each text is known by its words' sum, and by that sum less each
word and, where it is short, each two). Both take time and room in proportion to the letters read.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

NEAR = 0.6  # estimated Jaccard of 4-letter pieces
ALIKE = 80.0  # or letters in common, of 100, where nearly all words are shared
_SPELLING = 60.0  # letters in common, of 100, of a word and its misspelling
_SHORTEST = 12  # letters; below that a single word decides
_BANDS, _ROWS = 32, 5  # a pair at 0.6 shares a band with probability 0.92, one at 0.7 with 0.997
_KIN = (
    8  # neighbours in a bucket that a text is compared with, so that a thousand twins stay a thousand pairs
)
_TWO_LESS = range(
    5, 17
)  # words of a text of which two may differ: a longer one's pieces overlap all the same
_LONGEST = 2_000  # letters up to which letters are compared; beyond, one changed word shows in no overlap
_AT_ONCE = 1 << 16  # letters worked on at once: they stay in the processor's cache
_EDGE = r"""[.,;:!?…"'“”‘’()\[\]{}<>]+"""
_UNSEEN = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]"
)  # letters that show nothing
_PUNCTUATION = re.compile(rf"(?<!\w){_EDGE}|{_EDGE}(?!\w)")

_U32: TypeAlias = NDArray[np.uint32]
_U64: TypeAlias = NDArray[np.uint64]
_Pairs: TypeAlias = NDArray[np.int64]  # (n, 2), the smaller place first


def normal(text: str) -> str:
    """A text without case, spacing and the punctuation around words; signs that carry meaning stay (-5, 😀, %)."""
    folded = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return " ".join(_PUNCTUATION.sub(" ", folded).split()) or folded.strip()


def overlap(a: str, b: str) -> float:
    """How much two texts share: Jaccard of their 4-letter pieces, 0 to 1."""
    one, other = _pieces(normal(a)), _pieces(normal(b))
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


@dataclass(frozen=True)
class Likeness:
    """The texts in their normal form, and which of these forms are nearly the same."""

    keys: Sequence[str]

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each form stands, in order."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, key in enumerate(self.keys):
            found[key].append(place)
        return dict(found)

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """Forms that differ and are nearly the same, the earlier one first. Very short ones are left out."""
        forms = [key for key in self.places if len(key) >= _SHORTEST]
        return [(forms[a], forms[b]) for a, b in _near(forms).tolist()]


def likeness(texts: Sequence[str]) -> Likeness:
    return Likeness([normal(text) for text in texts])


def near_pairs(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Places (i, j), i < j, of texts that differ, but in little; each copy of one is tied to the first of the other."""
    like = likeness(texts)
    found: set[tuple[int, int]] = set()
    for a, b in like.pairs:
        ones, others = like.places[a], like.places[b]
        both = [*((ones[0], j) for j in others), *((i, others[0]) for i in ones)]
        found.update((min(pair), max(pair)) for pair in both)
    return sorted(found)


def _pieces(text: str) -> frozenset[str]:
    padded = f" {text} "
    return frozenset(padded[i : i + 4] for i in range(max(1, len(padded) - 3)))


def _near(texts: Sequence[str]) -> _Pairs:
    if len(texts) < 2:
        return np.empty((0, 2), np.int64)
    signatures = _signatures(texts)
    by_words = _unique(_same_words(texts))
    pairs = _unique(np.concatenate([by_words, *_bands(signatures)]))
    alike = _share(signatures, pairs) >= NEAR
    doubtful = by_words[_share(signatures, by_words) < NEAR]
    doubtful = doubtful[_letters(texts, doubtful) >= ALIKE]
    kept = [_slips(texts[a], texts[b]) for a, b in doubtful.tolist()]
    return _unique(np.concatenate([pairs[alike], doubtful[np.array(kept, dtype=bool)]]))


def _slips(a: str, b: str) -> bool:
    """Whether what differs is spelling, or one word: where two words say something else, or a figure does, the texts
    are two fillings of one form ("my lamp, order 7001", "my vase, order 7002") and no copies."""
    from rapidfuzz import fuzz

    one, other = Counter(a.split()), Counter(b.split())
    gone, come = sorted((one - other).elements()), sorted((other - one).elements())
    if any(sign.isdigit() for word in (*gone, *come) for sign in word):
        return False
    if len(gone) <= 1 and len(come) <= 1:
        return True
    return all(max((fuzz.ratio(word, new) for new in come), default=0) >= _SPELLING for word in gone)


def _unique(pairs: _Pairs) -> _Pairs:
    code = np.unique((pairs[:, 0] << 32) | pairs[:, 1])
    return np.stack([code >> 32, code & 0xFFFFFFFF], axis=1)


def _share(signatures: _U32, pairs: _Pairs) -> NDArray[np.float64]:
    """The estimated overlap of each pair: how many of the least pieces are the same."""
    found = np.empty(len(pairs))
    for start in range(0, len(pairs), _AT_ONCE):
        a, b = pairs[start : start + _AT_ONCE].T
        found[start : start + _AT_ONCE] = (signatures[a] == signatures[b]).mean(axis=1)
    return found


def _letters(texts: Sequence[str], pairs: _Pairs) -> NDArray[np.float32]:
    """Letters in common of 100, words in alphabetical order; 0 for texts too long to compare so."""
    from rapidfuzz import fuzz, process

    sorts = {int(i): " ".join(sorted(texts[i][:_LONGEST].split())) for i in np.unique(pairs)}
    short = [len(texts[a]) <= _LONGEST and len(texts[b]) <= _LONGEST for a, b in pairs]
    ones, others = ([sorts[int(i)] for i in side] for side in pairs.T)
    found = process.cpdist(ones, others, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.float32)
    return np.where(short, found, 0).astype(np.float32)


def _same_words(texts: Sequence[str]) -> _Pairs:
    """Pairs whose words are the same in any order, but for one or two that are changed, added or left out."""
    number: dict[str, int] = {}
    words = [[number.setdefault(word, len(number)) for word in text.split()] for text in texts]
    length = np.array([len(w) for w in words])
    flat = np.fromiter((w for each in words for w in each), np.int64, int(length.sum()))
    value = np.random.default_rng(11).integers(1, 1 << 63, len(number), dtype=np.uint64)[flat]
    here = np.arange(len(texts))
    place = np.repeat(here, length)
    total = np.zeros(len(texts), np.uint64)
    np.add.at(total, place, value)
    one = length[place] > 2  # what is left of two words is one word
    keys, places = [total, (total[place] - value)[one]], [here, place[one]]
    begins = np.cumsum(length) - length
    for count in _TWO_LESS:
        rows = here[length == count]
        each = value[begins[rows, None] + np.arange(count)]
        first, second = np.triu_indices(count, 1)
        keys.append((total[rows, None] - each[:, first] - each[:, second]).ravel())
        places.append(np.repeat(rows, len(first)))
    return _together(np.concatenate(keys), np.concatenate(places))


def _bands(signatures: _U32) -> Iterator[_Pairs]:
    """Pairs whose signatures agree on a whole band."""
    here = np.arange(len(signatures))
    for band in range(_BANDS):
        key = np.zeros(len(signatures), np.uint64)
        for column in signatures[:, band * _ROWS : (band + 1) * _ROWS].T:
            key = (key ^ column) * np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(29)
        yield _unique(_together(key, here))


def _together(keys: _U64, places: NDArray[np.int64]) -> _Pairs:
    """Pairs of places under one key, each place with its nearest neighbours there."""
    order = np.lexsort((places, keys))
    keys, places = keys[order], places[order]
    found = [np.empty((0, 2), np.int64)]
    for step in range(1, _KIN + 1):
        same = keys[step:] == keys[:-step]
        if not same.any():
            break
        pairs = np.stack([places[:-step][same], places[step:][same]], axis=1)
        found.append(pairs[pairs[:, 0] != pairs[:, 1]])
    return np.concatenate(found)


_draw = np.random.default_rng(7)
_TIMES = _draw.integers(0, 1 << 31, _BANDS * _ROWS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
_PLUS = _draw.integers(0, 1 << 32, _BANDS * _ROWS, dtype=np.uint32)


def _signatures(texts: Sequence[str]) -> _U32:
    """For each text the least of its pieces under each of 160 orders, (texts, 160)."""
    found = np.empty((len(texts), _BANDS * _ROWS), np.uint32)
    start = size = 0
    for stop, text in enumerate(texts, 1):
        size += len(text) + 4
        if size >= _AT_ONCE or stop == len(texts):
            found[start:stop] = _least(texts[start:stop])
            start, size = stop, 0
    return found


def _least(texts: Sequence[str]) -> _U32:
    padded = [f" {text} ".ljust(4) for text in texts]
    letters = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.array([len(text) for text in padded])
    begins = np.cumsum(lengths) - lengths
    edges = np.stack([begins, begins + lengths - 3], axis=1).ravel()
    pieces = _hashed(np.concatenate([letters, np.zeros(4, np.uint32)]))
    found = np.empty((len(texts), _BANDS * _ROWS), np.uint32)
    for column, (times, plus) in enumerate(zip(_TIMES, _PLUS, strict=True)):
        found[:, column] = np.minimum.reduceat(pieces * times + plus, edges)[::2]
    return found


def _hashed(letters: _U32) -> _U32:
    """A hash of each four letters in a row (murmur3's finish)."""
    mixed = letters[:-3].copy()
    for step in (1, 2, 3):
        mixed = mixed * np.uint32(0x01000193) ^ letters[step : len(letters) - 3 + step]
        mixed = mixed * np.uint32(0x85EBCA6B)
        mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0xC2B2AE35)
    return mixed ^ (mixed >> np.uint32(16))
