"""What a person does with an example: judge it, comment on it, settle a dispute, take the last step back.

Each action on one example is one transaction: its line in the log, the opinion, and what follows for the example, or
nothing.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from assistant.dataset.examples import Example, Filter, every, load, matching, writing
from assistant.dataset.reviews import deciding, records
from assistant.dataset.reviews.records import Judgement, Opinion, Review
from assistant.errors import PenalaError
from assistant.workspace.database import now
from assistant.workspace.project import Project

_LONGEST_NAME = 80
_AT_ONCE, _BREATH = 200, 0.002  # examples in one transaction, a tenth of a second or so; seconds between two
_T = TypeVar("_T")


@dataclass(frozen=True)
class Done:
    """What an action led to; `review` is 0 when it had been done before and nothing was written."""

    review: int
    example: Example
    disputed: bool


@dataclass(frozen=True)
class Said:
    """A judgement; `input` and `output` only for an edit, and None leaves that text as it is."""

    action: Judgement
    input: str | None = None
    output: str | None = None
    comment: str = ""


def judge(project: Project, person: str, id: str, said: Said, revision: int | None = None) -> Done:
    """Give one's opinion on an example, or change it; the same opinion twice is once.

    `revision`: the one that the person saw. Raises PenalaError: example_changed (it is another by now),
    example_incomplete (an edit that leaves a text empty), no_example, review_no_name.
    """
    name = named(person)
    with writing(project) as db:
        needed = deciding.needed(db)
        example = _example(db, id)
        made = _opinion(db, example, name, said)
        known, lent = _known(db, made), _give_back(db, made)
        news = not known or not _same(known, made) or bool(said.comment) or (lent and made.action == "skip")
        if news and revision is not None and revision != example.revision:
            raise PenalaError("example_changed", id=id)
        line = _give(db, made, known, needed, said.comment) if news else 0
        return _done(db, line, id, needed)


def settle(project: Project, person: str, id: str, said: Said) -> Done:
    """End a dispute by the owner's word. Raises PenalaError: no_dispute, and what `judge` raises."""
    name = named(person)
    with writing(project) as db:
        needed = deciding.needed(db)
        example = _example(db, id)
        if not deciding.disputed(records.opinions(db, id), needed):
            raise PenalaError("no_dispute", id=id)
        made = replace(_opinion(db, example, name, said), settles=True)
        return _done(db, _give(db, made, None, needed, said.comment, "settle"), id, needed)


def comment(project: Project, person: str, id: str, text: str) -> int:
    """Leave a remark for whoever comes next; its line in the log. Raises PenalaError: no_comment, no_example."""
    if not text.strip():
        raise PenalaError("no_comment")
    name = named(person)
    with writing(project) as db:
        return records.append(db, Review(_example(db, id).id, name, "comment", comment=text.strip()))


def judge_all(project: Project, person: str, action: Judgement, sought: Filter) -> list[str]:
    """The same opinion on every example that fits, with one undo; the ids of those it is news for.

    A few hundred at a time, so that others who review meanwhile wait for a part only; what no longer fits when its turn
    comes is passed over. Cut short, what is done stays, and one undo takes it back.
    """
    name, batch, found = named(person), None, list[str]()
    for ids in _parts([e.id for e in every(project, sought)]):
        with writing(project) as db:
            needed = deciding.needed(db)
            for example in matching(db, replace(sought, ids=ids)):
                made = _opinion(db, example, name, Said(action))
                known = _known(db, made)
                if known and _same(known, made):
                    continue
                batch = batch or _next_line(db)
                _give(db, made, known, needed, "", batch=batch)
                found.append(example.id)
    with writing(project) as db:
        db.execute("DELETE FROM leases WHERE person = ?", (name,))
    return found


def undo(project: Project, person: str) -> list[Review]:
    """Take back one's last action, a bulk action whole, a few hundred at a time; the lines taken back.

    Raises PenalaError("nothing_to_undo"). An opinion that is void by now, because its example was changed
    elsewhere or deleted, stays void.
    """
    name, batch = named(person), None
    with project.database() as db:
        lines = records.last_of(db, name)
    if not lines:
        raise PenalaError("nothing_to_undo")
    for part in _parts(lines):
        with writing(project) as db:
            needed = deciding.needed(db)
            batch = batch or (_next_line(db) if len(lines) > 1 else None)
            for line in records.not_undone(db, part):
                _take_back(db, line, needed, batch)
    return lines


def _parts(whole: Sequence[_T]) -> Iterator[tuple[_T, ...]]:
    """What is written in one transaction after another, with a breath between, in which whoever waits gets the lock."""
    for start in range(0, len(whole), _AT_ONCE):
        if start:
            time.sleep(_BREATH)
        yield tuple(whole[start : start + _AT_ONCE])


def named(person: str) -> str:
    """A reviewer's name without the spaces around it. Raises PenalaError("review_no_name")."""
    name = " ".join(person.split())[:_LONGEST_NAME]
    if not name:
        raise PenalaError("review_no_name")
    return name


def _example(db: sqlite3.Connection, id: str) -> Example:
    found = load(db, id)
    if found is None:
        raise PenalaError("no_example", id=id)
    return found


def _opinion(db: sqlite3.Connection, example: Example, person: str, said: Said) -> Opinion:
    seen = deciding.shown(db, example)
    text, answer = seen.input, seen.output
    if said.action == "edit":
        text = text if said.input is None else said.input.strip()
        answer = answer if said.output is None else said.output.strip()
    if said.action in ("accept", "edit") and not (text.strip() and answer.strip()):
        raise PenalaError("example_incomplete")
    same = said.action == "edit" and (text, answer) == (seen.input, seen.output)
    return Opinion(example.id, person, "accept" if same else said.action, text, answer, at=now())


def _give_back(db: sqlite3.Connection, made: Opinion) -> bool:
    """End this person's turn at the example; whether it was theirs."""
    lent = (made.example, made.person)
    return db.execute("DELETE FROM leases WHERE example = ? AND person = ?", lent).rowcount > 0


def _known(db: sqlite3.Connection, given: Opinion) -> Opinion | None:
    return next((o for o in records.opinions(db, given.example) if _key(o) == _key(given)), None)


def _key(given: Opinion) -> tuple[str, bool]:
    return given.person, given.settles


def _same(a: Opinion, b: Opinion) -> bool:
    return (a.action, a.outcome) == (b.action, b.outcome)


def _give(
    db: sqlite3.Connection, made: Opinion, known: Opinion | None, needed: int, comment: str,
    action: records.Action | None = None, batch: int | None = None,
) -> int:  # fmt: skip
    """Put the opinion, do what follows from it, and log both; the line's number."""
    records.put(db, made)
    before, after = deciding.decide(db, made.example, needed) or (None, None)
    line = Review(
        made.example, made.person, action or made.action, before, after, made, known, comment.strip(), batch,
        at=made.at,
    )  # fmt: skip
    return records.append(db, line)


def _take_back(db: sqlite3.Connection, line: Review, needed: int, batch: int | None) -> None:
    before, after = None, None
    if line.said and _known(db, line.said) == line.said:
        records.take_out(db, line.said)
        if line.replaced:
            records.put(db, line.replaced)
        before, after = deciding.decide(db, line.example, needed) or (None, None)
    taken = Review(line.example, line.person, "undo", before, after, batch=batch, undoes=line.id)
    records.append(db, taken)


def _next_line(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM reviews").fetchone()[0])


def _done(db: sqlite3.Connection, line: int, id: str, needed: int) -> Done:
    return Done(line, _example(db, id), deciding.disputed(records.opinions(db, id), needed))
