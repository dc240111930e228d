"""Keeps the interview in the project: facts, turns, decisions; knows nothing of what they mean."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assistant.advisor.facts import Fact, Facts
from assistant.workspace.database import now
from assistant.workspace.project import Project

RESTART = "-"  # in place of a signal: here the user started over
Role = Literal["user", "assistant"]


@dataclass(frozen=True)
class Spoken:
    """One line of the conversation; `asks` is the signal that we asked for, or that the user was asked."""

    role: Role
    text: str
    asks: str | None
    at: str


@dataclass(frozen=True)
class StoredDecision:
    approach: str
    record: Mapping[str, Any]
    at: str


def load_facts(project: Project) -> Facts:
    with project.database() as db:
        rows = db.execute("SELECT signal, value, quote, origin FROM facts ORDER BY signal").fetchall()
    return {row["signal"]: _fact(dict(row)) for row in rows}


def load_turns(project: Project) -> list[Spoken]:
    with project.database() as db:
        rows = db.execute("SELECT role, text, asks, at FROM turns ORDER BY id").fetchall()
    return [Spoken(row["role"], row["text"], row["asks"], row["at"]) for row in rows]


def since_restart(turns: list[Spoken]) -> list[Spoken]:
    """What was said since the user last started over."""
    marks = [n for n, turn in enumerate(turns) if turn.role == "user" and turn.asks == RESTART]
    return turns[marks[-1] + 1 :] if marks else turns


def keep(
    project: Project,
    said: str,
    answered: str | None,
    reply: str,
    asks: str | None,
    before: Mapping[str, Fact],
    facts: Mapping[str, Fact],
) -> None:
    """One exchange: what the user said, our reply, the facts before and after it; in one transaction.

    `answered` is the signal that was on the table, `asks` the next one.
    """
    moment = now()
    with project.database() as db:
        _replace(db, facts, moment)
        insert = "INSERT INTO turns (role, text, asks, at, facts) VALUES (?, ?, ?, ?, ?)"
        db.execute(insert, ("user", said, answered, moment, _dump(before)))
        db.execute(insert, ("assistant", reply, asks, moment, None))


def drop_last(project: Project) -> bool:
    """Take back the last exchange and the facts with it; False when there is none."""
    with project.database() as db:
        row = db.execute(
            "SELECT id, facts FROM turns WHERE role = 'user' ORDER BY id DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return False
        db.execute("DELETE FROM turns WHERE id >= ?", (row["id"],))
        if row["facts"] is not None:  # a conversation from elsewhere may not carry them
            before = json.loads(row["facts"])
            _replace(db, {name: _fact({"signal": name, **node}) for name, node in before.items()}, now())
    return True


def keep_decision(project: Project, approach: str, record: Mapping[str, Any]) -> None:
    """Add a decision, unless it is the one kept last."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True)
    with project.database() as db:
        last = db.execute("SELECT record FROM decisions ORDER BY id DESC LIMIT 1").fetchone()
        if last is None or last["record"] != text:
            db.execute(
                "INSERT INTO decisions (approach, record, at) VALUES (?, ?, ?)", (approach, text, now())
            )


def decisions(project: Project) -> list[StoredDecision]:
    """All decisions, the newest first."""
    with project.database() as db:
        rows = db.execute("SELECT approach, record, at FROM decisions ORDER BY id DESC").fetchall()
    return [StoredDecision(row["approach"], json.loads(row["record"]), row["at"]) for row in rows]


def _replace(db: sqlite3.Connection, facts: Mapping[str, Fact], moment: str) -> None:
    """Make the table hold exactly `facts`; a fact that stays keeps its time."""
    kept = {row["signal"]: dict(row) for row in db.execute("SELECT * FROM facts")}
    for signal in kept.keys() - facts.keys():
        db.execute("DELETE FROM facts WHERE signal = ?", (signal,))
    for fact in facts.values():
        row = {**fact.to_json(), "signal": fact.signal, "value": json.dumps(fact.value)}
        old = kept.get(fact.signal)
        if old is None or any(old[name] != row[name] for name in row):
            db.execute(
                "INSERT OR REPLACE INTO facts (signal, value, quote, origin, at) VALUES (?, ?, ?, ?, ?)",
                (row["signal"], row["value"], row["quote"], row["origin"], moment),
            )


def _dump(facts: Mapping[str, Fact]) -> str:
    plain = {name: {**fact.to_json(), "value": json.dumps(fact.value)} for name, fact in facts.items()}
    return json.dumps(plain, ensure_ascii=False)


def _fact(row: Mapping[str, Any]) -> Fact:
    return Fact(row["signal"], json.loads(row["value"]), row["quote"], row["origin"])
