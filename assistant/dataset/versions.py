"""Frozen versions of the examples: a file that never changes, named by number, known by its hash."""

import hashlib
import json
import sqlite3
from dataclasses import asdict, astuple, dataclass

from assistant.dataset import differences, splits
from assistant.dataset.differences import Kind, RowChange, between
from assistant.dataset.examples import SPLITS, Example, all_examples, read, save, save_in, writing
from assistant.errors import PenalaError
from assistant.workspace import files
from assistant.workspace.database import now
from assistant.workspace.project import Project

_BASE = "dataset.base"  # in meta: the version that the examples stand on


@dataclass(frozen=True)
class Version:
    name: str  # v001, v002, …
    hash: str  # sha256 of the file
    parent: str | None
    rows: int
    note: str
    at: str
    author: str = ""


def all_versions(project: Project) -> list[Version]:
    """Oldest first."""
    with project.database() as db:
        return [_version(row) for row in db.execute("SELECT * FROM versions ORDER BY name")]


def version(project: Project, name: str) -> Version:
    """One version; `v3` means `v003`. Raises PenalaError("no_version") naming those there are."""
    wanted = f"v{int(name[1:]):03d}" if name[:1] == "v" and name[1:].isdigit() else name
    found = {v.name: v for v in all_versions(project)}
    if wanted not in found:
        raise PenalaError("no_version", name=name, known=", ".join(found) or "-")
    return found[wanted]


def freeze(project: Project, note: str = "", seed: int = 0, author: str = "") -> Version:
    """Split what has no split, write the next version, and list it. Equal content is the version it equals.
    Synthetic rows that have no split, because a relative is held out, stay out of it.

    Raises PenalaError: no_examples, disk_full.
    """
    every = splits.complete(all_examples(project), seed)
    rows = [e for e in every if e.split]
    if not rows:
        raise PenalaError("no_examples")
    save(project, every)
    text = "".join(json.dumps(_record(e), ensure_ascii=False, sort_keys=True) + "\n" for e in rows)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with writing(project) as db:  # two freezes at once get two numbers
        made = [_version(row) for row in db.execute("SELECT * FROM versions ORDER BY name")]
        if made and made[-1].hash == digest:
            _stand_on(db, made[-1].name)
            return made[-1]
        parent = _stands_on(db) or (made[-1].name if made else None)
        new = Version(f"v{len(made) + 1:03d}", digest, parent, len(rows), note, now(), author)
        _stand_on(db, new.name)
        path = project.datasets / f"{new.name}.jsonl"
        files.write(path, text)
        path.chmod(0o444)
        db.execute("INSERT INTO versions VALUES (?,?,?,?,?,?,?)", astuple(new))
    return new


def restoring(project: Project, name: str) -> list[RowChange]:
    """What `restore` would do to the examples that count. Raises as `load` does."""
    return between(all_examples(project), load(project, name))


def restore(project: Project, name: str, author: str = "") -> Version | None:
    """Make the examples that count what they were in that version, all or nothing; drafts and rejected ones stay.

    What was there before is frozen first, so that nothing is lost: that version, None where there was nothing.
    The next version names the restored one as its parent. Raises as `load` and `freeze` do.
    """
    wanted = load(project, name)
    kept = (
        freeze(project, f"→ {version(project, name).name}", author=author) if all_examples(project) else None
    )
    ids = {e.id for e in wanted}
    with writing(project) as db:
        gone = [row["id"] for row in db.execute("SELECT id FROM examples WHERE status = 'accepted'")]
        db.executemany("DELETE FROM examples WHERE id = ?", [(i,) for i in gone if i not in ids])
        save_in(db, wanted)
        _stand_on(db, version(project, name).name)
    return kept


def load(project: Project, name: str) -> list[Example]:
    """A version's examples. Raises PenalaError: no_version, version_damaged (its hash no longer fits)."""
    found = version(project, name)
    path = project.datasets / f"{found.name}.jsonl"
    if not path.exists() or files.sha256(path) != found.hash:
        raise PenalaError("version_damaged", name=found.name)
    return [read(json.loads(line)) for line in path.read_text("utf-8").split("\n") if line]


def rows(project: Project, reference: str) -> list[Example]:
    """The examples of `v003:test` (or of all of `v003`). Raises PenalaError("no_split") for another word."""
    name, _, part = reference.partition(":")
    if part and part not in SPLITS:
        raise PenalaError("no_split", split=part, known=", ".join(SPLITS))
    return [e for e in load(project, name) if not part or e.split == part]


def difference(project: Project, old: str, new: str) -> list[RowChange]:
    """Row by row between two versions. Raises as `load` does."""
    return between(load(project, old), load(project, new))


def changed(project: Project, given: Version) -> dict[Kind, int]:
    """How many rows differ from the version's parent; counted once, for neither ever changes."""
    key = f"dataset.changed.{given.name}"
    known: dict[Kind, int] | None = project.get(key)
    if known is None:
        known = differences.counts(difference(project, given.parent, given.name) if given.parent else [])
        project.set(key, known)
    return known


def _record(e: Example) -> dict[str, object]:
    """What a version keeps of an example: all but the revision, which counts edits in the table."""
    record = asdict(e)
    del record["revision"]
    return record


def _stands_on(db: sqlite3.Connection) -> str | None:
    """The version that the examples were last frozen as or restored to."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_BASE,)).fetchone()
    return str(json.loads(row["value"])) if row else None


def _stand_on(db: sqlite3.Connection, name: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_BASE, json.dumps(name)))


def _version(row: sqlite3.Row) -> Version:
    return Version(*(row[name] for name in ("name", "hash", "parent", "rows", "note", "at", "author")))
