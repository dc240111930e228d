"""The project's table of examples: one input, one ideal answer, where it came from, and whether it counts."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from assistant.errors import PenalaError
from assistant.workspace import files, lock
from assistant.workspace.database import now
from assistant.workspace.project import Project

SPLITS = ("train", "validation", "test")
SYNTHETIC = ("paraphrased",)  # origins that no test row may have: a model wrote the input
Status = Literal["accepted", "draft", "rejected"]
_LAST = "examples.last"  # in meta: the highest number an id was given


@dataclass(frozen=True)
class Place:
    """Where an example was taken from: a row of a file (from 1), characters of a document, a model's draft, or an
    answer in a chat or comparison (`context`: which arm answered what)."""

    file: str = ""
    row: int | None = None
    document: str = ""
    start: int | None = None
    stop: int | None = None
    model: str = ""
    context: str = ""

    @property
    def passage(self) -> str:
        """The passage as a source: what rests on one passage stays together. Empty without a document."""
        return f"{self.document} {self.start or 0}-{self.stop or 0}" if self.document else ""


@dataclass(frozen=True)
class Example:
    """`source`: the conversation, document or person it came from; examples of one source stay in one split.

    Only `accepted` examples are split, checked, frozen and trained on. `rejected`: the worse answer of a preference
    pair. `revision` rises with each edit and is no part of what the example says.
    """

    id: str
    input: str
    output: str
    source: str = ""
    split: str = ""  # "", or one of SPLITS
    note: str = ""
    origin: str = "written"  # written, imported, improved, drafted, paraphrased
    tags: tuple[str, ...] = ()
    author: str = ""
    place: Place | None = None
    status: Status = "accepted"
    rejected: str = ""
    revision: int = 1

    @property
    def group(self) -> str:
        """What is kept together: the source, else the example alone."""
        return self.source or f"id:{self.id}"


@dataclass(frozen=True)
class Filter:
    """Which examples are meant; an empty field leaves all of them in, `status` "" as well."""

    words: str = ""
    split: str = ""
    status: Status | Literal[""] = "accepted"
    tag: str = ""
    author: str = ""
    origin: str = ""
    ids: tuple[str, ...] = ()


def all_examples(project: Project) -> list[Example]:
    """Every example that counts, in the order of entry."""
    return every(project, Filter())


def every(project: Project, sought: Filter = Filter(status="")) -> list[Example]:
    """All examples that fit, drafts and rejected ones too unless the filter says otherwise, in the order of entry."""
    with project.database() as db:
        return matching(db, sought)


def matching(db: sqlite3.Connection, sought: Filter) -> list[Example]:
    """As `every`, inside a transaction that is open."""
    where, values = _where(sought)
    return [_example(row) for row in db.execute(f"SELECT * FROM examples {where} ORDER BY rowid", values)]


def page(
    project: Project, start: int, count: int, sought: Filter = Filter(), newest: bool = False
) -> tuple[list[Example], int]:
    """`count` examples from `start` that fit, the `newest` first if so asked, and how many fit in all.

    Words are read from the rows, and in one pass for page and count; all else is in an index (benchmarks/table.py).
    """
    where, values = _where(sought)
    order = "ORDER BY rowid DESC" if newest else "ORDER BY rowid"
    with project.database() as db:
        plain = db.cursor()
        plain.row_factory = None
        if sought.words:
            every = plain.execute(
                f"SELECT rowid FROM examples NOT INDEXED {where} {order}", values
            ).fetchall()
            total, places = len(every), every[start : start + count]
        else:
            part = f"SELECT rowid FROM examples {where} {order} LIMIT ? OFFSET ?"
            total = plain.execute(f"SELECT count(*) FROM examples {where}", values).fetchone()[0]
            places = plain.execute(part, [*values, count, start]).fetchall()
        marks = ", ".join("?" * len(places))
        chosen = [place for (place,) in places]
        found = db.execute(f"SELECT * FROM examples WHERE rowid IN ({marks}) {order}", chosen)
        return [_example(row) for row in found], int(total)


@dataclass(frozen=True)
class Choices:
    """What a filter can be set to: each value that some example has, in order."""

    tags: tuple[str, ...]
    authors: tuple[str, ...]
    origins: tuple[str, ...]


def choices(project: Project) -> Choices:
    with project.database() as db:
        tags, authors, origins = (
            [row[0] for row in db.execute(f"SELECT DISTINCT {column} FROM examples")]
            for column in ("tags", "author", "origin")
        )
    each = {tag for listed in tags for tag in json.loads(listed)}
    return Choices(*(tuple(sorted(filter(None, found))) for found in (each, authors, origins)))


@contextmanager
def writing(project: Project) -> Iterator[sqlite3.Connection]:
    """A transaction that holds the write lock from its beginning; who waits for it gets it one after another."""
    path = project.folder / "reviews.lock"
    with files.disk_full_is_said(project.folder), lock.in_turn(path), project.database() as db:
        db.execute("BEGIN IMMEDIATE")
        yield db


def find(project: Project, id: str) -> Example | None:
    with project.database() as db:
        return load(db, id)


def load(db: sqlite3.Connection, id: str) -> Example | None:
    """As `find`, inside a transaction that is open."""
    row = db.execute("SELECT * FROM examples WHERE id = ?", (id,)).fetchone()
    return _example(row) if row else None


def save(project: Project, given: Iterable[Example]) -> int:
    """Add examples, or replace those whose id is known; the revision rises where something changed. How many."""
    rows = list(given)
    with writing(project) as db:
        save_in(db, rows)
    return len(rows)


def save_in(db: sqlite3.Connection, given: Iterable[Example]) -> None:
    """As `save`, inside a transaction that is open."""
    values = ", ".join("?" * (len(_COLUMNS) + 2))
    changed = " OR ".join(f"{column} IS NOT excluded.{column}" for column in _COLUMNS[1:])
    update = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[1:])
    db.executemany(
        f"INSERT INTO examples ({', '.join(_COLUMNS)}, revision, at) VALUES ({values}) "
        f"ON CONFLICT(id) DO UPDATE SET {update}, at = excluded.at, revision = examples.revision + 1 WHERE {changed}",
        [(*_row(e), e.revision, now()) for e in given],
    )


def change(project: Project, read: Example, make: Callable[[Example], Example]) -> Example:
    """Change an example that was read before: all or nothing. The changed one, with its new revision.

    Raises PenalaError("example_changed") when someone else changed or deleted it since.
    """
    with writing(project) as db:
        return change_in(db, read, make)


def change_in(db: sqlite3.Connection, read: Example, make: Callable[[Example], Example]) -> Example:
    """As `change`, inside a transaction that is open and holds the write lock."""
    row = db.execute("SELECT * FROM examples WHERE id = ?", (read.id,)).fetchone()
    if row is None or row["revision"] != read.revision:
        raise PenalaError("example_changed", id=read.id)
    known = _example(row)
    made = make(known)
    save_in(db, [made])
    return made if made == known else replace(made, revision=known.revision + 1)


def add(project: Project, text: str, answer: str, source: str = "", note: str = "") -> Example:
    """One example written by hand. Raises PenalaError("example_incomplete") without input or answer."""
    return add_all(project, [Example("", text, answer, source, "", note)])[0]


def add_all(project: Project, given: Sequence[Example]) -> list[Example]:
    """Add examples under free ids, whatever their id. Raises PenalaError("example_incomplete"), then adds none."""
    if any(not e.input.strip() or not e.output.strip() for e in given):
        raise PenalaError("example_incomplete")
    with writing(project) as db:  # two people who add at once get different ids
        ids = _free_ids(db, len(given))
        made = [_tidied(replace(e, id=identity)) for e, identity in zip(given, ids, strict=True)]
        save_in(db, made)
    return made


def delete(project: Project, ids: Sequence[str]) -> None:
    with writing(project) as db:
        db.executemany("DELETE FROM examples WHERE id = ?", [(identity,) for identity in ids])


@dataclass(frozen=True)
class Step:
    """A change that can be undone: the example before it (None: it was added) and after it (None: deleted)."""

    before: Example | None
    after: Example | None


def undo(project: Project, step: Step) -> None:
    """What was before the step. Raises PenalaError("example_changed") when someone else changed it since."""
    one = step.after or step.before
    assert one is not None
    with writing(project) as db:
        row = db.execute("SELECT revision FROM examples WHERE id = ?", (one.id,)).fetchone()
        if (row["revision"] if row else None) != (step.after.revision if step.after else None):
            raise PenalaError("example_changed", id=one.id)
        if step.before:
            save_in(db, [step.before])
        else:
            db.execute("DELETE FROM examples WHERE id = ?", (one.id,))


def tags_of(text: str) -> tuple[str, ...]:
    """The tags in a line that parts them by commas, each once."""
    return tuple(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))


def read(record: Mapping[str, Any]) -> Example:
    """An example from what `asdict` made of it; fields that an older version did not have get their defaults."""
    place, tags = record.get("place"), record.get("tags", ())
    return Example(**{**record, "place": Place(**place) if place else None, "tags": tuple(tags)})


_COLUMNS = (
    "id", "input", "output", "source", "split", "note", "origin", "tags", "author", "place", "status", "rejected",
)  # fmt: skip


def _row(e: Example) -> tuple[str | None, ...]:
    """The values of _COLUMNS."""
    place = json.dumps(asdict(e.place), ensure_ascii=False) if e.place else None
    tags = json.dumps(e.tags, ensure_ascii=False)
    return (
        e.id, e.input, e.output, e.source, e.split, e.note, e.origin, tags, e.author, place, e.status, e.rejected,
    )  # fmt: skip


def _example(row: sqlite3.Row) -> Example:
    place = Place(**json.loads(row["place"])) if row["place"] else None
    return Example(
        row["id"], row["input"], row["output"], row["source"], row["split"], row["note"], row["origin"],
        () if row["tags"] == "[]" else tuple(json.loads(row["tags"])), row["author"], place, row["status"], row["rejected"], row["revision"],
    )  # fmt: skip


def _where(sought: Filter) -> tuple[str, list[str]]:
    """The condition in SQL and its values."""
    words = "%" + re.sub(r"([!%_])", r"!\1", sought.words) + "%"
    found = (
        "+" if sought.ids else ""
    )  # a plus keeps SQLite from an index that finds more rows than the ids name
    parts = [
        ("(input LIKE ? ESCAPE '!' OR output LIKE ? ESCAPE '!')", [words] * 2 if sought.words else []),
        (
            "instr(tags, ?) AND EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)",
            [json.dumps(sought.tag, ensure_ascii=False), sought.tag] if sought.tag else [],
        ),  # the first is quick and leaves few for the second, which is sure
        *(
            (f"{found}{c} = ?", [v] if (v := getattr(sought, c)) else [])
            for c in ("split", "status", "author", "origin")
        ),
    ]
    if sought.ids:
        parts.append(("id IN (SELECT value FROM json_each(?))", [json.dumps(sought.ids)]))
    condition = " AND ".join(part for part, values in parts if values)
    return (f"WHERE {condition}" if condition else ""), [v for _, values in parts for v in values]


def _tidied(e: Example) -> Example:
    return replace(
        e, input=e.input.strip(), output=e.output.strip(), source=e.source.strip(), note=e.note.strip()
    )


def _free_ids(db: sqlite3.Connection, count: int) -> list[str]:
    """Ids that no example has or was given before: e1, e2, … So one id never means two things in two versions."""
    named = "GLOB 'e[0-9]*'"  # in each part, so that an index finds them
    seen = f"SELECT id FROM examples WHERE id {named} UNION SELECT example FROM reviews WHERE example {named}"
    taken = [row["id"] for row in db.execute(seen)]
    given = db.execute("SELECT value FROM meta WHERE key = ?", (_LAST,)).fetchone()
    known = [int(t[1:]) for t in taken if re.fullmatch(r"e[0-9]+", t)]
    highest = max([*known, int(given["value"]) if given else 0])
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_LAST, str(highest + count)))
    return [f"e{highest + n}" for n in range(1, count + 1)]
