"""The rows of documents, chunks and embeddings in project.db; knows nothing of models or vector indexes.

`generation` counts the changes of the chunk table, so that every cache can tell whether it is stale.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.errors import PenalaError
from assistant.models.values import Vectors
from assistant.retrieval.chunking import Chunk
from assistant.texts.terms import search_terms
from assistant.workspace.database import now
from assistant.workspace.project import Project

_T = TypeVar("_T")
Status = Literal["ready", "failed"]
_GENERATION = "retrieval.generation"
_NOT_KEPT = "none-"
_AT_ONCE = 500  # values in one "IN (…)", well under SQLite's limit
_CHUNKS = """SELECT c.id, c.document, d.name AS document_name, c.page, c.heading, c.start, c.stop, c.text, c.terms
             FROM chunks c JOIN documents d ON d.id = c.document"""


@dataclass(frozen=True)
class Document:
    """A document of the project. `problem` says why a failed one failed, or what should be known of a ready one;
    `file` is its copy's name under documents/."""

    id: int
    name: str
    file: str
    status: Status
    problem: PenalaError | None
    pages: int
    chunks: int
    at: str
    source: str  # where its file stood when it was added
    language: str | None  # "id", "en" or "other"; None where an earlier version saved it

    @property
    def kept(self) -> bool:
        """Whether there is a copy of its file; not of one that could not even be taken in."""
        return not self.file.startswith(_NOT_KEPT)


@dataclass(frozen=True)
class Saved:
    """A document just saved: its id, the ids of its chunks in order, and the generation it made."""

    document: int
    chunks: tuple[int, ...]
    generation: int


@dataclass(frozen=True)
class StoredChunk:
    id: int
    document: int
    document_name: str
    page: int | None
    heading: str
    start: int
    stop: int
    text: str
    terms: str


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def generation(project: Project) -> int:
    with project.database() as db:
        return _generation(db)


def documents(project: Project) -> list[Document]:
    """All documents, failed ones included, in the order they came."""
    with project.database() as db:
        return [_document(row) for row in db.execute(_DOCUMENTS + " ORDER BY d.id")]


def document(project: Project, document_id: int) -> Document:
    """Raises PenalaError("document_unknown")."""
    with project.database() as db:
        row = db.execute(_DOCUMENTS + " WHERE d.id = ?", (document_id,)).fetchone()
    if row is None:
        raise PenalaError("document_unknown", document=document_id)
    return _document(row)


def content(project: Project, document_id: int) -> str:
    """The document's whole text. Raises PenalaError("document_unknown")."""
    with project.database() as db:
        row = db.execute("SELECT text FROM documents WHERE id = ?", (document_id,)).fetchone()
    if row is None:
        raise PenalaError("document_unknown", document=document_id)
    text: str = row["text"]
    return text


def save_failed(project: Project, name: str, file: str | None, source: str, error: PenalaError) -> None:
    """Note that a document could not be read, so that the list shows it with its reason; `file` is None where there
    is no copy of it."""
    file = file or _NOT_KEPT + text_hash(source)
    reason = _reason(error)
    with project.database() as db:
        same = "status = 'failed' AND (file = :file OR (source = :source AND source != ''))"
        where = {"file": file, "source": source}
        db.execute(
            f"INSERT OR IGNORE INTO leaving SELECT file FROM documents WHERE {same} AND file != :file", where
        )
        db.execute(f"DELETE FROM documents WHERE {same}", where)
        db.execute(
            """INSERT OR IGNORE INTO documents (name, file, source, status, reason, at)
               VALUES (?, ?, ?, 'failed', ?, ?)""",
            (name, file, source, reason, now()),
        )


def forget_failed(project: Project, ids: Sequence[int]) -> None:
    """Take those of these documents off the list that could not be read, and that were not tried again meanwhile."""
    one = [(i,) for i in ids]
    with project.database() as db:
        db.executemany(
            "INSERT OR IGNORE INTO leaving SELECT file FROM documents WHERE id = ? AND status = 'failed'", one
        )
        db.executemany("DELETE FROM documents WHERE id = ? AND status = 'failed'", one)


def save_document(
    project: Project,
    name: str,
    file: str,
    source: str,
    text: str,
    pages: int,
    chunks: Sequence[Chunk],
    vectors: Vectors,
    model: str,
    problem: PenalaError | None = None,
    language: str | None = None,
) -> Saved | None:
    """A document with its chunks and their vectors, all in one transaction: it is there whole or not at all.

    `problem` is what should be known of it. What stood at the same source before goes in the same moment. None when another process has added the same file meanwhile."""
    hashes = [text_hash(chunk.embedded) for chunk in chunks]
    with project.database() as db:
        db.execute("BEGIN IMMEDIATE")
        db.execute("DELETE FROM documents WHERE file = ? AND status = 'failed'", (file,))
        if db.execute("SELECT 1 FROM documents WHERE file = ?", (file,)).fetchone():
            return None
        earlier = db.execute(
            "SELECT id FROM documents WHERE source = ? AND source != ''", (source,)
        ).fetchall()
        _delete(db, [row["id"] for row in earlier])
        db.execute("DELETE FROM leaving WHERE file = ?", (file,))
        query = """INSERT INTO documents (name, file, source, status, reason, pages, text, language, at)
                   VALUES (?, ?, ?, 'ready', ?, ?, ?, ?, ?)"""
        reason = _reason(problem) if problem else None
        values = (name, file, source, reason, pages, text, language, now())
        document = int(db.execute(query, values).lastrowid or 0)
        ids = tuple(_insert_chunk(db, document, c, h) for c, h in zip(chunks, hashes, strict=True))
        _put(db, hashes, vectors, model)
        return Saved(document, ids, _changed(db))


def _insert_chunk(db: sqlite3.Connection, document: int, chunk: Chunk, text_hash: str) -> int:
    query = """INSERT INTO chunks (document, page, heading, start, stop, text, hash, terms)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
    where = (chunk.page, chunk.heading, chunk.start, chunk.stop)
    values = (document, *where, chunk.text, text_hash, " ".join(search_terms(chunk.embedded)))
    return int(db.execute(query, values).lastrowid or 0)


def delete_documents(project: Project, ids: Sequence[int]) -> None:
    """Remove documents, their chunks and the vectors that no other chunk uses; see `leaving` for the rest.

    Raises PenalaError("document_unknown")."""
    with project.database() as db:
        db.execute("BEGIN IMMEDIATE")
        for document_id in ids:
            if db.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone() is None:
                raise PenalaError("document_unknown", document=document_id)
        _delete(db, ids)


def _delete(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    if not ids:
        return
    one = [(i,) for i in ids]
    db.executemany("INSERT OR IGNORE INTO leaving SELECT file FROM documents WHERE id = ?", one)
    db.executemany("DELETE FROM chunks WHERE document = ?", one)
    db.executemany("DELETE FROM documents WHERE id = ?", one)
    db.execute("DELETE FROM embeddings WHERE hash NOT IN (SELECT hash FROM chunks)")
    db.execute(
        "INSERT INTO chunks_text(chunks_text) VALUES ('optimize')"
    )  # old terms leave the index's pages
    _changed(db)


def leaving(project: Project) -> list[str]:
    """The copies of removed documents that `left` was not told of: they and their vectors may be on disk."""
    with project.database() as db:
        return [row["file"] for row in db.execute("SELECT file FROM leaving")]


def left(project: Project, gone: Sequence[str]) -> None:
    """Note that these copies are off the disk, and write the log of changes into the database: it holds what was
    deleted until then."""
    with project.database() as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.executemany("DELETE FROM leaving WHERE file = ?", [(file,) for file in gone])


def rename(project: Project, document_id: int, name: str, source: str) -> None:
    with project.database() as db:
        db.execute("UPDATE documents SET name = ?, source = ? WHERE id = ?", (name, source, document_id))


def put_language(project: Project, document_id: int, language: str) -> None:
    with project.database() as db:
        db.execute("UPDATE documents SET language = ? WHERE id = ?", (language, document_id))


def cached_vectors(project: Project, hashes: Sequence[str], model: str) -> dict[str, Vectors]:
    """The vectors already known, by text hash."""
    found: dict[str, Vectors] = {}
    with project.database() as db:
        for part in slices(hashes):
            marks = ",".join("?" * len(part))
            query = f"SELECT hash, vector FROM embeddings WHERE model = ? AND hash IN ({marks})"
            for row in db.execute(query, (model, *part)):
                found[row["hash"]] = np.frombuffer(row["vector"], np.float32)
    return found


def cache_vectors(project: Project, hashes: Sequence[str], vectors: Vectors, model: str) -> None:
    """Keep vectors as they are made, so that a killed run has lost nothing that it had paid for."""
    with project.database() as db:
        _put(db, hashes, vectors, model)


def unembedded(project: Project, model: str) -> list[tuple[str, str]]:
    """(hash, text as embedded) of chunks that have no vector by this model, each text once."""
    query = """SELECT DISTINCT c.hash, c.heading, c.text FROM chunks c
               WHERE NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.hash = c.hash AND e.model = ?)"""
    with project.database() as db:
        rows = db.execute(query, (model,)).fetchall()
    return [(r["hash"], embedded_text(r["heading"], r["text"])) for r in rows]


@dataclass(frozen=True)
class Matrix:
    """Chunks of one moment (`generation`) by rising id, the document of each, and their vectors by `model`."""

    generation: int
    model: str
    ids: NDArray[np.int64]
    documents: NDArray[np.int64]
    vectors: Vectors  # (chunks, size)


def extent(project: Project) -> tuple[int, int]:
    """The generation, and how many chunks there are."""
    with project.database() as db:
        db.execute("BEGIN")
        return _generation(db), db.execute("SELECT count(*) FROM chunks").fetchone()[0]


def matrix(project: Project, model: str, within: Collection[int] | None = None) -> Matrix:
    """All vectors, or those of some documents."""
    query = """SELECT c.id, c.document, e.vector FROM chunks c CROSS JOIN embeddings e
               ON e.hash = c.hash AND e.model = ?"""  # in this order the index on chunks alone is read through
    if within is not None:
        query += " WHERE c.document IN (SELECT value FROM json_each(?))"
    with project.database() as db:
        db.execute("BEGIN")
        at = _generation(db)
        rows = db.execute(query, (model,) if within is None else (model, json.dumps(list(within)))).fetchall()
    order = np.argsort(np.array([row[0] for row in rows], np.int64))
    ids, documents = (np.array([row[n] for row in rows], np.int64)[order] for n in (0, 1))
    joined = np.frombuffer(b"".join(rows[i][2] for i in order), np.float32)
    return Matrix(at, model, ids, documents, joined.reshape(len(rows), -1 if rows else 0))


def chunks_of(project: Project, document_id: int) -> list[StoredChunk]:
    """A document's chunks, in order."""
    with project.database() as db:
        rows = db.execute(_CHUNKS + " WHERE c.document = ? ORDER BY c.id", (document_id,)).fetchall()
    return [StoredChunk(**dict(row)) for row in rows]


def chunks_by_id(project: Project, ids: Iterable[int]) -> dict[int, StoredChunk]:
    found: dict[int, StoredChunk] = {}
    query = _CHUNKS + " WHERE c.id IN ({})"
    with project.database() as db:
        for part in slices(list(ids)):
            for row in db.execute(query.format(",".join("?" * len(part))), tuple(part)):
                found[row["id"]] = StoredChunk(**dict(row))
    return found


def vectors_of_chunks(project: Project, ids: Sequence[int], model: str) -> dict[int, Vectors]:
    """The vectors of some chunks by id."""
    query = """SELECT c.id, e.vector FROM chunks c JOIN embeddings e ON e.hash = c.hash AND e.model = ?
               WHERE c.id IN ({})"""
    found: dict[int, Vectors] = {}
    with project.database() as db:
        for part in slices(ids):
            for row in db.execute(query.format(",".join("?" * len(part))), (model, *part)):
                found[row["id"]] = np.frombuffer(row["vector"], np.float32)
    return found


_DOCUMENTS = """SELECT d.id, d.name, d.file, d.status, d.reason, d.pages, d.at, d.source, d.language,
    (SELECT count(*) FROM chunks c WHERE c.document = d.id) AS chunks FROM documents d"""


def embedded_text(heading: str, text: str) -> str:
    """As `Chunk.embedded`."""
    return f"{heading}\n{text}" if heading else text


def _document(row: sqlite3.Row) -> Document:
    reason: dict[str, Any] | None = json.loads(row["reason"]) if row["reason"] else None
    problem = PenalaError(reason["code"], **{**reason["values"], "name": row["name"]}) if reason else None
    return Document(
        row["id"], row["name"], row["file"], row["status"], problem, row["pages"], row["chunks"], row["at"],
        row["source"], row["language"],
    )  # fmt: skip


def _reason(problem: PenalaError) -> str:
    values = {"code": problem.code, "values": problem.values}
    return json.dumps(values, ensure_ascii=False, default=str)


def _put(db: sqlite3.Connection, hashes: Sequence[str], vectors: Vectors, model: str) -> None:
    rows = [(h, model, v.astype(np.float32).tobytes()) for h, v in zip(hashes, vectors, strict=True)]
    db.executemany("INSERT OR IGNORE INTO embeddings VALUES (?, ?, ?)", rows)


def _generation(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_GENERATION,)).fetchone()
    return int(row["value"]) if row else 0


def _changed(db: sqlite3.Connection) -> int:
    """The next generation. The first is drawn: another project that stands where this one stood is never taken for it."""
    generation = (_generation(db) or secrets.randbits(32)) + 1
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_GENERATION, str(generation)))
    return generation


def slices(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (values[n : n + _AT_ONCE] for n in range(0, len(values), _AT_ONCE))
