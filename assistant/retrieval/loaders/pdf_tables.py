"""Finds the rows of a PDF page's tables by where its words stand; knows nothing of files.

A table here is three lines or more under one another whose words stand in the same two columns or more, with a
first line that names them. What looks less like a table stays text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2

from assistant.retrieval.loaders import Row
from assistant.retrieval.loaders.rows import bars, header

_LEAST_LINES = 3
_MOST_PIECES = 5_000  # of a page; a drawing made of letters has more
_MOST_NAME = 30  # characters; longer ones are the lines of an article in columns
_MOST_LEADING = 5  # from one line to the next, in heights of its words
_GAP = 0.5  # between two columns, in heights of the words beside it; between two words there is less


@dataclass(frozen=True)
class _Cell:
    left: float
    bottom: float
    right: float
    top: float


class Tables:
    """The tables of a document's pages, taken in order: one that goes on over a page keeps its columns' names."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def rows(self, words: pypdfium2.PdfTextPage, text: str) -> list[Row]:
        """The rows of the page's tables by their place in its text; each is led by its columns' names."""
        letters = [n for n, letter in enumerate(text) if not letter.isspace()]
        squeezed, at = "".join(text.split()), 0
        made: list[Row] = []
        for line, names in self._tables(words):
            found = squeezed.find(line, at)
            if found >= 0:
                at = found + len(line)
                made.append(Row(letters[found], letters[at - 1] + 1, names))
        return made

    def _tables(self, words: pypdfium2.PdfTextPage) -> Iterator[tuple[str, str]]:
        """Each row of a table without its spaces, with its columns' names."""
        before, self._names = self._names, []
        for block in _blocks(list(_lines(words))):
            table = [[_said(words, cell) for cell in line] for line in block]
            taken, names = header(table)
            if not taken and len(before) == len(table[0]):
                names = before
            before, self._names = [], names
            if names and all(len(name) <= _MOST_NAME and not name.endswith(":") for name in names):
                yield from (("".join("".join(row).split()), bars(names)) for row in table[taken:])


def _blocks(lines: list[list[_Cell]]) -> Iterator[list[list[_Cell]]]:
    """Lines under one another with the same columns."""
    start = 0
    while start < len(lines):
        stop, columns = start + 1, lines[start]
        while stop < len(lines) and (wider := _columns(columns, lines[stop])):
            stop, columns = stop + 1, wider
        if stop - start >= _LEAST_LINES:
            yield lines[start:stop]
        start = stop


def _lines(words: pypdfium2.PdfTextPage) -> Iterator[list[_Cell]]:
    """The page's lines as cells from left to right; pieces nearer than a gap are one cell."""
    count = words.count_rects()
    if count > _MOST_PIECES:
        return
    line: list[_Cell] = []
    for piece in (_Cell(*words.get_rect(n)) for n in range(count)):
        if line and not _beside(line[-1], piece):
            yield line
            line = []
        if line and piece.left - line[-1].right < _GAP * (piece.top - piece.bottom):
            last = line.pop()
            piece = _Cell(last.left, min(last.bottom, piece.bottom), piece.right, max(last.top, piece.top))
        line.append(piece)
    if line:
        yield line


def _beside(one: _Cell, other: _Cell) -> bool:
    """Whether a piece goes on the line of the one before it."""
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared > 0.5 * min(one.top - one.bottom, other.top - other.bottom) and other.left > one.left


def _columns(columns: list[_Cell], line: list[_Cell]) -> list[_Cell]:
    """A table's columns with its next line; none where that has other columns, or does not follow below."""
    if len(line) < 2 or len(line) != len(columns):
        return []
    height = line[0].top - line[0].bottom
    if not 0 <= columns[0].bottom - line[0].bottom <= _MOST_LEADING * height:
        return []
    wider = [
        _Cell(min(one.left, other.left), other.bottom, max(one.right, other.right), other.top)
        for one, other in zip(columns, line, strict=True)
    ]
    return wider if all(one.right < other.left for one, other in pairwise(wider)) else []


def _said(words: pypdfium2.PdfTextPage, cell: _Cell) -> str:
    return str(words.get_text_bounded(cell.left, cell.bottom, cell.right, cell.top)).strip()
