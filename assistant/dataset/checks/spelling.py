"""Rare words that are one slip away from a common word of this project: its own vocabulary is the dictionary.

A rare word may also be right and merely like a common one (gerah, merah). Three letters in a row that no other word of the
project has (gwrah) tell a slip from it; without such letters, only long words are taken for slips. A space lost or put in
is a slip too. What is misspelt in a word that the project hardly uses cannot be known from the project.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.dataset.checks import Data, Finding

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LONGEST = 30  # letters
_SHORT = 4  # letters; of a shorter word many others are a letter away, so it must be _OFTEN used
_COMMON, _RARE, _TIMES, _OFTEN = (
    4,
    2,
    4,
    20,
)  # uses; a slip is used at most twice, a fourth as often as the word
_SURE = 7  # letters of a word that is seldom another one's neighbour by chance
_PARTS = 8  # uses of each part of two words that were written as one
_ENDINGS = frozenset({"nya", "lah", "kah", "kan", "pun", "ing", "able"})
_SHOWN = 5


def check(data: Data) -> list[Finding]:
    said = [_words(f"{e.input}\n{e.output}") for e in data.examples]
    uses = Counter(word for words in said for word in set(words))
    slips = _slips(uses)
    rows = []
    for e, words in zip(data.examples, said, strict=True):
        parted = _parted(words, uses)
        slips |= parted
        if parted or not slips.keys().isdisjoint(words):
            rows.append(e.id)
    if not rows:
        return []
    shown = ", ".join(f"{wrong} → {right}" for wrong, right in list(slips.items())[:_SHOWN])
    return [Finding("spelling", "note", tuple(rows), {"words": len(slips), "shown": shown})]


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if len(word) <= _LONGEST]


def _slips(uses: Counter[str]) -> dict[str, str]:
    """Misspelt word → the word meant. Candidates share what is left when one letter is dropped (SymSpell)."""
    from rapidfuzz.distance import OSA

    common, threes = defaultdict[str, list[str]](list), set[str]()
    for word, times in uses.items():
        if times > 1:
            threes.update(_threes(word))
        if times >= (_COMMON if len(word) >= _SHORT else _OFTEN) and len(word) >= _SHORT - 1:
            for left in _less_one(word):
                common[left].append(word)
    found = {}
    for word, times in uses.items():
        if times > _RARE or len(word) < _SHORT - 1:
            continue
        meant = {c for left in _less_one(word) for c in common.get(left, ()) if uses[c] >= _TIMES * times}
        strange = any(three not in threes for three in _threes(word)) if meant else False
        near = [c for c in meant if OSA.distance(word, c) == 1 and _is_slip(word, c, strange)]
        if near:
            found[word] = max(near, key=lambda c: (uses[c], c))
        elif parts := _joined(word, uses):
            found[word] = parts
    return found


def _threes(word: str) -> Iterator[str]:
    """Each three letters in a row, the edges of the word among them."""
    framed = f" {word} "
    return (framed[at : at + 3] for at in range(len(framed) - 2))


def _is_slip(word: str, meant: str, strange: bool) -> bool:
    short, long = sorted((word, meant), key=len)
    if strange:
        return long != f"{short}s"
    other_form = long.startswith(short) or long.endswith(short) or word[:-1] == meant[:-1]
    return len(short) >= _SURE and not other_form


def _joined(word: str, uses: Counter[str]) -> str:
    """Two common words that were written as one; "" where it is none, or a word with an ending."""
    for at in range(3, len(word) - 2):
        one, other = word[:at], word[at:]
        if max(at, len(other)) > 3 and min(uses[one], uses[other]) >= _PARTS and other not in _ENDINGS:
            return f"{one} {other}"
    return ""


def _parted(words: Sequence[str], uses: Counter[str]) -> dict[str, str]:
    """Common words in two pieces, one of which is hardly a word here."""
    return {
        f"{one} {other}": one + other
        for one, other in pairwise(words)
        if (uses[one] <= _RARE or uses[other] <= _RARE) and uses[one + other] >= _PARTS
    }


def _less_one(word: str) -> Iterator[str]:
    yield word
    yield from {word[:i] + word[i + 1 :] for i in range(len(word))}
