"""The whole workspace as one verified file, and back; knows no project beyond its database and its files.

Inside the zip: `workspace.db` and each `project.db` as SQLite's online backup makes them, the projects' files (those in
the trash too), and `manifest.json` with the sha256 of each. Caches, locks and what could run code stay behind.
"""

import json
import os
import sqlite3
import tempfile
import zipfile
import zlib
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from assistant import __version__
from assistant.errors import PenalaError
from assistant.settings import Settings
from assistant.workspace import accounts, files, integrity, zips
from assistant.workspace.database import now
from assistant.workspace.migrations import MIGRATIONS

_FORMAT = "penala-backup-1"
_MOST_ENTRIES, _MOST_BYTES, _MANIFEST_BYTES = 1_000_000, 1_000_000_000_000, 200_000_000
_LEFT_OUT = {"cache", "process.json", "cancel", "reserve"}  # can be made again, or belongs to a process
_SCRATCH = (".", "tmp-")
_OF_SQLITE = ("-wal", "-shm", "-journal")
_TRIES = 3  # while somebody removes documents


@dataclass(frozen=True)
class Backup:
    """What a backup holds. `made`: UTC ISO 8601."""

    path: Path
    made: str
    projects: int
    files: int
    bytes: int


def default_path(settings: Settings) -> Path:
    return settings.home / "backups" / f"penala-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"


def back_up(settings: Settings, path: Path) -> Backup:
    """Write the workspace to `path`, read it all back, and only then give it its name; work may go on meanwhile.

    Raises PenalaError: nothing_to_back_up, backup_exists, backup_disturbed, database_damaged, disk_full.
    """
    if path.exists():
        raise PenalaError("backup_exists", path=str(path))
    if not integrity.databases(settings) and not settings.projects.is_dir():
        raise PenalaError("nothing_to_back_up", folder=str(settings.home))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".new-{os.getpid()}-{path.name}"
    try:
        with files.disk_full_is_said(path.parent):
            _write(settings, temporary)
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        made = verify(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    files.sync_folder(path.parent)
    return Backup(path, made.made, made.projects, made.files, made.bytes)


def verify(path: Path) -> Backup:
    """Read every entry of a backup and compare it with the manifest; unpacks nothing.

    Raises PenalaError: file_missing, backup_not_ours, backup_damaged, archive_unsafe, archive_too_large.
    """
    with zips.opened(path, "backup_not_ours") as source, tempfile.TemporaryDirectory() as scratch:
        listed, made = _manifest(source, path.name)
        for name in listed:
            zips.take(source, name, Path(scratch) / "entry", listed[name], "backup_damaged", path.name)
        size = sum(one.file_size for one in source.infolist())
        return Backup(path, made, len({project_of(name) for name in listed} - {""}), len(listed), size)


def unpack(path: Path, target: Path) -> None:
    """Put a backup's files, each compared with the manifest, and its databases, each read through, into `target`.

    Raises what `verify` raises, and disk_full.
    """
    with zips.opened(path, "backup_not_ours") as source, files.disk_full_is_said(target.parent):
        listed, _ = _manifest(source, path.name)
        for name, digest in listed.items():
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            zips.take(source, name, place, digest, "backup_damaged", path.name)
            with place.open("rb") as stream:
                os.fsync(stream.fileno())
            if place.suffix == ".db":
                _refuse_odd_database(place, name, path.name)


def project_of(name: str) -> str:
    """The project's folder that an entry belongs to, "" for none."""
    parts = PurePosixPath(name).parts
    if parts[0] != "projects" or len(parts) < 3:
        return ""
    return "/".join(parts[:3]) if parts[1] == ".trash" else "/".join(parts[:2])


# Out


class _Disturbed(Exception):
    """A document was removed between the copy of its database and that of its file."""


def _write(settings: Settings, temporary: Path) -> None:
    for _ in range(_TRIES):
        try:
            with zipfile.ZipFile(temporary, "w", compresslevel=1) as out:
                hashes = _put_all(settings, out)
                body = {"format": _FORMAT, "made": now(), "penala": __version__, "files": hashes}
                out.writestr(zips.entry("manifest.json"), json.dumps(body, ensure_ascii=False, indent=1))
            return
        except _Disturbed:
            continue
    raise PenalaError("backup_disturbed")


def _put_all(settings: Settings, out: zipfile.ZipFile) -> dict[str, str]:
    hashes: dict[str, str] = {}
    if (settings.home / "workspace.db").is_file():
        hashes["workspace.db"] = _put_database(out, "workspace.db", settings.home / "workspace.db")
    if (settings.home / "samples-made").is_file():
        hashes["samples-made"] = zips.put(out, "samples-made", settings.home / "samples-made")
    for found in ("*/project.db", ".trash/*/project.db"):
        for database in sorted(settings.projects.glob(found)):
            name = database.parent.relative_to(settings.home).as_posix()
            hashes |= _put_project(out, name, database.parent)
    return hashes


def _put_project(out: zipfile.ZipFile, name: str, folder: Path) -> dict[str, str]:
    """The database first, then the documents it names, then the other files, some of which come and go."""
    hashes = {}
    with tempfile.TemporaryDirectory(dir=Path(str(out.filename)).parent, prefix=".new-") as scratch:
        copy = Path(scratch) / "project.db"
        _copy_database(folder / "project.db", copy)
        hashes[f"{name}/project.db"] = zips.put(out, f"{name}/project.db", copy)
        for file in dict.fromkeys(file for _, file in integrity.kept_documents(copy)):
            if (folder / "documents" / file).is_file():
                hashes[f"{name}/documents/{file}"] = zips.put(
                    out, f"{name}/documents/{file}", folder / "documents" / file
                )
            elif file not in {kept for _, kept in integrity.kept_documents(folder / "project.db")}:
                raise _Disturbed
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        if (
            not inside.startswith("documents/")
            and path.is_file()
            and not path.is_symlink()
            and _may_travel(inside)
        ):
            with suppress(FileNotFoundError):  # an old checkpoint that a run has just removed
                hashes[f"{name}/{inside}"] = zips.put(out, f"{name}/{inside}", path)
    return hashes


def _may_travel(inside: str) -> bool:
    """Whether a file of a project is carried; the same rule in both directions."""
    path = PurePosixPath(inside)
    left_out = any(part in _LEFT_OUT or part.startswith(_SCRATCH) for part in path.parts)
    return not (
        left_out or path.suffix.lower() in {*zips.PICKLES, ".lock", ".db"} or inside.endswith(_OF_SQLITE)
    )


def _put_database(out: zipfile.ZipFile, name: str, path: Path) -> str:
    with tempfile.TemporaryDirectory(dir=Path(str(out.filename)).parent, prefix=".new-") as scratch:
        copy = Path(scratch) / path.name
        _copy_database(path, copy)
        return zips.put(out, name, copy)


def _copy_database(path: Path, copy: Path) -> None:
    """One moment of a database in use, read through. Raises PenalaError("database_damaged")."""
    try:
        with closing(sqlite3.connect(path, timeout=30.0)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
            whole = target.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except sqlite3.DatabaseError as error:
        if "disk is full" in str(error):
            raise
        raise PenalaError("database_damaged", path=str(path)) from error
    if not whole:
        raise PenalaError("database_damaged", path=str(path))


# In


def _manifest(source: zipfile.ZipFile, label: str) -> tuple[dict[str, str], str]:
    """The sha256 of each entry and when the backup was made, once names, kinds and sizes have been found harmless."""
    zips.refuse_unsafe(source, label)
    zips.refuse_bombs(source, label, _MOST_ENTRIES, _MOST_BYTES)
    try:
        body = json.loads(zips.read(source, "manifest.json", _MANIFEST_BYTES))
        listed, made = {str(name): str(digest) for name, digest in body["files"].items()}, str(body["made"])
        ours = body["format"] == _FORMAT
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise PenalaError("backup_not_ours", name=label) from error
    if not ours or not all(map(_ours, listed)) or {*listed, "manifest.json"} < set(source.namelist()):
        raise PenalaError("backup_not_ours", name=label)
    return listed, made


def _ours(name: str) -> bool:
    """Whether a backup of ours can hold an entry of that name."""
    project = project_of(name)
    inside = name.removeprefix(f"{project}/")
    return name in ("workspace.db", "samples-made") or (
        bool(project) and (inside == "project.db" or _may_travel(inside))
    )


def _refuse_odd_database(place: Path, name: str, label: str) -> None:
    known = accounts.MIGRATIONS if name == "workspace.db" else MIGRATIONS
    try:
        with closing(sqlite3.connect(place)) as db:
            if db.execute("PRAGMA user_version").fetchone()[0] > len(known):
                raise PenalaError("archive_newer", name=label)
        if integrity.health(place, deep=False).state != "whole":
            raise PenalaError("backup_damaged", name=label, entry=name)
        if integrity.foreign(place, known):
            raise PenalaError("backup_not_ours", name=label)
    except sqlite3.DatabaseError as error:
        raise PenalaError("backup_damaged", name=label, entry=name) from error
