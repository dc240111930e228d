"""Adds documents to a project and takes them away: copy, read, cut, embed, save; one bad file stops nothing."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from assistant.errors import PenalaError
from assistant.models.values import Embedder, Vectors
from assistant.retrieval import calibration, chunking, reading, ready, store, vectors
from assistant.retrieval.loaders import Text
from assistant.retrieval.ready import Report
from assistant.retrieval.sources import Source, sources
from assistant.retrieval.store import Document
from assistant.workspace import files
from assistant.workspace.project import Project

_NO_PAGES_SHOWN = 12


@dataclass(frozen=True)
class DocumentReport:
    """How one file ended: "ready", "already" (same content was there), "renamed" (it was there under a name whose
    file is gone), "removed" (its file is gone), or "failed".

    `problem` is why it failed, or what should be known of a ready document (pages without text, orders to a model).
    """

    name: str
    status: Literal["ready", "already", "renamed", "removed", "failed"]
    document: int | None = None
    pages: int = 0
    chunks: int = 0
    language: str | None = None  # of a newly read document: "id", "en" or "other"
    problem: PenalaError | None = None

    def reason(self, language: str) -> str | None:
        """The problem as a sentence; None when there is none."""
        return str(self.problem.say(language)) if self.problem else None


@dataclass(frozen=True)
class _Ended:
    """A file's report and, if its document is new, what was saved."""

    report: DocumentReport
    saved: store.Saved | None = None
    vectors: Vectors | None = None


class Pace:
    """How fast the reported steps go: passages a second, and the seconds left, as if all files took the same."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._began = clock, clock()
        self._done, self._files = 0, 1  # files
        self._before, self._share = 0, 0.0  # passages of files done; how much of this file's are
        self.passages = 0

    def step(self, done: int, total: int, stage: str) -> None:
        if stage == "reading":
            self._done, self._files, self._before, self._share = done, max(1, total), self.passages, 0.0
        else:
            self.passages, self._share = self._before + done, done / max(1, total)

    @property
    def rate(self) -> float:
        return self.passages / max(1e-9, self._clock() - self._began)

    @property
    def left(self) -> float:
        share = (self._done + self._share) / self._files
        return (self._clock() - self._began) * (1 - share) / share if share else 0.0


def documents(project: Project) -> list[Document]:
    """The project's documents, failed ones included, in the order they came."""
    return store.documents(project)


def add(
    project: Project, paths: Sequence[Path], embedder: Embedder, report: Report | None = None
) -> list[DocumentReport]:
    """Add files, folders and zips (their readable files, at any depth); one report a file, in order.

    A document is there whole or not at all, however the process ends, and adding again goes on where it
    stopped. A file that changed replaces what stood at its path, and a good one the failed ones of its name that were
    there before; one that moved keeps its passages. `report(done, total, stage)` counts files for stage "reading", chunks for stage "embedding".
    Raises PenalaError("disk_full"); every other fault is the report of its file.
    """
    reports = _add(project, paths, embedder, report)
    calibrate(project, embedder, report)
    return reports


def sync(
    project: Project, folder: Path, embedder: Embedder, report: Report | None = None
) -> list[DocumentReport]:
    """As `add` for a folder; documents whose file has gone from it are removed.

    Raises PenalaError("folder_missing"): a drive that is not there deletes nothing."""
    if not folder.is_dir():
        raise PenalaError("folder_missing", folder=str(folder))
    reports = _add(project, [folder], embedder, report)
    here, places = f"{folder.resolve()}/", {source.place for source in sources([folder])}
    gone = [d for d in store.documents(project) if d.source.startswith(here) and d.source not in places]
    store.delete_documents(project, [document.id for document in gone])
    ready.settle(project)
    calibrate(project, embedder, report)
    return [*reports, *(DocumentReport(d.name, "removed", pages=d.pages, chunks=d.chunks) for d in gone)]


def remove(project: Project, document_id: int) -> None:
    """Remove a document everywhere: rows, search terms, vectors, the copy of the file; `calibrate` when all are gone.

    Raises PenalaError("document_unknown")."""
    store.delete_documents(project, [document_id])
    ready.settle(project)


def retry(
    project: Project, document_id: int, embedder: Embedder, report: Report | None = None
) -> DocumentReport:
    """Read a failed document's kept copy again. Raises PenalaError("document_unknown")."""
    failed = store.document(project, document_id)
    say = report or (lambda done, total, stage: None)
    before = store.generation(project)
    with reading.Reader() as reader:
        end = _index_file(project, failed.name, failed.file, failed.source, reader, embedder, say)
    _extend_vectors(project, before, [end], embedder.fingerprint)
    calibrate(project, embedder, report)
    return end.report


def calibrate(project: Project, embedder: Embedder, report: Report | None = None) -> None:
    """Find the threshold of refusal for the index as it now is, so that no question has to wait for it."""
    if store.extent(project)[1] and calibration.kept(project, embedder) is None:
        if report:
            report(0, 0, "calibrating")
        calibration.threshold(project, embedder)


def _add(
    project: Project, paths: Sequence[Path], embedder: Embedder, report: Report | None
) -> list[DocumentReport]:
    say = report or (lambda done, total, stage: None)
    found = sources(paths)
    ready.settle(project)
    before = store.generation(project)
    there = store.documents(project)
    known = {document.file: document for document in there}
    ended: list[_Ended] = []
    with reading.Reader() as reader:
        for done, source in enumerate(found):
            say(done, len(found), "reading")
            ended.append(_add_one(project, source, known, reader, embedder, say))
    say(len(found), len(found), "reading")
    _extend_vectors(project, before, ended, embedder.fingerprint)
    good = {end.report.name for end in ended if end.saved}
    store.forget_failed(project, [d.id for d in there if d.name in good])
    ready.settle(project)
    return [end.report for end in ended]


def _add_one(
    project: Project,
    source: Source,
    known: dict[str, Document],
    reader: reading.Reader,
    embedder: Embedder,
    say: Report,
) -> _Ended:
    """`known`: the documents there are by their copies' names."""
    name = source.name
    try:
        with source.file() as path:
            reading.check(path, name)
            file = files.keep(path, project.documents)
    except PenalaError as error:
        if error.code == "disk_full":
            raise
        return _not_taken(project, source, error)
    except OSError as error:
        problem = PenalaError("document_unreadable", name=name, detail=error.strerror or "")
        return _not_taken(project, source, problem)
    same = known.get(file)
    if same and same.status == "ready":
        return _Ended(_there_already(project, same, source))
    end = _index_file(project, name, file, source.place, reader, embedder, say)
    if end.saved:
        known[file] = store.document(project, end.saved.document)
    return end


def _not_taken(project: Project, source: Source, problem: PenalaError) -> _Ended:
    """A file of which there is no copy; what is there and is meant as a document is listed all the same."""
    if problem.code not in ("document_missing", "document_type"):
        store.save_failed(project, source.name, None, source.place, problem)
    return _failed(source.name, problem)


def _there_already(project: Project, same: Document, source: Source) -> DocumentReport:
    """A file whose content is a document's: another copy of it, or that very file under its new name."""
    moved = source.place != same.source and not _exists(same.source)
    if moved:
        store.rename(project, same.id, source.name, source.place)
    renamed = moved and source.name != same.name
    return DocumentReport(source.name, "renamed" if renamed else "already", same.id, same.pages, same.chunks)


def _exists(source: str) -> bool:
    """Whether a file, or the archive that it is in, is still there; a document from before knows of none."""
    return not source or any(path.is_file() for path in (Path(source), *Path(source).parents))


def _index_file(
    project: Project,
    name: str,
    file: str,
    source: str,
    reader: reading.Reader,
    embedder: Embedder,
    say: Report,
) -> _Ended:
    """Read, cut, embed and save one kept file."""
    try:
        text = reader.read(project.documents / file, name)
        chunks = chunking.chunks(text, embedder.count)
        if not chunks:
            raise PenalaError("document_empty", name=name)
    except PenalaError as error:
        store.save_failed(project, name, file, source, error)
        return _failed(name, error)
    embedded = [chunk.embedded for chunk in chunks]
    found = ready.embedded(project, [store.text_hash(t) for t in embedded], embedded, embedder, say)
    pages, model, problem = len(text.pages), embedder.fingerprint, _partly(text, name)
    saved = store.save_document(
        project, name, file, source, text.content, pages, chunks, found, model, problem, text.language
    )
    if saved is None:
        return _Ended(DocumentReport(name, "already", pages=pages, chunks=len(chunks)))
    report = DocumentReport(name, "ready", saved.document, pages, len(chunks), text.language, problem)
    return _Ended(report, saved, found)


def _failed(name: str, error: PenalaError) -> _Ended:
    return _Ended(DocumentReport(name, "failed", problem=error))


def _extend_vectors(project: Project, before: int, ended: Sequence[_Ended], model: str) -> None:
    """Bring the vector cache along, unless another process changed the index meanwhile."""
    new = [(end.saved, end.vectors) for end in ended if end.saved is not None and end.vectors is not None]
    if not new or new[-1][0].generation != before + len(new):
        return
    ids = [chunk for saved, _ in new for chunk in saved.chunks]
    vectors.extend(project, before, before + len(new), ids, np.concatenate([v for _, v in new]), model)


def _partly(text: Text, name: str) -> PenalaError | None:
    """What a reader should know of a document that was read."""
    if text.suspicious:
        return PenalaError("document_suspicious", name=name, words=text.suspicious)
    if text.paged and text.without_text:
        return PenalaError("document_pages_without_text", name=name, pages=_numbers(text.without_text))
    if text.recognised:
        return PenalaError("document_pages_recognised", name=name, pages=_numbers(text.recognised))
    return None


def _numbers(pages: Sequence[int]) -> str:
    more = "…" if len(pages) > _NO_PAGES_SHOWN else ""
    return ", ".join(str(number) for number in pages[:_NO_PAGES_SHOWN]) + more
