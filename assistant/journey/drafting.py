"""Drafts of examples from the documents: a question and the words that answer it, for a person to accept or edit.

Passages that an evaluation question rests on are left out, so that no test question is drafted into the training data.
A draft counts for nothing until a person has accepted it; a passage is drafted once, whatever became of its draft.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.dataset import examples
from assistant.dataset.examples import Example, Place
from assistant.errors import PenalaError
from assistant.models.values import ChatModel
from assistant.retrieval import drafting, proposing, questions, store
from assistant.retrieval.questions import Question
from assistant.retrieval.store import StoredChunk
from assistant.workspace.project import Project

_AT_ONCE = 8
_TRIES = 3  # passages read for each draft wanted

_Span = tuple[str, int, int]  # characters [start, stop) of a document by name


@dataclass(frozen=True)
class Drafted:
    """How far a chat model is: `read` of at most `most` passages, and the drafts kept. The rest had no answer that
    stands word for word in the passage."""

    read: int
    most: int
    made: tuple[Example, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        return {
            "read": self.read,
            "most": self.most,
            "made": len(self.made),
            "dropped": self.read - len(self.made),
        }


def extract(project: Project, count: int = 20, seed: int = 0) -> list[Example]:
    """Up to `count` new drafts without a model: sentences with a number or date taken out, answered by the whole
    sentence, and headings asked about.

    Raises PenalaError("nothing_to_draft") where nothing is left.
    """
    taken = _taken(project)
    found = [
        [(q, chunk) for q in map(_whole, drafting.of_document(project, d)) if (chunk := _around(q, chunks))]
        for d in _ready(project)
        if (chunks := store.chunks_of(project, d.id))
    ]
    new = [(q, chunk) for q, chunk in drafting.in_turn(found, seed) if not _meets(_span(q), taken)]
    made = [
        _draft(q, chunk, "") for q, chunk in list({_span(q): (q, chunk) for q, chunk in new}.values())[:count]
    ]
    if not made:
        raise PenalaError("nothing_to_draft")
    return examples.add_all(project, made)


def propose(project: Project, model: ChatModel, count: int = 20, seed: int = 0) -> Iterator[Drafted]:
    """Up to `count` new drafts by a chat model, kept as they come; one a passage, from each document in turn.

    Raises PenalaError: nothing_to_propose, nothing_proposed, and what the model raises.
    """
    passages = _passages(project, seed)
    if not passages:
        raise PenalaError("nothing_to_propose")
    now = Drafted(0, min(len(passages), _TRIES * count))
    yield now
    while now.read < now.most and len(now.made) < count:
        part = passages[now.read : min(now.most, now.read + min(_AT_ONCE, count - len(now.made)))]
        replies = model.generate([proposing.messages(chunk) for chunk in part], proposing.DECODING)
        asked = [(proposing.question(r.text, chunk), chunk) for r, chunk in zip(replies, part, strict=True)]
        new = examples.add_all(project, [_draft(q, chunk, model.name) for q, chunk in asked if q])
        now = Drafted(now.read + len(part), now.most, (*now.made, *new))
        yield now
    if not now.made:
        raise PenalaError("nothing_proposed", model=model.name, count=now.read)


def _draft(q: Question, chunk: StoredChunk, model: str) -> Example:
    """Drafts of one passage share their source, so they stay on one side of a split."""
    document, start, stop = _span(q)
    passage = Place(document=document, start=chunk.start, stop=chunk.stop).passage
    place = Place(document=document, start=start, stop=stop, model=model)
    return Example("", q.question, q.answers[0], passage, origin="drafted", place=place, status="draft")


def _passages(project: Project, seed: int) -> list[StoredChunk]:
    taken = _taken(project)
    found = [store.chunks_of(project, d.id) for d in _ready(project)]
    usable = [
        [c for c in chunks if proposing.readable(c) and not _meets((c.document_name, c.start, c.stop), taken)]
        for chunks in found
    ]
    return drafting.in_turn(usable, f"{seed} {len(taken)}")  # not the same again where all were dropped


def _taken(project: Project) -> list[_Span]:
    """What was drafted before, and what evaluation questions rest on."""
    places = [e.place for e in examples.every(project) if e.origin == "drafted" and e.place]
    drafted = [(p.document, p.start or 0, p.stop or 0) for p in places]
    return drafted + [_span(q) for q in questions.questions(project) if q.document and q.span]


def _whole(q: Question) -> Question:
    """A gapped sentence answered by the sentence, which teaches a way of answering; a number alone does not."""
    at = q.question.find(drafting.GAP)
    if at < 0 or q.span is None:
        return q
    said = q.question.replace(drafting.GAP, q.answers[0], 1)
    start = q.span[0] - at
    return replace(q, answers=(said,), span=(start, start + len(said)))


def _meets(span: _Span, taken: Sequence[_Span]) -> bool:
    document, start, stop = span
    return any(document == d and start < b and a < stop for d, a, b in taken)


def _around(q: Question, chunks: Sequence[StoredChunk]) -> StoredChunk | None:
    """The passage that holds the answer."""
    _, start, stop = _span(q)
    return next((c for c in chunks if c.start <= start and stop <= c.stop), None)


def _span(q: Question) -> _Span:
    return (q.document or "", *(q.span or (0, 0)))


def _ready(project: Project) -> list[store.Document]:
    return [d for d in store.documents(project) if d.status == "ready"]
