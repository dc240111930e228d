"""Puts a text together piece by piece and notes where its headings start."""

from assistant.retrieval.loaders import Heading, Text


class Outline:
    """Collects paragraphs and headings in reading order; `text()` is the whole as one page."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._headings: list[Heading] = []
        self._length = 0

    def paragraph(self, text: str) -> None:
        if text.strip():
            self._parts.append(text.strip())
            self._length += len(self._parts[-1]) + 2

    def heading(self, text: str, level: int) -> None:
        words = " ".join(text.split())
        if words:
            self._headings.append(Heading(self._length, level, words))
            self.paragraph(words)

    def text(self) -> Text:
        return Text(((1, "\n\n".join(self._parts)),), tuple(self._headings))


def table_text(rows: list[list[str]]) -> str:
    """A table as lines of cells between bars, so that a row stays together when the text is cut."""
    lines = [" | ".join(" ".join(cell.split()) for cell in row) for row in rows]
    return "\n".join(line for line in lines if line.strip(" |"))
