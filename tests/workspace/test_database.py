import os
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import PenalaError
from assistant.workspace import database, files, lock
from assistant.workspace.migrations import MIGRATIONS
from assistant.workspace.project import Project, create_project

_CHILD = """
import sys, time
from pathlib import Path
from assistant.workspace.project import Project
project, mark = Project(Path(sys.argv[1])), sys.argv[2]
while not (project.folder / "go").exists():
    time.sleep(0.001)
for number in range(20):
    with project.database() as db:
        db.execute("INSERT INTO turns (role, text, at) VALUES ('user', ?, 't')", (f"{mark}-{number}",))
"""


def _children(folder: Path, count: int) -> list[subprocess.Popen[bytes]]:
    code = textwrap.dedent(_CHILD)
    return [
        subprocess.Popen([sys.executable, "-c", code, str(folder), str(n)], stderr=subprocess.PIPE)
        for n in range(count)
    ]


def test_processes_that_open_a_new_file_at_once_migrate_it_once(tmp_path: Path) -> None:
    children = _children(tmp_path, 4)
    (tmp_path / "go").touch()
    for child in children:
        _, said = child.communicate(timeout=60)
        assert child.returncode == 0, said.decode()
    with Project(tmp_path).database() as db:
        assert db.execute("SELECT count(DISTINCT text) FROM turns").fetchone()[0] == 80
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_reader_is_not_held_up_by_a_writer(tmp_path: Path) -> None:
    project = create_project(tmp_path / "p", "P", "id")
    with project.database() as writer:
        writer.execute("INSERT INTO turns (role, text, at) VALUES ('user', 'x', 't')")
        seen: list[int] = []
        reader = threading.Thread(target=lambda: seen.append(_count(project)))
        reader.start()
        reader.join(5)
        assert seen == [0]
    assert _count(project) == 1


def _count(project: Project) -> int:
    with project.database() as db:
        return int(db.execute("SELECT count(*) FROM turns").fetchone()[0])


def test_a_block_that_raises_leaves_nothing(tmp_path: Path) -> None:
    project = create_project(tmp_path / "p", "P", "id")
    with pytest.raises(ZeroDivisionError), project.database() as db:
        db.execute("INSERT INTO turns (role, text, at) VALUES ('user', 'x', 't')")
        raise ZeroDivisionError
    assert _count(project) == 0


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    def broken(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE half (x)")
        raise RuntimeError("power cut")

    path = tmp_path / "x.db"
    with pytest.raises(RuntimeError), database.transaction(path, (*MIGRATIONS, broken)):
        pass
    with database.transaction(path, MIGRATIONS) as db:
        names = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
        assert "half" not in names
        assert "examples" in names


def test_a_second_project_in_a_folder_is_refused(tmp_path: Path) -> None:
    create_project(tmp_path / "p", "P", "id")
    with pytest.raises(PenalaError) as caught:
        create_project(tmp_path / "p", "Q", "id")
    assert caught.value.code == "project_exists"


def test_a_lock_is_held_by_one_process_and_dies_with_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom assistant.workspace import lock\n"
        "with lock.held(Path(sys.argv[1]), 'already_open', folder='x'):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(PenalaError) as caught, lock.held(path, "already_open", folder="here"):
            pass
        assert caught.value.say("id").message == "Penala lain sedang memakai here."
    finally:
        child.kill()
        child.wait()
    with lock.held(path, "already_open", folder="here"):
        pass


def test_a_kept_file_is_named_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.TXT").write_text("same")
    (tmp_path / "b.txt").write_text("same")
    folder = tmp_path / "documents"
    assert files.keep(tmp_path / "a.TXT", folder) == files.keep(tmp_path / "b.txt", folder)
    assert len(list(folder.iterdir())) == 1


def test_writers_take_turns_and_a_killed_one_holds_nobody_up(tmp_path: Path) -> None:
    path, count = tmp_path / "lock", tmp_path / "count"
    count.write_text("0")
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom assistant.workspace import lock\n"
        "with lock.in_turn(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(600)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert child.stdout and child.stdout.readline() == b"held\n"

    def add() -> None:
        for _ in range(20):
            with lock.in_turn(path):
                count.write_text(str(int(count.read_text()) + 1))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert count.read_text() == "0"
    child.kill()
    for thread in threads:
        thread.join(60)
    assert count.read_text() == "160"
    child.wait()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 1 MB, where the test may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = sys.platform == "linux" and hasattr(os, "geteuid") and os.geteuid() == 0
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if not mounted or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small tmpfs")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_said_and_old_content_stays(small_disk: Path) -> None:
    project = create_project(small_disk / "p", "P", "id")
    files.write(project.folder / "note.json", "old")
    with pytest.raises(PenalaError) as caught:
        files.write(project.folder / "note.json", b"x" * 2_000_000)
    assert caught.value.code == "disk_full"
    assert "MB" in caught.value.say("en").message
    assert (project.folder / "note.json").read_text() == "old"
    assert [p.name for p in project.folder.iterdir() if p.name.startswith(".new")] == []
    with pytest.raises(PenalaError) as caught, project.database() as db:
        db.execute("INSERT INTO turns (role, text, at) VALUES ('user', ?, 't')", ("y" * 2_000_000,))
    assert caught.value.code == "disk_full"
    assert _count(project) == 0
    assert project.get("name") == "P"


def test_a_disk_full_to_the_last_byte_is_said(small_disk: Path) -> None:
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="space"), filler.open("wb", buffering=0) as stream:
        while True:
            stream.write(b"z" * 4096)
    with pytest.raises(PenalaError) as caught:
        create_project(small_disk / "p", "P", "id")
    assert caught.value.code == "disk_full"
    filler.unlink()
    assert create_project(small_disk / "q", "Q", "id").get("name") == "Q"
