"""Drafts of evaluation questions that a chat model proposes, each with the words that answer it; asks no person.

The model reads one passage at a time and answers in two lines, which small models manage too. A reply counts for
nothing unless its answer stands word for word in the passage; a draft counts for nothing until a person accepts it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant import texts
from assistant.errors import PenalaError
from assistant.models.values import ChatModel, Decoding, Message
from assistant.retrieval import drafting, questions, store
from assistant.retrieval.questions import DRAFT, Question
from assistant.retrieval.store import StoredChunk
from assistant.retrieval.suspicion import suspicious
from assistant.texts.terms import language, terms
from assistant.workspace.project import Project

_FEWEST = 12  # words of a passage that says something
_LONGEST = 40  # words of an answer that is a span and not the passage
_TRIES = 3  # passages read for each question wanted
_AT_ONCE = 8
DECODING = Decoding(max_tokens=100)
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_LINES = re.compile(
    r"^[\W\d]*(?:question|pertanyaan)\W*:\W*(?P<question>[^\n]+\?)\W*\n+\W*(?:answer|jawaban)[ *_]*:(?P<answer>[^\n]+)",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = " \t*_`\"'“”‘’«»"


@dataclass(frozen=True)
class Proposed:
    """How far it is: `read` of at most `most` passages, the drafts kept, and the replies dropped."""

    read: int
    most: int
    made: tuple[Question, ...] = ()
    dropped: int = 0

    @property
    def counts(self) -> Mapping[str, int]:
        return {"read": self.read, "most": self.most, "made": len(self.made), "dropped": self.dropped}


def propose(project: Project, model: ChatModel, count: int = 20, seed: int = 0) -> Iterator[Proposed]:
    """Up to `count` new drafts, kept as they come; from each document in turn, one a passage.

    Passages that would give a model orders are left out. Raises PenalaError: nothing_to_propose (no passage is
    left), nothing_proposed (no reply could be used), and what the model raises.
    """
    passages = _passages(project, seed)
    if not passages:
        raise PenalaError("nothing_to_propose")
    now = Proposed(0, min(len(passages), _TRIES * count))
    yield now
    while now.read < now.most and len(now.made) < count:
        part = passages[now.read : min(now.most, now.read + min(_AT_ONCE, count - len(now.made)))]
        replies = model.generate([messages(chunk) for chunk in part], DECODING)
        asked = {q.question for q in questions.everything(project)}
        read = [question(reply.text, chunk) for reply, chunk in zip(replies, part, strict=True)]
        new = list({q.question: q for q in read if q is not None and q.question not in asked}.values())
        questions.add(project, new)
        now = Proposed(now.read + len(part), now.most, (*now.made, *new), now.dropped + len(part) - len(new))
        yield now
    if not now.made:
        raise PenalaError("nothing_proposed", model=model.name, count=now.read)


def readable(chunk: StoredChunk) -> bool:
    """Whether a passage says something, and gives a model no orders."""
    return len(chunk.text.split()) >= _FEWEST and not suspicious(chunk.text)


def messages(chunk: StoredChunk) -> list[Message]:
    """What the model reads: in the passage's language, with one worked example, the passage marked as data."""
    spoken = language(chunk.text) or "en"

    def say(key: str) -> str:
        return texts.say(spoken, f"retrieval.proposing.{key}")

    passage = f"{chunk.heading}\n{chunk.text}" if chunk.heading else chunk.text
    return [
        Message("system", say("instructions")),
        Message("user", _fenced(say("shown"))),
        Message("assistant", say("proposed")),
        Message("user", _fenced(passage)),
    ]


def question(reply: str, chunk: StoredChunk) -> Question | None:
    """The draft in a model's reply; None for one that has not the shape, answers in words that the passage has not,
    gives its answer away, or is in another language."""
    found = _LINES.search(_THOUGHT.sub("", reply))
    if found is None:
        return None
    asked = " ".join(found["question"].strip(_QUOTED).split())
    span = _span(found["answer"], asked, chunk.text)
    if span is None or language(asked) not in (None, language(chunk.text) or language(asked)):
        return None
    answer = " ".join(chunk.text[slice(*span)].split())
    if answer.casefold() in asked.casefold():
        return None
    place = (chunk.start + span[0], chunk.start + span[1])
    return Question(_identity(chunk), asked, (answer,), chunk.document_name, True, DRAFT, place)


def _passages(project: Project, seed: int) -> list[StoredChunk]:
    """Those that no draft was proposed from yet."""
    known = questions.identities(project)
    ready = [d for d in store.documents(project) if d.status == "ready"]
    found = [[c for c in store.chunks_of(project, d.id) if _identity(c) not in known] for d in ready]
    usable = [[c for c in chunks if readable(c)] for chunks in found]
    return drafting.in_turn(usable, f"{seed} {len(known)}")  # not the same again where all were dropped


def _span(answer: str, asked: str, text: str) -> tuple[int, int] | None:
    """Where the text says the answer, whatever its spaces and capitals: of several places the one among the
    question's words."""
    words = answer.strip(_QUOTED).rstrip(".").rstrip(_QUOTED).split()
    if not 1 <= len(words) <= _LONGEST:
        return None
    written = r"(?<!\w)(?<!\d[.,])" + r"\s+".join(map(re.escape, words)) + r"(?!\w|[.,]\d)"
    places = [m.span() for m in re.finditer(written, text, re.IGNORECASE)]
    wanted = set(terms(asked))
    return max(places, key=lambda p: len(wanted & set(terms(_around(text, *p)))), default=None)


def _around(text: str, start: int, stop: int) -> str:
    before, after = text.rfind("\n", 0, start) + 1, text.find("\n", stop)
    return text[before : after if after >= 0 else len(text)]


def _fenced(passage: str) -> str:
    return f"<<<\n{passage}\n>>>"


def _identity(chunk: StoredChunk) -> str:
    return drafting.identity(chunk.document_name, f"proposed\n{chunk.text}")
