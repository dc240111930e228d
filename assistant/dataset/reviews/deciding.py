"""What the opinions on an example make of it; knows nothing of who may give one or in which order.

An example is decided by the owner's word, else by as many opinions as the project asks for, all of one outcome.
Until then, and again when an opinion is taken back, it is what it was before its review.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from assistant.dataset.examples import Example, load, save_in
from assistant.dataset.reviews import records
from assistant.dataset.reviews.records import Content, Opinion, Review

OPINIONS = "review.opinions"  # the project's setting


def decide(db: sqlite3.Connection, id: str, needed: int) -> tuple[Content, Content] | None:
    """Make an example what its opinions say; what it was and what it is, where that changed it.

    Runs inside a transaction that holds the write lock. A change made elsewhere since is kept.
    """
    example = load(db, id)
    if example is None:
        return None
    now = Content.of(example)
    base = _base(db, id, now)
    outcome = agreed(records.opinions(db, id), needed)
    target = _applied(outcome, base) if outcome else base
    if target == now:
        return None
    _note(db, id, base, target)
    save_in(db, [replace(example, status=target.status, input=target.input, output=target.output)])
    if target == base:
        db.execute("DELETE FROM decided WHERE example = ?", (id,))
    return now, target


def agreed(given: Sequence[Opinion], needed: int) -> Opinion | None:
    """The opinion that decides: the owner's, else any of enough that all come to the same; None while open."""
    for one in given:
        if one.settles:
            return one
    judged = [one for one in given if one.action != "skip"]
    alike = len({one.outcome for one in judged}) == 1
    return judged[-1] if alike and len(judged) >= needed else None


def disputed(given: Sequence[Opinion], needed: int) -> bool:
    """Whether all who were asked have spoken, and differ, and nobody has settled it."""
    judged = [one for one in given if one.action != "skip" and not one.settles]
    settled = len(judged) < len([one for one in given if one.action != "skip"])
    return not settled and len(judged) >= needed and len({one.outcome for one in judged}) > 1


def apply_again(db: sqlite3.Connection, person: str) -> None:
    """Decide every example that has opinions anew, because the number needed has changed."""
    many = needed(db)
    for row in db.execute("SELECT DISTINCT example FROM opinions").fetchall():
        changed = decide(db, row["example"], many)
        if changed:
            records.append(db, Review(row["example"], person, "apply", *changed))


def needed(db: sqlite3.Connection) -> int:
    """How many opinions the project asks for on each example."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (OPINIONS,)).fetchone()
    return int(row["value"]) if row else 1


def shown(db: sqlite3.Connection, example: Example) -> Content:
    """What a reviewer judges: the example as it was before its review, so that nobody follows another."""
    return _base(db, example.id, Content.of(example))


def _base(db: sqlite3.Connection, id: str, now: Content) -> Content:
    """The example before its review; as it is now when it was changed elsewhere since."""
    row = db.execute("SELECT * FROM decided WHERE example = ?", (id,)).fetchone()
    if row is None or Content(row["status"], row["input"], row["output"]) != now:
        return now
    return Content(row["was_status"], row["was_input"], row["was_output"])


def _applied(outcome: Opinion, base: Content) -> Content:
    if not outcome.keeps:
        return Content("rejected", base.input, base.output)
    return Content("accepted", outcome.input, outcome.output)


def _note(db: sqlite3.Connection, id: str, was: Content, became: Content) -> None:
    db.execute(
        "INSERT OR REPLACE INTO decided VALUES (?,?,?,?,?,?,?)",
        (id, became.status, became.input, became.output, was.status, was.input, was.output),
    )
