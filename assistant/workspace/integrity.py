"""Whether a workspace's databases, and the documents that they name, are whole; mends nothing."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.settings import Settings
from assistant.workspace import files
from assistant.workspace.database import Migration
from assistant.workspace.migrations import MIGRATIONS

# index: only the full-text index disagrees with the texts, and it can be made again from them.
State = Literal["whole", "damaged", "newer", "index"]


@dataclass(frozen=True)
class Health:
    """How one database is; `detail`: SQLite's own words about damage, "" for none."""

    path: Path
    state: State
    detail: str = ""


def databases(settings: Settings) -> list[Path]:
    """The workspace's own database, if there is one, and each project's."""
    found = [settings.home / "workspace.db", *sorted(settings.projects.glob("*/project.db"))]
    return [path for path in found if path.is_file()]


def health(path: Path, deep: bool = True) -> Health:
    """Read the whole file once; with `deep`, compare the full-text index with the texts too."""
    try:
        with closing(sqlite3.connect(path, timeout=30.0)) as db:
            said = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if said != "ok":
                return Health(path, "damaged", str(said))
            newer = db.execute("PRAGMA user_version").fetchone()[0] > len(MIGRATIONS)
            if path.name == "project.db" and newer:
                return Health(path, "newer")
            return Health(path, "index" if deep and not _index_agrees(db) else "whole")
    except sqlite3.DatabaseError as error:
        return Health(path, "damaged", str(error))


def _index_agrees(db: sqlite3.Connection) -> bool:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'chunks_text'").fetchone():
        return True
    try:
        db.execute("INSERT INTO chunks_text(chunks_text, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError:
        return False
    finally:
        db.rollback()
    return True


def foreign(path: Path, migrations: Sequence[Migration]) -> bool:
    """Whether a database's schema is another than its version of ours: a trigger or view from elsewhere could act."""
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(":memory:")) as ours:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        for migration in migrations[:version]:
            migration(ours)
        return not 0 < version <= len(migrations) or _schema(db) != _schema(ours)


def _schema(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    return db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()


def kept_documents(project_db: Path) -> list[tuple[str, str]]:
    """Each document that has a kept file: its name, and the file's name under documents/ (its sha256 and suffix)."""
    query = "SELECT name, file FROM documents WHERE file NOT LIKE 'none-%' ORDER BY id"
    with closing(sqlite3.connect(project_db, timeout=30.0)) as db:
        return [(str(name), str(file)) for name, file in db.execute(query)]


def odd_documents(project_db: Path) -> Iterator[str]:
    """Names of the documents whose kept file is gone or is no longer what was added."""
    for name, file in kept_documents(project_db):
        path = project_db.parent / "documents" / file
        if not path.is_file() or files.sha256(path) != Path(file).stem:
            yield name
