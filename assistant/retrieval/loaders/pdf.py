"""PDF: the characters of each page, as the file holds them; a scanned page has none."""

import re
from pathlib import Path

import pypdfium2

from assistant.errors import PenalaError
from assistant.retrieval.loaders import PAGE_BREAK, Text

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
    text = Text(tuple((n + 1, _page(document, n)) for n in range(len(document))), paged=True)
    if len(text.without_text) == len(text.pages):
        raise PenalaError("document_scanned", name=path.name, pages=len(text.pages))
    return text


def _opened(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        code = "document_encrypted" if "password" in str(error).lower() else "document_broken"
        raise PenalaError(code, name=path.name, detail=str(error).rstrip(".")) from error


def _page(document: pypdfium2.PdfDocument, index: int) -> str:
    try:
        page = document[index]
        text: str = page.get_textpage().get_text_range()
        page.close()
    except pypdfium2.PdfiumError:
        return ""  # one damaged page is named as one without text; the others are read
    plain = _HYPHEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace(PAGE_BREAK, "\n")
    return _UNWRITABLE.sub("\ufffd", plain)
