"""How well the evaluation questions' answers are found, and at which step each missed one was lost; asks no chat model.

A passage counts as found when it holds an accepted answer word for word, in the question's document where one is
named. With one such passage a question, nDCG is 1 / log2(1 + rank).
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


def _by(found: Sequence[Finding], names: Sequence[str]) -> Mapping[str, Retrieved]:
    return {
        name: summary([each for each, its in zip(found, names, strict=True) if its == name])
        for name in sorted(set(names))
    }


def _finding(project: Project, q: Question, passages: Sequence[Passage], quoted: str) -> Finding:
    places = [n for n, p in enumerate(passages, 1) if _of(q, p.document) and _holds(p.text, q)]
    rank = places[0] if places else None
    if rank is not None and rank <= SHOWN:
        return Finding(q, rank, None if _holds(quoted, q) else "answer")
    return Finding(q, rank, "rank" if rank is not None else _unfound(project, q))


def _unfound(project: Project, q: Question) -> Lost:
    own = [d.id for d in store.documents(project) if d.status == "ready" and _of(q, d.name)]
    if not any(_holds(store.content(project, document), q) for document in own):
        return "parse"
    held = any(_holds(text, q) for document in own for text in store.chunk_texts(project, document))
    return "rank" if held else "chunk"


def _of(q: Question, document: str) -> bool:
    return q.document is None or q.document == document


def _holds(text: str, q: Question) -> bool:
    plain = " ".join(text.casefold().split())
    return any(" ".join(answer.casefold().split()) in plain for answer in q.answers)
