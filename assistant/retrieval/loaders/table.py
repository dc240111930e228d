"""CSV: each row as one line "Row N: column: value; …", so that a row found can be read on its own."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from assistant.errors import PenalaError
from assistant.retrieval.loaders import Text
from assistant.retrieval.loaders.encoding import read_text


def load(path: Path) -> Text:
    """The header names the values; data rows count from 1. Raises PenalaError("document_broken")."""
    csv.field_size_limit(1 << 24)
    lines = read_text(path)
    try:
        rows = [row for row in csv.reader(io.StringIO(lines), _dialect(lines)) if any(c.strip() for c in row)]
    except csv.Error as error:
        raise PenalaError("document_broken", name=path.name, detail=str(error)) from error
    if len(rows) < 2:
        return Text(((1, "\n".join("; ".join(row) for row in rows)),))
    header = [name.strip() or f"column {n}" for n, name in enumerate(rows[0], 1)]
    return Text(((1, "\n\n".join(_lines(header, rows[1:]))),))


def _lines(header: list[str], rows: list[list[str]]) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        names = header + [f"column {n}" for n in range(len(header) + 1, len(row) + 1)]
        pairs = [f"{name}: {' '.join(v.split())}" for name, v in zip(names, row, strict=False) if v.strip()]
        yield f"Row {number}: {'; '.join(pairs)}"


def _dialect(text: str) -> type[csv.Dialect]:
    """Which character parts the columns; a comma where it cannot be told."""
    try:
        return csv.Sniffer().sniff(text[:20000], delimiters=",;\t|")
    except csv.Error:
        return csv.excel
