"""Cuts a passage to the sentences that matter for a message, so that a small model reads them quickly."""

import re
from collections.abc import Sequence

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"\w{3,}")


def excerpt(text: str, query: str, words: int = 55) -> str:
    """The run of whole sentences, at most about `words` long, that shares most words with the query."""
    sentences = [s.strip() for s in _SENTENCE.split(text) if s.strip()]
    if sum(len(s.split()) for s in sentences) <= words or not sentences:
        return " ".join(sentences)
    asked = {w.lower() for w in _WORD.findall(query)}
    scores = [len(asked & {w.lower() for w in _WORD.findall(s)}) for s in sentences]
    centre = max(range(len(sentences)), key=lambda i: scores[i])
    return " ".join(sentences[slice(*_window(sentences, centre, words))])


def _window(sentences: Sequence[str], centre: int, words: int) -> tuple[int, int]:
    """Grow from the best sentence, forwards first, while whole sentences still fit."""
    start, stop = centre, centre + 1
    room = words - len(sentences[centre].split())
    while True:
        after = len(sentences[stop].split()) if stop < len(sentences) else None
        before = len(sentences[start - 1].split()) if start > 0 else None
        if after is not None and after <= room:
            stop, room = stop + 1, room - after
        elif before is not None and before <= room:
            start, room = start - 1, room - before
        else:
            return start, stop
