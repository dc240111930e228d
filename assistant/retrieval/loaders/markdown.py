"""Markdown: the text as written, with its # and underlined headings outside code blocks."""

import re
from collections.abc import Iterator
from pathlib import Path

from assistant.retrieval.loaders import Heading, Text
from assistant.retrieval.loaders.encoding import read_text

_HASHES = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")


def load(path: Path) -> Text:
    text = read_text(path)
    return Text(((1, text),), tuple(_headings(text)))


def _headings(text: str) -> Iterator[Heading]:
    start, before, before_start, fenced = 0, "", 0, False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            if found := _HASHES.match(line):
                yield Heading(start, len(found[1]), found[2])
            elif (rule := _UNDERLINE.match(line)) and _may_be_heading(before):
                yield Heading(before_start, 1 if rule[1][0] == "=" else 2, before.strip())
        before, before_start = line, start
        start += len(line) + 1


def _may_be_heading(line: str) -> bool:
    return bool(line.strip()) and len(line) <= 120 and not line.lstrip().startswith(("#", ">", "-", "*", "|"))
