"""One loader a file type, from bytes to text; runs in a child process and knows nothing of projects.

Kept light: the child that parses a file imports only what that file's type needs. To add a type, write a
module with `load(path) -> Text` and name its suffixes in `LOADERS`.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from assistant.errors import PenalaError
from assistant.texts.terms import document_language

PAGE_BREAK = "\f"  # between pages of `Text.content`; a page's number follows from counting them
_STRETCHES, _STRETCH = 10, 2_000  # of a long text, so many stretches of so many characters tell its language
OUT_OF_MEMORY = 70  # the exit code of a child process that was given no memory even to say so

LOADERS = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".pptx": "pptx",
    ".xlsx": "xlsx",
    ".txt": "plain",
    ".text": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".csv": "table",
    ".tsv": "table",
}
ARCHIVE = ".zip"  # of files of these types; taken apart before they are read
SUFFIXES = tuple(sorted([*LOADERS, ARCHIVE]))


@dataclass(frozen=True)
class Heading:
    """A heading: where it starts in `Text.content` (characters), its level from 1, its words."""

    start: int
    level: int
    text: str


@dataclass(frozen=True)
class Row:
    """A table's row or a chat's message, characters [start, stop) of `Text.content`.

    It is not cut while it fits a chunk. `lead` is what a piece of it needs to be understood: the columns'
    names, the first cell, or who wrote when; a piece that begins with its lead has it already.
    """

    start: int
    stop: int
    lead: str


@dataclass(frozen=True)
class Text:
    """What a file says: its pages in order (number from 1, text), with headings and rows by offset in `content`."""

    pages: tuple[tuple[int, str], ...]
    headings: tuple[Heading, ...] = ()
    rows: tuple[Row, ...] = ()  # in order, none within another
    paged: bool = False  # whether the file has pages that a reader can turn to
    recognised: tuple[int, ...] = ()  # pages that are pictures, whose words were recognised (OCR)
    suspicious: str = ""  # the first words that would give a language model orders

    @property
    def content(self) -> str:
        """All pages as one text; every offset in this package counts its characters."""
        return PAGE_BREAK.join(text for _, text in self.pages)

    @property
    def language(self) -> str:
        """ "id", "en" or "other", told from stretches of the whole."""
        content = self.content
        starts = range(0, len(content), max(_STRETCH, len(content) // _STRETCHES))
        return document_language(" ".join(content[start : start + _STRETCH] for start in starts))

    @property
    def without_text(self) -> tuple[int, ...]:
        """The numbers of pages on which no letter was found: scans, pictures, blanks."""
        return tuple(number for number, text in self.pages if not text.strip())


def load(path: Path) -> Text:
    """Read a file in this process. Raises PenalaError: document_type, and those of the type's loader."""
    name = LOADERS.get(path.suffix.lower())
    if name is None:
        raise PenalaError("document_type", name=path.name, suffix=path.suffix, known=known_suffixes())
    text: Text = import_module(f"{__name__}.{name}").load(path)
    return text


def known_suffixes() -> str:
    return ", ".join(SUFFIXES)
