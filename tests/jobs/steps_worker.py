"""A worker as small as one can be: counts to `total` in steps, and goes on from where it was."""

import os
import sys
import time
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.jobs import Journal, work


def act(spec: dict[str, Any], journal: Journal) -> dict[str, Any]:
    behave = spec.get("behave", "")
    if behave == "user_error":
        raise PenalaError("file_missing", path="data.csv")
    if behave == "bug":
        raise ZeroDivisionError("no words for this")
    if behave == "memory":
        raise MemoryError
    if behave == "fill_disk":
        with (journal.folder / "filler").open("wb", buffering=0) as stream:
            while stream.write(b"z" * 4096) == 4096:
                pass
    counter = journal.folder / "counter"
    done = int(counter.read_text()) if counter.exists() else 0
    for step in range(done + 1, spec["total"] + 1):
        time.sleep(spec.get("pause", 0.02))
        counter.write_text(str(step))
        journal.progress(step, spec["total"], "jobs.counting", pid=os.getpid())
    return {"counted": spec["total"], "began_at": done}


if __name__ == "__main__":
    sys.exit(work(Path(sys.argv[1]), act))
