"""Word files: headings by style, paragraphs, and tables as lines, in the order they are read."""

import zipfile
from pathlib import Path

from assistant.errors import PenalaError
from assistant.retrieval.loaders import Text
from assistant.retrieval.loaders.outline import Outline, table_text

MOST_PARTS, MOST_BYTES, MOST_RATIO = 5_000, 200_000_000, 100
_OLE = b"\xd0\xcf\x11\xe0"  # an encrypted .docx, or an old .doc, is such a container


def load(path: Path) -> Text:
    """Raises PenalaError: document_content, document_encrypted, document_broken, document_too_big."""
    _check(path)
    from docx import Document
    from docx.table import Table

    try:
        document = Document(str(path))
    except Exception as error:  # python-docx raises whatever its XML and zip readers raise
        raise PenalaError("document_broken", name=path.name, detail=type(error).__name__) from error
    outline = Outline()
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            outline.paragraph(table_text([[cell.text for cell in row.cells] for row in block.rows]))
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


def _check(path: Path) -> None:
    """Look at the zip's table of contents before anything is unpacked."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start == _OLE:
        encrypted = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        raise PenalaError(
            "document_encrypted" if encrypted else "document_content", name=path.name, suffix=path.suffix
        )
    if start[:2] != b"PK":
        raise PenalaError("document_content", name=path.name, suffix=path.suffix)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise PenalaError("document_broken", name=path.name, detail=str(error)) from error
    if "word/document.xml" not in {part.filename for part in parts}:
        raise PenalaError("document_content", name=path.name, suffix=path.suffix)
    _refuse_bomb(path, parts)


def _refuse_bomb(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    too_dense = any(p.file_size > 10_000_000 and p.file_size > MOST_RATIO * p.compress_size for p in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_BYTES or too_dense:
        raise PenalaError("document_too_big", name=path.name, limit=MOST_BYTES // 1_000_000)
