"""Rare words that are one slip away from a common word of this project: its own vocabulary is the dictionary."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from assistant.dataset.checks import Data, Finding

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SHORTEST, _LONGEST = 5, 30  # letters
_COMMON, _RARE, _TIMES = 8, 2, 10  # uses; a misspelling is used at most twice, a tenth as often as the word
_SHOWN = 5


def check(data: Data) -> list[Finding]:
    words = [_words(e.input) | _words(e.output) for e in data.examples]
    uses = Counter(word for each in words for word in each)
    slips = _slips(uses)
    rows = tuple(
        e.id for e, each in zip(data.examples, words, strict=True) if not slips.keys().isdisjoint(each)
    )
    if not rows:
        return []
    shown = ", ".join(f"{wrong} → {right}" for wrong, right in list(slips.items())[:_SHOWN])
    return [Finding("spelling", "note", rows, {"words": len(slips), "shown": shown})]


def _words(text: str) -> set[str]:
    return {w for w in _WORD.findall(text.lower()) if _SHORTEST - 1 <= len(w) <= _LONGEST}


def _slips(uses: Counter[str]) -> dict[str, str]:
    """Misspelt word → the word meant. Candidates share what is left when one letter is dropped (SymSpell)."""
    from rapidfuzz.distance import OSA

    common: dict[str, list[str]] = defaultdict(list)
    for word, times in uses.items():
        if times >= _COMMON and len(word) >= _SHORTEST:
            for left in _less_one(word):
                common[left].append(word)
    found = {}
    for word, times in uses.items():
        if times > _RARE:
            continue
        meant = {c for left in _less_one(word) for c in common.get(left, ()) if uses[c] >= _TIMES * times}
        near = [c for c in meant if OSA.distance(word, c) == 1 and not _inflected(word, c)]
        if near:
            found[word] = max(near, key=lambda c: (uses[c], c))
    return found


def _less_one(word: str) -> Iterator[str]:
    yield word
    yield from {word[:i] + word[i + 1 :] for i in range(len(word))}


def _inflected(a: str, b: str) -> bool:
    """Another form of the word: a letter more or less at its end (cards), or another end (rusak, rusaknya is longer)."""
    short, long = sorted((a, b), key=len)
    return long.startswith(short) or (len(a) == len(b) and a[:-1] == b[:-1]) or long.endswith(short)
