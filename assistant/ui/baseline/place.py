"""A place in a document as HTML: its characters marked, with the text around them; knows no event."""

from html import escape as safe

from assistant.retrieval import store
from assistant.workspace.project import Project

AROUND = 700  # characters of the document shown before and after a place


def shown(
    project: Project, document: int, start: int, stop: int, below: str = "", around: int = AROUND
) -> str:
    """Characters [start, stop) of a document under its name, and `below`, HTML made here, under it.

    Raises PenalaError("document_unknown")."""
    text, known = store.content(project, document), store.document(project, document)
    before, after = text[max(0, start - around) : start], text[stop : stop + around]
    return (
        f'<div class="p-shown p-card"><h3>{safe(known.name)}</h3><div class="p-passage">'
        f"{'… ' if start > around else ''}{safe(before)}<mark>{safe(text[start:stop])}</mark>{safe(after)}"
        f"{' …' if stop + around < len(text) else ''}</div>{below}</div>"
    )
