"""Killed processes and damaged caches change no answer."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.retrieval import index, search, store, vectors
from assistant.workspace.project import create_project, open_project

from .conftest import WordEmbedder, fill

ROOT = Path(__file__).parent.parent.parent
QUERIES = ["return a parcel", "islands", "lamps warranty", "money refunds"]


def run(folder: Path, files: Path, step: int, when: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.retrieval.killed", str(folder), str(files), str(step), when]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


def whole(project) -> None:
    """No document without all its chunks and vectors, none of the file copies cut short."""
    with project.database() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        db.execute("INSERT INTO chunks_text(chunks_text, rank) VALUES ('integrity-check', 1)")
    for document in index.documents(project):
        assert document.status == "ready" and document.chunks > 0
    assert not store.unembedded(project, "words-1")


def answers(project) -> list[list[str]]:
    return [[p.text for p in found] for found in search.search_many(project, QUERIES, WordEmbedder())]


def best(project) -> list[tuple[str, list[float]]]:
    """The first passage and all scores: of many passages that are worth the same, a new graph may name others."""
    found = search.search_many(project, QUERIES, WordEmbedder())
    return [(passages[0].text, [round(p.score, 4) for p in passages]) for passages in found]


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_every_commit(tmp_path, write, when):
    clean = create_project(tmp_path / "clean", "t", "en")
    files = fill(clean, write, WordEmbedder())[0].parent
    expected = answers(clean)
    total = int(run(create_project(tmp_path / "p0", "t", "en").folder, files, 10**6, when).stdout.split()[1])
    assert total > 20
    for step in range(1 if when == "before" else 2, total, 1 if os.environ.get("ALL_POINTS") else 4):
        project = create_project(tmp_path / f"p{step}", "t", "en")
        done = run(project.folder, files, step, when)
        assert done.returncode == -signal.SIGKILL, done.stderr
        whole(project)
        index.add(project, [files], WordEmbedder())  # what a user does: again
        assert answers(project) == expected, step
        whole(project)
        vectors.close(project)
    vectors.close(clean)


def add_many(project, write, words, size: int) -> None:
    """So many chunks; above a thousand Chroma writes its graph to disk."""
    sections = "".join(f"# Part {n}\n\nNumber w{n} and x{n}.\n\n" for n in range(size))
    index.add(project, [write("many.md", sections)], words)


def damage(folder: Path, how: str) -> None:
    segments = [p for p in folder.glob("*/*/*") if p.name == "data_level0.bin"]
    database = next(folder.glob("*/chroma.sqlite3"))
    if how == "folder gone":
        shutil.rmtree(folder)
    elif how == "segment gone":
        shutil.rmtree(segments[0].parent)
    elif how == "bits flipped":
        data = bytearray(segments[0].read_bytes())
        for n in range(0, min(len(data), 4000), 2):
            data[n] ^= 0xFF
        segments[0].write_bytes(data)
    elif how == "segment cut":
        segments[0].write_bytes(segments[0].read_bytes()[:100])
    elif how == "database cut":
        database.write_bytes(database.read_bytes()[:5000])
    elif how == "database garbage":
        database.write_bytes(b"not a database" * 1000)
    elif how == "database empty":
        database.write_bytes(b"")


@pytest.mark.parametrize(
    "how",
    [
        "folder gone", "segment gone", "bits flipped", "segment cut", "database cut", "database garbage",
        "database empty",
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [3, 1200])
def test_a_damaged_vector_cache_is_built_again(project, write, words, how, size):
    fill(project, write, words)
    if size > 3:
        add_many(project, write, words, size)
    before = best(project)
    vectors.close(project)
    damage(project.cache / "vectors", how)
    assert best(project) == before
    vectors.close(project)
    assert best(project) == before


def test_a_foreign_folder_is_never_opened(project, write, words, monkeypatch):
    fill(project, write, words)
    before = answers(project)
    recorded = project.get("retrieval.vectors")
    vectors.close(project)
    folder = project.cache / "vectors" / recorded["folder"]
    (folder / "evil").mkdir()
    (folder / "evil" / "index_metadata.pickle").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    opened = []
    real = vectors._client
    monkeypatch.setattr(vectors, "_client", lambda path: opened.append(path.name) or real(path))
    assert answers(project) == before
    assert recorded["folder"] not in opened


@pytest.mark.parametrize("size", [3, 1200, 2000])
def test_an_intact_cache_is_used_again_and_grows(project, write, words, monkeypatch, size):
    fill(project, write, words)
    if size > 3:
        add_many(project, write, words, size)
    answers(project)
    folder = project.get("retrieval.vectors")["folder"]
    for _ in range(3):
        vectors.close(project)
        answers(project)
        assert project.get("retrieval.vectors")["folder"] == folder
    monkeypatch.setattr(vectors, "_build", lambda *a: pytest.fail("built anew"))
    index.add(project, [write("new.txt", "Umbrellas are sold on Fridays.")], words)
    assert search.search(project, "umbrellas", words, 1)[0].document == "new.txt"
    assert len(list((project.cache / "vectors").iterdir())) == 1


def test_another_process_sees_what_was_added(project, write, words):
    fill(project, write, words)
    answers(project)
    code = """if True:
        from pathlib import Path
        from assistant.retrieval import index
        from assistant.workspace.project import open_project
        from tests.retrieval.conftest import WordEmbedder
        import sys
        index.add(open_project(Path(sys.argv[1])), [Path(sys.argv[2])], WordEmbedder())"""
    new = write("new.txt", "Umbrellas are sold on Fridays.")
    command = [sys.executable, "-c", code, str(project.folder), str(new)]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert search.search(project, "umbrellas", words, 1)[0].document == "new.txt"


def test_no_telemetry(project, write, words, monkeypatch):
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    fill(project, write, words)
    assert answers(project)[0]


def test_a_project_can_be_moved(project, write, words, tmp_path):
    fill(project, write, words)
    before = answers(project)
    vectors.close(project)
    moved = shutil.move(project.folder, tmp_path / "moved")
    assert answers(open_project(Path(moved))) == before
    vectors.close(open_project(Path(moved)))
