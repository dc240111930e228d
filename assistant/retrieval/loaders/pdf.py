"""PDF: the characters of each page, as the file holds them; those of a scanned page as OCR finds them."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from assistant.errors import PenalaError
from assistant.retrieval.loaders import PAGE_BREAK, Row, Text
from assistant.retrieval.loaders.ocr import Recogniser
from assistant.retrieval.loaders.pdf_tables import Tables

MOST_PAGES = 5000
_HYPHEN = re.compile("[\ufffe\u00ad\x02]\r?\n?")  # a word broken at the line's end, as pdfium marks it

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")  # halves of a character, which no file can hold


def load(path: Path) -> Text:
    """Raises PenalaError: document_content, document_encrypted, document_broken, document_pages, document_scanned."""
    with path.open("rb") as stream:
        if b"%PDF-" not in stream.read(1024):
            raise PenalaError("document_content", name=path.name, suffix=path.suffix)
    document = _opened(path)
    if len(document) > MOST_PAGES:
        raise PenalaError("document_pages", name=path.name, limit=MOST_PAGES)
    pages = tuple(_pages(document))
    text = Text(
        tuple((n, page.text) for n, page in enumerate(pages, 1)),
        rows=tuple(_moved(pages)),
        paged=True,
        recognised=tuple(n for n, page in enumerate(pages, 1) if page.recognised),
    )
    if len(text.without_text) == len(text.pages):
        raise PenalaError("document_scanned", name=path.name, pages=len(text.pages))
    return text


def _opened(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        code = "document_encrypted" if "password" in str(error).lower() else "document_broken"
        raise PenalaError(code, name=path.name, detail=str(error).rstrip(".")) from error


@dataclass(frozen=True)
class _Page:
    """A page's text, its tables' rows, and whether it was recognised from a picture."""

    text: str = ""
    rows: tuple[Row, ...] = ()
    recognised: bool = False


def _pages(document: pypdfium2.PdfDocument) -> Iterator[_Page]:
    """The pages in order. A damaged one has no text: it is named as such, and the others are read."""
    recogniser, tables = Recogniser(), Tables()
    for index in range(len(document)):
        read = _Page()
        with suppress(pypdfium2.PdfiumError):
            page = document[index]
            words = page.get_textpage()
            text = _plain(words.get_text_range())
            if text.strip():
                read = _Page(text, tuple(tables.rows(words, text)))
            elif next(page.get_objects(max_depth=1), None) is not None:  # not blank
                text = recogniser.text(page)
                read = _Page(text, recognised=bool(text))
            page.close()
        yield read


def _moved(pages: Sequence[_Page]) -> Iterator[Row]:
    """The pages' rows by their place in the whole text."""
    start = 0
    for page in pages:
        yield from (Row(start + row.start, start + row.stop, row.lead) for row in page.rows)
        start += len(page.text) + len(PAGE_BREAK)


def _plain(text: str) -> str:
    text = _HYPHEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace(PAGE_BREAK, "\n")
    return _UNWRITABLE.sub("\ufffd", text)
