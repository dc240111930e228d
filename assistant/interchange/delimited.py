"""Tables as text, CSV and TSV: which mark parts the cells, and rows that do not fit the header or its quotes."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.errors import PenalaError
from assistant.interchange.rows import Row

_MARKS = ",;\t|"
_SAMPLE = 30  # records that show which mark it is
_LONGEST = 500  # lines of one cell, where quotes are in disorder
_RULE = re.compile(r"^\s*+:?-*+:?\s*$")
csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class _Torn:
    """A line that opens a quotation mark which nothing closes."""

    line: str


def rows(text: str, name: str, header: bool = True) -> list[Row]:
    """The rows under the header; without one the columns are named A, B, C, … Raises PenalaError("file_empty")."""
    text, mark = _marked(text)
    records = [r for r in _records(text, mark) if isinstance(r, _Torn) or any(cell.strip() for cell in r)]
    if mark == "|":  # Markdown's line under the header
        records = [r for r in records if isinstance(r, _Torn) or not all(_RULE.match(cell) for cell in r)]
    if not records:
        raise PenalaError("file_empty", name=name)
    first = records[0]
    if isinstance(first, _Torn):
        first = first.line.split(mark)
    names = titles(first) if header else [letters(n) for n in range(max(_widths(records)))]
    return [_row(names, record, mark) for record in records[header:]]


def titles(cells: Sequence[str]) -> list[str]:
    """Column names from a header: blank ones get their letter, repeated ones a number."""
    found: list[str] = []
    for place, cell in enumerate(cells):
        name = " ".join(cell.split()) or letters(place)
        same = sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(f"{name} ({same + 1})" if same else name)
    while found and not cells[len(found) - 1].strip():
        found.pop()  # marks at the end of the header line
    return found


def letters(place: int) -> str:
    """A spreadsheet's name of a column: A for 0, Z for 25, AA for 26."""
    return (letters(place // 26 - 1) if place >= 26 else "") + chr(65 + place % 26)


def _row(names: list[str], record: list[str] | _Torn, mark: str) -> Row:
    if isinstance(record, _Torn):
        return Row({names[0]: record.line}, PenalaError("row_quote_open"))
    if len(record) <= len(names) or not any(cell.strip() for cell in record[len(names) :]):
        return Row(dict(zip(names, record, strict=False)))
    kept = [*record[: len(names) - 1], mark.join(record[len(names) - 1 :])]
    reason = PenalaError("row_too_many_cells", found=len(record), columns=len(names))
    return Row(dict(zip(names, kept, strict=True)), reason)


def _widths(records: Sequence[list[str] | _Torn]) -> Iterator[int]:
    yield 1
    yield from (len(record) for record in records if not isinstance(record, _Torn))


def _marked(text: str) -> tuple[str, str]:
    """The text and the mark between its cells; Excel may name it in a first line "sep=;"."""
    text = text.lstrip("\r\n")
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) <= 5:
        return rest, first[4:5].strip("\r") or "\t"
    return text, _mark(text)


def _mark(text: str) -> str:
    """The mark that cuts the first records into most columns of one number; a comma where none does."""
    scores: dict[str, tuple[bool, int, bool]] = {}
    for mark in _MARKS:
        lines = io.StringIO(text[:200_000], newline="")
        widths = [
            len(r) for r, _ in zip(csv.reader(lines, delimiter=mark), range(_SAMPLE), strict=False) if r
        ]
        width = widths[0] if widths else 0
        even = width > 1 and widths.count(width) * 2 >= len(widths)
        scores[mark] = (even, width, mark == ",")
    return max(scores, key=lambda mark: scores[mark])


def _records(text: str, mark: str) -> Sequence[list[str] | _Torn]:
    """Cells of each record: as CSV says; else with \\" for a quotation mark inside; else line by line."""
    found = _read(text, mark, escaped=False)
    if found is None and '\\"' in text:
        found = _read(text, mark, escaped=True)
    return found if found is not None else list(_mended(text, mark))


def _read(text: str, mark: str, escaped: bool) -> list[list[str]] | None:
    """All records; None where a quotation mark stands or ends where it must not, or swallowed other rows."""
    lines = io.StringIO(text, newline="")
    escape = "\\" if escaped else None
    reader = csv.reader(lines, delimiter=mark, strict=True, escapechar=escape, doublequote=not escaped)
    try:
        found = list(reader)
    except csv.Error:
        return None
    width = len(next((r for r in found if r), []))
    swallowed = any(len(r) != width and any("\n" in cell for cell in r) for r in found)
    return None if swallowed else found


def _mended(text: str, mark: str) -> Iterator[list[str] | _Torn]:
    """Record by record: one that its quotes keep open is left out alone, and what follows is read on."""
    lines = list(io.StringIO(text, newline=""))
    at, width = 0, 0
    while at < len(lines):
        cells, taken = _record(lines, at, mark, width)
        if cells is None:
            yield _Torn(lines[at].rstrip("\r\n"))
        else:
            width = width or len(cells)
            yield cells
        at += taken


def _record(lines: list[str], at: int, mark: str, width: int) -> tuple[list[str] | None, int]:
    """The record that begins at that line, None if it is torn; and how many lines it takes."""
    block = (lines[n] for n in range(at, min(at + _LONGEST, len(lines))))
    reader = csv.reader(block, delimiter=mark, strict=True)
    try:
        cells = next(reader)
        if reader.line_num == 1 or len(cells) == (width or len(cells)):
            return cells, reader.line_num
    except (csv.Error, StopIteration):
        pass
    if lines[at].count('"') % 2 == 0:  # marks inside a cell, as in 5" or "so" said
        return next(csv.reader([lines[at]], delimiter=mark)), 1
    return None, 1
