"""Remembers the rows of imported files that were not taken, so that the checks can name them."""

from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass

from assistant.workspace.project import Project

_KEY = "data.left_out"


@dataclass(frozen=True)
class LeftOut:
    """A row of a file that is in no example: its own id (else its number, from 1) and the code of the reason.

    `absent`: it has no such column at all, which is more than an empty one.
    """

    file: str
    row: int
    id: str
    code: str
    absent: bool = False


def all_left_out(project: Project) -> list[LeftOut]:
    return [LeftOut(**row) for row in project.get(_KEY, [])]


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


def forget(project: Project) -> None:
    project.set(_KEY, [])
