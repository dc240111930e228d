"""Cuts a message into clauses; knows nothing of what they say."""

import re
from collections.abc import Iterator

_BREAK = re.compile(
    r"(?<=[.!?;\n])\s+|(?<=[,:])\s+(?!\d)|\s+[-–—]\s+|\s+(?:but|however|tapi|tetapi|namun|sedangkan|padahal)\s+",
    re.IGNORECASE,
)


def clauses(text: str) -> Iterator[str]:
    for part in _BREAK.split(text):
        if part and re.search(r"\w", part):
            yield part.strip()[:400]
