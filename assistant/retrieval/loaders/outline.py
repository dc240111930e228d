"""Puts a text together piece by piece and notes where its headings and rows start."""

from collections.abc import Sequence

from assistant.retrieval.loaders import Heading, Row, Text
from assistant.retrieval.loaders.rows import Cells, bars, header, pairs

_BETWEEN = "\n\n"


class Outline:
    """Collects paragraphs, headings and tables in reading order, page by page."""

    def __init__(self) -> None:
        self._pages: list[list[str]] = [[]]
        self._headings: list[Heading] = []
        self._rows: list[Row] = []
        self._next = 0  # where the next paragraph starts

    def page(self) -> None:
        """What follows stands on a new page."""
        self._next += 1 - (len(_BETWEEN) if self._pages[-1] else 0)
        self._pages.append([])

    def paragraph(self, text: str) -> None:
        if text := text.strip():
            self._pages[-1].append(text)
            self._next += len(text) + len(_BETWEEN)

    def heading(self, text: str, level: int) -> None:
        words = " ".join(text.split())
        if words:
            self._headings.append(Heading(self._next, level, words))
            self.paragraph(words)

    def table(self, rows: Sequence[Cells]) -> None:
        """A table: its header as it stands, then each row with the columns' names; a bare one as it stands."""
        filled = [row for row in rows if bars(row)]
        taken, names = header(filled)
        lines = [(bars(row), "") for row in filled[: taken or None]]
        for row in filled[taken:] if taken else []:
            said = pairs(names, row)
            lines.append(("; ".join(said), said[0]))
        self.rows(lines)

    def rows(self, lines: Sequence[tuple[str, str]], between: str = "\n") -> None:
        """Lines that belong together, each with its lead (see `Row`)."""
        start = self._next
        for line, lead in lines:
            self._rows.append(Row(start, start + len(line), lead))
            start += len(line) + len(between)
        self.paragraph(between.join(line for line, _ in lines))

    def text(self, paged: bool = False) -> Text:
        pages = tuple((n, _BETWEEN.join(parts)) for n, parts in enumerate(self._pages, 1))
        return Text(pages, tuple(self._headings), tuple(self._rows), paged)
