"""Tells when a question names a product code that stands in no passage while others of its make do; knows no index."""

import re
from collections.abc import Sequence

_CODE = re.compile(r"\b([a-z]{1,5})[-_/]?(\d{2,}[a-z0-9]{0,3})\b", re.IGNORECASE)
_NO_MAKE = frozenset(["rp", "usd", "idr", "eur", "gbp", "rt", "rw", "no", "pt", "jl", "art"])


def other_code(question: str, texts: Sequence[str]) -> bool:
    """Whether none of the codes that the question names is in the texts, but codes of the same letters are.

    "What does the PX-300 cost?" is not answered by the price of the PX-200, however near the sentence is.
    """
    asked = _codes(question)
    if not asked:
        return False
    there = {code for text in texts for code in _codes(text)}
    makes = {make for make, _ in there}
    return not asked & there and all(make in makes for make, _ in asked)


def _codes(text: str) -> set[tuple[str, str]]:
    """Letters and figures of each code, in small letters: PX-200 and px200 are one."""
    found = {(letters.lower(), figures.lower()) for letters, figures in _CODE.findall(text)}
    return {code for code in found if code[0] not in _NO_MAKE}
