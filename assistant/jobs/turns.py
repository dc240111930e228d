"""Whose turn it is: of the jobs that share something, one works and the others wait in the order they came. Each holds
a ticket, a numbered file; that of a process that has died no longer counts."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.jobs import lives, process_now
from assistant.workspace import files, lock

_LOOK_SECONDS = 0.5


@contextmanager
def turn(folder: Path, waiting: Callable[[int], None]) -> Iterator[None]:
    """Wait for this process's turn, hold it for the block. `waiting` hears how many are before it, at first and at each
    look; what it raises gives the place up."""
    ticket = _drawn(folder)
    try:
        while ahead := _before(ticket):
            waiting(ahead)
            time.sleep(_LOOK_SECONDS)
        yield
    finally:
        ticket.unlink(missing_ok=True)


def _drawn(folder: Path) -> Path:
    """A ticket with the next number; numbers and not the time, which may be set back."""
    folder.mkdir(parents=True, exist_ok=True)
    with lock.in_turn(folder / "lock"):
        number = max((int(path.stem) for path in folder.glob("*.json")), default=0) + 1
        ticket = folder / f"{number:06d}.json"
        files.write(ticket, json.dumps(process_now(os.getpid())))
    return ticket


def _before(ticket: Path) -> int:
    """How many with a lower number live; dead ones' tickets are thrown away."""
    found = 0
    for path in sorted(ticket.parent.glob("*.json")):
        if path.name >= ticket.name:
            break
        if _lives(path):
            found += 1
        else:
            path.unlink(missing_ok=True)
    return found


def _lives(path: Path) -> bool:
    try:
        return lives(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError):
        return False
