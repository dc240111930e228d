"""Puts a backup in the place of a workspace so that a kill at any moment leaves the old one or the new one.

First everything is unpacked and checked aside; then `restore.json` says what is to be moved; then the old goes out, the
new comes in, and `restore.json` goes. Whoever finds `restore.json` ends what it says.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import PenalaError
from assistant.settings import Settings
from assistant.workspace import backup, files, lock
from assistant.workspace.backup import Backup

_PARTS = ("workspace.db", "workspace.db-wal", "workspace.db-shm", "projects", "samples-made")


@dataclass(frozen=True)
class Restored:
    """`aside`: the folder that keeps what was here before, None if there was nothing."""

    backup: Backup
    aside: Path | None


def restore(settings: Settings, path: Path, replace: bool = False) -> Restored:
    """Make the workspace what the backup holds; what was here is kept in a folder beside it.

    Raises PenalaError: restore_would_replace (without `replace`, where there is anything), already_open (a server
    runs), and what `backup.verify` and `backup.unpack` raise; nothing has changed then.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with lock.held(settings.home / "server.lock", "already_open", folder=str(settings.home)):
        found = backup.verify(path)
        here = sum(1 for _ in settings.projects.glob("*/project.db"))
        taken = here or (settings.home / "workspace.db").exists()
        if taken and not replace:
            raise PenalaError("restore_would_replace", folder=str(settings.home), projects=here)
        aside = settings.home / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        with _prepared(settings.home) as new:
            backup.unpack(path, new)
            _sync(new)
            _note(settings.home, {"new": new.name, "aside": aside.name, "out": True})
        finish(settings.home)
        return Restored(found, aside if aside.is_dir() else None)


def finish(home: Path) -> bool:
    """End a restore that was cut short after its decision; whether there was one."""
    if not (home / "restore.json").exists():
        return False
    with lock.in_turn(home / "restore.lock"):
        return _finish(home, home / "restore.json")


def _finish(home: Path, note: Path) -> bool:
    if not note.exists():  # another process did it while this one waited
        return False
    said = json.loads(note.read_text("utf-8"))
    new, aside = home / Path(said["new"]).name, home / Path(said["aside"]).name
    if said["out"]:
        _move(home, aside)
        _note(home, {**said, "out": False})
    _move(new, home)
    note.unlink()
    files.sync_folder(home)
    shutil.rmtree(new, ignore_errors=True)
    return True


def _move(source: Path, target: Path) -> None:
    """What is left of the parts in `source` goes to `target`; done again, it goes on where it stopped."""
    left = [name for name in _PARTS if (source / name).exists()]
    if left:
        target.mkdir(exist_ok=True, mode=0o700)
    for name in left:
        os.replace(source / name, target / name)
    if left:
        files.sync_folder(target)
        files.sync_folder(source)


def _note(home: Path, said: dict[str, object]) -> None:
    files.write(home / "restore.json", json.dumps(said))


@contextmanager
def _prepared(home: Path) -> Iterator[Path]:
    """A new folder, removed if the block fails before anything has been decided."""
    made = Path(tempfile.mkdtemp(dir=home, prefix=".new-restore-"))
    try:
        yield made
    except BaseException:
        if not (home / "restore.json").exists():
            shutil.rmtree(made, ignore_errors=True)
        raise


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            files.sync_folder(path)
    files.sync_folder(folder)
