"""Adds documents in a process that kills itself at the n-th commit; run by test_faults."""

import os
import signal
import sqlite3
import sys
from pathlib import Path

from assistant.retrieval import index, search
from assistant.workspace import database
from assistant.workspace.project import open_project

from .conftest import WordEmbedder


def main(folder: str, files: str, step: int, when: str) -> None:
    count = 0

    class Killing(sqlite3.Connection):
        def __exit__(self, *args: object) -> bool:
            nonlocal count
            count += 1
            if count == step and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            done = super().__exit__(*args)
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return bool(done)

    connect = sqlite3.connect
    database.sqlite3.connect = lambda *a, **k: connect(*a, **{**k, "factory": Killing})
    project, words = open_project(Path(folder)), WordEmbedder()
    index.add(project, [Path(files)], words)
    search.search(project, "parcel", words)
    index.remove(project, index.documents(project)[0].id)
    print("ended", count)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
