"""Excel files: a sheet is a page under its name; each row says its cells' place and its columns' names."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from assistant.errors import PenalaError
from assistant.retrieval.loaders import Text, office
from assistant.retrieval.loaders.outline import Outline
from assistant.retrieval.loaders.rows import Cell, bars, header, number_like, pairs

Numbered = tuple[int, list[Cell]]  # a row's number in the sheet, and its cells
_MERGED = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_UNCOUNTED = re.compile(rb"</f>(?:<v ?/>|<v></v>|</c>)")  # a formula whose value the file does not hold
_MOST_MERGED = 10_000  # cells of one merged range; more is a sheet's decoration
_BLOCK = 1 << 20


def load(path: Path) -> Text:
    """Raises PenalaError: document_broken, and those of `office.check`."""
    office.check(path, "xl/workbook.xml")
    try:
        book = _opened(path, data_only=True)
        scanned = [_scanned(path, sheet._worksheet_path) for sheet in book.worksheets]
        formulas = _opened(path, data_only=False) if any(lacking for _, lacking in scanned) else None
        outline = Outline()
        for number, (sheet, (merged, _)) in enumerate(zip(book.worksheets, scanned, strict=True)):
            if number:
                outline.page()
            rows = _filled(_read(sheet, formulas[sheet.title] if formulas else None), merged)
            if any(bars(cells) for _, cells in rows):
                outline.heading(sheet.title, 1)
                _sheet(rows, outline)
    except Exception as error:  # openpyxl raises whatever its XML and zip readers raise
        if isinstance(error, PenalaError | MemoryError | RecursionError):
            raise
        raise PenalaError("document_broken", name=path.name, detail=type(error).__name__) from error
    return outline.text()


def _opened(path: Path, data_only: bool) -> Any:
    return load_workbook(path, read_only=True, data_only=data_only, keep_links=False)


def _sheet(rows: list[Numbered], outline: Outline) -> None:
    """Blocks between blank rows: titles and notes as they stand, tables row by row under the last header."""
    names: list[str] = []
    for blank, block in groupby(rows, key=lambda row: not bars(row[1])):
        if blank:
            continue
        left = list(block)
        while left and sum(bool(cell) for cell in left[0][1]) == 1:
            outline.paragraph(bars(left.pop(0)[1]))
        if not left:
            continue
        taken, found = header([cells for _, cells in left])
        if names and not any(number_like(cell) for _, cells in left[1:] for cell in cells):
            taken, found = 0, []  # words under words: the table goes on
        names = found or names
        lines = [(bars(cells), "") for _, cells in left] if taken == len(left) else []
        outline.rows(lines or [_line(number, cells, names) for number, cells in left[taken:]])


def _line(number: int, cells: list[Cell], names: list[str]) -> tuple[str, str]:
    """("A12:C12: Zone: Java; Fee: 9000", its beginning): the row's place, then its values with their names."""
    letters = [get_column_letter(n) for n, cell in enumerate(cells, 1) if cell]
    place = f"{letters[0]}{number}" + (f":{letters[-1]}{number}" if len(letters) > 1 else "")
    named = [names[n] if n < len(names) and names[n] else get_column_letter(n + 1) for n in range(len(cells))]
    said = pairs(named, cells)
    return f"{place}: {'; '.join(said)}", f"{place}: {said[0]}"


def _read(sheet: Any, formulas: Any) -> list[Numbered]:
    """Rows with their numbers; a formula without a known value is given as it was written."""
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    found: list[Numbered] = []
    written = iter(()) if formulas is None else _written(formulas)
    for number, row in enumerate(sheet.iter_rows(), 1):
        texts = next(written, ())
        cells = [_said(cell) or (texts[n] if n < len(texts) else "") for n, cell in enumerate(row)]
        found.append((number, list(cells)))
    return found


def _written(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()
    for row in sheet.iter_rows():
        yield [str(cell.value) if cell.data_type == "f" else "" for cell in row]


def _said(cell: Any) -> str:
    """A value as a person writes it: dates as ISO, shares as percent, whole numbers without a point."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time | timedelta | bool):
        return str(value)
    if isinstance(value, int | float):
        share = "%" in (cell.number_format or "")
        return f"{value * 100:.10g}%" if share else f"{value:.15g}"
    return " ".join(str(value).split())


def _filled(rows: list[Numbered], merged: list[tuple[int, int, int, int]]) -> list[Numbered]:
    """A merged cell's text in each of its rows; to the right it goes on as None."""
    for left, top, right, bottom in merged:
        if (right - left + 1) * (bottom - top + 1) > _MOST_MERGED or bottom > len(rows):
            continue
        first = rows[top - 1][1]
        text = first[left - 1] if left <= len(first) else ""
        for _, cells in rows[top - 1 : bottom]:
            cells += [""] * (right - len(cells))
            cells[left - 1 : right] = [text, *([None] * (right - left))]
    return rows


def _scanned(path: Path, part: str) -> tuple[list[tuple[int, int, int, int]], bool]:
    """What openpyxl does not say while streaming: the merged ranges, and whether formulas lack their values."""
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as stream:
        merged: dict[bytes, None] = {}
        uncounted, tail = False, b""
        while block := stream.read(_BLOCK):
            seen = tail + block
            uncounted = uncounted or _UNCOUNTED.search(seen) is not None
            merged.update(dict.fromkeys(_MERGED.findall(seen)))
            tail = seen[-200:]  # what a block's end may have cut
    return [range_boundaries(found.decode()) for found in merged], uncounted
