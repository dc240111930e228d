"""Finds the passages that answer a question: by meaning and by words, mixed; knows nothing of chat models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.models.values import Embedder, Vectors
from assistant.retrieval import index, store, vectors
from assistant.retrieval.store import StoredChunk
from assistant.texts.terms import terms
from assistant.workspace.project import Project

CANDIDATES = 50  # by each of the two ways
MEANING = 0.7  # the share of the dense score; plain rank fusion is worse than either alone (benchmarks/retrieval.py)


WORDS_WEIGH = 0.15  # of a passage's relevance; see benchmarks/retrieval.py


@dataclass(frozen=True)
class Passage:
    """A found chunk: characters [start, stop) of a document.

    `score` (0 to 1) orders the results of one query. `relevance` can be compared between queries of one index:
    the cosine to the query plus 0.15 of `overlap`, the share of the query's terms held, weighted by rarity.
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


def search(project: Project, query: str, embedder: Embedder, k: int = 5) -> list[Passage]:
    """The k best passages, best first; none in a project without documents or for an empty query."""
    return search_many(project, [query], embedder, k)[0]


def search_many(
    project: Project, queries: Sequence[str], embedder: Embedder, k: int = 5
) -> list[list[Passage]]:
    """As `search` for each query in order, embedded in one batch."""
    asked = [n for n, query in enumerate(queries) if query.strip()]
    results: list[list[Passage]] = [[] for _ in queries]
    if asked:
        index.embed_missing(project, embedder)
        texts = [queries[n] for n in asked]
        found = _ranked(project, texts, embedder.queries(texts), embedder.fingerprint, k)
        for n, passages in zip(asked, found, strict=True):
            results[n] = passages
    return results


def _ranked(
    project: Project, texts: list[str], questions: Vectors, model: str, k: int
) -> list[list[Passage]]:
    near = vectors.nearest(project, questions, CANDIDATES, model)
    lexical = store.lexical(project, texts, CANDIDATES)
    best = [
        _fused(project, question, dict(dense), dict(words), model)[:k]
        for question, dense, words in zip(questions, near, lexical, strict=True)
    ]
    chunks = store.chunks_by_id(project, {i for found in best for i, _, _ in found})
    best = [[entry for entry in found if entry[0] in chunks] for found in best]  # removed meanwhile
    asked = [frozenset(terms(text)) for text in texts]
    rarities = store.rarities(project, {term for query in asked for term in query})
    return [
        [
            _passage(chunks[i], score, cosine, _overlap(query, chunks[i], rarities))
            for i, score, cosine in found
        ]
        for query, found in zip(asked, best, strict=True)
    ]


def _overlap(query: frozenset[str], chunk: StoredChunk, rarities: Mapping[str, float]) -> float:
    held = query.intersection(chunk.terms.split())
    return sum(rarities[term] for term in held) / (sum(rarities[term] for term in query) or 1.0)


def _fused(
    project: Project, question: Vectors, dense: Mapping[int, float], words: Mapping[int, float], model: str
) -> list[tuple[int, float, float]]:
    """(chunk, mixed score, cosine), best first: 0.7 of the cosine between the worst and best candidate, 0.3 of
    BM25 by the best. A chunk that shares no term has 0 there; one found by words only gets its true cosine."""
    unseen = [chunk for chunk in words if chunk not in dense]
    known = store.vectors_of_chunks(project, unseen, model) if unseen else {}
    cosines = {**dense, **{chunk: float(vector @ question) for chunk, vector in known.items()}}
    if not cosines:
        return []
    low, high = min(cosines.values()), max(cosines.values())
    most = max(words.values(), default=1.0)
    scored = [
        (i, MEANING * (c - low) / ((high - low) or 1.0) + (1 - MEANING) * words.get(i, 0.0) / most, c)
        for i, c in cosines.items()
    ]
    return sorted(scored, key=lambda entry: (-entry[1], entry[0]))


def _passage(chunk: StoredChunk, score: float, cosine: float, overlap: float) -> Passage:
    return Passage(
        chunk.id, chunk.document, chunk.document_name, chunk.page, chunk.start, chunk.stop,
        chunk.heading, chunk.text, round(score, 6), round(cosine, 6), round(overlap, 6),
    )  # fmt: skip
