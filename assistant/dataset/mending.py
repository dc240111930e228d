"""One-click remedies of the checks, each a change of examples that can be taken back; knows no page."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from assistant.dataset import examples, left_out
from assistant.dataset.checks import NAMES, Data, Finding
from assistant.dataset.examples import Example
from assistant.dataset.left_out import BARE, WHOLE, LeftOut
from assistant.dataset.masking import Masks
from assistant.dataset.remedies import REMEDIES, Around
from assistant.errors import PenalaError
from assistant.workspace.database import now
from assistant.workspace.project import Project

_MASKS = "personal.masks"


@dataclass(frozen=True)
class Mend:
    """One remedy as it was done: the check's name and the rows that changed."""

    id: int
    check: str
    rows: tuple[str, ...]
    author: str = ""


def remedy(finding: Finding) -> str:
    """Which remedy a finding has, by the name of its words (`ui.checks.mend`); "" where only a person can mend it."""
    named = (finding.check, finding.variant)
    if named in _LISTED:
        return "dismiss"
    if named not in REMEDIES or finding.values.get("spare") == 0:
        return ""
    return REMEDIES[named].__name__.strip("_")


def mend(
    project: Project,
    data: Data,
    findings: Sequence[Finding],
    check: str,
    author: str = "",
    variant: str | None = None,
) -> Mend:
    """Do the remedies of a check's findings, or of its one `variant`, all or nothing.

    Raises PenalaError: no_remedy (naming those there are), nothing_to_mend, example_changed (someone edited one of the
    rows in the meantime)."""
    if check not in MENDED:
        raise PenalaError("no_remedy", check=check, known=", ".join(MENDED))
    chosen = [f for f in findings if f.check == check and variant in (None, f.variant) and remedy(f)]
    around = Around(Masks(project.get(_MASKS, {})), _judged(project))
    changed: dict[str, Example] = {}
    told = list[LeftOut]()
    for f in chosen:
        named = (f.check, f.variant)
        if named in _LISTED:
            told += [row for row in left_out.all_left_out(project) if _LISTED[named](row)]
        else:
            changed = {made.id: made for made in REMEDIES[named](data, f, around)} | changed
    if not changed and not told:
        raise PenalaError("nothing_to_mend", check=check)
    if check == "personal_data":
        project.set(_MASKS, around.masks.known)
    return _apply(project, {e.id: e for e in data.examples}, changed, told, check, author)


def undo(project: Project) -> Mend:
    """Take back the newest remedy; rows that were changed since stay as they are. Raises PenalaError("nothing_to_undo_mend")."""
    with examples.writing(project) as db:
        row = db.execute("SELECT * FROM mends ORDER BY id DESC LIMIT 1").fetchone()
        if row is None:
            raise PenalaError("nothing_to_undo_mend")
        steps, told = _read(row)
        back = [old for old, revision in steps if _stands_at(db, old.id, revision)]
        examples.save_in(db, back)
        left_out.put_back(db, told)
        db.execute("DELETE FROM mends WHERE id = ?", (row["id"],))
    return Mend(row["id"], row["name"], (*(e.id for e in back), *(one.id for one in told)), row["author"])


def last(project: Project) -> Mend | None:
    """The newest remedy that can be taken back."""
    with project.database() as db:
        row = db.execute("SELECT * FROM mends ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        return None
    steps, told = _read(row)
    return Mend(row["id"], row["name"], (*(e.id for e, _ in steps), *(one.id for one in told)), row["author"])


def unmask(project: Project, text: str) -> str:
    """A text with the values that its stand-ins hide, for the owner's eyes."""
    return Masks(project.get(_MASKS, {})).lifted(text)


def _apply(
    project: Project, known: Mapping[str, Example], changed: Mapping[str, Example], told: Sequence[LeftOut], check: str,
    author: str,
) -> Mend:  # fmt: skip
    """Change the examples, and tell no more of the rows left out at import; both are kept to be taken back."""
    steps = [*([asdict(known[id]), known[id].revision + 1] for id in changed), *map(asdict, told)]
    with examples.writing(project) as db:
        for id in changed:
            if not _stands_at(db, id, known[id].revision):
                raise PenalaError("example_changed", id=id)
        examples.save_in(db, changed.values())
        left_out.take_out(db, told)
        values = (check, author, now(), json.dumps(steps, ensure_ascii=False))
        made = db.execute("INSERT INTO mends (name, author, at, steps) VALUES (?, ?, ?, ?)", values)
        return Mend(int(made.lastrowid or 0), check, (*changed, *(row.id for row in told)), author)


def _read(row: sqlite3.Row) -> tuple[list[tuple[Example, int]], list[LeftOut]]:
    """What a remedy changed: each example before it with its revision after it, and rows left out at import."""
    steps = json.loads(row["steps"])
    told = [LeftOut(**step) for step in steps if isinstance(step, dict)]
    return [(examples.read(step[0]), int(step[1])) for step in steps if isinstance(step, list)], told


def _judged(project: Project) -> frozenset[str]:
    with project.database() as db:
        return frozenset(row["id"] for row in db.execute("SELECT id FROM examples WHERE judged > 0"))


def _stands_at(db: sqlite3.Connection, id: str, revision: int) -> bool:
    row = db.execute("SELECT revision FROM examples WHERE id = ?", (id,)).fetchone()
    return row is not None and row["revision"] == revision


# What a finding tells of rows that are in no example: nothing to change there but the list of them.
_LISTED: dict[tuple[str, str], Callable[[LeftOut], bool]] = {
    ("schema", ""): lambda row: row.code not in WHOLE,
    ("empty", "left_out"): lambda row: row.code in BARE,
    ("exact_duplicate", "left_out"): lambda row: row.code == "row_repeated",
    ("contradiction", "left_out"): lambda row: row.code == "row_contradicts",
}
MENDED = tuple(
    name for name in NAMES if name in {check for check, _ in REMEDIES} | {check for check, _ in _LISTED}
)
