"""Which documents a search looks in, by name and language; knows nothing of passages."""

from dataclasses import dataclass

from assistant.errors import PenalaError
from assistant.retrieval import store
from assistant.texts.terms import document_language
from assistant.workspace.project import Project

LANGUAGES = ("id", "en", "other")


@dataclass(frozen=True)
class Scope:
    """Documents of these names (all where none is named), in this language ("id", "en" or "other"; None: in any)."""

    documents: tuple[str, ...] = ()
    language: str | None = None

    @property
    def everything(self) -> bool:
        return not self.documents and self.language is None


EVERYTHING = Scope()


def within(project: Project, scope: Scope) -> frozenset[int] | None:
    """The documents' ids; None where the scope leaves none out.

    Raises PenalaError: document_not_named where no document that can be searched has that name, scope_empty where
    none is left, though there are documents."""
    if scope.everything:
        return None
    ready = [d for d in store.documents(project) if d.status == "ready"]
    for name in scope.documents:
        if name not in {d.name for d in ready}:
            raise PenalaError("document_not_named", name=name)
    named = [d for d in ready if not scope.documents or d.name in scope.documents]
    left = frozenset(d.id for d in named if scope.language in (None, _language(project, d)))
    if named and not left:
        raise PenalaError("scope_empty", language=scope.language)
    return left


def _language(project: Project, document: store.Document) -> str:
    """Kept since it was read; found now for a document that an earlier version saved."""
    if document.language is not None:
        return document.language
    found = document_language(store.content(project, document.id))
    store.put_language(project, document.id, found)
    return found
