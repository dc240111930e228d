"""How answers are written, whether right or not: length, language, habits. Shares to read, not to win by."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

from assistant.evaluation import wording
from assistant.evaluation.values import Case

_LIST = re.compile(r"^[^\S\n]*+(?:[-*•]|\d++[.)])\s+\S", re.MULTILINE)
_MARKED = re.compile(r"\*\*[^*\n]+\*\*|^#{1,4} |`[^`\n]+`", re.MULTILINE)
_FORMAL = re.compile(r"\b(?:Anda|Bapak|Ibu|Saudara|Saudari)\b")
_RUN, _TIMES = 4, 3  # words in a row, and how often before they are called repeated

Language = Callable[[str], str]


def words(text: str) -> float:
    return float(len(text.split()))


def repeats(text: str) -> bool:
    """Whether some four words in a row stand there three times: the loop that small models fall into."""
    said = wording.normalise(text).split()
    runs = Counter(tuple(said[i : i + _RUN]) for i in range(len(said) - _RUN + 1))
    return max(runs.values(), default=0) >= _TIMES


def echoes(text: str, asked: str) -> bool:
    """Whether the answer holds what was asked, word for word (five words or more)."""
    return len(wording.normalise(asked).split()) > _RUN and wording.contains(text, asked)


def emoji(text: str) -> bool:
    return any(unicodedata.category(c) == "So" and ord(c) > 0x2190 for c in text)


def table(cases: Sequence[Case], given: Sequence[str], language_of: Language) -> dict[str, float]:
    """Means over the cases: `words`, and as shares of 1 the answers that are `empty`, in the ideal answer's `language`
    (of those where both can be told; left out where none can), `repeat` or `echo`, and those that have lists
    (`lists`), bold or headings (`marked`), `emoji`, `!` or a formal address (`formal`, Indonesian)."""
    n = len(given)
    known = [
        (told, ideal)
        for case, text in zip(cases, given, strict=True)
        if (told := language_of(text)) and (ideal := language_of(next(iter(case.accepted), "")))
    ]
    found = {
        "words": sum(map(words, given)) / n,
        "empty": sum(not text.strip() for text in given) / n,
        "repeat": sum(map(repeats, given)) / n,
        "echo": sum(echoes(text, case.input) for case, text in zip(cases, given, strict=True)) / n,
        "lists": sum(bool(_LIST.search(text)) for text in given) / n,
        "marked": sum(bool(_MARKED.search(text)) for text in given) / n,
        "emoji": sum(map(emoji, given)) / n,
        "exclaims": sum("!" in text for text in given) / n,
        "formal": sum(bool(_FORMAL.search(text)) for text in given) / n,
    }
    if known:
        found["language"] = sum(told == ideal for told, ideal in known) / len(known)
    return found
