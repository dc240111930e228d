"""Inputs or answers without a word in them, and answers that only hold a place (n/a, TODO)."""

import re
import unicodedata

from assistant.dataset.checks import Data, Finding
from assistant.dataset.lists import lists

_WORD = re.compile(r"\w")


def check(data: Data) -> list[Finding]:
    bare = [e.id for e in data.examples if not _said(e.input) or not _said(e.output)]
    left_out = [row.id for row in data.left_out if row.code in ("row_no_input", "row_no_output")]
    trivial = lists().trivial
    held = [e.id for e in data.examples if _said(e.output) and e.output.strip().lower() in trivial]
    found = [
        Finding("empty", "blocking", tuple(bare)),
        Finding("empty", "warning", tuple(left_out), variant="left_out"),
        Finding("empty", "warning", tuple(held), variant="trivial"),
    ]
    return [finding for finding in found if finding.rows]


def _said(text: str) -> bool:
    """An emoji says something, a letter that shows nothing does not."""
    return bool(_WORD.search(text)) or any(
        ord(letter) > 0x2000 and unicodedata.category(letter)[0] == "S" for letter in text
    )
