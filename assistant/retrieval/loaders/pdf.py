"""PDF: the characters of each page, as the file holds them; those of a scanned page as OCR finds them."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pypdfium2

from assistant.errors import PenalaError
from assistant.retrieval.loaders import PAGE_BREAK, Text
from assistant.retrieval.loaders.ocr import Recogniser

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
    recognised = tuple(n for n, (_, found) in enumerate(pages, 1) if found)
    text = Text(tuple((n, said) for n, (said, _) in enumerate(pages, 1)), paged=True, recognised=recognised)
    if len(text.without_text) == len(text.pages):
        raise PenalaError("document_scanned", name=path.name, pages=len(text.pages))
    return text


def _opened(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        code = "document_encrypted" if "password" in str(error).lower() else "document_broken"
        raise PenalaError(code, name=path.name, detail=str(error).rstrip(".")) from error


def _pages(document: pypdfium2.PdfDocument) -> Iterator[tuple[str, bool]]:
    """Each page's text, and whether it was recognised from a picture.

    A damaged page has none: it is named as such, and the others are read.
    """
    recogniser = Recogniser()
    for index in range(len(document)):
        text, recognised = "", False
        with suppress(pypdfium2.PdfiumError):
            page = document[index]
            text = _plain(page.get_textpage().get_text_range())
            if not text.strip() and next(page.get_objects(max_depth=1), None) is not None:  # not blank
                text = recogniser.text(page)
                recognised = bool(text)
            page.close()
        yield text, recognised


def _plain(text: str) -> str:
    text = _HYPHEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace(PAGE_BREAK, "\n")
    return _UNWRITABLE.sub("\ufffd", text)
