"""HTML: the words a reader sees, with headings and tables; scripts, styles and hidden parts left out."""

from pathlib import Path

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from assistant.errors import PenalaError
from assistant.retrieval.loaders import Text
from assistant.retrieval.loaders.encoding import read_text
from assistant.retrieval.loaders.outline import Outline, table_text

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
        rows = [[cell.get_text(" ") for cell in row.find_all(["td", "th"])] for row in node.find_all("tr")]
        outline.paragraph(table_text(rows))
    else:
        return False
    return True
