"""All documents as one reading, where they fit what a model reads at once; knows no index."""

from assistant.errors import PenalaError
from assistant.models.prompt import Prompt
from assistant.models.values import ChatModel, Decoding
from assistant.retrieval import store
from assistant.retrieval.search import Passage
from assistant.workspace.project import Project

_QUESTION = 256  # tokens kept free for a question and what a chat template adds


def documents(project: Project) -> tuple[Passage, ...]:
    """Each document that could be read, whole, as one passage."""
    ready = [d for d in store.documents(project) if d.status == "ready"]
    texts = [(d, store.content(project, d.id)) for d in ready]
    return tuple(Passage(d.id, d.id, d.name, None, 0, len(t), d.name, t, 1.0) for d, t in texts)


def size_allowed(context: int, prompt_tokens: int, decoding: Decoding) -> int:
    """Tokens that the documents may have together."""
    return max(0, context - prompt_tokens - decoding.max_tokens - _QUESTION)


def fitting(project: Project, model: ChatModel, prompt: Prompt, decoding: Decoding) -> tuple[Passage, ...]:
    """The documents, all of them. Raises PenalaError: no_documents_yet, documents_too_long."""
    found = documents(project)
    if not found:
        raise PenalaError("no_documents_yet")
    room = size_allowed(model.context, sum(model.count(m.content) for m in prompt.messages("")), decoding)
    size = sum(model.count(passage.shown) + 4 for passage in found)
    if size > room:
        raise PenalaError(
            "documents_too_long", tokens=size, room=room, context=model.context, model=model.name
        )
    return found
