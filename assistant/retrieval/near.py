"""The chunks nearest to a question, and how near others are; knows nothing of words or of how vectors are made.

Below EXACT_BELOW chunks one product with all vectors, held in memory, is as fast as a graph of neighbours, misses
none of them, takes no time to build and leaves nothing on the disk that could go stale or be damaged. From there
on the Chroma collection (vectors.py) names the candidates. benchmarks/index.py measures both.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from assistant.models.values import Vectors
from assistant.retrieval import store, vectors
from assistant.retrieval.store import Matrix
from assistant.workspace.project import Project

EXACT_BELOW = 100_000
_HELD_AT_MOST = 2 * EXACT_BELOW  # chunks of all projects in memory, 300 MB

_held: dict[Path, Matrix] = {}  # by project, the one asked last at the end
_lock = Lock()


def cosines(
    project: Project,
    queries: Vectors,
    model: str,
    k: int,
    named: Sequence[Sequence[int]],
    within: Collection[int] | None = None,
) -> list[dict[int, float]]:
    """For each query the cosines, by chunk, of the k nearest chunks and of those that are `named`.

    `queries` are unit vectors, shape (queries, size). `within`: only chunks of these documents. Chunks without a
    vector by `model`, or removed meanwhile, are left out.
    """
    generation, size = store.extent(project)
    if size < EXACT_BELOW:
        known = _matrix(project, generation, model)
    elif within is None:
        return _by_graph(project, queries, model, k, named)
    else:
        known = store.matrix(project, model, within)
    rows = None if within is None else np.flatnonzero(np.isin(known.documents, list(within)))
    return [_of_one(known, q, k, also, rows) for q, also in zip(queries, named, strict=True)]


def forget(project: Project) -> None:
    """Let go of the project's vectors, in memory and in the collection on disk."""
    with _lock:
        _held.pop(project.folder, None)
    vectors.forget(project)


def _matrix(project: Project, generation: int, model: str) -> Matrix:
    with _lock:
        known = _held.pop(project.folder, None)
        if known is None or (known.generation, known.model) != (generation, model):
            known = store.matrix(project, model)
            if (project.cache / "vectors").exists():
                vectors.forget(project)  # from when the project was larger
        _held[project.folder] = known
        while len(_held) > 1 and sum(len(each.ids) for each in _held.values()) > _HELD_AT_MOST:
            _held.pop(next(iter(_held)))
        return known


def _of_one(
    known: Matrix, query: Vectors, k: int, named: Sequence[int], rows: np.ndarray | None
) -> dict[int, float]:
    """`rows`: those that count; all where it is None."""
    if not len(known.ids):
        return {}
    near = np.einsum("ij,j->i", known.vectors, query)  # threads that wait for each other would cost more here
    open_to = near if rows is None else near[rows]
    best = np.argpartition(-open_to, k)[:k] if k < len(open_to) else np.arange(len(open_to))
    places = best if rows is None else rows[best]
    wanted = np.array(named, np.int64)
    at = np.minimum(np.searchsorted(known.ids, wanted), len(known.ids) - 1)
    there = at[known.ids[at] == wanted]
    return {int(known.ids[i]): float(near[i]) for i in (*places, *there)}


def _by_graph(
    project: Project, queries: Vectors, model: str, k: int, named: Sequence[Sequence[int]]
) -> list[dict[int, float]]:
    found = []
    nearest = vectors.nearest(project, queries, k, model)
    for query, hits, also in zip(queries, nearest, named, strict=True):
        unseen = [chunk for chunk in also if chunk not in dict(hits)]
        more = store.vectors_of_chunks(project, unseen, model) if unseen else {}
        found.append({**dict(hits), **{chunk: float(vector @ query) for chunk, vector in more.items()}})
    return found
