"""Finds people's names in a text by what stands before them: an introduction, a title, the end of a letter.

Words that announce a name, that are none, and that are common given names are knowledge/checks.yaml's.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

from assistant.dataset.lists import lists

# Up to four words, initials and what joins them.
_NAME = re.compile(r"(?:I )?[A-Za-z][A-Za-z'\-]{1,25}(?: (?:[A-Za-z][A-Za-z'\-]{1,25}|[A-Z]\b)\.?){0,3}")
_WORD = re.compile(r"[^ ]+")
_JOINING = frozenset({"bin", "binti", "van", "de", "al"})
_INNER = r"(?:(?:hj|h|drs|dra|ir|prof|dr|kh|rd|r|ust)\.? )"  # titles after another one only
_SHORT = frozenset({"bpk", "bp", "sdr", "sdri", "tn", "ny", "nn", "dr", "drs", "dra", "prof", "ir", "kh", "mr", "mrs", "ms"})  # fmt: skip
_OWN = r"(?:nama(?: lengkap| panggilan)? saya|my (?:full )?name(?: is|'s))(?: adalah)?"
_WEAK = r"an\.?|dear|hi|halo|hai|i'm|i am|hi,? i am|saya|aku|this is|dengan"
_FOLLOWS = re.compile(r" {0,2}(?:[.,!?;\n]|$)| (?:dan|and|dari|from|mau|ingin)\b")


def names(text: str) -> Iterator[tuple[int, int]]:
    """Where each name is, without its titles."""
    for m in _before().finditer(_lower(text)):
        found = _NAME.match(text, m.end())
        stop = _end(text, m, found[0]) if found else 0
        if stop:
            yield m.end(), m.end() + stop
    if "\n" in text:
        yield from _signed(text)


def is_given(word: str) -> bool:
    """Whether a word is a common given name."""
    return word.lower() in lists().given_names


def _lower(text: str) -> str:
    """Small letters, place by place."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if c.isascii() else c for c in text)


def _end(text: str, before: re.Match[str], found: str) -> int:
    """Letters of what stands after an announcement that are a name, 0 if none are.

    In capitals it is one after an introduction or a title, and two of them after a word that may announce one. In small
    letters it begins with a common given name, or it is all that is said after "my name is".
    """
    part, title = _part(found), text[before.start("title") : before.end("title")].strip()
    first = part.partition(" ")[0]
    told = bool(part) and _FOLLOWS.match(text, before.end() + len(part)) is not None
    if not part or (len(title) < 4 and title.isupper() and not first.isupper()):  # NY Times
        return 0
    if first[0].islower():
        own = before["own"] and told and len(part.split()) < 3
        return len(part) if own or is_given(first) else 0
    weak = before["weak"] and not title
    return len(part) if not weak or is_given(first) or (told and " " in part) else 0


def _part(found: str) -> str:
    """What begins as a name does, up to a word that is none."""
    stop, capital, none = 0, found[:1].isupper(), lists().no_names
    for m in _WORD.finditer(found):
        word = m[0].strip(".,'").lower()
        if word in none or (capital and m[0][0].islower() and word not in _JOINING):
            break
        stop = m.end()
        if len(m[0]) > 3 and m[0].endswith("."):
            break
    return found[:stop].rstrip(".,'- ")


def _signed(text: str) -> Iterator[tuple[int, int]]:
    """Names in capitals on the line after the end of a letter."""
    for m in _ends().finditer(text):
        found = _NAME.match(text, m.end())
        part = _part(found[0]) if found and found[0][0].isupper() else ""
        if part and re.match(r" ?(?:[.,\n()]|$)", text[m.end() + len(part) :][:2]):
            yield m.end(), m.end() + len(part)


@cache
def _before() -> re.Pattern[str]:
    """What announces a name, in small letters: an introduction with titles or without, titles, or a weaker word."""
    words = lists()
    titles = [title.lower() for title in words.titles]
    short = _any_of([t for t in titles if t in _SHORT])
    title = (
        rf"(?:(?:{short})(?:\. ?| )|(?:{_any_of([t for t in titles if t not in _SHORT])}) ){_INNER}{{0,2}}"
    )
    said = rf"(?:(?P<own>{_OWN})|{_any_of(words.introductions)})(?: saya| kami)?(?: ?[:=,] ?| |(?<=[.:,]))(?:adalah )?"
    return re.compile(rf"(?<![a-z])(?:(?:{said}|(?P<weak>{_WEAK}) )(?:{title})?|(?P<title>{title}))(?=[a-z])")


@cache
def _ends() -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z])(?i:{_any_of(lists().signatures)}) ?,? ?\n{{1,2}} ?(?=[A-Z])")


def _any_of(words: Sequence[str]) -> str:
    """One of the words, the longest first; those with the same beginning share it, so that a text is read quickly."""
    parts = []
    for start, some in groupby(sorted(set(words)), lambda word: word[:2]):
        rest = sorted((word[2:] for word in some), key=len, reverse=True)
        parts.append(rf"{re.escape(start)}(?:{'|'.join(map(re.escape, rest))})")
    return "|".join(parts)
