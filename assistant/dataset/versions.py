"""Frozen versions of the examples: a file that never changes, named by number, known by its hash."""

import hashlib
import json
import sqlite3
from dataclasses import asdict, astuple, dataclass

from assistant.dataset import splits
from assistant.dataset.examples import SPLITS, Example, all_examples, delete, read, save
from assistant.errors import PenalaError
from assistant.workspace import files
from assistant.workspace.database import now
from assistant.workspace.project import Project


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

    Raises PenalaError: no_examples, disk_full.
    """
    rows = splits.complete(all_examples(project), seed)
    if not rows:
        raise PenalaError("no_examples")
    save(project, rows)
    text = "".join(json.dumps(_record(e), ensure_ascii=False, sort_keys=True) + "\n" for e in rows)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with project.database() as db:
        db.execute("BEGIN IMMEDIATE")  # two freezes at once get two numbers
        made = [_version(row) for row in db.execute("SELECT * FROM versions ORDER BY name")]
        if made and made[-1].hash == digest:
            return made[-1]
        parent = made[-1].name if made else None
        new = Version(f"v{len(made) + 1:03d}", digest, parent, len(rows), note, now(), author)
        path = project.datasets / f"{new.name}.jsonl"
        files.write(path, text)
        path.chmod(0o444)
        db.execute("INSERT INTO versions VALUES (?,?,?,?,?,?,?)", astuple(new))
    return new


def restore(project: Project, name: str) -> int:
    """Make the table of examples what it was in that version; how many examples. Freeze first what must not go."""
    rows = load(project, name)
    kept = {e.id for e in rows}
    delete(project, [e.id for e in all_examples(project) if e.id not in kept])
    return save(project, rows)


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


@dataclass(frozen=True)
class Change:
    """Between two versions: ids added, removed, and changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def difference(project: Project, old: str, new: str) -> Change:
    before = {e.id: e for e in load(project, old)}
    after = {e.id: e for e in load(project, new)}
    return Change(
        tuple(i for i in after if i not in before),
        tuple(i for i in before if i not in after),
        tuple(i for i in after if i in before and after[i] != before[i]),
    )


def _record(e: Example) -> dict[str, object]:
    """What a version keeps of an example: all but the revision, which counts edits in the table."""
    record = asdict(e)
    del record["revision"]
    return record


def _version(row: sqlite3.Row) -> Version:
    return Version(*(row[name] for name in ("name", "hash", "parent", "rows", "note", "at", "author")))
