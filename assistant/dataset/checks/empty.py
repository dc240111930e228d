"""Inputs or answers without a word in them, and those that only hold a place (n/a, TODO)."""

import html
import re
import unicodedata
from collections import Counter

from assistant.dataset.checks import Data, Finding
from assistant.dataset.examples import Example
from assistant.dataset.left_out import BARE
from assistant.dataset.lists import TAG, holds_place

_WORD = re.compile(r"\w")
_SHORT = 60  # letters; what is longer says something
_LABEL = 0.05  # of the answers: a word that many have is a label ("none"), though it looks like a gap


def check(data: Data) -> list[Finding]:
    bare = [e.id for e in data.examples if not _said(e.input) or not _said(e.output)]
    left_out = [row.id for row in data.left_out if row.code in BARE]
    known, labels = set(bare), _labels(data)
    held = [e.id for e in data.examples if e.id not in known and _held(e, labels)]
    found = [
        Finding("empty", "blocking", tuple(bare)),
        Finding("empty", "warning", tuple(left_out), variant="left_out"),
        Finding("empty", "warning", tuple(held), variant="trivial"),
    ]
    return [finding for finding in found if finding.rows]


def _labels(data: Data) -> set[str]:
    if data.kind != "labels":
        return set()
    counts = Counter(e.output.strip() for e in data.examples)
    return {
        label for label, times in counts.items() if label.isalpha() and times >= _LABEL * len(data.examples)
    }


def _held(e: Example, labels: set[str]) -> bool:
    answer = e.output.strip()
    return any(
        len(text) <= _SHORT and text not in labels and holds_place(text) for text in (e.input.strip(), answer)
    )


def _said(text: str) -> bool:
    """An emoji says something, a letter that shows nothing does not, and no more does a tag or a space by its name."""
    if len(text) <= _SHORT and ("<" in text or "&" in text):
        text = TAG.sub(" ", html.unescape(text))
    return bool(_WORD.search(text)) or any(
        ord(letter) > 0x2000 and unicodedata.category(letter)[0] == "S" for letter in text
    )
