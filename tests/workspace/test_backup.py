"""A backup is whole or absent, and a restore leaves the old workspace or the new one, whatever happens meanwhile."""

import errno
import json
import os
import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import PenalaError
from assistant.settings import Settings
from assistant.workspace import backup, files, lock, restoring
from assistant.workspace.accounts import Accounts
from assistant.workspace.projects import Projects

from .points import failed, killed

State = dict[str, object]
CI, ALL = range(3, 200, 40), range(1, 200)
posix = pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")


def made(home: Path, word: str) -> Settings:
    """A workspace with an account, a project with a document, a run with a checkpoint, and one in the trash."""
    settings = Settings(home=home, weights=home / "weights")
    projects = Projects(settings)
    project = projects.create(f"Toko {word}", "id")
    (home / "source.txt").write_text(f"ongkos kirim {word}")
    file = files.keep(home / "source.txt", project.documents)
    with project.database() as db:
        db.execute("INSERT INTO documents (name, file, status, at) VALUES ('a', ?, 'ready', 't')", (file,))
    for name in (
        "runs/r001/checkpoints/step-000004/weights.safetensors",
        "runs/r001/spec.json",
        "left-out/x.csv",
    ):
        (project.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (project.folder / name).write_text(word)
    projects.create("Lama", "id")
    projects.delete("lama")
    Accounts(home)._db().__enter__()
    with sqlite3.connect(home / "workspace.db") as db:
        db.execute("INSERT INTO audit VALUES ('t', 'Sari', ?, '', '')", (word,))
    return settings


def state(home: Path) -> State:
    """All that lasts: the rows of each database and the bytes of each file."""
    found: State = {}
    for path in sorted([home / "workspace.db", *(home / "projects").rglob("*")]):
        name = path.relative_to(home).as_posix()
        if path.suffix == ".db":
            with sqlite3.connect(path) as db:
                assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
                found[name] = list(db.iterdump())
        elif path.is_file() and not name.endswith(("-wal", "-shm")):
            found[name] = path.read_bytes()
    return found


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two workspaces, and a backup of the first."""
    folder = tmp_path_factory.mktemp("originals")
    backup.back_up(made(folder / "home", "senja"), folder / "b.zip")
    made(folder / "other", "fajar")
    return folder


@pytest.fixture
def settings(originals: Path, tmp_path: Path) -> Settings:
    return copied(originals / "home", tmp_path / "home")


def copied(home: Path, target: Path) -> Settings:
    shutil.copytree(home, target)
    return Settings(home=target, weights=target / "weights")


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(PenalaError) as told:
        call()
    assert told.value.say("id").message and told.value.say("en").hint
    return told.value.code


def test_a_workspace_comes_back_as_it_was(settings: Settings, tmp_path: Path) -> None:
    project = Projects(settings).open("toko-senja")
    for name in (
        "cache/x.bin",
        "runs/r001/process.json",
        "runs/r001/.new-1",
        "runs/r001/rng.pth",
        "reviews.lock",
    ):
        (project.folder / name).parent.mkdir(exist_ok=True)
        (project.folder / name).write_text("stays here")
    kept = backup.back_up(settings, tmp_path / "out" / "b.zip")
    assert kept.projects == 2 and kept.bytes > 0 and backup.verify(kept.path).files == kept.files
    there = Settings(home=tmp_path / "there", weights=tmp_path / "weights")
    assert restoring.restore(there, kept.path).aside is None
    for name in (
        "cache/x.bin",
        "runs/r001/process.json",
        "runs/r001/.new-1",
        "runs/r001/rng.pth",
        "reviews.lock",
    ):
        (project.folder / name).unlink()
    assert state(there.home) == state(settings.home)
    assert Projects(there).restore("lama").get("name") == "Lama"
    assert [p.name for p in there.home.iterdir() if p.name.startswith((".new", "restore.json"))] == []


def test_a_backup_while_people_work_is_one_moment_of_each_project(settings: Settings, tmp_path: Path) -> None:
    project, stop = Projects(settings).open("toko-senja"), threading.Event()

    def write() -> None:
        while not stop.is_set():
            with project.database() as db:
                for part in "ab":
                    db.execute("INSERT INTO turns (role, text, at) VALUES ('user', ?, 't')", (part,))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backup.back_up(settings, tmp_path / f"{n}.zip") for n in range(5)]
    finally:
        stop.set()
        writer.join()
    for n, one in enumerate(made):
        there = Settings(home=tmp_path / f"there{n}", weights=tmp_path / "weights")
        restoring.restore(there, one.path)
        with Projects(there).open("toko-senja").database() as db:
            counts = [row[0] for row in db.execute("SELECT count(*) FROM turns GROUP BY text")]
            assert len(set(counts)) <= 1, counts


def test_a_document_lost_before_does_not_keep_the_rest_from_being_backed_up(
    settings: Settings, tmp_path: Path
) -> None:
    [path] = Projects(settings).open("toko-senja").documents.iterdir()
    path.unlink()
    assert backup.back_up(settings, tmp_path / "b.zip").projects == 2


def test_nothing_is_overwritten_without_saying_so(settings: Settings, tmp_path: Path) -> None:
    path = backup.back_up(settings, tmp_path / "b.zip").path
    assert code_of(lambda: backup.back_up(settings, path)) == "backup_exists"
    other = made(tmp_path / "other", "fajar")
    before = state(other.home)
    assert code_of(lambda: restoring.restore(other, path)) == "restore_would_replace"
    assert state(other.home) == before
    aside = restoring.restore(other, path, replace=True).aside
    assert aside is not None and state(aside) == before and state(other.home) == state(settings.home)


def test_no_restore_under_a_running_server_and_no_backup_of_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    path = backup.back_up(settings, tmp_path / "b.zip").path
    with lock.held(settings.home / "server.lock", "already_open"):
        assert code_of(lambda: restoring.restore(settings, path, replace=True)) == "already_open"
    empty = Settings(home=tmp_path / "empty", weights=tmp_path / "weights")
    assert code_of(lambda: backup.back_up(empty, tmp_path / "e.zip")) == "nothing_to_back_up"


def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(settings: Settings, tmp_path: Path) -> None:
    path = settings.projects / "toko-senja" / "project.db"
    with path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xaa" * 30_000)
    assert code_of(lambda: backup.back_up(settings, tmp_path / "b.zip")) == "database_damaged"
    assert [p.name for p in tmp_path.iterdir()] == ["home"]


def _rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None], seal: bool) -> Path:
    """The backup with other entries; with `seal`, as someone would who knows the format."""
    import hashlib

    with zipfile.ZipFile(source) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    change(entries)
    if seal:
        body = json.loads(entries["manifest.json"])
        body["files"] = {n: hashlib.sha256(c).hexdigest() for n, c in entries.items() if n != "manifest.json"}
        entries["manifest.json"] = json.dumps(body).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in entries.items():
            new.writestr(name, content)
    return target


def _entry(name: str, content: bytes = b"x") -> Callable[[dict[str, bytes]], None]:
    return lambda entries: entries.__setitem__(name, content)


def _database(statement: str) -> Callable[[dict[str, bytes]], None]:
    def change(entries: dict[str, bytes]) -> None:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.db"
            path.write_bytes(entries["projects/toko-senja/project.db"])
            with sqlite3.connect(path) as db:
                db.execute(statement)
            entries["projects/toko-senja/project.db"] = path.read_bytes()

    return change


@pytest.mark.parametrize(
    ("change", "seal", "code"),
    [
        (_entry("projects/toko-senja/runs/r001/spec.json"), False, "backup_damaged"),
        (lambda e: e.pop("workspace.db"), False, "backup_damaged"),
        (_entry("workspace.db"), True, "backup_not_ours"),
        (_entry("projects/toko-senja/extra.json"), False, "backup_not_ours"),
        (_entry("manifest.json", b"{}"), False, "backup_not_ours"),
        (_entry("projects/toko-senja/runs/r001/rng.pth"), True, "backup_not_ours"),
        (_entry("projects/toko-senja/cache/chroma/data.bin"), True, "backup_not_ours"),
        (_entry("weights/e5/config.json"), True, "backup_not_ours"),
        (_entry("../evil.txt"), True, "archive_unsafe"),
        (_entry("projects/toko-senja/documents/bomb", b"\0" * 70_000_000), True, "archive_too_large"),
        (_database("CREATE TRIGGER t AFTER INSERT ON turns BEGIN DELETE FROM facts; END"), True, "backup_not_ours"),
        (_database("CREATE VIEW v AS SELECT 1"), True, "backup_not_ours"),
        (_database("PRAGMA user_version = 999"), True, "archive_newer"),
    ],
)  # fmt: skip
def test_a_damaged_or_foreign_backup_is_refused_and_nothing_changes(
    originals: Path,
    settings: Settings,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
    seal: bool,
    code: str,
) -> None:
    good = originals / "b.zip"
    bad, before = _rewritten(good, tmp_path / "bad.zip", change, seal), state(settings.home)
    assert code_of(lambda: restoring.restore(settings, bad, replace=True)) == code
    assert state(settings.home) == before
    assert not [p for p in settings.home.iterdir() if p.name.startswith((".new", "before", "restore.json"))]


@pytest.mark.parametrize("seed", range(12))
def test_a_flipped_byte_anywhere_is_found(originals: Path, tmp_path: Path, seed: int) -> None:
    import random

    path = Path(shutil.copy(originals / "b.zip", tmp_path / "b.zip"))
    content, rng = bytearray(path.read_bytes()), random.Random(seed)
    with zipfile.ZipFile(
        path
    ) as source:  # inside an entry's bytes; dates and the like in between do not matter
        one = rng.choice([e for e in source.infolist() if e.compress_size > 8])
        names = int.from_bytes(content[one.header_offset + 26 :][:2], "little")
        extra = int.from_bytes(content[one.header_offset + 28 :][:2], "little")
        place = one.header_offset + 30 + names + extra + rng.randrange(one.compress_size)
    content[place] ^= 1 << rng.randrange(8)
    path.write_bytes(content)
    assert code_of(lambda: backup.verify(path)) in ("backup_damaged", "backup_not_ours")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_what_is_no_backup_is_said(settings: Settings, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    assert code_of(lambda: restoring.restore(settings, tmp_path / "x.zip", replace=True)) == "backup_not_ours"
    assert code_of(lambda: backup.verify(tmp_path / "none.zip")) == "file_missing"


def _points() -> list[object]:
    """Every point a file is touched at, killed before and after it; some of them always, all of them in the long run."""
    return [
        pytest.param(step, after, marks=() if step in CI else pytest.mark.long)
        for step in ALL
        for after in (False, True)
    ]


@posix
@pytest.mark.parametrize(("step", "after"), _points())
def test_row_09_a_killed_backup_leaves_none_or_a_whole_one(
    settings: Settings, tmp_path: Path, step: int, after: bool
) -> None:
    before, path = state(settings.home), tmp_path / "b.zip"
    if not killed(lambda: backup.back_up(settings, path), step, after):
        assert path.exists()
    if path.exists():
        assert backup.verify(path).projects == 2
    assert state(settings.home) == before
    path.unlink(missing_ok=True)
    assert backup.back_up(settings, path).projects == 2


@posix
@pytest.mark.parametrize(("step", "after"), _points())
def test_row_09_a_killed_restore_leaves_the_old_workspace_or_the_new_one(
    originals: Path, settings: Settings, tmp_path: Path, step: int, after: bool
) -> None:
    path, other = originals / "b.zip", copied(originals / "other", tmp_path / "other")
    old, new = state(other.home), state(settings.home)
    ended = not killed(lambda: restoring.restore(other, path, replace=True), step, after)
    restoring.finish(other.home)  # as every command does first
    found = state(other.home)
    assert found == new if ended else found in (old, new)
    if found == new:
        [aside] = other.home.glob("before-restore-*")
        assert state(aside) == old


@posix
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("step", [pytest.param(n, marks=() if n in CI else pytest.mark.long) for n in ALL])
def test_row_09_a_disk_that_fails_at_any_step_loses_nothing(
    originals: Path, settings: Settings, tmp_path: Path, step: int, number: int
) -> None:
    path, other = originals / "b.zip", copied(originals / "other", tmp_path / "other")
    old, new = state(other.home), state(settings.home)
    told = failed(lambda: restoring.restore(other, path, replace=True), step, number)
    restoring.finish(other.home)
    assert state(other.home) in ((old, new) if told else (new,))
    if failed(lambda: backup.back_up(settings, tmp_path / "second.zip"), step, number):
        assert not (tmp_path / "second.zip").exists() or backup.verify(tmp_path / "second.zip")
    assert state(settings.home) == new
