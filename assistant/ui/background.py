"""Work of a minute or so in this server's threads, so that a page may be left and opened again; knows no page.

What takes longer is a job in its own process (assistant.jobs). Work here may be cut short with the server,
so it must be safe to begin again: fetching weights and indexing documents are.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Thread

from assistant.errors import PenalaError

log = logging.getLogger("penala")
Report = Callable[..., None]
Action = Callable[[Report], object]


@dataclass
class Work:
    """One piece of work: `done` of `total` in a stage, until it is finished or has failed."""

    key: str
    done: int = 0
    total: int = 0
    stage: str = ""
    finished: bool = False
    result: object = None
    error: Exception | None = None

    @property
    def running(self) -> bool:
        return not self.finished and self.error is None

    @property
    def share(self) -> float:
        """From 0 to 1, or -1 while it cannot be known."""
        return self.done / self.total if self.total > 1 else -1.0


@dataclass(frozen=True)
class Background:
    """All work of this server, by key, for example "fetch:MODEL" or "index:PROJECT"."""

    _lock: Lock = field(default_factory=Lock)
    _known: dict[str, Work] = field(default_factory=dict)

    def start(self, key: str, action: Action) -> Work:
        """Begin, unless work under that key is running: then that one is returned."""
        with self._lock:
            known = self._known.get(key)
            if known and known.running:
                return known
            work = self._known[key] = Work(key)
        Thread(target=_run, args=(work, action), daemon=True, name=key).start()
        return work

    def of(self, key: str) -> Work | None:
        return self._known.get(key)

    def forget(self, key: str) -> None:
        """Drop what has ended, once it was shown."""
        with self._lock:
            known = self._known.get(key)
            if known and not known.running:
                del self._known[key]


def _run(work: Work, action: Action) -> None:
    def report(done: int, total: int, stage: str = "") -> None:
        work.done, work.total, work.stage = done, total, stage

    try:
        work.result = action(report)
        work.finished = True
    except PenalaError as error:
        work.error = error
    except Exception as error:
        log.error("background work %s failed", work.key, exc_info=error)
        work.error = error
