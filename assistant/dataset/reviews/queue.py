"""Which example a person judges next: drafts first, then those with too few opinions, each lent to one person at a time."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assistant.dataset.examples import Example, load, writing
from assistant.dataset.reviews import deciding, records
from assistant.dataset.reviews.actions import named
from assistant.dataset.reviews.records import Content, Opinion, Review
from assistant.workspace.database import now
from assistant.workspace.project import Project

MINUTES = 15  # how long an example is kept for who has it on the screen; any look at it starts the time anew

# Not judged or skipped by this person, and fewer people at work on it than opinions still wanted.
_FREE = """NOT EXISTS (SELECT 1 FROM opinions o WHERE o.example = e.id AND o.person = :person)
    AND e.judged + (SELECT count(*) FROM leases l WHERE l.example = e.id AND l.person != :person) < :needed"""


@dataclass(frozen=True)
class Turn:
    """One person's turn at one example: its texts as they are judged, until when it is kept for them, and what others
    remarked."""

    example: Example
    shown: Content
    until: str
    comments: tuple[Review, ...]


def take(project: Project, person: str, first: str = "") -> Turn | None:
    """The next example for this person, lent to nobody else while enough others are not; None when all is done.

    Who has one already gets the same again, unless `first`, an example's id, is free. What was skipped comes back at
    the end.
    Raises PenalaError("review_no_name").
    """
    name = named(person)
    with writing(project) as db:
        needed = deciding.needed(db)
        db.execute("DELETE FROM leases WHERE until <= ?", (now(),))
        found = _wanted(db, name, needed, first) or _held(db, name, needed)
        found = found or _fresh(db, name, needed) or _skipped(db, name, needed)
        if found is None:
            return None
        until = (datetime.now(UTC) + timedelta(minutes=MINUTES)).isoformat(timespec="milliseconds")
        db.execute("DELETE FROM leases WHERE person = ?", (name,))
        db.execute("INSERT INTO leases VALUES (?, ?, ?)", (found.id, name, until))
        return Turn(found, deciding.shown(db, found), until, tuple(records.comments(db, found.id)))


def look(project: Project, id: str) -> tuple[Turn, tuple[Opinion, ...]] | None:
    """One example by its id, lent to nobody, with everybody's opinions; None where there is none."""
    with project.database() as db:
        found = load(db, id)
        if found is None:
            return None
        turn = Turn(found, deciding.shown(db, found), "", tuple(records.comments(db, id)))
        return turn, tuple(records.opinions(db, id))


def left(project: Project, person: str) -> int:
    """How many examples still want this person's opinion, those of others' turns and skipped ones included."""
    name = named(person)
    with project.database() as db:
        needed = deciding.needed(db)
        wanted = "status IN ('draft', 'accepted') AND judged < ?"
        total = db.execute(f"SELECT count(*) FROM examples WHERE {wanted}", (needed,)).fetchone()[0]
        mine = db.execute(
            "SELECT count(*) FROM opinions o JOIN examples e ON e.id = o.example "
            f"WHERE o.person = ? AND o.action != 'skip' AND NOT o.settles AND {wanted}",
            (name, needed),
        ).fetchone()[0]
    return int(total - mine)


def _wanted(db: sqlite3.Connection, person: str, needed: int, id: str) -> Example | None:
    row = db.execute(
        f"SELECT e.id FROM examples e WHERE e.id = :id AND e.status IN ('draft', 'accepted') AND {_FREE}",
        {"id": id, "person": person, "needed": needed},
    ).fetchone()
    return load(db, row["id"]) if row else None


def _held(db: sqlite3.Connection, person: str, needed: int) -> Example | None:
    """The example that this person has already, if it still wants an opinion."""
    row = db.execute(
        "SELECT l.example FROM leases l JOIN examples e ON e.id = l.example WHERE l.person = ? "
        "AND e.judged < ? AND e.status IN ('draft', 'accepted') AND NOT EXISTS "
        "(SELECT 1 FROM opinions o WHERE o.example = e.id AND o.person = l.person AND o.action != 'skip')",
        (person, needed),
    ).fetchone()
    return load(db, row["example"]) if row else None


def _fresh(db: sqlite3.Connection, person: str, needed: int) -> Example | None:
    """Drafts first; among equals those that lack least, so that pairs of opinions are complete early."""
    for status in ("draft", "accepted"):
        for judged in range(needed - 1, -1, -1):
            row = db.execute(
                f"SELECT e.id FROM examples e WHERE status = :status AND judged = :judged AND {_FREE} "
                "ORDER BY e.rowid LIMIT 1",
                {"status": status, "judged": judged, "person": person, "needed": needed},
            ).fetchone()
            if row:
                return load(db, row["id"])
    return None


def _skipped(db: sqlite3.Connection, person: str, needed: int) -> Example | None:
    """What this person skipped longest ago, where it still wants an opinion."""
    row = db.execute(
        "SELECT e.id FROM opinions o JOIN examples e ON e.id = o.example WHERE o.person = :person "
        "AND o.action = 'skip' AND e.status IN ('draft', 'accepted') AND e.judged + "
        "(SELECT count(*) FROM leases l WHERE l.example = e.id AND l.person != :person) < :needed "
        "ORDER BY o.at, o.rowid LIMIT 1",
        {"person": person, "needed": needed},
    ).fetchone()
    return load(db, row["id"]) if row else None
