"""CSV: each row as one line "Row N: column: value; …", so that a row found can be read on its own."""

import csv
import io
from collections import Counter
from pathlib import Path

from assistant.errors import PenalaError
from assistant.retrieval.loaders import Text
from assistant.retrieval.loaders.encoding import read_text
from assistant.retrieval.loaders.outline import Outline
from assistant.retrieval.loaders.rows import bars, header, pairs

_SAMPLE = 50  # lines by which the separator is told
_MARK = "sep="  # a first line by which Excel names the separator


def load(path: Path) -> Text:
    """The header names the values; data rows count from 1. Raises PenalaError("document_broken")."""
    csv.field_size_limit(1 << 27)
    text = read_text(path)
    try:
        rows = [row for row in _rows(text) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise PenalaError("document_broken", name=path.name, detail=str(error)) from error
    outline = Outline()
    width = max((sum(bool(cell.strip()) for cell in row) for row in rows), default=0)
    while width > 1 and len(rows) > 2 and sum(bool(cell.strip()) for cell in rows[0]) == 1:
        outline.paragraph(bars(rows.pop(0)))  # titles above the table
    taken, names = header(rows) if width > 1 else (1, rows[0] if rows else [])
    if len(rows) == taken:
        outline.paragraph("\n".join("; ".join(row) for row in rows))
        return outline.text()
    lines = []
    for number, row in enumerate(rows[taken:], 1):
        said = pairs(names, row)
        lines.append((f"Row {number}: {'; '.join(said)}", f"Row {number}: {said[0]}"))
    outline.rows(lines, "\n\n")
    return outline.text()


def _rows(text: str) -> list[list[str]]:
    """The cells. A quote that is never closed is a plain character: it must not swallow the rest of the file."""
    first, _, rest = text.partition("\n")
    named = first.strip().strip('"').lower()
    if named.startswith(_MARK) and len(named) == len(_MARK) + 1:
        text, separator = rest, named[-1]
    else:
        separator = _separator(text)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            return list(csv.reader(io.StringIO(text), delimiter=separator, quoting=csv.QUOTE_NONE))
        return list(csv.reader(io.StringIO(text), delimiter=separator))


def _separator(text: str) -> str:
    """The character that cuts most of the first lines into the same number of cells, the more the better."""
    best, score = ",", (0.0, 0)
    lines = text.split("\n", _SAMPLE)[:_SAMPLE]
    for separator in ",;\t|":
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
        width, often = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        found = (often / max(1, widths.total()), width)
        if width > 1 and found > score:
            best, score = separator, found
    return best
