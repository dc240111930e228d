"""A project as one zip, out and in; knows which files may travel, not what they mean.

Inside: `manifest.json` (format, schema, name, and each file's sha256), `tables/<name>.jsonl` and the
immutable files. Caches, pickles, logs, process numbers and checkpoints never leave; none of them is taken in either.
"""

import base64
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from assistant.errors import PenalaError
from assistant.workspace import files, zips
from assistant.workspace.migrations import MIGRATIONS
from assistant.workspace.project import Project

_FORMAT = "penala-project-1"
_FOLDERS = ("documents", "datasets", "runs", "hosted", "comparisons")
_TEXT_AND_TENSORS = {".json", ".jsonl", ".safetensors", ".csv", ".html", ".md", ".txt"}
_OF_THIS_MACHINE = {"process.json", "log.txt"}
_SCRATCH = ("checkpoint", "step-", "tmp-", ".")  # folders and files of work in progress begin like this
_MACHINE_TABLES = {"jobs", "leases"}  # a job's state follows from its folder, which travels with runs/
_MOST_ENTRIES = 50_000
_MOST_BYTES = 50_000_000_000
_MANIFEST_BYTES = 32_000_000

Manifest = dict[str, Any]


def pack(project: Project, zip_path: Path) -> Path:
    """Write the project to `zip_path`, whole or not at all. Raises PenalaError("disk_full")."""
    zip_path.parent.mkdir(parents=True, exist_ok=True)
    temporary = zip_path.parent / f".new-{os.getpid()}-{zip_path.name}"
    try:
        with files.disk_full_is_said(zip_path.parent), zipfile.ZipFile(temporary, "w") as out:
            hashes = _pack_tables(project, out)
            for name, path in _travelling(project):
                hashes[name] = zips.put(out, name, path)
            out.writestr(zips.entry("manifest.json"), _manifest(project, hashes))
        os.replace(temporary, zip_path)
    finally:
        temporary.unlink(missing_ok=True)
    return zip_path


def unpack(zip_path: Path, folder: Path) -> Project:
    """Make the project of an exported zip in `folder`, which must be absent or empty.

    Raises PenalaError: project_exists, archive_not_ours, archive_unsafe, archive_too_large, archive_damaged,
    archive_newer, disk_full. Nothing is left behind then.
    """
    if folder.exists() and any(folder.iterdir()):
        raise PenalaError("project_exists", folder=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with zips.opened(zip_path, "archive_not_ours") as source:
        manifest = _checked_manifest(source, zip_path.name)
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
        try:
            with files.disk_full_is_said(folder.parent):
                _unpack_files(source, manifest, aside, zip_path.name)
                _fill_database(Project(aside), aside / "tables", zip_path.name)
            if folder.exists():
                folder.rmdir()
            os.replace(aside, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return Project(folder.resolve())


def name_inside(zip_path: Path) -> str:
    """The name of the project that a zip holds; raises what `unpack` raises about the zip as a whole."""
    with zips.opened(zip_path, "archive_not_ours") as source:
        return str(_checked_manifest(source, zip_path.name).get("name") or zip_path.stem)


# Out


def _manifest(project: Project, hashes: dict[str, str]) -> str:
    body = {
        "format": _FORMAT, "schema": len(MIGRATIONS), "name": project.get("name", project.id),
        "language": project.get("language", "id"), "files": hashes,
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, indent=1)


def _pack_tables(project: Project, out: zipfile.ZipFile) -> dict[str, str]:
    hashes = {}
    with project.database() as db:
        db.execute("BEGIN")  # one moment for all tables, while others may write
        for table in _tables(db):
            name, digest = f"tables/{table}.jsonl", hashlib.sha256()
            with out.open(zips.entry(name), "w", force_zip64=True) as stream:
                for row in db.execute(f'SELECT * FROM "{table}" ORDER BY rowid'):
                    line = _line(row)
                    digest.update(line)
                    stream.write(line)
            hashes[name] = digest.hexdigest()
    return hashes


def _line(row: sqlite3.Row) -> bytes:
    plain = {name: _plain(value) for name, value in zip(row.keys(), row, strict=True)}
    return json.dumps(plain, ensure_ascii=False).encode() + b"\n"


def _tables(db: sqlite3.Connection) -> list[str]:
    """Our own tables; the full-text index and its shadows are rebuilt by triggers."""
    rows = db.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    names = {row["name"] for row in rows} - _MACHINE_TABLES
    return sorted(name for name in names if not name.startswith("sqlite_"))


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _travelling(project: Project) -> Iterator[tuple[str, Path]]:
    for top in _FOLDERS:
        for path in sorted((project.folder / top).rglob("*")):
            name = path.relative_to(project.folder).as_posix()
            if path.is_file() and not path.is_symlink() and _may_travel(name):
                yield name, path


def _may_travel(name: str) -> bool:
    """Whether a file of this name is carried; the same rule in both directions."""
    parts = PurePosixPath(name).parts
    if len(parts) < 2 or parts[0] not in _FOLDERS or parts[-1] in _OF_THIS_MACHINE:
        return False
    if any(part.startswith(_SCRATCH) for part in parts[1:]):
        return False
    suffix = PurePosixPath(name).suffix.lower()
    if parts[0] == "documents":
        return len(parts) == 2 and suffix not in zips.PICKLES
    return suffix in _TEXT_AND_TENSORS


# In


def _checked_manifest(source: zipfile.ZipFile, label: str) -> Manifest:
    """The manifest, once every entry's name, kind and size has been found harmless."""
    zips.refuse_unsafe(source, label)
    zips.refuse_bombs(source, label, _MOST_ENTRIES, _MOST_BYTES)
    try:
        manifest = json.loads(zips.read(source, "manifest.json", _MANIFEST_BYTES))
        ours = manifest["format"] == _FORMAT and isinstance(manifest["schema"], int)
        ours = ours and all(isinstance(v, str) for v in manifest["files"].values())
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise PenalaError("archive_not_ours", name=label) from error
    if not ours:
        raise PenalaError("archive_not_ours", name=label)
    if manifest["schema"] > len(MIGRATIONS):
        raise PenalaError("archive_newer", name=label)
    return manifest


def _unpack_files(source: zipfile.ZipFile, manifest: Manifest, target: Path, label: str) -> None:
    """Write the files that may travel, each checked against the manifest; others are passed over."""
    for name, expected in manifest["files"].items():
        if not (_may_travel(name) or _is_table(name)):
            continue
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        zips.take(source, name, path, expected, "archive_damaged", label)


def _is_table(name: str) -> bool:
    path = PurePosixPath(name)
    return len(path.parts) == 2 and path.parts[0] == "tables" and path.suffix == ".jsonl"


def _fill_database(project: Project, tables: Path, label: str) -> None:
    os.chmod(project.folder, 0o700)
    with project.database() as db:
        db.execute("BEGIN")
        db.execute("PRAGMA defer_foreign_keys = ON")  # tables arrive in the order of their names
        for table in _tables(db):
            path = tables / f"{table}.jsonl"
            if not path.exists():
                continue
            try:
                _fill_table(db, table, path)
            except (ValueError, TypeError, AttributeError, sqlite3.Error) as error:
                raise PenalaError("archive_damaged", name=label, entry=f"tables/{table}.jsonl") from error
    shutil.rmtree(tables, ignore_errors=True)


def _fill_table(db: sqlite3.Connection, table: str, path: Path) -> None:
    columns = {row["name"] for row in db.execute(f'PRAGMA table_info("{table}")')}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = {k: _stored(v) for k, v in json.loads(line).items() if k in columns}
            names, marks = ", ".join(f'"{k}"' for k in row), ", ".join("?" for _ in row)
            db.execute(f'INSERT OR REPLACE INTO "{table}" ({names}) VALUES ({marks})', list(row.values()))


def _stored(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
