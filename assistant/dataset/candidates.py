"""Pairs of texts worth comparing, found without comparing every pair; knows nothing of examples, nor which are alike.

Three ways lead to a pair: 4-letter pieces that overlap (MinHash, Broder 1997, in bands), the same words in any order
but for one or two (each text is known by its words' sum, and by that sum less each word and, where it is short, each
two), and, for short texts, nearly the same letters. Each takes time and room in proportion to the letters read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

SLIPS = 2  # of a letter
SHORT = 64  # letters; in a longer text two slips leave more than 0.6 of the pieces
WORDS_A_FIGURE = 50  # of a text in which one figure more or less changed is the same text
_BANDS, _ROWS = 32, 5  # a pair at 0.6 shares a band with probability 0.92, one at 0.7 with 0.997
_KIN = 8  # neighbours in a bucket that a text is compared with: a thousand twins stay a thousand pairs
_TWO_LESS = range(
    5, 17
)  # words of a text of which two may differ: a longer one's pieces overlap all the same
_LETTERS = 6  # groups of letters; two slips leave three of them as they were, or nearly always
_AT_ONCE = 1 << 16  # letters worked on at once: they stay in the processor's cache
_KEYS_AT_ONCE = 1 << 24
_SPACE = 32

_U16: TypeAlias = NDArray[np.uint16]
_U32: TypeAlias = NDArray[np.uint32]
_U64: TypeAlias = NDArray[np.uint64]
_I64: TypeAlias = NDArray[np.int64]
Codes: TypeAlias = NDArray[np.int64]  # pairs (a, b), a < b, as a << 32 | b; sorted, none twice


@dataclass(frozen=True)
class Sketches:
    """What is known of each text: the least of its pieces under each of 160 orders (their low bits), its words as
    numbers, one text's after another's, its letters' sum in each group, and its figures."""

    least: _U16  # (texts, 160)
    words: _U64
    counts: _I64  # words of each text
    letters: _U64  # (texts, 6)
    figures: _U64  # the digits' sum; 0 without any, and in a long text, where a figure decides nothing
    sizes: _I64  # letters of each text, spaces left out

    def overlap(self, pairs: Codes) -> NDArray[np.float64]:
        """The estimated Jaccard overlap of each pair's pieces, 0 to 1: how many of the least are the same."""
        found = np.empty(len(pairs))
        for start in range(0, len(pairs), _AT_ONCE):
            a, b = ends(pairs[start : start + _AT_ONCE])
            found[start : start + _AT_ONCE] = (self.least[a] == self.least[b]).mean(axis=1)
        return found

    def by_pieces(self) -> Iterator[Codes]:
        """Pairs whose pieces agree on a whole band, and their figures, band by band: else a thousand orders of one form
        would stand between a text and its copy."""
        for band in range(_BANDS):
            rows = self.least[:, band * _ROWS : (band + 1) * _ROWS]
            four = np.ascontiguousarray(rows[:, :4]).view(np.uint64)[:, 0]
            key = _mixed(four * _PLACES[0] + rows[:, 4] + self.figures)
            yield _together([(key, np.arange(len(key)))], len(key))

    def by_words(self) -> Iterator[Codes]:
        """Pairs whose words are the same in any order, but for one or two that are changed, added or left out."""
        order = np.argsort(self.counts, kind="stable")
        sizes, starts = np.unique(self.counts[order], return_index=True)
        rows = dict(zip(sizes.tolist(), np.split(order, starts[1:]), strict=True))
        for left in sorted({max(1, size - less) for size in rows for less in (0, 1, 2)}):
            given = [(rows[left + less], less) for less in (0, 1, 2) if _may_lose(left + less, less, rows)]
            keys = sum(len(some) * comb(left + less, less) for some, less in given)
            parts = 1 << (keys // _KEYS_AT_ONCE).bit_length()
            for part in range(parts if keys else 0):  # equal keys fall into one part
                yield _together(list(self._word_keys(given, left, parts, part)), len(self.counts))

    def _word_keys(
        self, given: Sequence[tuple[_I64, int]], left: int, parts: int, part: int
    ) -> Iterator[tuple[_U64, _I64]]:
        """The sums of `left` words of each text that is left without none, one or two of its words."""
        begins = np.cumsum(self.counts) - self.counts
        for rows, less in given:
            step = max(1, (_AT_ONCE << 5) // comb(left + less, less))
            for start in range(0, len(rows), step):
                some = rows[start : start + step]
                each = self.words[begins[some, None] + np.arange(left + less)]
                keys = each.sum(axis=1)[:, None]
                for gone in zip(*combinations(range(left + less), less), strict=True) if less else ():
                    keys = keys - each[:, gone]
                chosen = (keys & np.uint64(parts - 1)) == part
                yield keys[chosen], np.broadcast_to(some[:, None], keys.shape)[chosen]

    def by_letters(self) -> Iterator[Codes]:
        """Pairs of short texts that hold the same letters in half of the groups, spaces and order aside."""
        short = np.flatnonzero(self.sizes <= SHORT)
        for number, groups in enumerate(combinations(range(_LETTERS), _LETTERS // 2)):
            key = self.letters[short][:, groups].sum(axis=1) + self.figures[short]
            pairs = _together([(_mixed(key + np.uint64(number)), short)], len(self.sizes))
            a, b = ends(pairs)
            yield pairs[np.abs(self.sizes[a] - self.sizes[b]) <= SLIPS]  # a slip adds a letter or takes one


def _may_lose(count: int, less: int, rows: Mapping[int, _I64]) -> bool:
    """Whether texts of that many words are compared with so many of them gone; what is left of two words is one word."""
    return count in rows and (less == 0 or (less == 1 and count > 2) or (less == 2 and count in _TWO_LESS))


def ends(pairs: Codes) -> tuple[_I64, _I64]:
    return pairs >> 32, pairs & 0xFFFFFFFF


def joined(parts: Sequence[Codes]) -> Codes:
    every = np.concatenate([np.empty(0, np.int64), *parts])
    every.sort()  # NumPy's own unique hashes, and pairs of neighbours crowd its table
    return every[np.concatenate([[True], every[1:] != every[:-1]])] if len(every) else every


def without(pairs: Codes, known: Codes) -> Codes:
    """The pairs that are not among those known."""
    if not len(known):
        return pairs
    at = np.minimum(np.searchsorted(known, pairs), len(known) - 1)
    return pairs[known[at] != pairs]


def sketches(texts: Sequence[str]) -> Sketches:
    """At least one text, none without a word."""
    least = np.empty((len(texts), _BANDS * _ROWS), np.uint16)
    rest = []
    start = size = 0
    for stop, text in enumerate(texts, 1):
        size += len(text) + 2
        if size >= _AT_ONCE or stop == len(texts):
            least[start:stop], *others = _sketched(texts[start:stop])
            rest.append(others)
            start, size = stop, 0
    words, counts, letters, figures, sizes = (np.concatenate(part) for part in zip(*rest, strict=True))
    return Sketches(least, words, counts, letters, figures, sizes)


def _sketched(texts: Sequence[str]) -> tuple[_U16, _U64, _I64, _U64, _U64, _I64]:
    padded = [f" {text} ".ljust(4) for text in texts]
    letters = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.array([len(text) for text in padded])
    begins = np.cumsum(lengths) - lengths
    filled = letters != _SPACE
    value = _mixed(letters.astype(np.uint64)) * filled
    first = np.flatnonzero(filled[1:] & ~filled[:-1]) + 1  # each word's first letter
    within = np.zeros(len(letters), np.int64)
    within[first] = first
    within = np.arange(len(letters)) - np.maximum.accumulate(within)
    words = _mixed(np.add.reduceat(value * _PLACES[np.minimum(within, len(_PLACES) - 1)], first))
    counts = np.diff(np.searchsorted(first, begins), append=len(first))
    group = value % np.uint64(_LETTERS)
    sums = [np.add.reduceat(value * (group == n), begins) for n in range(_LETTERS)]
    digits = np.add.reduceat(value * ((letters >= ord("0")) & (letters <= ord("9"))), begins)
    digits[counts > WORDS_A_FIGURE] = 0
    sizes = np.add.reduceat(filled.astype(np.int64), begins)
    return _least(letters, begins, lengths), words, counts, np.stack(sums, axis=1), digits, sizes


_draw = np.random.default_rng(7)
_TIMES = _draw.integers(0, 1 << 31, _BANDS * _ROWS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
_PLUS = _draw.integers(0, 1 << 32, _BANDS * _ROWS, dtype=np.uint32)
_PLACES = _draw.integers(0, 1 << 63, 64, dtype=np.uint64) | np.uint64(1)  # of a letter in its word


def _least(letters: _U32, begins: _I64, lengths: _I64) -> _U16:
    edges = np.stack([begins, begins + lengths - 3], axis=1).ravel()
    pieces = _hashed(np.concatenate([letters, np.zeros(4, np.uint32)]))
    found = np.empty((len(begins), _BANDS * _ROWS), np.uint16)
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


def _mixed(key: _U64) -> _U64:
    """Another number for each (splitmix64's finish); 0 stays 0."""
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))


def _together(blocks: Sequence[tuple[_U64, _I64]], texts: int) -> Codes:
    """Pairs of places under one key, each place with its nearest neighbours there; key and place share one number, so
    that sorting takes neither an order nor its room."""
    bits = np.uint64(texts.bit_length())
    packed = np.concatenate([keys >> bits << bits | places.astype(np.uint64) for keys, places in blocks])
    packed.sort()
    mask = np.uint64((1 << int(bits)) - 1)
    found = []
    for step in range(1, _KIN + 1):
        same = np.flatnonzero((packed[step:] ^ packed[:-step]) <= mask)
        if not len(same):
            break
        a, b = ((packed[at] & mask).astype(np.int64) for at in (same, same + step))
        found.append((a << 32 | b)[a != b])
    return joined(found)
