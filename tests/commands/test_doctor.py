"""What the doctor names, each planted for real: weights, versions, clock, disk, memory, database, port, keys."""

import json
import random
import socket
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant import texts
from assistant.journey import doctor
from assistant.models import folders, machine
from assistant.settings import locked_versions
from assistant.workspace import database, lock
from assistant.workspace.project import Project, create_project

from .conftest import Shell

CHECKS = {"languages", "versions", "clock", "disk", "memory", "database", "weights", "dtype", "port", "keys"}


@pytest.fixture
def here(tmp_path: Path, penala: Shell, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with two small sealed models, a free port, no keys, and the dtype known already."""
    monkeypatch.setenv("PENALA_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("PENALA_PORT", str(_free_port()))
    for name in doctor.KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(machine, "dtype_here", lambda settings: "float32")
    for name in ("multilingual-e5-small", "smollm2-135m-instruct"):
        folder = tmp_path / "weights" / name
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"weights of " + name.encode())
        (folder / "config.json").write_text("{}")
        folders.seal(folder, "test")
    return tmp_path / "home"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _rows(penala: Shell, code: int = 0) -> dict[str, dict[str, Any]]:
    """Of each check the row that is not well, or one that is."""
    ran = penala("doctor", "--json", code=code).objects
    assert {row["check"] for row in ran} == CHECKS
    for row in ran:
        assert row.keys() == {"check", "state", "message", "remedy"} and row["message"]
        assert bool(row["remedy"]) == (row["state"] != "well")
    return {row["check"]: row for row in sorted(ran, key=lambda row: row["state"] != "well")}


def _project(home: Path) -> Project:
    project = create_project(home / "projects" / "toko", "Toko", "id")
    with project.database() as db:
        db.executemany(
            "INSERT INTO documents (id, name, file, status, at) VALUES (?, ?, ?, 'ready', datetime())",
            [(n, f"d{n}.txt", f"none-{n}") for n in range(1, 60)],
        )
        db.executemany(
            "INSERT INTO chunks (document, start, stop, text, hash, terms) VALUES (?, 0, 9, ?, ?, ?)",
            [(n, "pengiriman ke pulau " * 40, str(n), "kirim pulau") for n in range(1, 60)],
        )
    return project


def test_a_machine_in_order_is_found_so_in_both_languages(here: Path, penala: Shell) -> None:
    _project(here)
    assert {row["state"] for row in _rows(penala).values()} == {"well"}
    assert texts.say("id", "doctor.all_well") in penala("doctor", "--lang", "id").out


def test_damaged_and_absent_weights_are_named_with_what_mends_them(
    here: Path, penala: Shell, tmp_path: Path
) -> None:
    path = tmp_path / "weights" / "multilingual-e5-small" / "model.safetensors"
    path.write_bytes(path.read_bytes().replace(b"w", b"v", 1))  # one byte, same size
    found = _rows(penala, code=1)["weights"]
    assert found["state"] == "wrong" and "penala models fetch multilingual-e5-small" in found["remedy"]
    for one in path.parent.iterdir():
        one.unlink()
    assert _rows(penala)["weights"]["state"] == "warning"


def test_a_damaged_database_a_lost_document_and_a_stale_index_are_named(here: Path, penala: Shell) -> None:
    project = _project(here)
    with project.database() as db:
        db.execute("UPDATE documents SET file = ? WHERE id = 1", ("a" * 64 + ".txt",))
    found = _rows(penala, code=1)["database"]
    assert "d1.txt" in found["message"] and "restore" in found["remedy"]
    with project.database() as db:
        db.execute("UPDATE documents SET file = 'none-1' WHERE id = 1")
        db.execute("INSERT INTO chunks_text(chunks_text) VALUES ('delete-all')")
    assert _rows(penala)["database"]["state"] == "warning"
    path = project.folder / "project.db"
    with path.open("r+b") as stream:
        stream.seek(8192)
        stream.write(random.Random(7).randbytes(path.stat().st_size - 8192))
    found = _rows(penala, code=1)["database"]
    assert str(path) in found["message"] and "penala restore" in found["remedy"]


def test_a_database_of_a_newer_version_is_told(here: Path, penala: Shell) -> None:
    with sqlite3.connect(_project(here).folder / "project.db") as db:
        db.execute("PRAGMA user_version = 999")
    assert "newer" in _rows(penala, code=1)["database"]["message"]


def test_a_key_is_named_and_its_value_never_shown(
    here: Path, penala: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "canary-4711\n")
    for words in (("doctor",), ("doctor", "--json")):
        ran = penala(*words)
        assert "GEMINI_API_KEY" in ran.out and "canary" not in ran.out + ran.err
    assert _rows(penala)["keys"]["state"] == "warning"


def test_a_taken_port_is_told_with_a_free_one_unless_penala_has_it(
    here: Path, penala: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("PENALA_PORT", str(other.getsockname()[1]))
        found = _rows(penala)["port"]
        assert found["state"] == "warning" and "--port" in found["remedy"]
        with lock.held(here / "server.lock", "already_open"):
            assert _rows(penala)["port"]["state"] == "well"


def test_another_version_and_an_absent_library_are_told(
    here: Path, penala: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "locked_versions", lambda: {**locked_versions(), "pyyaml": "1.0"})
    assert "pyyaml" in _rows(penala)["versions"]["message"]
    monkeypatch.setattr(doctor, "_required", lambda: ["gradio", "no-such-library"])
    assert _rows(penala, code=1)["versions"]["state"] in ("wrong", "warning")
    said = penala("doctor", code=1).out
    assert "no-such-library" in said and "gradio," not in said


def test_the_lock_is_read_with_the_names_of_the_index() -> None:
    locked = locked_versions()
    assert locked["typing-extensions"] and locked["pyyaml"] and len(locked) > 150


@pytest.mark.parametrize(("days", "state"), [(-3000, "wrong"), (-2, "warning"), (0, "well")])
def test_a_clock_that_is_wrong_is_told(
    here: Path, penala: Shell, monkeypatch: pytest.MonkeyPatch, days: int, state: str
) -> None:
    with _project(here).database() as db:
        db.execute("INSERT INTO turns (role, text, at) VALUES ('user', 'x', ?)", (database.now(),))

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(days=days)

    monkeypatch.setattr(doctor, "datetime", Clock)
    assert _rows(penala, code=1 if state == "wrong" else 0)["clock"]["state"] == state


def test_too_little_memory_or_disk_and_a_folder_that_cannot_be_written(
    here: Path, penala: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for total, free, state in ((512e6, 400e6, "wrong"), (8e9, 1e8, "warning"), (8e9, 7e9, "well")):
        with monkeypatch.context() as patch:
            patch.setattr(machine, "memory_here", lambda total=total, free=free: (int(total), int(free)))
            assert _rows(penala, code=int(state == "wrong"))["memory"]["state"] == state
    with monkeypatch.context() as patch:
        patch.setattr(doctor, "_free", lambda folder: 1_000_000)
        assert _rows(penala, code=1)["disk"]["state"] == "wrong"
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PENALA_HOME", str(tmp_path / "file" / "home"))
    assert str(tmp_path / "file") in _rows(penala, code=1)["disk"]["message"]


def test_a_container_has_its_own_memory(tmp_path: Path) -> None:
    total, free = machine.memory_here(tmp_path)
    assert 0 < free <= total
    for name, text in (("memory.max", "1000000\n"), ("memory.current", "800000\n"), ("memory.stat", "inactive_file 300000\n")):  # fmt: skip
        (tmp_path / name).write_text(text)
    assert machine.memory_here(tmp_path) == (1_000_000, 500_000)
    (tmp_path / "memory.max").write_text("max\n")
    assert machine.memory_here(tmp_path)[0] == total


def test_a_check_that_breaks_is_a_row_and_the_others_go_on(
    here: Path, penala: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Any:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(doctor, "_languages", broken)
    rows = [json.loads(line) for line in penala("doctor", "--json", code=1).out.splitlines()]
    assert rows[0]["check"] == "check" and "no such thing" in rows[0]["message"]
    assert {row["check"] for row in rows[1:]} == CHECKS - {"languages"}
