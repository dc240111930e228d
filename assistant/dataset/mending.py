"""One-click remedies of the checks, each a change of examples that can be taken back; knows no page."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from assistant.dataset import examples
from assistant.dataset.checks import Data, Finding
from assistant.dataset.checks.leakage import before, sources
from assistant.dataset.examples import Example
from assistant.dataset.masking import Masks
from assistant.dataset.similar import normal
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
    """Which remedy a finding has: leave_out, leave_twins, mask, move, as_usual; "" where only a person can mend it."""
    found = _REMEDIES.get(f"{finding.check}_{finding.variant}")
    return found.__name__.strip("_") if found else ""


def mend(project: Project, data: Data, findings: Sequence[Finding], check: str, author: str = "") -> Mend:
    """Do the remedies of a check's findings, all or nothing. Raises PenalaError: no_remedy (naming those there are),
    nothing_to_mend, example_changed (someone edited one of the rows in the meantime)."""
    if check not in MENDED:
        raise PenalaError("no_remedy", check=check, known=", ".join(MENDED))
    chosen = [f for f in findings if f.check == check and remedy(f)]
    masks = Masks(project.get(_MASKS, {}))
    changed: dict[str, Example] = {}
    for f in chosen:
        for made in _REMEDIES[f"{f.check}_{f.variant}"](data, f, masks):
            changed.setdefault(made.id, made)
    if not changed:
        raise PenalaError("nothing_to_mend", check=check)
    if check == "personal_data":
        project.set(_MASKS, masks.known)
    return _apply(project, {e.id: e for e in data.examples}, changed, check, author)


def undo(project: Project) -> Mend:
    """Take back the newest remedy; rows that were changed since stay as they are. Raises PenalaError("nothing_to_undo_mend")."""
    with project.database() as db:
        db.execute("BEGIN IMMEDIATE")
        row = db.execute("SELECT * FROM mends ORDER BY id DESC LIMIT 1").fetchone()
        if row is None:
            raise PenalaError("nothing_to_undo_mend")
        steps = [(examples.read(b), int(revision)) for b, revision in json.loads(row["steps"])]
        back = [old for old, revision in steps if _stands_at(db, old.id, revision)]
        examples.save_in(db, back)
        db.execute("DELETE FROM mends WHERE id = ?", (row["id"],))
    return Mend(row["id"], row["name"], tuple(e.id for e in back), row["author"])


def last(project: Project) -> Mend | None:
    """The newest remedy that can be taken back."""
    with project.database() as db:
        row = db.execute("SELECT * FROM mends ORDER BY id DESC LIMIT 1").fetchone()
    return (
        Mend(row["id"], row["name"], tuple(b["id"] for b, _ in json.loads(row["steps"])), row["author"])
        if row
        else None
    )


def unmask(project: Project, text: str) -> str:
    """A text with the values that its stand-ins hide, for the owner's eyes."""
    return Masks(project.get(_MASKS, {})).lifted(text)


def _apply(
    project: Project, known: dict[str, Example], changed: dict[str, Example], check: str, author: str
) -> Mend:
    steps = [[asdict(known[id]), known[id].revision + 1] for id in changed]
    with project.database() as db:
        db.execute("BEGIN IMMEDIATE")
        for id in changed:
            if not _stands_at(db, id, known[id].revision):
                raise PenalaError("example_changed", id=id)
        examples.save_in(db, changed.values())
        values = (check, author, now(), json.dumps(steps, ensure_ascii=False))
        made = db.execute("INSERT INTO mends (name, author, at, steps) VALUES (?, ?, ?, ?)", values)
        return Mend(int(made.lastrowid or 0), check, tuple(changed), author)


def _stands_at(db: sqlite3.Connection, id: str, revision: int) -> bool:
    row = db.execute("SELECT revision FROM examples WHERE id = ?", (id,)).fetchone()
    return row is not None and row["revision"] == revision


_Remedy = Callable[[Data, Finding, Masks], Iterator[Example]]


def _leave_out(data: Data, finding: Finding, masks: Masks) -> Iterator[Example]:
    """Set the rows aside: they stay in the table as rejected, and count no more."""
    rows = set(finding.rows)
    yield from (replace(e, status="rejected") for e in data.examples if e.id in rows)


def _leave_twins(data: Data, finding: Finding, masks: Masks) -> Iterator[Example]:
    """Set aside what an earlier row with nearly the same input answers alike; another answer is another lesson, or a
    contradiction that a person has to settle."""
    rows, twins = set(finding.rows), _twins(data)
    said = defaultdict[str, set[str]](set)
    for e, form, answer in zip(data.examples, data.like.keys, data.answers, strict=True):
        if e.id in rows and any(answer in said[twin] for twin in (form, *twins[form])):
            yield replace(e, status="rejected")
        else:
            said[form].add(answer)


def _twins(data: Data) -> dict[str, set[str]]:
    """The forms that are nearly each form."""
    found = defaultdict[str, set[str]](set)
    for a, b in data.like.pairs:
        found[a].add(b)
        found[b].add(a)
    return found


def _mask(data: Data, finding: Finding, masks: Masks) -> Iterator[Example]:
    rows = set(finding.rows)
    for e in data.examples:
        if e.id in rows:
            text, answer, worse = (masks.masked(text) for text in (e.input, e.output, e.rejected))
            yield replace(e, input=text, output=answer, rejected=worse)


def _move(data: Data, finding: Finding, masks: Masks) -> Iterator[Example]:
    """Rows of test and validation go to the side that has seen them."""
    rows, sides, twins = set(finding.rows), defaultdict[str, set[str]](set), _twins(data)
    for e, form in zip(data.examples, data.like.keys, strict=True):
        for mark in (form, *(f"\0{s}" for s in sources(e))):
            sides[mark].add(e.split)
    for e, form in zip(data.examples, data.like.keys, strict=True):
        if e.id in rows:
            marks = (form, *twins[form], *(f"\0{s}" for s in sources(e)))
            seen = {side for mark in marks for side in sides[mark]}
            yield replace(e, split=next(side for side in before(e.split) if side in seen))


def _as_usual(data: Data, finding: Finding, masks: Masks) -> Iterator[Example]:
    """A label written in another way is written as most are; what is no label stays."""
    usual: dict[str, str] = {}
    for label, _ in Counter(e.output.strip() for e in data.examples).most_common():
        usual.setdefault(normal(label), label)
    rows = set(finding.rows)
    for e in data.examples:
        if e.id in rows and usual[normal(e.output)] != e.output.strip():
            yield replace(e, output=usual[normal(e.output)])


_REMEDIES: dict[str, _Remedy] = {
    "empty_": _leave_out, "empty_trivial": _leave_out, "exact_duplicate_": _leave_out, "near_duplicate_": _leave_twins,
    "leakage_": _move, "leakage_source": _move, "leakage_near": _move, "leakage_asked": _leave_out,
    "over_length_": _leave_out, "nothing_to_learn_": _leave_out, "nothing_to_learn_echo": _leave_out,
    "personal_data_": _mask, "personal_data_grave": _mask, "format_drift_label": _as_usual,
}  # fmt: skip
MENDED = (
    "empty", "exact_duplicate", "near_duplicate", "leakage", "over_length", "nothing_to_learn", "personal_data", "format_drift",
)  # fmt: skip
