"""The words and numbers that the checks go by, from knowledge/checks.yaml; knows no example."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import PenalaError
from assistant.settings import KNOWLEDGE

TAG = re.compile(r"</?(?:p|br|div|span|b|i|ul|li|a|h[1-6]|table|html|body|strong|em)\b[^<>]{0,200}>", re.I)


@dataclass(frozen=True)
class Amounts:
    """How many examples: the least, the aim for a plain task and for a complex one, for a label and for the test."""

    floor: int
    aim: tuple[int, int]
    complex: tuple[int, int]
    each_label: int
    test: int
    gain: float  # what the test split should be able to show, as a share of the answers


@dataclass(frozen=True)
class Lists:
    amount: Amounts
    trivial: frozenset[str]
    refusals: re.Pattern[str]
    most_refusals: float
    wording: Mapping[str, tuple[str, ...]]  # by sort: insult, prejudice, promise
    introductions: tuple[str, ...]
    titles: tuple[str, ...]
    signatures: tuple[str, ...]
    given_names: frozenset[str]
    no_names: frozenset[str]


@cache
def lists(folder: Path = KNOWLEDGE) -> Lists:
    """Raises PenalaError("knowledge_file") naming what is missing or of the wrong kind."""
    file = folder / "checks.yaml"
    try:
        return _lists(yaml.safe_load(file.read_text("utf-8")))
    except (
        OSError,
        UnicodeDecodeError,
        yaml.YAMLError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:
        raise PenalaError("knowledge_file", file=file.name, reason=str(error)) from error


def _lists(top: Mapping[str, Any]) -> Lists:
    amount, refusals = top["amount"], top["refusals"]
    return Lists(
        Amounts(
            int(amount["floor"]["value"]),
            (int(amount["aim"]["low"]), int(amount["aim"]["high"])),
            (int(amount["complex"]["low"]), int(amount["complex"]["high"])),
            int(amount["each_label"]["value"]),
            int(amount["test"]["value"]),
            float(amount["gain"]["value"]),
        ),
        frozenset(_words(top["trivial"])),
        _any_of([*refusals["en"], *refusals["id"]]),
        float(refusals["most"]["value"]),
        {sort: _words([*by["en"], *by["id"]]) for sort, by in top["wording"].items()},
        _words(top["introductions"]),
        tuple(str(word) for word in top["titles"]),
        _words(top["signatures"]),
        frozenset(_words(top["given_names"])),
        frozenset(_words(top["no_names"])),
    )


def _words(given: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(word).strip().lower() for word in given)


def _any_of(phrases: Sequence[object]) -> re.Pattern[str]:
    """Each phrase from the beginning of a word on; of its signs only (a|b) and (a )? mean something."""
    found = [
        re.sub(r"\\([()|])", r"\1", re.escape(phrase)).replace(r")\?", ")?") for phrase in _words(phrases)
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(found)})")


def refuses(answer: str) -> bool:
    """Whether an answer says that it cannot be given."""
    said = " ".join(answer[:600].lower().replace("’", "'").split())
    return lists().refusals.search(said) is not None


def holds_place(text: str) -> bool:
    """Whether a text only holds a place (n/a, [TODO], test123), whatever stands around the word."""
    plain = TAG.sub(" ", html.unescape(text[:200])).strip()
    bare = re.sub(r"^[\W_]+|[\W\d_]+$", "", plain).lower()
    trivial = lists().trivial
    return plain.lower() in trivial or " ".join(bare.split()) in trivial or bare.replace(".", "") in trivial
