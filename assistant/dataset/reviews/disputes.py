"""Examples on which opinions differ and which the owner has not settled, side by side."""

from collections import Counter
from dataclasses import dataclass

from assistant.dataset.examples import Example, load
from assistant.dataset.reviews import deciding, records
from assistant.dataset.reviews.records import Content, Opinion, Review
from assistant.workspace.project import Project

_DISPUTED = """
    FROM examples e JOIN opinions o ON o.example = e.id WHERE e.judged >= max(2, :needed) AND o.action != 'skip'
    GROUP BY e.id HAVING NOT max(o.settles) AND count(DISTINCT CASE o.action WHEN 'reject' THEN 'reject'
        ELSE 'keep' || char(31) || o.input || char(31) || o.output END) > 1
"""


@dataclass(frozen=True)
class Dispute:
    """An example, its texts as they were judged, what each person thinks, and what was remarked."""

    example: Example
    shown: Content
    opinions: tuple[Opinion, ...]
    comments: tuple[Review, ...]


def counts(project: Project) -> Counter[str]:
    """How many there are, by the status that the example has meanwhile."""
    with project.database() as db:
        found = db.execute(
            f"SELECT status, count(*) AS n FROM (SELECT e.status {_DISPUTED}) GROUP BY status",
            {"needed": deciding.needed(db)},
        )
        return Counter({row["status"]: row["n"] for row in found})


def disputes(project: Project, most: int = 50) -> list[Dispute]:
    """The first so many, in the order of entry."""
    with project.database() as db:
        ids = db.execute(
            f"SELECT e.id {_DISPUTED} ORDER BY min(e.rowid) LIMIT :most",
            {"needed": deciding.needed(db), "most": most},
        ).fetchall()
        found = [(load(db, row["id"]), row["id"]) for row in ids]
        return [
            Dispute(
                e, deciding.shown(db, e), _judged(records.opinions(db, id)), tuple(records.comments(db, id))
            )
            for e, id in found
            if e
        ]


def _judged(given: list[Opinion]) -> tuple[Opinion, ...]:
    return tuple(one for one in given if one.action != "skip")
