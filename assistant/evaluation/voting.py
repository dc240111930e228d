"""Blind votes: two arms' answers to one case, sides by chance, names hidden; who sees what next, and what was said.

Each person meets each pair of answers once. After every ten votes an earlier pair comes again with its sides
swapped, to see how steadily people judge; such repeats count for nothing else.
"""

import hashlib
import random
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from assistant.errors import PenalaError
from assistant.evaluation import wording
from assistant.evaluation.comparing import Comparison
from assistant.workspace.database import now
from assistant.workspace.project import Project

Choice = Literal["left", "right", "tie", "bad"]
CHOICES: tuple[Choice, ...] = ("left", "right", "tie", "bad")
REASONS = ("correct", "complete", "clear", "tone", "short", "form")
EVERY = 10  # votes of a person, after which one comes again


@dataclass(frozen=True)
class Turn:
    """What one person is shown: the case, and which arm's answer stands on which side."""

    case: str
    left: str
    right: str
    repeat: bool


@dataclass(frozen=True)
class Vote:
    """`left` and `right`: the arms as they stood; `choice`: which side was better, neither, or both bad."""

    case: str
    left: str
    right: str
    voter: str
    choice: Choice
    repeat: bool
    reasons: tuple[str, ...] = ()

    @property
    def winner(self) -> str:
        """The arm that was preferred; "" for a tie or two bad answers."""
        return {"left": self.left, "right": self.right}.get(self.choice, "")

    @property
    def pair(self) -> tuple[str, str]:
        """The two arms in the order of their names."""
        first, second = sorted((self.left, self.right))
        return first, second


def next_turn(project: Project, identity: str, found: Comparison, voter: str) -> Turn | None:
    """What this person judges next; None where nothing is left. The pairs that fewest have judged come first, in an
    order of each person's own."""
    with project.database() as db:
        cast = _votes(db, identity)
    own = [v for v in cast if v.voter == voter]
    again = _due_again(own)
    if again:
        return Turn(again.case, again.right, again.left, True)
    seen = {(v.case, v.pair) for v in own}
    judged: dict[tuple[str, tuple[str, str]], int] = {}
    for v in cast:
        if not v.repeat:
            judged[v.case, v.pair] = judged.get((v.case, v.pair), 0) + 1
    open_ = [one for one in pairs(found) if one not in seen]
    if not open_:
        return None
    random.Random(f"{identity} {voter}").shuffle(open_)
    case, (first, second) = min(open_, key=lambda one: judged.get(one, 0))
    swapped = hashlib.sha256(f"{identity} {voter} {case} {first} {second}".encode()).digest()[0] & 1
    return Turn(case, second, first, False) if swapped else Turn(case, first, second, False)


def mark(identity: str, voter: str, turn: Turn) -> str:
    """A word for a turn that tells nobody which arms it holds: a page keeps it instead of their names."""
    words = f"{identity}\n{voter}\n{turn.case}\n{turn.left}\n{turn.right}\n{turn.repeat}"
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:24]


def turn_of(identity: str, found: Comparison, voter: str, word: str) -> Turn:
    """The turn that `mark` stood for. Raises PenalaError("no_such_choice") for a word that stands for none."""
    for case, (a, b) in pairs(found):
        for left_, right in ((a, b), (b, a)):
            for repeat in (False, True):
                turn = Turn(case, left_, right, repeat)
                if mark(identity, voter, turn) == word:
                    return turn
    raise PenalaError("no_such_choice")


def pairs(found: Comparison) -> list[tuple[str, tuple[str, str]]]:
    """Every case with every two arms whose answers differ; no case that was seen in training."""
    arms = sorted(found.arms, key=lambda a: a.name)
    return [
        (case.id, (a.name, b.name))
        for i, case in enumerate(found.cases)
        if case.id not in found.leaked
        for a, b in combinations(arms, 2)
        if not wording.same(a.answers[i].text, b.answers[i].text)
    ]


def left(project: Project, identity: str, found: Comparison, voter: str) -> int:
    """How many pairs this person has not judged yet."""
    seen = {(v.case, v.pair) for v in votes(project, identity) if v.voter == voter}
    return sum(one not in seen for one in pairs(found))


def cast(project: Project, identity: str, vote: Vote) -> None:
    """Keep a vote. The same person's vote on the same pair again (a double click, a second window) changes nothing.

    Raises PenalaError("no_such_choice") for a word that is none of CHOICES or REASONS."""
    if vote.choice not in CHOICES or not set(vote.reasons) <= set(REASONS) or vote.left == vote.right:
        raise PenalaError("no_such_choice")
    with project.database() as db:
        db.execute(
            "INSERT OR IGNORE INTO votes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                identity, vote.case, *vote.pair, vote.voter, vote.repeat, vote.left, vote.choice,
                " ".join(vote.reasons), now(),
            ),
        )  # fmt: skip


def undo(project: Project, identity: str, voter: str) -> Vote | None:
    """Take back this person's last vote; it is shown again. None where there is none."""
    with project.database() as db:
        row = db.execute(
            "SELECT rowid, * FROM votes WHERE comparison = ? AND voter = ? ORDER BY rowid DESC LIMIT 1",
            (identity, voter),
        ).fetchone()
        if row is None:
            return None
        db.execute("DELETE FROM votes WHERE rowid = ?", (row["rowid"],))
        return _vote(row)


def votes(project: Project, identity: str) -> list[Vote]:
    """All votes on a comparison, oldest first."""
    with project.database() as db:
        return _votes(db, identity)


def _due_again(own: Sequence[Vote]) -> Vote | None:
    """One of this person's votes whose pair comes again now: the first of the last EVERY, once EVERY are full."""
    first = [v for v in own if not v.repeat]
    repeated = len(own) - len(first)
    due = len(first) // EVERY
    return first[repeated * EVERY] if repeated < due else None


def _votes(db: sqlite3.Connection, identity: str) -> list[Vote]:
    found = db.execute("SELECT * FROM votes WHERE comparison = ? ORDER BY rowid", (identity,))
    return [_vote(row) for row in found]


def _vote(row: sqlite3.Row) -> Vote:
    other = row["second"] if row["left"] == row["first"] else row["first"]
    return Vote(
        row["case_id"], row["left"], other, row["voter"], row["choice"], bool(row["repeat"]),
        tuple(row["reasons"].split()),
    )  # fmt: skip
