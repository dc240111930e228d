"""Drafts of evaluation questions from the documents, each for a person to review; asks no chat model.

A draft is a sentence with its number or date taken out, or a heading asked about, answered by the first sentence
below it. The place of the answer is certain, the wording is not. A draft counts for nothing until a person has
accepted it, best in the words of a user, for a question in the document's own words is easier to find than a real one.
"""

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import TypeVar

from assistant import texts
from assistant.errors import PenalaError
from assistant.retrieval import asked, questions, store
from assistant.retrieval.citing import sentences
from assistant.retrieval.questions import DRAFT, Question
from assistant.retrieval.store import Document
from assistant.retrieval.suspicion import suspicious
from assistant.texts.terms import language
from assistant.workspace.project import Project

_T = TypeVar("_T")
GAP = "____"
_ROW = re.compile(
    r" \| |^\w+ \d+: [^:]+: |^[A-Z]+\d+(?::[A-Z]+\d+)?: "
)  # a table's row as it is read, which is no sentence
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2} [^:\n]{1,60}: ")  # before a chat's message, as it is read
_FEWEST, _MOST = 7, 40  # words of a sentence that says enough and not too much
_LEAST = 3  # words of a heading's answer


def draft(project: Project, count: int = 20, seed: int = 0) -> list[Question]:
    """Up to `count` new drafts, kept; from each document in turn. A sentence is drafted once, whatever became of it.

    Raises PenalaError: nothing_to_draft, where no sentence that is left holds a number or a date, and no heading.
    """
    known = questions.identities(project)
    ready = [d for d in store.documents(project) if d.status == "ready"]
    found = [of_document(project, d) for d in ready]
    made = list({q.id: q for q in in_turn(found, seed) if q.id not in known}.values())[:count]
    if not made:
        raise PenalaError("nothing_to_draft")
    questions.add(project, made)
    return made


def of_document(project: Project, document: Document) -> list[Question]:
    """All that can be drafted from one document."""
    return [*_of(store.content(project, document.id), document.name), *_headed(project, document)]


def in_turn(documents: Sequence[Sequence[_T]], seed: int | str) -> list[_T]:
    """What was found in each document, in an order drawn by the seed: one of each, then a second of each, …"""
    drawn = [random.Random(seed).sample(found, len(found)) for found in documents]
    return [each for each in chain.from_iterable(zip_longest(*drawn)) if each is not None]


def identity(document: str, text: str) -> str:
    """The same for the same text of a document, so that it is drafted once."""
    return "d-" + hashlib.sha256(f"{document}\n{text}".encode("utf-8", "replace")).hexdigest()[:10]


def _of(text: str, document: str) -> Iterator[Question]:
    for start, stop in sentences(text):
        sentence = text[start:stop]
        if stamp := _STAMP.match(sentence):  # who wrote a message and when is no answer
            start, sentence = start + stamp.end(), sentence[stamp.end() :]
        if not _FEWEST <= len(sentence.split()) <= _MOST or "\n" in sentence or _ROW.search(sentence):
            continue
        span = None if suspicious(sentence) else asked.first(sentence)
        if span:
            gapped = sentence[: span[0]] + GAP + sentence[span[1] :]
            place = (start + span[0], start + span[1])
            yield Question(
                identity(document, sentence), gapped, (sentence[slice(*span)],), document, True, DRAFT, place
            )


def _headed(project: Project, document: Document) -> Iterator[Question]:
    """Each heading once, asked about in its document's language."""
    seen = set()
    for chunk in store.chunks_of(project, document.id):
        heading = chunk.heading.split(" > ")[-1]
        lines = [s for s in sentences(chunk.text) if _says(chunk.text[slice(*s)], chunk.heading.split(" > "))]
        if not heading or _ROW.search(heading) or chunk.heading in seen or not lines:
            continue
        seen.add(chunk.heading)
        start, stop = lines[0]
        said = chunk.text[start:stop]
        question = texts.say(language(chunk.text) or "en", "retrieval.about", heading=heading)
        place = (chunk.start + start, chunk.start + stop)
        yield Question(
            identity(document.name, chunk.heading), question, (said,), document.name, True, DRAFT, place
        )


def _says(sentence: str, headings: Sequence[str]) -> bool:
    """Whether it answers something: no heading, no list's number, no row of a table."""
    fits = sentence not in headings and len(sentence.split()) >= _LEAST
    return fits and not _ROW.search(sentence) and not suspicious(sentence)
