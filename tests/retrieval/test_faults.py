"""Damaged, foreign and moved caches of a large project change no answer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.retrieval import index, near, search, vectors
from assistant.workspace.project import open_project

from .conftest import WordEmbedder, fill

ROOT = Path(__file__).parent.parent.parent
QUERIES = ["return a parcel", "islands", "lamps warranty", "money refunds"]


@pytest.fixture(autouse=True)
def large(monkeypatch):
    """Every project counts as large enough for a collection."""
    monkeypatch.setattr(near, "EXACT_BELOW", 0)


def answers(project) -> list[list[str]]:
    return [[p.text for p in found] for found in search.search_many(project, QUERIES, WordEmbedder())]


def best(project) -> list[tuple[str, list[float]]]:
    """The best score, and its passage where no other is worth the same: among equals a new graph may name others, or
    overlook some."""
    told = []
    for passages in search.search_many(project, QUERIES, WordEmbedder()):
        scores = [round(p.score, 4) for p in passages]
        told.append((passages[0].text if scores[:1] != scores[1:2] else "", scores[:1]))
    return told


def add_many(project, write, words, size: int) -> None:
    """So many chunks; above a thousand Chroma writes its graph to disk."""
    sections = "".join(f"# Part {n}\n\nNumber w{n} and x{n}.\n\n" for n in range(size))
    index.add(project, [write("many.md", sections)], words)


def damage(folder: Path, how: str) -> None:
    """`how`: what of the collection, and what happens to it; a small one has no graph files yet."""
    what, _, deed = how.partition(" ")
    files = {
        "folder": folder,
        "database": next(folder.glob("*/chroma.sqlite3")),
        "graph": next(folder.glob("*/*/data_level0.bin"), None),
        "links": next(folder.glob("*/*/link_lists.bin"), None),
        "lengths": next(folder.glob("*/*/length.bin"), None),
        "header": next(folder.glob("*/*/header.bin"), None),
        "pickle": next(folder.glob("*/*/index_metadata.pickle"), None),
    }
    path = files["graph"].parent if what == "segment" and files["graph"] else files.get(what)
    if path is None:
        pytest.skip("no such file below a thousand rows")
    if deed == "gone":
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    elif deed == "cut":
        path.write_bytes(path.read_bytes()[: min(5000, path.stat().st_size // 2)])
    elif deed == "flipped":
        data = bytearray(path.read_bytes())
        for n in range(0, min(len(data), 4000), 2):
            data[n] ^= 0xFF
        path.write_bytes(data)
    else:
        path.write_bytes({"garbage": b"not what it was" * 1000, "empty": b""}[deed])


@pytest.mark.parametrize(
    "how",
    [
        "folder gone", "segment gone", "graph flipped", "graph cut", "links cut", "lengths cut", "header garbage",
        "pickle garbage", "pickle gone", "database cut", "database garbage", "database empty", "database flipped",
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
