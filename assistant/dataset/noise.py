"""Writes a text otherwise by rule: everyday spellings, typing mistakes, courtesies; knows neither models nor labels.

The words are knowledge/paraphrases.yaml's. What carries meaning of its own stays: numbers, codes, names in capitals.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import yaml

from assistant.dataset.similar import normal
from assistant.settings import KNOWLEDGE
from assistant.texts.terms import language

_PLAIN = re.compile(r"\b[a-zà-ÿ]{5,}\b")  # words that a slip may befall: no digit, no capital
_WORD = re.compile(r"[\w'’]+")
_END = re.compile(r"[\s.!?]*$")
_TRIES = 12  # for each variant wanted


@dataclass(frozen=True)
class _Habits:
    """How a language is written every day."""

    words: dict[str, list[str]]
    before: list[str]
    after: list[str]


def misspelt(text: str, seed: int = 0) -> str:
    """The text with a slip of the keys in about every sixth word, one at least where a word allows it."""
    draw, habits = random.Random(f"{seed} {text}"), _habits(language(text) or "id")
    for _ in range(max(1, len(text.split()) // 6)):
        text = _slip(text, habits, draw)
    return text


def slang(text: str, seed: int = 0) -> str:
    """The text with every word that has an everyday spelling in it, as chats are typed."""
    draw, known = random.Random(f"{seed} {text}"), _habits(language(text) or "id").words

    def other(match: re.Match[str]) -> str:
        return draw.choice(known[match.group().lower()]) if match.group().lower() in known else match.group()

    return _WORD.sub(other, text)


def framed(text: str, seed: int = 0) -> str:
    """The text between a greeting and a courtesy, typed without capitals and full stop."""
    draw, habits = random.Random(f"{seed} {text}"), _habits(language(text) or "id")
    return _courtesy(_greeting(_careless(text, habits, draw), habits, draw), habits, draw)


def variants(text: str, count: int, seed: int = 0) -> list[str]:
    """Up to `count` ways of writing the text, each two or three changes away from it; fewer where it has no room."""
    draw = random.Random(f"{seed} {text}")
    habits = _habits(language(text) or "id")
    found: dict[str, str] = {}
    for _ in range(_TRIES * count):
        made = text
        for change in draw.sample(_CHANGES, draw.choice((2, 3))):
            made = change(made, habits, draw)
        if normal(made) != normal(text):
            found.setdefault(normal(made), made)
        if len(found) == count:
            break
    return list(found.values())


def _everyday(text: str, habits: _Habits, draw: random.Random) -> str:
    """About half of the words that have another spelling, in it."""

    def other(match: re.Match[str]) -> str:
        known = habits.words.get(match.group())
        return draw.choice(known) if known and draw.random() < 0.5 else match.group()

    return _WORD.sub(other, text)


def _slip(text: str, habits: _Habits, draw: random.Random) -> str:
    """One word with a letter lost, doubled, or changed with its neighbour."""
    places = list(_PLAIN.finditer(text))
    if not places:
        return text
    start, stop = draw.choice(places).span()
    word, at = text[start:stop], draw.randrange(1, stop - start - 1)
    slipped = draw.choice((
        word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ))  # fmt: skip
    return text[:start] + slipped + text[stop:]


def _greeting(text: str, habits: _Habits, draw: random.Random) -> str:
    before = draw.choice(habits.before)
    first = _WORD.search(text)
    lower = first is not None and first.group()[1:].islower() and first.start() == 0
    return before + (text[0].lower() + text[1:] if lower else text)


def _courtesy(text: str, habits: _Habits, draw: random.Random) -> str:
    """Something polite at the end, before the last mark."""
    end = _END.search(text)
    at = end.start() if end else len(text)
    return text[:at] + draw.choice(habits.after) + text[at:].strip()


def _careless(text: str, habits: _Habits, draw: random.Random) -> str:
    """No full stop, no capital at the beginning of a word that is not all capitals."""
    lower = re.sub(r"\b[A-Z][a-zà-ÿ]+\b", lambda m: m.group().lower(), text)
    return _END.sub("", lower)


_Change = Callable[[str, _Habits, random.Random], str]
_CHANGES: tuple[_Change, ...] = (_everyday, _slip, _greeting, _courtesy, _careless)


@cache
def _habits(spoken: str) -> _Habits:
    found = yaml.safe_load((KNOWLEDGE / "paraphrases.yaml").read_text("utf-8"))[spoken]
    return _Habits(found["words"], found["before"], found["after"])
