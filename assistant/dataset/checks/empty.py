"""Inputs or answers without a word in them."""

import re

from assistant.dataset.checks import Data, Finding

_WORD = re.compile(r"\w")


def check(data: Data) -> list[Finding]:
    rows = tuple(e.id for e in data.examples if not _WORD.search(e.input) or not _WORD.search(e.output))
    return [Finding("empty", "blocking", rows)] if rows else []
