"""HTML: the words a reader sees, with headings and tables; scripts, styles and hidden parts left out."""

from pathlib import Path

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from assistant.errors import PenalaError
from assistant.retrieval.loaders import Text
from assistant.retrieval.loaders.encoding import read_text
from assistant.retrieval.loaders.outline import Outline
from assistant.retrieval.loaders.rows import Cell

_UNSEEN = ["script", "style", "template", "noscript", "head", "svg", "iframe", "object", "select", "button"]
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)


def load(path: Path) -> Text:
    markup = read_text(path)
    if "<" not in markup:
        raise PenalaError("document_content", name=path.name, suffix=path.suffix)
    soup = BeautifulSoup(markup, "html.parser")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    for tag in soup.find_all(_UNSEEN):
        tag.decompose()
    outline = Outline()
    if title and soup.find("h1") is None:
        outline.heading(title, 1)
    _walk(soup, outline)
    return outline.text()


def _walk(root: Tag, outline: Outline) -> None:
    """Blocks become paragraphs; words between blocks are gathered. A stack, for nesting may be deep."""
    words: list[str] = []

    def end_paragraph() -> None:
        outline.paragraph(" ".join("".join(words).split()))
        words.clear()

    stack: list[PageElement | None] = [root]
    while stack:
        node = stack.pop()
        if node is None:
            end_paragraph()
        elif isinstance(node, Tag):
            block = node.name in _BLOCKS or node.name == "br"
            if block:
                end_paragraph()
            if _written_whole(node, outline):
                continue
            stack += [None] if block else []
            stack += reversed(node.contents)
        elif type(node) is NavigableString:
            words.append(str(node))
    end_paragraph()


def _written_whole(node: Tag, outline: Outline) -> bool:
    """Headings, preformatted text and innermost tables are written at once."""
    if len(node.name) == 2 and node.name[0] == "h" and node.name[1] in "123456":
        outline.heading(node.get_text(" "), int(node.name[1]))
    elif node.name == "pre":
        outline.paragraph(node.get_text())
    elif node.name == "table" and node.find("table") is None:
        outline.table(_cells(node))
    else:
        return False
    return True


def _cells(table: Tag) -> list[list[Cell]]:
    """The rows of a table, with cells that span rows repeated and cells that span columns going on as None."""
    rows: list[list[Cell]] = []
    below: dict[int, tuple[int, str]] = {}  # column: for how many more rows, with what text
    for row in table.find_all("tr"):
        cells: list[Cell] = []
        given = iter(row.find_all(["td", "th"]))
        while True:
            left, text = below.pop(len(cells), (0, ""))
            if left:
                below[len(cells)] = (left - 1, text)
                cells.append(text)
                continue
            cell = next(given, None)
            if cell is None:
                break
            text = cell.get_text(" ")
            down, right = _span(cell, "rowspan"), _span(cell, "colspan")
            for n in range(right):
                if down > 1:
                    below[len(cells)] = (down - 1, text if n == 0 else "")
                cells.append(None if n else text)
        rows.append(cells)
    return rows


def _span(cell: Tag, name: str) -> int:
    said = str(cell.get(name, "1"))
    return min(100, max(1, int(said))) if said.isdecimal() else 1
