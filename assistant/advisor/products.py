"""Finds names of products and platforms in a text, from knowledge/products.txt; knows nothing about any of them."""

import re
from functools import cache

from assistant.settings import KNOWLEDGE


def named(text: str) -> frozenset[str]:
    """The products that a text names, each by its first spelling."""
    plain = text.casefold()
    return frozenset(
        name
        for name, keys, pattern in _patterns()
        if any(key in plain for key in keys) and pattern.search(text)
    )


@cache
def _patterns() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    lines = (KNOWLEDGE / "products.txt").read_text("utf-8").splitlines()
    return tuple(_pattern(line) for line in lines if line.strip() and not line.startswith("#"))


def _pattern(line: str) -> tuple[str, tuple[str, ...], re.Pattern[str]]:
    """Spellings whatever their capitals; a first spelling that is a short or everyday word only as it is written."""
    spellings = [part.strip() for part in line.split("|")]
    exact = "|".join(map(re.escape, spellings[:1]))
    loose = "|".join(sorted(map(re.escape, spellings[1:]), key=len, reverse=True)) or "(?!)"
    keys = tuple(spelling.casefold() for spelling in spellings)
    return spellings[0], keys, re.compile(rf"(?<![\w-])(?:(?:{exact})|(?i:{loose}))(?![A-Za-z])")
