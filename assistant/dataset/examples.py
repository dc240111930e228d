"""The project's table of examples: one input, one ideal answer, and where it came from."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.errors import PenalaError
from assistant.workspace.database import now
from assistant.workspace.project import Project

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Example:
    """`source`: the conversation, document or person it came from; examples of one source stay in one split."""

    id: str
    input: str
    output: str
    source: str = ""
    split: str = ""  # "", or one of SPLITS
    note: str = ""
    origin: str = "written"  # written, imported

    @property
    def group(self) -> str:
        """What is kept together: the source, else the example alone."""
        return self.source or f"id:{self.id}"


def all_examples(project: Project) -> list[Example]:
    """Every example, in the order of entry."""
    with project.database() as db:
        return [_example(row) for row in db.execute("SELECT * FROM examples ORDER BY rowid")]


def page(
    project: Project, start: int, count: int, words: str = "", split: str = ""
) -> tuple[list[Example], int]:
    """`count` examples from `start` that contain `words` (and lie in `split`), and how many there are in all."""
    where = "WHERE (input LIKE ? ESCAPE '!' OR output LIKE ? ESCAPE '!') AND (? = '' OR split = ?)"
    sought = re.sub(r"([!%_])", r"!\1", words)
    values = [f"%{sought}%"] * 2 + [split] * 2
    with project.database() as db:
        total = db.execute(f"SELECT count(*) FROM examples {where}", values).fetchone()[0]
        found = db.execute(
            f"SELECT * FROM examples {where} ORDER BY rowid LIMIT ? OFFSET ?", [*values, count, start]
        )
        return [_example(row) for row in found], int(total)


def save(project: Project, given: Iterable[Example]) -> int:
    """Add examples, or replace those whose id is known. How many there were."""
    rows = [(e.id, e.input, e.output, e.source, e.split, e.note, e.origin, now()) for e in given]
    with project.database() as db:
        db.executemany(
            "INSERT INTO examples (id, input, output, source, split, note, origin, at) VALUES (?,?,?,?,?,?,?,?) "
            "ON CONFLICT(id) DO UPDATE SET input=excluded.input, output=excluded.output, source=excluded.source, "
            "split=excluded.split, note=excluded.note, at=excluded.at",
            rows,
        )
    return len(rows)


def add(project: Project, text: str, answer: str, source: str = "", note: str = "") -> Example:
    """One example written by hand. Raises PenalaError("example_incomplete") without input or answer."""
    if not text.strip() or not answer.strip():
        raise PenalaError("example_incomplete")
    made = Example(free_ids(project, 1)[0], text.strip(), answer.strip(), source.strip(), "", note.strip())
    save(project, [made])
    return made


def delete(project: Project, ids: Sequence[str]) -> None:
    with project.database() as db:
        db.executemany("DELETE FROM examples WHERE id = ?", [(identity,) for identity in ids])


def free_ids(project: Project, count: int) -> list[str]:
    """Ids that no example has: e1, e2, …"""
    with project.database() as db:
        taken = [row["id"] for row in db.execute("SELECT id FROM examples")]
    highest = max((int(t[1:]) for t in taken if re.fullmatch(r"e\d+", t)), default=0)
    return [f"e{highest + n}" for n in range(1, count + 1)]


def _example(row: sqlite3.Row) -> Example:
    return Example(
        row["id"], row["input"], row["output"], row["source"], row["split"], row["note"], row["origin"]
    )
