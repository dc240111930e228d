"""Says a table's rows with their columns' names, so that each can be read on its own; knows no file type."""

import re
from collections.abc import Sequence
from itertools import zip_longest

Cell = str | None  # None where the cell to the left goes on, as in merged cells
Cells = Sequence[Cell]
_MOST_NAME = 200  # characters; a longer cell is text, no column's name
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"\W*(?:rp|idr|usd)?[\s$€£]*[-+(]?\d[\d\s.,:/%-]*\)?%?", re.IGNORECASE)


def header(rows: Sequence[Cells]) -> tuple[int, list[str]]:
    """How many rows the header takes, and the columns' names; (0, []) where the first row names no columns."""
    if len(rows) < 2 or not _names(rows[0]):
        return 0, []
    above = _spread(rows[0])
    if None not in rows[0] or len(rows) < 3 or not _names(rows[1]):
        return 1, above
    both = zip_longest(above, _spread(rows[1]), fillvalue="")
    return 2, [" ".join(dict.fromkeys(word for word in pair if word)) for pair in both]


def pairs(names: Sequence[str], row: Cells, unnamed: str = "column {}") -> list[str]:
    """["Zone: Java", "Fee: 9.000"]: the cells that say something, each with its column's name."""
    said = []
    for number, cell in enumerate(row):
        value = " ".join((cell or "").split())
        if value:
            name = names[number] if number < len(names) else ""
            said.append(f"{name or unnamed.format(number + 1)}: {value}")
    return said


def bars(row: Cells) -> str:
    """A row as its cells between bars."""
    return " | ".join(" ".join((cell or "").split()) for cell in row).strip(" |")


def number_like(cell: Cell) -> bool:
    """Whether a cell is a number, an amount, a date or a time."""
    return cell is not None and len(cell) <= _MOST_NAME and _NUMBER.fullmatch(cell.strip()) is not None


def _names(row: Cells) -> bool:
    cells = [cell.strip() for cell in row if cell and cell.strip()]
    return len(cells) > 1 and all(
        len(cell) <= _MOST_NAME and (_YEAR.fullmatch(cell) or not number_like(cell)) for cell in cells
    )


def _spread(row: Cells) -> list[str]:
    """The cells as one-line names; one that goes on to the right names all its columns."""
    names: list[str] = []
    for cell in row:
        names.append(names[-1] if cell is None and names else " ".join((cell or "").split()))
    return names
