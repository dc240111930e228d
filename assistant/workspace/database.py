"""Opens a SQLite file safely (WAL, whole migrations); knows nothing of what the tables mean."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import PenalaError
from assistant.workspace.files import disk_full_is_said

Migration = Callable[[sqlite3.Connection], None]


def now() -> str:
    """The time as UTC ISO 8601 text to the millisecond, as every table keeps it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@contextmanager
def transaction(path: Path, migrations: Sequence[Migration]) -> Iterator[sqlite3.Connection]:
    """A connection whose block is committed whole, or rolled back if it raises.

    Raises PenalaError: database_newer (made by a later version), database_damaged, disk_full.
    """
    with disk_full_is_said(path.parent), _damage_is_said(path):
        database = _open(path, migrations)
        try:
            with database:
                yield database
        finally:
            database.close()


def _open(path: Path, migrations: Sequence[Migration]) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30.0)
    try:
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("PRAGMA secure_delete = ON")  # a deleted text leaves no bytes behind
        _migrate(database, path, migrations)
    except BaseException:
        database.close()
        raise
    return database


def _migrate(database: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    done = database.execute("PRAGMA user_version").fetchone()[0]
    if done > len(migrations):
        raise PenalaError("database_newer", path=str(path))
    if done == len(migrations):
        return
    database.execute("BEGIN IMMEDIATE")  # two processes may open a new file at once
    done = database.execute("PRAGMA user_version").fetchone()[0]
    for step, migration in enumerate(migrations[done:], start=done + 1):
        migration(database)
        database.execute(f"PRAGMA user_version = {step}")
    database.commit()


@contextmanager
def _damage_is_said(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if "malformed" in str(error) or "not a database" in str(error):
            raise PenalaError("database_damaged", path=str(path)) from error
        raise
