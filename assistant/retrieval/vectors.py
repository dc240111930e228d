"""The Chroma collection of a project: a cache of the vectors in project.db, and the only place that knows Chroma.

Each generation of the index is a folder of its own under cache/vectors, written once and then only read;
`meta` in project.db says which folder holds which generation and the digests of its segment files. What does
not match (missing, stale, damaged, foreign) is never opened but built again from the database. Only a large
project has one: see near.py.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

import numpy as np

from assistant.models.values import Vectors
from assistant.retrieval import store
from assistant.workspace.project import Project

_META = "retrieval.vectors"
_NAME = "passages"
_BATCH = 5_000  # Chroma refuses more than 5,461 rows at once
_PROBES = 20
_WIDTH = 200  # ef_search: how many neighbours the graph search keeps; recall@10 over 0.998 at 100,000 rows
_REWRITTEN = "length.bin"  # Chroma writes this file anew when it opens a collection


@dataclass(frozen=True)
class _Built:
    """What one folder holds."""

    folder: str
    generation: int
    model: str
    rows: int
    digests: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Opened:
    built: _Built
    client: Any
    collection: Any


_opened: dict[Path, _Opened] = {}  # one a project: opening takes a tenth of a second, a query a millisecond
_lock = Lock()


def nearest(project: Project, queries: Vectors, k: int, model: str) -> list[list[tuple[int, float]]]:
    """For each query vector the k nearest chunks (id, cosine), best first.

    Every chunk must have a vector by `model` in project.db. A collection that fails while it is asked is
    built again once; then the error is raised.
    """
    for attempt in (1, 2):
        with _lock:
            opened = _current(project, model)
            if opened is None:
                return [[] for _ in queries]
            try:
                return _query(opened, queries, k)
            except Exception:
                _discard(project)
                if attempt == 2:
                    raise
    raise AssertionError("unreachable")


def extend(
    project: Project, before: int, after: int, ids: Sequence[int], vectors: Vectors, model: str
) -> None:
    """Bring the collection from generation `before` to `after` by adding rows; leaves a stale one as it is."""
    with _lock:
        built = _recorded(project)
        if built is None or (built.generation, built.model) != (before, model) or not _intact(project, built):
            return  # the next query builds it whole
        old = _folder(project, built)
        _close(project)
        new = _folder(project, built).parent / uuid4().hex
        shutil.copytree(old, new)
        client, collection = _client(new)
        _add(collection, ids, vectors)
        client.close()
        _record(project, new, after, model, built.rows + len(ids))


def forget(project: Project) -> None:
    """Delete the collection with all its bytes; the next query builds it from what the database still has."""
    with _lock:
        _discard(project)


def close(project: Project) -> None:
    """Let go of the open collection, so that its folder can be moved or deleted."""
    with _lock:
        _close(project)


def _current(project: Project, model: str) -> _Opened | None:
    generation = store.generation(project)
    opened = _opened.get(project.folder)
    if opened and (opened.built.generation, opened.built.model) == (generation, model):
        return opened
    _close(project)
    built = _recorded(project)
    if built and (built.generation, built.model) == (generation, model) and _intact(project, built):
        opened = _open(project, built)
        if opened is not None:
            return opened
    return _build(project, model)


def _build(project: Project, model: str) -> _Opened | None:
    """A new folder from the database; None for a project without chunks."""
    every = store.matrix(project, model)
    if not len(every.ids):
        _discard(project)
        return None
    new = project.cache / "vectors" / uuid4().hex
    new.mkdir(parents=True)
    client, collection = _client(new)
    _add(collection, every.ids.tolist(), every.vectors)
    client.close()
    opened = _open(project, _record(project, new, every.generation, model, len(every.ids)))
    if opened is None:
        raise RuntimeError("a vector index just built does not find its own rows")
    return opened


def _open(project: Project, built: _Built) -> _Opened | None:
    """Open and probe: the count is right and rows find themselves. None for a damaged folder."""
    try:
        client, collection = _client(_folder(project, built))
        opened = _Opened(built, client, collection)
        if collection.count() != built.rows or not _finds_itself(project, opened):
            client.close()
            return None
    except Exception:  # Chroma raises its own, SQLite's and Rust's errors on a damaged folder
        return None
    _opened[project.folder] = opened
    return opened


def _finds_itself(project: Project, opened: _Opened) -> bool:
    """Ask for some rows by their own vectors; a lost segment answers with nothing and says no word."""
    sample = opened.collection.get(limit=_PROBES, include=[])["ids"]
    known = store.vectors_of_chunks(project, [int(name) for name in sample], opened.built.model)
    if len(known) != len(sample):
        return False
    hits = _query(opened, np.stack(list(known.values())), 1)
    found = sum(bool(hit) and hit[0][1] > 0.999 for hit in hits)
    return found >= len(hits) / 2  # the graph search may miss one in a hundred; a lost segment misses all


def _query(opened: _Opened, queries: Vectors, k: int) -> list[list[tuple[int, float]]]:
    count = min(k, opened.built.rows)
    found = opened.collection.query(query_embeddings=queries, n_results=count, include=["distances"])
    return [
        [(int(name), 1.0 - float(distance)) for name, distance in zip(names, distances, strict=True)]
        for names, distances in zip(found["ids"], found["distances"], strict=True)
    ]


def _client(folder: Path) -> tuple[Any, Any]:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    space = {"hnsw": {"space": "cosine", "ef_search": _WIDTH, "ef_construction": _WIDTH}}
    collection = client.get_or_create_collection(_NAME, embedding_function=None, configuration=space)
    return client, collection


def _add(collection: Any, ids: Sequence[int], vectors: Vectors) -> None:
    for n in range(0, len(ids), _BATCH):
        collection.add(ids=[str(i) for i in ids[n : n + _BATCH]], embeddings=vectors[n : n + _BATCH])


def _folder(project: Project, built: _Built) -> Path:
    return project.cache / "vectors" / built.folder


def _record(project: Project, folder: Path, generation: int, model: str, rows: int) -> _Built:
    """Make `folder` the one that counts, in one step, and delete all others."""
    built = _Built(folder.name, generation, model, rows, _digests(folder))
    project.set(_META, asdict(built))
    for other in folder.parent.iterdir():
        if other.name != folder.name:
            shutil.rmtree(other, ignore_errors=True)
    return built


def _recorded(project: Project) -> _Built | None:
    values = project.get(_META)
    if not values:
        return None
    digests = tuple((name, digest) for name, digest in values["digests"])
    return _Built(values["folder"], values["generation"], values["model"], values["rows"], digests)


def _intact(project: Project, built: _Built) -> bool:
    """Whether the folder's bytes are those that were written: a damaged segment would kill this process."""
    folder = _folder(project, built)
    if Path(built.folder).name != built.folder or not (folder / "chroma.sqlite3").is_file():
        return False
    try:
        if _digests(folder) != built.digests:
            return False
        with sqlite3.connect(f"file:{folder / 'chroma.sqlite3'}?mode=ro", uri=True) as db:
            return bool(db.execute("PRAGMA quick_check").fetchone()[0] == "ok")
    except (OSError, sqlite3.DatabaseError):
        return False


def _digests(folder: Path) -> tuple[tuple[str, str], ...]:
    """Digests of the segments' files; below a thousand rows Chroma reads none of them (no metadata yet)."""
    written = [path.parent for path in folder.glob("*/index_metadata.pickle")]
    files = sorted(path for segment in written for path in segment.iterdir() if path.name != _REWRITTEN)
    return tuple((path.relative_to(folder).as_posix(), _digest(path)) for path in files)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _discard(project: Project) -> None:
    _close(project)
    project.set(_META, None)
    shutil.rmtree(project.cache / "vectors", ignore_errors=True)


def _close(project: Project) -> None:
    opened = _opened.pop(project.folder, None)
    if opened is not None:
        opened.client.close()
