"""Word files: headings by style, paragraphs and tables, in the order they are read."""

from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.retrieval.loaders import Text, office
from assistant.retrieval.loaders.outline import Outline
from assistant.retrieval.loaders.rows import Cell


def load(path: Path) -> Text:
    """Raises PenalaError: document_broken, and those of `office.check`."""
    office.check(path, "word/document.xml")
    from docx import Document
    from docx.table import Table

    try:
        document = Document(str(path))
    except Exception as error:  # python-docx raises whatever its XML and zip readers raise
        raise PenalaError("document_broken", name=path.name, detail=type(error).__name__) from error
    outline = Outline()
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            outline.table([_cells(row) for row in block.rows])
        elif level := _level(block.style.name if block.style is not None else None):
            outline.heading(block.text, level)
        else:
            outline.paragraph(block.text)
    return outline.text()


def _level(style: str | None) -> int:
    """The level of a heading style ("Heading 2", "Title", "Judul 2"); 0 for other styles."""
    name = (style or "").lower()
    if name in ("title", "judul"):
        return 1
    first, _, last = name.rpartition(" ")
    return min(6, int(last)) if first in ("heading", "judul") and last.isdigit() else 0


def _cells(row: Any) -> list[Cell]:
    """A row's texts; where cells are merged, python-docx gives the same cell for each column."""
    cells = row.cells
    return [None if n and cell._tc is cells[n - 1]._tc else str(cell.text) for n, cell in enumerate(cells)]
