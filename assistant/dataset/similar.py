"""Which texts are the same or nearly so, letter for letter; knows nothing of examples, nor what a text means."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from assistant.dataset.candidates import SLIPS, WORDS_A_FIGURE, Codes, ends, joined, sketches, without

NEAR = 0.6  # estimated Jaccard of 4-letter pieces
ALIKE = 80.0  # or letters in common, of 100, where nearly all words are shared
_SPELLING = 60.0  # letters in common, of 100, of a word and its misspelling
_SHORTEST = 12  # letters; below that a single word decides
_LETTERS_A_SLIP = 8
_COMMON = 5  # forms in which a word is before a one-off a letter away is taken for its misspelling
_LONGEST = 2_000  # letters up to which letters are compared; beyond, one changed word shows in no overlap
_EDGE = r"""[.,;:!?…"'“”‘’()\[\]{}<>]+"""
_UNSEEN = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]"
)  # letters that show nothing
# Cyrillic and Greek letters that look Latin, in a word that has Latin ones too (Unicode TR39 calls them confusable).
_LOOK_ALIKES = str.maketrans("аеорсухіјѕһԁӏνοαρικτυ", "aeopcyxijshdlvoapiktu")
_MIXED = re.compile(r"\w*(?:[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z])\w*")
_PUNCTUATION = re.compile(rf"(?<!\w){_EDGE}|{_EDGE}(?!\w)")
_FIGURE = re.compile(r"(?<!\S)[^\s\d]*+\d\S*")
_DIGITS = re.compile(r"\d+")


def normal(text: str) -> str:
    """A text without case, spacing and the punctuation around words; signs that carry meaning stay (-5, 😀, %)."""
    folded = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()
    if not folded.isascii():
        folded = _MIXED.sub(lambda word: word[0].translate(_LOOK_ALIKES), folded)
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
    def uses(self) -> Counter[str]:
        """In how many forms each word is."""
        return Counter(word for form in self.places for word in set(form.split()))

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """Forms that differ and are nearly the same, the earlier one first. Very short ones are left out."""
        forms = [key for key in self.places if len(key) >= _SHORTEST]
        a, b = ends(_near(forms))
        return [(forms[i], forms[j]) for i, j in zip(a.tolist(), b.tolist(), strict=True)]


def likeness(texts: Sequence[str]) -> Likeness:
    return Likeness([normal(text) for text in texts])


def near_pairs(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Places (i, j), i < j, of texts that differ, but in little; each copy of one is tied to the first of the other."""
    like = likeness(texts)
    found: list[tuple[int, int]] = []
    for a, b in like.pairs:
        ones, others = like.places[a], like.places[b]
        first = others[0]
        found += [(ones[0], j) for j in others]
        found += [(i, first) if i < first else (first, i) for i in ones[1:]]
    return sorted(found)


def misspelt(a: str, b: str, uses: Mapping[str, int] = MappingProxyType({})) -> bool:
    """Whether two normal forms have the same words, but for order, spaces and a letter in a word of five or more: of
    shorter words one letter makes another ("can", "cant"), unless the one is common and the other unheard of by `uses`,
    in how many forms each word is."""
    from rapidfuzz.distance import OSA

    if a.replace(" ", "") == b.replace(" ", ""):
        return True
    gone, come = _only_in_one(a, b)
    for word in gone:
        slips = [
            new
            for new in come
            if OSA.distance(word, new) == 1
            and (min(len(word), len(new)) >= 5 or _unheard_of(word, new, uses))
        ]
        if not slips:
            return False
        come.remove(slips[0])
    return not come


def _unheard_of(one: str, other: str, uses: Mapping[str, int]) -> bool:
    less, more = sorted((uses.get(one, 0), uses.get(other, 0)))
    return less == 1 and more >= _COMMON and one.isalpha() and other.isalpha()


def _pieces(text: str) -> frozenset[str]:
    padded = f" {text} "
    return frozenset(padded[i : i + 4] for i in range(max(1, len(padded) - 3)))


def _near(texts: Sequence[str]) -> Codes:
    """Those of the candidates that are copies."""
    if len(texts) < 2:
        return joined([])
    sketch = sketches(texts)
    known = joined([])
    for pairs in sketch.by_pieces():
        pairs = without(pairs, known)
        known = joined([known, pairs[sketch.overlap(pairs) >= NEAR]])
    found = [known[_same_figures(texts, known)]]
    for candidates, alike in ((sketch.by_words(), _words_alike), (sketch.by_letters(), _letters_alike)):
        for pairs in candidates:
            pairs = without(pairs, known)
            pairs = pairs[_same_figures(texts, pairs)]
            near = sketch.overlap(pairs) >= NEAR
            found += [pairs[near], alike(texts, pairs[~near])]
    return joined(found)


def _same_figures(texts: Sequence[str], pairs: Codes) -> NDArray[np.bool_]:
    """False where figures of one text stand for figures of the other: "order 123" is no copy of "order 124". In a
    long text one such figure in fifty words changes little; a figure more or less is a word more or less."""
    known: dict[tuple[str, ...], int] = {}
    number, figures = np.zeros(len(texts), np.int64), {}
    for place in np.unique(np.concatenate(ends(pairs))).tolist():
        figures[place] = found = tuple(_FIGURE.findall(texts[place]))
        number[place] = known.setdefault(found, len(known))
    a, b = ends(pairs)
    same = number[a] == number[b]
    for at in np.flatnonzero(~same).tolist():
        one, other = int(a[at]), int(b[at])
        words = max(texts[one].count(" "), texts[other].count(" "))
        same[at] = _replaced(figures[one], figures[other]) <= words // WORDS_A_FIGURE
    return same


def _replaced(a: Sequence[str], b: Sequence[str]) -> int:
    """How many of the words with figures stand for others; a slip may have split one, or put a letter into it."""
    from rapidfuzz.distance import OSA

    one, other = Counter(map(_digits, a)), Counter(map(_digits, b))
    if "".join(map(_digits, a)) == "".join(map(_digits, b)):
        return 0
    gone, come = [w for w in a if _digits(w) in one - other], [w for w in b if _digits(w) in other - one]
    for word in list(gone):
        slip = next(
            (n for n in come if _DIGITS.sub("", n) != _DIGITS.sub("", word) and OSA.distance(n, word) == 1),
            "",
        )
        if slip:
            gone.remove(word)
            come.remove(slip)
    return min(len(gone), len(come))


def _digits(word: str) -> str:
    return "".join(_DIGITS.findall(word))


def _words_alike(texts: Sequence[str], pairs: Codes) -> Codes:
    """Pairs with most letters in common, words in alphabetical order, that differ by slips; none of long texts."""
    from rapidfuzz import fuzz, process

    a, b = ends(pairs)
    sorts = {i: " ".join(sorted(texts[i][:_LONGEST].split())) for i in np.unique([a, b]).tolist()}
    ones, others = ([sorts[i] for i in side.tolist()] for side in (a, b))
    found = process.cpdist(ones, others, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.float32)
    short = [
        max(len(texts[i]), len(texts[j])) <= _LONGEST for i, j in zip(a.tolist(), b.tolist(), strict=True)
    ]
    pairs = pairs[(found >= ALIKE) & np.array(short, dtype=bool)]
    kept = [_slips(texts[i], texts[j]) for i, j in zip(*(side.tolist() for side in ends(pairs)), strict=True)]
    return pairs[np.array(kept, dtype=bool)]


def _slips(a: str, b: str) -> bool:
    """Whether what differs is spelling and, beside it, one word or two more or less: where two words say something
    else, the texts are two fillings of one form ("my lamp is red", "my vase is blue") and no copies."""
    from rapidfuzz import fuzz

    gone, come = _only_in_one(a, b)
    left = len(gone) + len(come)
    for word in gone:
        best = max(come, key=lambda new: fuzz.ratio(word, new), default="")
        if fuzz.ratio(word, best) >= _SPELLING:
            come.remove(best)
            left -= 2
    return left <= 2


def _only_in_one(a: str, b: str) -> tuple[list[str], list[str]]:
    """The words that only the one text has, and those that only the other has."""
    one, other = Counter(a.split()), Counter(b.split())
    return sorted((one - other).elements()), sorted((other - one).elements())


def _letters_alike(texts: Sequence[str], pairs: Codes) -> Codes:
    """Pairs that are two slips of a letter apart, one where they are very short; a space is no letter."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    plain = {i: texts[i].replace(" ", "") for i in np.unique(np.concatenate(ends(pairs))).tolist()}
    ones, others = ([plain[i] for i in side.tolist()] for side in ends(pairs))
    apart = process.cpdist(ones, others, scorer=OSA.distance, score_cutoff=SLIPS, dtype=np.int32)
    most = [min(SLIPS, len(one) // _LETTERS_A_SLIP) for one in ones]
    return pairs[apart <= np.array(most, dtype=np.int32)]
