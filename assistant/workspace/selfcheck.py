"""Looks at a workspace when the server starts, and mends what can be mended without asking; says what it did.

A database that is whole is copied to `safety.db` beside it, if it has changed; in the place of one that is damaged comes
its copy, and the damaged file is kept.
"""

import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.settings import Settings
from assistant.workspace import integrity, restoring

log = logging.getLogger("penala")
_LEFTOVER_AGE = 86_400.0  # seconds after which an unfinished file belongs to no living writer
_COPY = "safety.db"
_ROOM = 3  # a safety copy is made where the disk has this many times its size


@dataclass(frozen=True)
class Repair:
    """What was found and done: restore_ended, leftovers, index_rebuilt, database_replaced or database_damaged.

    `copied`: when the copy that came in its place was made, UTC ISO 8601; what was saved after that is only in `kept`.
    """

    kind: str
    path: Path
    copied: str = ""
    kept: Path | None = None
    count: int = 0


def check(settings: Settings) -> list[Repair]:
    """Mend, then copy what is whole. Must not run beside a server; commands may be at work."""
    done = list(_repairs(settings))
    for one in done:
        log.warning("self-check: %s %s %s", one.kind, one.path, one.copied)
    return done


def _repairs(settings: Settings) -> Iterator[Repair]:
    if restoring.finish(settings.home):
        yield Repair("restore_ended", settings.home)
    if count := _sweep(settings):
        yield Repair("leftovers", settings.home, count=count)
    for path in integrity.databases(settings):
        found = integrity.health(path)
        if found.state == "damaged":
            yield _replaced(path)
        elif found.state == "index":
            with closing(sqlite3.connect(path, timeout=30.0)) as db, db:
                db.execute("INSERT INTO chunks_text(chunks_text) VALUES ('rebuild')")
            yield Repair("index_rebuilt", path)
        if found.state in ("whole", "index"):
            _keep_safe(path)


def _sweep(settings: Settings) -> int:
    """Remove what killed writers left behind more than a day ago."""
    before, count = time.time() - _LEFTOVER_AGE, 0
    for pattern in (
        ".new-*",
        "projects/.new-*",
        "projects/*/.new-*",
        "projects/*/*/.new-*",
        "backups/.new-*",
    ):
        for path in settings.home.glob(pattern):
            if path.lstat().st_mtime < before:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(
                    missing_ok=True
                )
                count += 1
    return count


def forget(folder: Path) -> None:
    """Remove the safety copy of a project's database, which still holds what was just deleted there."""
    (folder / _COPY).unlink(missing_ok=True)


def _keep_safe(path: Path) -> None:
    copy = path.with_name(_COPY)
    changed = max(p.stat().st_mtime for p in (path, path.with_name(f"{path.name}-wal")) if p.exists())
    size = path.stat().st_size
    if copy.exists() and copy.stat().st_mtime >= changed:
        return
    if shutil.disk_usage(copy.parent).free < _ROOM * size:
        log.warning("self-check: no room for a safety copy of %s", path)
        return
    temporary = copy.with_name(f".new-{os.getpid()}-{copy.name}")
    temporary.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(path, timeout=30.0)) as source,
        closing(sqlite3.connect(temporary)) as target,
    ):
        source.backup(target)
    os.utime(temporary, (changed, changed))
    os.replace(temporary, copy)


def _replaced(path: Path) -> Repair:
    """The safety copy in the place of a damaged database, which is kept; without a whole copy nothing is touched."""
    copy = path.with_name(_COPY)
    if not copy.is_file() or integrity.health(copy, deep=False).state != "whole":
        return Repair("database_damaged", path)
    made = datetime.fromtimestamp(copy.stat().st_mtime, UTC)
    kept = path.with_name(f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}-{path.name}")
    shutil.copyfile(copy, temporary := path.with_name(f".new-{path.name}"))
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            os.replace(part, kept.with_name(kept.name + ending))
    os.replace(temporary, path)
    return Repair("database_replaced", path, f"{made:%Y-%m-%dT%H:%M:%S+00:00}", kept)
