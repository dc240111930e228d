"""How well the evaluation questions' answers are found, and at which step each missed one was lost; asks no chat model.

A passage counts as found when it covers the place where the answer stands, where that is known and still holds it;
else when it holds an accepted answer word for word, in the question's document where one is named. With one such
passage a question, nDCG is 1 / log2(1 + rank).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.models.values import Embedder
from assistant.retrieval import store
from assistant.retrieval.calibration import SHOWN
from assistant.retrieval.evidence import best, gather_many
from assistant.retrieval.questions import Question
from assistant.retrieval.search import Passage, search_many
from assistant.retrieval.store import StoredChunk
from assistant.texts.terms import language
from assistant.workspace.project import Project

Lost = Literal["parse", "chunk", "rank", "answer"]
RANKS = 10


@dataclass(frozen=True)
class Finding:
    """`rank` from 1 of the first passage that holds the answer, None beyond ten. `lost`: the answer is nowhere in
    the documents' text (parse), cut in two by the chunks (chunk), in no passage that is read (rank), or read but
    not in the sentence that answers (answer); None where all went well."""

    question: Question
    rank: int | None
    lost: Lost | None


@dataclass(frozen=True)
class _Place:
    document: int
    start: int
    stop: int


@dataclass(frozen=True)
class Retrieved:
    """Means over n questions, 0 to 1."""

    n: int
    hit_1: float
    hit_5: float
    mrr: float
    ndcg: float


def findings(project: Project, given: Sequence[Question], embedder: Embedder) -> list[Finding]:
    """One finding for each question that the documents should answer, in order."""
    asked = [q for q in given if q.answerable and q.answers]
    found = search_many(project, [q.question for q in asked], embedder, RANKS)
    read = [(q.question, passages[:SHOWN]) for q, passages in zip(asked, found, strict=True)]
    quoted = [best(evidence) for evidence in gather_many(read, embedder)]
    return [
        _finding(project, q, passages, chosen.text if chosen else "")
        for q, passages, chosen in zip(asked, found, quoted, strict=True)
    ]


def summary(found: Sequence[Finding]) -> Retrieved:
    """Raises ValueError for no findings."""
    if not found:
        raise ValueError("nothing was asked")
    ranks = [each.rank or math.inf for each in found]
    n = len(ranks)
    return Retrieved(
        n, sum(r <= 1 for r in ranks) / n, sum(r <= 5 for r in ranks) / n,
        sum(1 / r for r in ranks) / n, sum(1 / math.log2(1 + r) for r in ranks) / n,
    )  # fmt: skip


def by_language(found: Sequence[Finding]) -> Mapping[str, Retrieved]:
    """A summary for each language of the questions; "" where it cannot be told."""
    return _by(found, [language(each.question.question) or "" for each in found])


def by_document(found: Sequence[Finding]) -> Mapping[str, Retrieved]:
    """A summary for each document that questions name; "" for those that name none."""
    return _by(found, [each.question.document or "" for each in found])


def groups(found: Sequence[Finding]) -> dict[str, Mapping[str, Retrieved]]:
    """All findings, then by language and by document: what a person is shown. Raises ValueError for none."""
    return {"all": {"": summary(found)}, "language": by_language(found), "document": by_document(found)}


def _by(found: Sequence[Finding], names: Sequence[str]) -> Mapping[str, Retrieved]:
    return {
        name: summary([each for each, its in zip(found, names, strict=True) if its == name])
        for name in sorted(set(names))
    }


def _finding(project: Project, q: Question, passages: Sequence[Passage], quoted: str) -> Finding:
    gold = _gold(project, q)
    places = [n for n, p in enumerate(passages, 1) if _found(p, q, gold)]
    rank = places[0] if places else None
    if rank is not None and rank <= SHOWN:
        return Finding(q, rank, None if _holds(quoted, q) else "answer")
    return Finding(q, rank, "rank" if rank is not None else _unfound(project, q, gold))


def _gold(project: Project, q: Question) -> _Place | None:
    """Where the answer stands; None where it was never said, or the document has changed since."""
    own = [d.id for d in store.documents(project) if d.status == "ready" and d.name == q.document]
    if q.span is None or not own or not _holds(store.content(project, own[0])[slice(*q.span)], q):
        return None
    return _Place(own[0], *q.span)


def _found(passage: Passage | StoredChunk, q: Question, gold: _Place | None) -> bool:
    """A passage that says the same at several places counts for each of them."""
    if isinstance(passage, Passage):
        if gold is not None:
            return passage.covers(gold.document, gold.start, gold.stop)
        return any(_of(q, place.document) for place in passage.places) and _holds(passage.text, q)
    if gold is None:
        return _of(q, passage.document_name) and _holds(passage.text, q)
    return passage.document == gold.document and passage.start <= gold.start and gold.stop <= passage.stop


def _unfound(project: Project, q: Question, gold: _Place | None) -> Lost:
    own = [d.id for d in store.documents(project) if d.status == "ready" and _of(q, d.name)]
    if not any(_holds(store.content(project, document), q) for document in own):
        return "parse"
    held = any(_found(chunk, q, gold) for document in own for chunk in store.chunks_of(project, document))
    return "rank" if held else "chunk"


def _of(q: Question, document: str) -> bool:
    return q.document is None or q.document == document


def _holds(text: str, q: Question) -> bool:
    plain = " ".join(text.casefold().split())
    return any(" ".join(answer.casefold().split()) in plain for answer in q.answers)
