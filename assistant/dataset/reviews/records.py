"""The log of reviews and the table of opinions, as rows and as values; decides nothing."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.dataset.examples import Example, Status
from assistant.workspace.database import now
from assistant.workspace.project import Project

Judgement = Literal["accept", "edit", "reject", "skip"]
Action = Literal["accept", "edit", "reject", "skip", "comment", "settle", "undo", "apply"]


@dataclass(frozen=True)
class Content:
    """What a review may change of an example."""

    status: Status
    input: str
    output: str

    @classmethod
    def of(cls, e: Example) -> "Content":
        return cls(e.status, e.input, e.output)


@dataclass(frozen=True)
class Opinion:
    """What one person thinks of one example now: its texts as this person would have them. `settles`: it is the
    owner's word on a dispute, which outweighs the others and counts in no agreement."""

    example: str
    person: str
    action: Judgement
    input: str
    output: str
    settles: bool = False
    at: str = ""

    @property
    def keeps(self) -> bool:
        return self.action in ("accept", "edit")

    @property
    def outcome(self) -> tuple[str, ...]:
        """Equal for two opinions that come to the same: rejections, or the same texts kept."""
        return ("keep", self.input, self.output) if self.keeps else (self.action,)


@dataclass(frozen=True)
class Review:
    """One line of the log. `before` and `after`: the example, where it changed. `said`: the opinion given; `replaced`:
    the one it took the place of. `batch`: the first line of what was done in one go. `undoes`: the line taken back."""

    example: str
    person: str
    action: Action
    before: Content | None = None
    after: Content | None = None
    said: Opinion | None = None
    replaced: Opinion | None = None
    comment: str = ""
    batch: int | None = None
    undoes: int | None = None
    at: str = ""
    id: int = 0


def append(db: sqlite3.Connection, review: Review) -> int:
    """Write the next line of the log; its number."""
    parts = [_text(part) for part in (review.before, review.after, review.said, review.replaced)]
    added = db.execute(
        "INSERT INTO reviews (example, person, action, before, after, said, replaced, comment, batch, undoes, at) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            review.example, review.person, review.action, *parts, review.comment, review.batch, review.undoes,
            review.at or now(),
        ),
    )  # fmt: skip
    return int(added.lastrowid or 0)


def history(project: Project, example: str = "", person: str = "", count: int = 1000) -> list[Review]:
    """The last lines of the log, of one example or person where named, oldest first."""
    with project.database() as db:
        found = db.execute(
            "SELECT * FROM reviews WHERE (? = '' OR example = ?) AND (? = '' OR person = ?) ORDER BY id DESC LIMIT ?",
            (example, example, person, person, count),
        ).fetchall()
    return [review(row) for row in reversed(found)]


def comments(db: sqlite3.Connection, example: str) -> list[Review]:
    """The lines with a comment that were not taken back, oldest first."""
    found = db.execute(
        "SELECT * FROM reviews r WHERE example = ? AND comment != '' AND action != 'undo' "
        "AND NOT EXISTS (SELECT 1 FROM reviews u WHERE u.undoes = r.id) ORDER BY id",
        (example,),
    )
    return [review(row) for row in found]


def last_of(db: sqlite3.Connection, person: str) -> list[Review]:
    """What a person did last and has not taken back: one line, or all lines of what was done in one go."""
    last = db.execute(
        "SELECT * FROM reviews r WHERE person = ? AND action NOT IN ('undo', 'apply') "
        "AND NOT EXISTS (SELECT 1 FROM reviews u WHERE u.undoes = r.id) ORDER BY id DESC LIMIT 1",
        (person,),
    ).fetchone()
    if last is None or last["batch"] is None:
        return [review(last)] if last else []
    batch = [review(row) for row in db.execute("SELECT * FROM reviews WHERE batch = ?", (last["batch"],))]
    return not_undone(db, batch)


def not_undone(db: sqlite3.Connection, lines: Sequence[Review]) -> list[Review]:
    """Those that nobody has taken back."""
    ids = json.dumps([line.id for line in lines])
    found = db.execute("SELECT undoes FROM reviews WHERE undoes IN (SELECT value FROM json_each(?))", (ids,))
    gone = {row["undoes"] for row in found}
    return [line for line in lines if line.id not in gone]


def opinions(db: sqlite3.Connection, example: str) -> list[Opinion]:
    """What each person thinks of an example, in the order in which they came to it; skips too."""
    found = db.execute("SELECT * FROM opinions WHERE example = ? ORDER BY at, rowid", (example,))
    return [opinion(row) for row in found]


def put(db: sqlite3.Connection, given: Opinion) -> None:
    """Keep an opinion in place of this person's earlier one."""
    db.execute(
        "INSERT INTO opinions (example, person, settles, action, input, output, at) VALUES (?,?,?,?,?,?,?) "
        "ON CONFLICT DO UPDATE SET action = excluded.action, input = excluded.input, output = excluded.output, "
        "at = excluded.at",
        (given.example, given.person, given.settles, given.action, given.input, given.output, given.at),
    )


def take_out(db: sqlite3.Connection, given: Opinion) -> None:
    db.execute(
        "DELETE FROM opinions WHERE example = ? AND person = ? AND settles = ?",
        (given.example, given.person, given.settles),
    )


def opinion(row: sqlite3.Row) -> Opinion:
    return Opinion(
        row["example"], row["person"], row["action"], row["input"], row["output"], bool(row["settles"]), row["at"]
    )  # fmt: skip


def review(row: sqlite3.Row) -> Review:
    before, after = (Content(**json.loads(row[c])) if row[c] else None for c in ("before", "after"))
    said, replaced = (Opinion(**json.loads(row[c])) if row[c] else None for c in ("said", "replaced"))
    return Review(
        row["example"], row["person"], row["action"], before, after, said, replaced, row["comment"],
        row["batch"], row["undoes"], row["at"], row["id"],
    )  # fmt: skip


def _text(part: Content | Opinion | None) -> str | None:
    return json.dumps(vars(part), ensure_ascii=False) if part else None
