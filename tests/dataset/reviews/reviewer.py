"""One reviewer as a process, who may be killed at a random commit or moment; run by test_many."""

import os
import random
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path

from assistant.dataset.reviews import actions, queue
from assistant.dataset.reviews.actions import Said
from assistant.workspace import database
from assistant.workspace.project import open_project

LABELS = ("good", "bad")


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at_commit(step: int, before: bool) -> None:
    count = 0

    class Killing(sqlite3.Connection):
        def __exit__(self, *args: object) -> bool:
            nonlocal count
            count += 1
            if count == step and before:
                kill()
            done = super().__exit__(*args)
            if count == step:
                kill()
            return bool(done)

    connect = sqlite3.connect
    database.sqlite3.connect = lambda *a, **k: connect(*a, **{**k, "factory": Killing})


def said(chance: random.Random) -> Said:
    kind = chance.choice(["accept", "accept", "accept", "edit", "edit", "reject", "skip"])
    return Said(kind, output=chance.choice(LABELS))


def review(folder: Path, name: str, seed: int, told: int) -> None:
    """Judge until nothing is left; a line in the person's own file for what was lent, and for what was acknowledged."""
    project, chance = open_project(folder), random.Random(f"{seed} {name}")
    while turn := queue.take(project, name):
        os.write(told, f"lent {turn.example.id}\n".encode())
        done = actions.judge(project, name, turn.example.id, said(chance), turn.example.revision)
        os.write(told, f"done {turn.example.id} {done.review}\n".encode())


def main(folder: str, name: str, seed: str, commit: str = "0", seconds: str = "0") -> None:
    """Wait for the file "go", then review. `commit`: the one at which the process kills itself; `seconds`: the moment;
    0 for neither."""
    told = os.open(Path(folder) / f"{name}.txt", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    while not (Path(folder) / "go").exists():
        time.sleep(0.002)
    if int(commit):
        kill_at_commit(int(commit), before=int(seed) % 4 == 1)
    if float(seconds):
        threading.Timer(float(seconds), kill).start()
    review(Path(folder), name, int(seed), told)


if __name__ == "__main__":
    main(*sys.argv[1:])
