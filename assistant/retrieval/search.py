"""Finds the passages that answer a question: by meaning and by words, mixed; knows nothing of chat models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.models.values import Embedder, Vectors
from assistant.retrieval import fulltext, near, ready, store
from assistant.retrieval.scope import EVERYTHING, Scope, within
from assistant.retrieval.store import StoredChunk
from assistant.texts.terms import words
from assistant.workspace.project import Project

CANDIDATES = 50  # by each of the two ways
WORDS_WEIGH = 0.2  # of a passage's relevance, beside the cosine's 1; see benchmarks/retrieval.py
_WEIGHED = 200  # chunks whose BM25 counts; further down it is next to nothing
_COMPARED = 4  # times as many passages as are wanted are looked through for repetitions
_MOST = 2.2  # what BM25 gives at most for a term of rarity 1: k1 + 1


@dataclass(frozen=True)
class Place:
    """Characters [start, stop) of a document: where chunk `id` stands."""

    id: int
    document_id: int
    document: str
    page: int | None
    start: int
    stop: int


@dataclass(frozen=True)
class Passage:
    """A found chunk: characters [start, stop) of a document.

    `relevance` orders the results and can be compared between queries of one index: the cosine to the query plus
    0.2 of `overlap`. That is how much of the query's words the passage holds, 0 to 1: the mean of the share of its
    terms, weighted by rarity, and of BM25 by the most it could be. `score` is relevance between 0 and 1. `also`: other
    places that say the same, all of it standing in this passage too.
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
    also: tuple[Place, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Its own place, then the others."""
        return (Place(self.id, self.document_id, self.document, self.page, self.start, self.stop), *self.also)

    def covers(self, document: int, start: int, stop: int) -> bool:
        """Whether one of its places holds these characters of that document."""
        return any(p.document_id == document and p.start <= start and stop <= p.stop for p in self.places)

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
    named = [[chunk for chunk, _ in found_by.hits[:CANDIDATES]] for found_by in lexical]
    cosines = near.cosines(project, questions, model, CANDIDATES, named, chosen)
    found = []
    for cosine, found_by in zip(cosines, lexical, strict=True):
        bm25 = dict(found_by.hits)
        chunks = store.chunks_by_id(project, cosine)  # what was removed meanwhile is not there
        passages = [_passage(chunks[i], cosine[i], bm25.get(i, 0.0), found_by.rarities) for i in chunks]
        found.append(merged(sorted(passages, key=lambda p: (-p.relevance, p.id)), k))
    return found


def merged(ranked: Sequence[Passage], k: int) -> list[Passage]:
    """The k best; one whose words all stand, in their order, in a better one is named there as another place.

    Signs, capitals and line ends do not count. Words do, each of them: pages of two branches or versions are often
    the same but for a name, a figure or a "not".
    """
    kept: dict[int, list[Place]] = {}  # by rank
    said: list[tuple[str, frozenset[str]]] = []
    for n, passage in enumerate(ranked[: _COMPARED * k]):
        body, heading = f" {' '.join(words(passage.text))} ", frozenset(words(passage.heading))
        twin = next(
            (m for m, (text, about) in zip(kept, said, strict=True) if body in text and heading <= about),
            None,
        )
        if twin is not None:
            kept[twin] += passage.places
        elif len(kept) < k:
            kept[n] = []
            said.append((body, heading | set(body.split())))
    return [replace(ranked[n], also=tuple(places)) for n, places in kept.items()]


def _passage(chunk: StoredChunk, cosine: float, bm25: float, wanted: Mapping[str, float]) -> Passage:
    all_of_it = sum(wanted.values()) or 1.0
    held = sum(wanted[term] for term in wanted.keys() & chunk.terms.split())
    overlap = (held + min(all_of_it, bm25 / _MOST)) / (2 * all_of_it)
    score = max(0.0, cosine + WORDS_WEIGH * overlap) / (1 + WORDS_WEIGH)
    return Passage(
        chunk.id, chunk.document, chunk.document_name, chunk.page, chunk.start, chunk.stop,
        chunk.heading, chunk.text, round(score, 6), round(cosine, 6), round(overlap, 6),
    )  # fmt: skip
