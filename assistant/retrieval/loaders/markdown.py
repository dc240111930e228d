"""Markdown: the text as written, with the headings (# and underlined) and table rows outside code blocks."""

import re
from collections.abc import Iterator
from pathlib import Path

from assistant.retrieval.loaders import Heading, Row, Text
from assistant.retrieval.loaders.encoding import read_text

_HASHES = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{2,})[ \t]*$")
_BARS = re.compile(
    r"^ {0,3}\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$"
)  # the line under a table's header
_FENCE = re.compile(r"^ {0,3}(```|~~~)")


def load(path: Path) -> Text:
    text = read_text(path)
    marks = list(_marks(text))
    headings = tuple(mark for mark in marks if isinstance(mark, Heading))
    return Text(((1, text),), headings, tuple(mark for mark in marks if isinstance(mark, Row)))


def _marks(text: str) -> Iterator[Heading | Row]:
    start, before, before_start, fenced, columns = 0, "", 0, False, ""
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced, columns = not fenced, ""
        elif columns and "|" in line:
            yield Row(start, start + len(line), columns)
        elif not fenced:
            columns = _columns(before) if "|" in before and _BARS.match(line) else ""
            if found := _HASHES.match(line):
                yield Heading(start, len(found[1]), found[2])
            elif (rule := _UNDERLINE.match(line)) and _may_be_heading(before):
                yield Heading(before_start, 1 if rule[1][0] == "=" else 2, before.strip())
        before, before_start = line, start
        start += len(line) + 1


def _may_be_heading(line: str) -> bool:
    return bool(line.strip()) and len(line) <= 120 and not line.lstrip().startswith(("#", ">", "-", "*", "|"))


def _columns(line: str) -> str:
    """A table's header without the bars around it."""
    return " | ".join(cell.strip() for cell in line.strip().strip("|").split("|"))
