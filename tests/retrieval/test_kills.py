"""However often indexing and deleting are killed, nothing is lost, half visible, or left on the disk."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.retrieval import index, near, search, store, vectors
from assistant.workspace.project import Project, create_project

from .conftest import WordEmbedder, fill
from .killed import SECRET, exact_below, work

ROOT = Path(__file__).parent.parent.parent
SEEDS = [*range(1, 11), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(11, 101))]
TABLES = (
    "SELECT name, file, status, pages, text FROM documents ORDER BY name",
    """SELECT d.name, c.page, c.heading, c.start, c.stop, c.text, c.hash, c.terms
       FROM chunks c JOIN documents d ON d.id = c.document ORDER BY d.name, c.start""",
    "SELECT hash, model, vector FROM embeddings ORDER BY hash",
    "SELECT file FROM leaving",
)
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")


def run(
    project: Project, files: Path, seed: int, commits: int = 1, seconds: float = 1.0
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.retrieval.killed"]
    command += [str(project.folder), str(files), str(seed), str(commits), str(seconds)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)


def made(folder: Path) -> tuple[Project, Path]:
    """An empty project and the files to work on."""

    def write(name: str, content: str) -> Path:
        path = folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    project = create_project(folder / "project", "t", "en")
    paths = fill(project, write, WordEmbedder())
    for document in index.documents(project):
        index.remove(project, document.id)
    return project, paths[0].parent


def state(project: Project) -> list[object]:
    """All that retrieval keeps, without ids and times, and what it answers."""
    with project.database() as db:
        rows = [[tuple(row) for row in db.execute(query)] for query in TABLES]
    found = search.search_many(project, ["return a parcel", "islands rupiah", SECRET], WordEmbedder())
    answers = [[(p.document, p.text, round(p.score, 4)) for p in passages] for passages in found]
    return [*rows, answers, sorted(path.name for path in project.documents.iterdir())]


def whole(project: Project) -> None:
    """No document without all its chunks and vectors, nothing removed that can be found."""
    with project.database() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        db.execute("INSERT INTO chunks_text(chunks_text, rank) VALUES ('integrity-check', 1)")
    documents = index.documents(project)
    assert all(document.status == "ready" and document.chunks > 0 for document in documents)
    assert not store.unembedded(project, "words-1")
    removed = bool(store.leaving(project))
    found = search.search_many(project, [SECRET, "parcel", "lamps"], WordEmbedder())
    assert {p.document for passages in found for p in passages} <= {document.name for document in documents}
    if removed:
        assert not store.leaving(project)  # the first search has ended the removal
        kept = {document.file for document in documents}
        assert all(path.name in kept for path in project.documents.iterdir())


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> dict[int, tuple[list[object], int, float]]:
    """What a run that nobody kills leaves, with its commits and seconds; with a collection and without."""
    found = {}
    for seed in (0, 2):
        project, files = made(tmp_path_factory.mktemp("clean"))
        done = run(project, files, seed, commits=0)
        assert done.returncode == 0, done.stderr
        commits, seconds = done.stdout.split()[1:]
        assert int(commits) > 30
        found[exact_below(seed)] = state(project), int(commits), float(seconds)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_run_loses_nothing_and_ends_like_a_clean_one(tmp_path, clean, seed, monkeypatch):
    monkeypatch.setattr(near, "EXACT_BELOW", exact_below(seed))
    expected, commits, seconds = clean[exact_below(seed)]
    project, files = made(tmp_path)
    done = run(project, files, seed, commits, seconds)
    assert done.returncode == -signal.SIGKILL or (done.returncode == 0 and seed % 2 == 0), done.stderr
    whole(project)
    work(project, files)
    assert state(project) == expected
    vectors.close(project)
    for path in project.folder.rglob("*"):
        assert not path.is_file() or b"quokka" not in path.read_bytes(), path
