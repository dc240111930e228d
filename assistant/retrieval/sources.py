"""Finds the files to read in what a user gives: files, folders, and zip archives of them; opens none of them.

An archive is taken apart here, outside the limited process: by the sizes it declares, member by member.
"""

import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assistant.errors import PenalaError
from assistant.retrieval import reading
from assistant.retrieval.loaders import ARCHIVE
from assistant.retrieval.loaders.office import is_dense

MOST_MEMBERS, MOST_BYTES = 5_000, 1_000_000_000
_MOST_LISTED = 1_000 * MOST_MEMBERS  # bytes of an archive's table of contents
_END, _END_SIZE, _MOST_COMMENT = b"PK\x05\x06", 22, 65_535
_SYSTEM = ("__MACOSX", "Thumbs.db")
_UTF8 = 0x800  # the flag that says how a member's name is written


@dataclass(frozen=True)
class Source:
    """A file to add, by the name its owner sees ("papers.zip/2026/fees.docx"); or why it cannot be taken out."""

    name: str
    path: Path
    member: str | None = None  # where `path` is an archive: the name of the file in it
    problem: PenalaError | None = None

    @property
    def place(self) -> str:
        """Where it stands, so that it is known again: the path, and after it the name in the archive."""
        return "/".join([str(self.path.resolve()), *([self.member] if self.member else [])])

    @contextmanager
    def file(self) -> Iterator[Path]:
        """The file itself, for as long as the block lasts. Raises PenalaError: `problem`, document_broken."""
        if self.problem:
            raise self.problem
        if self.member is None:
            yield self.path
            return
        with tempfile.TemporaryDirectory(prefix="penala-") as folder:
            path = Path(folder, "member" + PurePosixPath(self.name).suffix.lower())
            try:
                with (
                    zipfile.ZipFile(self.path) as archive,
                    archive.open(self.member) as packed,
                    path.open("wb") as out,
                ):
                    shutil.copyfileobj(packed, out)
            except (zipfile.BadZipFile, EOFError, ValueError, zlib.error) as error:
                detail = type(error).__name__
                raise PenalaError("document_broken", name=self.name, detail=detail) from error
            yield path


def sources(paths: Sequence[Path]) -> list[Source]:
    """The files that there are loaders for, in folders and archives at any depth; a file that is named, whatever it is."""
    found: list[Source] = []
    for path in paths:
        inside = sorted(_visible(path)) if path.is_dir() else [path]
        for file in inside:
            found += _members(file) if file.suffix.lower() == ARCHIVE else [Source(file.name, file)]
    return found


def _visible(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        known = reading.readable(path) or path.suffix.lower() == ARCHIVE
        if known and path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts):
            yield path


def _members(path: Path) -> list[Source]:
    try:
        _check_size(path)
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except PenalaError as error:
        return [Source(path.name, path, problem=error)]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        problem = PenalaError("document_broken", name=path.name, detail=type(error).__name__)
        return [Source(path.name, path, problem=problem)]
    except OSError as error:
        problem = PenalaError("document_unreadable", name=path.name, detail=error.strerror or "")
        return [Source(path.name, path, problem=problem)]
    if sum(member.file_size for member in members) > MOST_BYTES:
        problem = PenalaError("document_too_big", name=path.name, limit=MOST_BYTES // 1_000_000)
        return [Source(path.name, path, problem=problem)]
    found = [source for member in members if (source := _member(path, member)) is not None]
    return found or [
        Source(path.name, path, problem=PenalaError("archive_without_documents", name=path.name))
    ]


def _check_size(path: Path) -> None:
    """Refuse what would be too much even to list. Raises PenalaError: document_missing, _empty, archive_members."""
    reading.check(path, path.name)
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _END_SIZE - _MOST_COMMENT))
        tail = stream.read()
    end = tail.rfind(_END)
    if end >= 0:
        count, size = (int.from_bytes(tail[end + a : end + b], "little") for a, b in ((10, 12), (12, 16)))
        if count > MOST_MEMBERS or size > _MOST_LISTED or b"PK\x06\x07" in tail[max(0, end - 20) : end]:
            raise PenalaError("archive_members", name=path.name, limit=MOST_MEMBERS)


def _member(path: Path, member: zipfile.ZipInfo) -> Source | None:
    """One file of an archive; None for one that is no document: pictures, what a system or an editor left."""
    shown = _written(member)
    name, parts = f"{path.name}/{shown}", PurePosixPath(shown).parts
    code = _refused(member, shown)
    if code is None and (
        any(p.startswith(".") or p in _SYSTEM for p in parts) or not reading.readable(Path(shown))
    ):
        return None
    problem = PenalaError(code, name=name, limit=reading.LIMITS.file // 1_000_000) if code else None
    return Source(name, path, member.filename, problem)


def _refused(member: zipfile.ZipInfo, shown: str) -> str | None:
    """The code of the sentence on a member that is not taken out."""
    mode = member.external_attr >> 16
    if shown.startswith("/") or ".." in PurePosixPath(shown).parts or "\\" in shown or ":" in shown[:3]:
        return "archive_member_outside"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "archive_member_link"
    if shown.lower().endswith(ARCHIVE):
        return "archive_nested"
    if member.flag_bits & 1:
        return "document_encrypted"
    if member.file_size > reading.LIMITS.file or is_dense(member):
        return "document_too_big"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "archive_packing"
    return None


def _written(member: zipfile.ZipInfo) -> str:
    """The member's name; many programs write UTF-8 without saying so."""
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename
