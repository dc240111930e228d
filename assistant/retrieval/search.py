"""Finds the passages that answer a question: by meaning and by words, mixed; knows nothing of chat models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.models.values import Embedder, Vectors
from assistant.retrieval import fulltext, near, ready, store
from assistant.retrieval.scope import EVERYTHING, Scope, within
from assistant.retrieval.store import StoredChunk
from assistant.workspace.project import Project

CANDIDATES = 50  # by each of the two ways
WORDS_WEIGH = 0.2  # of a passage's relevance, beside the cosine's 1; see benchmarks/retrieval.py
_WEIGHED = 200  # chunks whose BM25 counts; further down it is next to nothing
_MOST = 2.2  # what BM25 gives at most for a term of rarity 1: k1 + 1


@dataclass(frozen=True)
class Passage:
    """A found chunk: characters [start, stop) of a document.

    `relevance` orders the results and can be compared between queries of one index: the cosine to the query plus
    0.2 of `overlap`. That is how much of the query's words the passage holds, 0 to 1: the mean of the share of its
    terms, weighted by rarity, and of BM25 by the most it could be. `score` is relevance between 0 and 1.
    """

    id: int
    document_id: int
    document: str
    page: int | None
    start: int
    stop: int
    heading: str
    text: str
    score: float
    nearness: float = 0.0  # cosine to the query
    overlap: float = 0.0

    @property
    def relevance(self) -> float:
        return self.nearness + WORDS_WEIGH * self.overlap

    @property
    def shown(self) -> str:
        """The passage as a model reads it: its heading path, then its text."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text


def search(
    project: Project, query: str, embedder: Embedder, k: int = 5, scope: Scope = EVERYTHING
) -> list[Passage]:
    """The k best passages, best first; none in a project without documents or for an empty query.

    Raises what `scope.within` raises."""
    return search_many(project, [query], embedder, k, scope)[0]


def search_many(
    project: Project, queries: Sequence[str], embedder: Embedder, k: int = 5, scope: Scope = EVERYTHING
) -> list[list[Passage]]:
    """As `search` for each query in order, embedded in one batch."""
    asked = [n for n, query in enumerate(queries) if query.strip()]
    results: list[list[Passage]] = [[] for _ in queries]
    if asked:
        ready.prepare(project, embedder)
        texts = [queries[n] for n in asked]
        chosen = within(project, scope)
        found = _ranked(project, texts, embedder.queries(texts), embedder.fingerprint, k, chosen)
        for n, passages in zip(asked, found, strict=True):
            results[n] = passages
    return results


def _ranked(
    project: Project, texts: list[str], questions: Vectors, model: str, k: int, chosen: frozenset[int] | None
) -> list[list[Passage]]:
    lexical = fulltext.lexical(project, texts, _WEIGHED, chosen)
    named = [[chunk for chunk, _ in words.hits[:CANDIDATES]] for words in lexical]
    cosines = near.cosines(project, questions, model, CANDIDATES, named, chosen)
    found = []
    for cosine, words in zip(cosines, lexical, strict=True):
        bm25 = dict(words.hits)
        chunks = store.chunks_by_id(project, cosine)  # what was removed meanwhile is not there
        passages = [_passage(chunks[i], cosine[i], bm25.get(i, 0.0), words.rarities) for i in chunks]
        found.append(sorted(passages, key=lambda p: (-p.relevance, p.id))[:k])
    return found


def _passage(chunk: StoredChunk, cosine: float, bm25: float, wanted: Mapping[str, float]) -> Passage:
    all_of_it = sum(wanted.values()) or 1.0
    held = sum(wanted[term] for term in wanted.keys() & chunk.terms.split())
    overlap = (held + min(all_of_it, bm25 / _MOST)) / (2 * all_of_it)
    score = max(0.0, cosine + WORDS_WEIGH * overlap) / (1 + WORDS_WEIGH)
    return Passage(
        chunk.id, chunk.document, chunk.document_name, chunk.page, chunk.start, chunk.stop,
        chunk.heading, chunk.text, round(score, 6), round(cosine, 6), round(overlap, 6),
    )  # fmt: skip
