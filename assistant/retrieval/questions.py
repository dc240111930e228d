"""Evaluation questions on the project's documents: what is asked, what counts as right, and where it stands."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.workspace.database import now
from assistant.workspace.project import Project

DRAFT, REVIEWED, REJECTED = "draft", "reviewed", "rejected"  # origins; only what a person stands for counts


@dataclass(frozen=True)
class Question:
    """`answers`: any of them counts as right; none when the documents do not hold the answer. `span`: the
    characters [start, stop) of the document that answer it, where that is known."""

    id: str
    question: str
    answers: tuple[str, ...]
    document: str | None = None
    answerable: bool = True
    origin: str = "imported"
    span: tuple[int, int] | None = None


def questions(project: Project) -> list[Question]:
    """Those that count, in the order of entry: no draft that nobody has reviewed, none that was rejected."""
    return [q for q in everything(project) if q.origin not in (DRAFT, REJECTED)]


def drafts(project: Project) -> list[Question]:
    """Those that wait for a person's review."""
    return [q for q in everything(project) if q.origin == DRAFT]


def identities(project: Project) -> set[str]:
    """The ids of all that were ever entered or drafted and not removed."""
    return {q.id for q in everything(project)}


def accept(
    project: Project, identity: str, question: str | None = None, answers: Sequence[str] | None = None
) -> Question:
    """A draft as a question that counts, in the reviewer's words where given.

    Raises PenalaError: draft_unknown, draft_unfinished (no question or no answer)."""
    kept = _draft(project, identity)
    asked = (kept.question if question is None else question).strip()
    right = tuple(a.strip() for a in (kept.answers if answers is None else answers) if a.strip())
    if not asked or not right:
        raise PenalaError("draft_unfinished")
    made = replace(kept, question=asked, answers=right, origin=REVIEWED)
    add(project, [made])
    return made


def reject(project: Project, identity: str) -> None:
    """Put a draft aside, so that it is not drafted again. Raises PenalaError("draft_unknown")."""
    add(project, [replace(_draft(project, identity), origin=REJECTED)])


def _draft(project: Project, identity: str) -> Question:
    found = next((q for q in drafts(project) if q.id == identity), None)
    if found is None:
        raise PenalaError("draft_unknown", draft=identity)
    return found


def everything(project: Project) -> list[Question]:
    """Drafts and rejected ones too, in the order of entry."""
    with project.database() as db:
        rows = db.execute("SELECT * FROM questions ORDER BY rowid").fetchall()
    return [
        Question(
            r["id"],
            r["question"],
            tuple(json.loads(r["answers"])),
            r["document"],
            bool(r["answerable"]),
            r["origin"],
            None if r["start"] is None else (r["start"], r["stop"]),
        )
        for r in rows
    ]


def add(project: Project, given: Sequence[Question]) -> int:
    """Add questions, or replace those whose id is known; how many."""
    rows = [
        (
            q.id,
            q.question,
            json.dumps(q.answers, ensure_ascii=False),
            q.document,
            q.answerable,
            q.origin,
            now(),
            *(q.span or (None, None)),
        )
        for q in given
    ]
    with project.database() as db:
        db.executemany(
            """INSERT OR REPLACE INTO questions (id, question, answers, document, answerable, origin, at, start, stop)
               VALUES (?,?,?,?,?,?,?,?,?)""",
            rows,
        )
    return len(rows)


def remove(project: Project, identity: str) -> None:
    with project.database() as db:
        db.execute("DELETE FROM questions WHERE id = ?", (identity,))


def add_file(project: Project, path: Path) -> int:
    """Questions from JSONL or CSV with the columns question and answers (several parted by |).

    Raises PenalaError: questions_file, questions_row (naming the row).
    """
    rows = _rows(path)
    return add(project, [_question(row, number, path.name) for number, row in enumerate(rows, 1)])


def _rows(path: Path) -> list[Mapping[str, Any]]:
    if not path.is_file() or path.suffix.lower() not in (".jsonl", ".csv"):
        raise PenalaError("questions_file", name=path.name)
    text = path.read_text("utf-8-sig", "replace")
    if path.suffix.lower() == ".csv":
        rows: list[Mapping[str, Any]] = list(csv.DictReader(io.StringIO(text)))
    else:
        rows = [
            _object(line, number, path.name)
            for number, line in enumerate(text.splitlines(), 1)
            if line.strip()
        ]
    if not rows:
        raise PenalaError("questions_file", name=path.name)
    return rows


def _object(line: str, number: int, name: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise PenalaError("questions_row", name=name, row=number) from error
    if not isinstance(row, dict):
        raise PenalaError("questions_row", name=name, row=number)
    return row


def _question(row: Mapping[str, Any], number: int, name: str) -> Question:
    asked = str(row.get("question") or "").strip()
    answers = row.get("answers", row.get("answer")) or []
    listed = tuple(str(a).strip() for a in (answers.split("|") if isinstance(answers, str) else answers))
    answerable = str(row.get("answerable", True)).lower() not in ("false", "0", "no")
    if not asked or (answerable and not any(listed)):
        raise PenalaError("questions_row", name=name, row=number)
    return Question(
        str(row.get("id") or f"q-{hashlib.sha256(asked.encode()).hexdigest()[:10]}"),
        asked,
        listed if answerable else (),
        row.get("document") or None,
        answerable,
        span=_span(row, number, name),
    )


def _span(row: Mapping[str, Any], number: int, name: str) -> tuple[int, int] | None:
    """Where the answer stands, where the row says so."""
    given = [row.get(key) for key in ("start", "stop")]
    if given in ([None, None], ["", ""]):
        return None
    try:
        start, stop = (int(str(value)) for value in given)
    except ValueError as error:
        raise PenalaError("questions_row", name=name, row=number) from error
    if not 0 <= start < stop or not row.get("document"):
        raise PenalaError("questions_row", name=name, row=number)
    return start, stop
