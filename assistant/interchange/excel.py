"""Excel's sheets as rows of cells; knows of the zip around them only that it must not be a bomb."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.interchange.delimited import titles

MOST_BYTES, MOST_PARTS, MOST_RATIO = 600_000_000, 5_000, 200  # unpacked
MOST_CELLS = 12_000_000
_PROLOG = 65_536  # bytes of a part in which its document type would stand
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how Excel writes what XML cannot hold
_OLD = b"\xd0\xcf\x11\xe0"  # .xls, or an encrypted .xlsx

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Sheet:
    """`names`: every sheet with something in it; `name`: the one that was read."""

    rows: Rows
    names: tuple[str, ...]
    name: str


def read(path: Path, name: str, wanted: str = "", header: bool = True) -> Sheet:
    """The wanted sheet, else the first that has rows.

    Raises PenalaError: file_old_excel, file_too_swollen, file_broken, no_sheet naming those there are, file_empty.
    """
    _check(path, name)
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        filled = [sheet for sheet in shown if _is_filled(sheet)]
        sheet = _chosen(filled, shown, name, wanted)
        rows = _under_header(list(_cells(sheet, name)), header)
    except PenalaError:
        raise
    except MemoryError as error:
        raise PenalaError("file_too_swollen", name=name) from error
    except Exception as error:  # openpyxl raises whatever its XML and zip readers raise
        raise PenalaError("file_broken", name=name, detail=type(error).__name__) from error
    return Sheet(rows, tuple(one.title for one in filled), sheet.title)


def _check(path: Path, name: str) -> None:
    with path.open("rb") as stream:
        if stream.read(4) == _OLD:
            raise PenalaError("file_old_excel", name=name)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise PenalaError("file_broken", name=name, detail="no workbook")
            if (
                len(parts) > MOST_PARTS
                or sum(part.file_size for part in parts) > MOST_BYTES
                or any(map(_is_dense, parts))
            ):
                raise PenalaError("file_too_swollen", name=name)
            _refuse_entities(archive, name)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError, RuntimeError) as error:
        raise PenalaError("file_broken", name=name, detail=type(error).__name__) from error


def _is_dense(part: zipfile.ZipInfo) -> bool:
    """Whether a part swells by more than what is written packs."""
    return part.file_size > 20_000_000 and part.file_size > MOST_RATIO * part.compress_size


def _refuse_entities(archive: zipfile.ZipFile, name: str) -> None:
    """Office writes no document type; one that is there can only be meant to swell or to fetch."""
    for part in archive.infolist():
        if part.filename.lower().endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                start = stream.read(_PROLOG).replace(b"\0", b"").upper()  # without the zeros of UTF-16
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise PenalaError("file_broken", name=name, detail="DOCTYPE")


def _is_filled(sheet: Any) -> bool:
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    rows = sheet.iter_rows(values_only=True, max_row=50)
    return any(value is not None for row in rows for value in row)


def _chosen(filled: list[Any], shown: list[Any], name: str, wanted: str) -> Any:
    if wanted:
        found = next((s for s in shown if s.title.casefold() == wanted.strip().casefold()), None)
        if found is None:
            raise PenalaError("no_sheet", name=name, sheet=wanted, known=", ".join(s.title for s in shown))
        return found
    if not filled:
        raise PenalaError("file_empty", name=name)
    return next((s for s in filled if _rows_at_least(s, 2)), filled[0])


def _rows_at_least(sheet: Any, count: int) -> bool:
    rows = sheet.iter_rows(values_only=True, max_row=50)
    return sum(any(value is not None for value in row) for row in rows) >= count


def _cells(sheet: Any, name: str) -> Iterator[list[Any]]:
    """The rows that hold something, without the empty cells at their ends."""
    seen = 0
    for row in sheet.iter_rows(values_only=True):
        cells = [_value(value) for value in row]
        while cells and cells[-1] in (None, ""):
            cells.pop()
        seen += len(cells)
        if seen > MOST_CELLS:
            raise PenalaError("file_too_swollen", name=name)
        if any(str(cell).strip() for cell in cells if cell is not None):
            yield cells


def _under_header(rows: list[list[Any]], header: bool) -> Rows:
    """Titles above the table are passed over: the header is the first row with two cells or more."""
    if header:
        at = next((n for n, row in enumerate(rows) if sum(cell is not None for cell in row) > 1), 0)
        names, rows = (
            titles(["" if cell is None else str(cell) for cell in rows[at]] if rows else []),
            rows[at + 1 :],
        )
    else:
        names = []
    widest = max(map(len, rows), default=0)
    names += titles([""] * widest)[len(names) :]
    return [dict(zip(names, row, strict=False)) for row in rows]


def _value(value: Any) -> Any:
    """A cell as JSON holds it: dates as ISO, whole numbers without a point."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time | timedelta):
        return str(value)
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value
    if isinstance(value, float):
        with suppress(ValueError, OverflowError):
            return int(value) if value == int(value) else value
    return value
