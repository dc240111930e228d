"""Remembers the rows of imported files that were not taken, so that the checks can name them."""

import json
import sqlite3
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass

from assistant.workspace.project import Project

WHOLE = frozenset({"row_repeated", "row_contradicts"})  # codes of rows that were read
BARE = frozenset({"row_no_input", "row_no_output"})
_KEY = "data.left_out"


@dataclass(frozen=True)
class LeftOut:
    """A row of a file that is in no example: its own id (else its number, from 1) and the code of the reason."""

    file: str
    row: int
    id: str
    code: str


def all_left_out(project: Project) -> list[LeftOut]:
    return [LeftOut(row["file"], row["row"], row["id"], row["code"]) for row in project.get(_KEY, [])]


def remember(project: Project, file: str, rows: Sequence[LeftOut]) -> None:
    """Keep what was left out of a file; what an earlier import of that file left out is forgotten."""
    known = all_left_out(project)
    kept = [*(row for row in known if row.file != file), *rows]
    if kept != known:
        project.set(_KEY, [asdict(row) for row in kept])


def mended(project: Project, rows: Set[tuple[str, int]]) -> None:
    """Forget the rows (file, number) that have come in since."""
    known = all_left_out(project)
    kept = [row for row in known if (row.file, row.row) not in rows]
    if len(kept) < len(known):
        project.set(_KEY, [asdict(row) for row in kept])


def put_back(db: sqlite3.Connection, rows: Sequence[LeftOut]) -> None:
    """Tell of rows again, inside a transaction that is open."""
    if rows:
        _keep(db, [*rows, *_known(db)])


def take_out(db: sqlite3.Connection, rows: Sequence[LeftOut]) -> None:
    """Tell of rows no more, inside a transaction that is open."""
    if rows:
        _keep(db, [row for row in _known(db) if row not in rows])


def _known(db: sqlite3.Connection) -> list[LeftOut]:
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    return [LeftOut(**known) for known in json.loads(row["value"])] if row else []


def _keep(db: sqlite3.Connection, rows: Sequence[LeftOut]) -> None:
    text = json.dumps([asdict(row) for row in rows], ensure_ascii=False)
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_KEY, text))
