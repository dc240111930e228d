"""Rows as CSV for spreadsheets; numbers as computers write them, so that every program reads them."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝")


def written(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return out.getvalue()


def _inert(cell: object) -> object:
    """A text that a spreadsheet would run as a formula gets a leading apostrophe (CWE-1236)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
