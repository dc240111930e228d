"""What the start of the server mends: damaged databases, stale indexes, leftovers, a restore that was cut short."""

import os
import random
import sqlite3
import time
from pathlib import Path

import pytest

from assistant.settings import Settings
from assistant.workspace import selfcheck
from assistant.workspace.accounts import Accounts
from assistant.workspace.project import Project
from assistant.workspace.projects import Projects


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", weights=tmp_path / "weights")


@pytest.fixture
def project(settings: Settings) -> Project:
    made = Projects(settings).create("Toko", "id")
    with made.database() as db:
        db.execute(
            "INSERT INTO documents (id, name, file, status, at) VALUES (1, 'a', 'none-1', 'ready', 't')"
        )
        db.executemany(
            "INSERT INTO chunks (document, start, stop, text, hash, terms) VALUES (1, 0, 9, ?, ?, ?)",
            [("pengiriman ke pulau " * 30, str(n), f"kirim pulau kata{n}") for n in range(200)],
        )
    return made


def turns(project: Project) -> list[str]:
    with project.database() as db:
        return [row[0] for row in db.execute("SELECT text FROM turns ORDER BY id")]


def say(project: Project, text: str) -> None:
    with project.database() as db:
        db.execute("INSERT INTO turns (role, text, at) VALUES ('user', ?, 't')", (text,))


def damage(path: Path, seed: int) -> None:
    """Random pages over the middle of the file, as a failing disk leaves them."""
    rng, size = random.Random(seed), path.stat().st_size
    with path.open("r+b") as stream:
        for _ in range(6):
            stream.seek(4096 * rng.randrange(1, size // 4096))
            stream.write(rng.randbytes(4096))


SEEDS = [*range(1, 6), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(6, 101))]


@pytest.mark.parametrize("seed", SEEDS)
def test_row_07_a_damaged_database_gives_way_to_its_last_copy_and_is_kept(
    settings: Settings, project: Project, seed: int
) -> None:
    say(project, "satu")
    assert selfcheck.check(settings) == []  # and the copy is made
    say(project, "dua")
    with sqlite3.connect(project.folder / "project.db") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(project.folder / "project.db", seed)
    [repair] = selfcheck.check(settings)
    assert repair.kind == "database_replaced" and repair.copied and repair.kept and repair.kept.is_file()
    assert turns(project) == ["satu"]
    with project.database() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert selfcheck.check(settings) == []


def test_row_07_without_a_copy_a_damaged_database_is_left_alone_and_told(
    settings: Settings, project: Project
) -> None:
    path = project.folder / "project.db"
    damage(path, 1)
    before = path.read_bytes()
    [repair] = selfcheck.check(settings)
    assert repair.kind == "database_damaged" and path.read_bytes() == before


def test_a_stale_index_is_made_again(settings: Settings, project: Project) -> None:
    with project.database() as db:
        db.execute("INSERT INTO chunks_text(chunks_text) VALUES ('delete-all')")
    [repair] = selfcheck.check(settings)
    assert repair.kind == "index_rebuilt"
    with project.database() as db:
        found = db.execute("SELECT count(*) FROM chunks_text WHERE chunks_text MATCH 'kata7'").fetchone()[0]
    assert found == 1 and selfcheck.check(settings) == []


def test_what_killed_writers_left_goes_and_what_is_being_written_stays(
    settings: Settings, project: Project
) -> None:
    old, new = project.folder / ".new-1-x", project.documents / ".new-2-y"
    for path in (old, new):
        path.parent.mkdir(exist_ok=True)
        path.write_text("half")
    (settings.home / ".new-restore-z" / "projects").mkdir(parents=True)
    long_ago = time.time() - 100_000
    for path in (old, settings.home / ".new-restore-z"):
        os.utime(path, (long_ago, long_ago))
    [repair] = selfcheck.check(settings)
    assert (repair.kind, repair.count) == ("leftovers", 2)
    assert new.exists() and not old.exists()


def test_a_copy_is_made_only_of_what_changed_and_goes_with_what_is_deleted(
    settings: Settings, project: Project
) -> None:
    Accounts(settings.home).note("Sari", "x")
    selfcheck.check(settings)
    copy = project.folder / "safety.db"
    first = copy.stat().st_ino
    assert (settings.home / "safety.db").is_file()
    selfcheck.check(settings)
    assert copy.stat().st_ino == first
    time.sleep(0.02)
    say(project, "lagi")
    selfcheck.check(settings)
    assert copy.stat().st_ino != first
    selfcheck.forget(project.folder)
    assert not copy.exists()
