"""Adds, changes and removes documents in a process that kills itself at a random commit or moment; run by test_kills."""

import os
import random
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path

from assistant.retrieval import index, near, search
from assistant.workspace import database
from assistant.workspace.project import Project, open_project

from .conftest import WordEmbedder

SECRET = "Zanzibarite 778812 quokka"


def work(project: Project, files: Path) -> None:
    """What a user does; done again after a kill it must end in the same place."""
    words = WordEmbedder()
    secret = files.parent / "secret.txt"
    secret.write_text(f"The {SECRET} clause.")
    index.add(project, [files, secret], words)
    search.search(project, "parcel", words)
    (files / "shipping.txt").write_text("Shipping to the islands costs 31,000 rupiah since May.")
    (files / "warranty.html").unlink(missing_ok=True)
    index.sync(project, files, words)
    search.search(project, SECRET, words)
    for document in index.documents(project):
        if document.name == secret.name:
            index.remove(project, document.id)
    search.search(project, "parcel", words)


def exact_below(seed: int) -> int:
    """Every other pair of seeds works with a collection, as a large project does."""
    return 0 if seed % 4 < 2 else 100_000


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at_commit(step: int, before: bool) -> list[int]:
    count = [0]

    class Killing(sqlite3.Connection):
        def __exit__(self, *args: object) -> bool:
            count[0] += 1
            if count[0] == step and before:
                kill()
            done = super().__exit__(*args)
            if count[0] == step:
                kill()
            return bool(done)

    connect = sqlite3.connect
    database.sqlite3.connect = lambda *a, **k: connect(*a, **{**k, "factory": Killing})
    return count


def main(folder: str, files: str, seed: int, commits: int, seconds: float) -> None:
    """With no `commits` it ends by itself and says how many commits and seconds it took."""
    rng, project = random.Random(seed), open_project(Path(folder))
    near.EXACT_BELOW = exact_below(seed)
    count = kill_at_commit(rng.randint(1, commits) if commits and seed % 2 else 0, rng.random() < 0.5)
    if commits and seed % 2 == 0:
        threading.Timer(rng.uniform(0, seconds), kill).start()
    began = time.perf_counter()
    work(project, Path(files))
    print("ended", count[0], time.perf_counter() - began)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
