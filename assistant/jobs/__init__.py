"""Long work in its own process: start, watch, cancel; knows nothing of what the work is.

A job is a folder: `spec.json` (what to do), `process.json` (pid and its start time), `events.jsonl` (what
happened, one line an event), `log.txt` (what it printed), `cancel` (present once someone asked it to stop).
State is never stored: it follows from the last event and from whether that very process lives.
"""

import contextlib
import errno
import hashlib
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import psutil

from assistant.errors import PenalaError
from assistant.workspace import files, lock
from assistant.workspace.database import now
from assistant.workspace.redaction import redact

State = Literal["running", "finished", "failed", "cancelled", "interrupted"]
_LAST: dict[str, State] = {"finished": "finished", "failed": "failed", "cancelled": "cancelled"}
_SIGN_IN_SECONDS = 10.0
_RESERVE_BYTES = 16_384
_LOWEST = 19  # of Unix's priorities


class Cancelled(Exception):
    """Raised inside a worker when the user asked it to stop; ends the job as "cancelled"."""


@dataclass(frozen=True)
class Event:
    """One thing that happened. `kind`: started, resumed, progress, metric, sample, note, finished, failed, cancelled."""

    kind: str
    at: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def spec(self) -> dict[str, Any]:
        """What the job is to do. Raises PenalaError("job_damaged")."""
        found = _spec(self.folder)
        if found is None:
            raise PenalaError("job_damaged", job=self.id, path=str(self.folder / "spec.json"))
        return found

    def events(self) -> list[Event]:
        """All whole events so far, oldest first; a line cut short by a kill is left out."""
        path = self.folder / "events.jsonl"
        return (
            [_event(line) for line in path.read_bytes().splitlines() if _whole(line)] if path.exists() else []
        )

    def last(self, kind: str) -> dict[str, Any] | None:
        """The values of the newest event of that kind."""
        return next((e.values for e in reversed(self.events()) if e.kind == kind), None)

    def state(self) -> State:
        for event in reversed(self.events()):
            if event.kind in _LAST:
                return _LAST[event.kind]
            if event.kind in ("started", "resumed"):
                break
        return "running" if self.alive() else "interrupted"

    def alive(self) -> bool:
        """Whether the very process that was started for this job still runs (a reused pid does not count)."""
        try:
            known = json.loads((self.folder / "process.json").read_text("utf-8"))
        except (OSError, ValueError):
            return self._being_started()
        return lives(known)

    def _being_started(self) -> bool:
        """Whether a start was written down so lately that its process may not have signed in yet."""
        events = self.events()
        return bool(events) and _age(events[-1].at) < _SIGN_IN_SECONDS

    def cancel(self) -> None:
        """Ask the worker to stop at its next step. A job that has ended stays as it is."""
        (self.folder / "cancel").touch()

    def log(self) -> str:
        path = self.folder / "log.txt"
        return redact(path.read_text("utf-8", "replace")) if path.exists() else ""


def process_now(pid: int) -> dict[str, Any]:
    """A process as it can be told later from another one that got the same number."""
    return {"pid": pid, "started": psutil.Process(pid).create_time()}


def lives(known: Any) -> bool:
    """Whether the process that `process_now` told of still runs."""
    try:
        process = psutil.Process(known["pid"])
        same = abs(process.create_time() - known["started"]) < 1.0
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (KeyError, TypeError, ValueError, psutil.Error):
        return False


def start(folder: Path, kind: str, spec: Mapping[str, Any], worker: str) -> Job:
    """Write the spec and start `python -m worker FOLDER` in a session of its own.

    Raises PenalaError("job_exists") if the folder holds a job already.
    """
    if (folder / "spec.json").exists():
        raise PenalaError("job_exists", job=folder.name)
    body = {"kind": kind, "worker": worker, **spec}
    text = json.dumps({**body, "seal": _seal(body)}, ensure_ascii=False, indent=1)
    files.write(folder / "spec.json", text)
    return _spawn(Job(folder), worker)


def resume(job: Job) -> Job:
    """Start an interrupted, failed or cancelled job's worker again. Raises PenalaError("job_running")."""
    with lock.held(job.folder / "resume.lock", "job_running", job=job.id):  # two pages, one click each
        if job.state() in ("running", "finished"):
            raise PenalaError("job_running", job=job.id)
        (job.folder / "cancel").unlink(missing_ok=True)
        return _spawn(job, job.spec["worker"])


def give_way(job: Job) -> None:
    """Let the job's process run only when nothing else needs the processor; one that has ended is let be."""
    with contextlib.suppress(psutil.Error, OSError, ValueError, KeyError):
        pid = int(json.loads((job.folder / "process.json").read_text("utf-8"))["pid"])
        psutil.Process(pid).nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", _LOWEST))  # Windows names it
        # Where Linux shares time out among sessions, a number within a session of its own changes nothing.
        Path(f"/proc/{pid}/autogroup").write_text(str(_LOWEST))


def jobs_in(folder: Path) -> list[Job]:
    """The jobs in a folder, newest first; one whose spec is damaged is left out, so that the others can be shown."""
    found = [Job(path.parent) for path in folder.glob("*/spec.json") if _spec(path.parent) is not None]
    return sorted(found, key=lambda job: (job.folder / "spec.json").stat().st_mtime_ns, reverse=True)


def _spec(folder: Path) -> dict[str, Any] | None:
    """A job's spec, None where the file is not as it was written (one flipped bit can make 3 epochs 7)."""
    try:
        found = json.loads((folder / "spec.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(found, dict):
        return None
    seal = found.pop("seal", None)
    return found if seal in (None, _seal(found)) else None


def _seal(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def new_id(folder: Path) -> str:
    """The next free id in `folder`: r001, r002, …"""
    taken = [int(p.name[1:]) for p in folder.glob("r*") if p.name[1:].isdigit()]
    return f"r{max(taken, default=0) + 1:03d}"


def _spawn(job: Job, worker: str) -> Job:
    (job.folder / "process.json").unlink(missing_ok=True)
    Journal(job.folder).add("resumed" if job.events() else "started")
    with (job.folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", worker, str(job.folder)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=_environment(),
        )  # fmt: skip
    _sign_in(job.folder, process.pid)
    return job


def _sign_in(folder: Path, pid: int) -> None:
    """Write down which process does the job. Parent and worker both do: either may be killed first."""
    files.write(folder / "process.json", json.dumps(process_now(pid)))


def _environment() -> dict[str, str]:
    """This process's environment, with our package importable wherever the worker's folder is."""
    root = str(Path(__file__).parent.parent.parent)
    path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
    return {**os.environ, "PYTHONPATH": path, "TOKENIZERS_PARALLELISM": "false"}


@dataclass(frozen=True)
class Journal:
    """A worker's own pen: appends events, and tells when the user wants it to stop."""

    folder: Path

    def add(self, kind: str, **values: Any) -> None:
        line = redact(json.dumps({"kind": kind, "at": now(), **values}, ensure_ascii=False)) + "\n"
        path = self.folder / "events.jsonl"
        with files.disk_full_is_said(self.folder), path.open("ab") as stream:
            if stream.tell() and not _ends_line(path):
                line = "\n" + line  # the last writer was killed inside a line
            stream.write(line.encode())
            stream.flush()
            os.fsync(stream.fileno())

    def progress(self, done: int, total: int, stage: str, **more: Any) -> None:
        """How far: `done` of `total` in `stage` (a text key). Raises Cancelled when the user asked to stop."""
        self.add("progress", done=done, total=total, stage=stage, **more)
        self.check()

    def check(self) -> None:
        if (self.folder / "cancel").exists():
            raise Cancelled


def work(folder: Path, action: Callable[[dict[str, Any], Journal], dict[str, Any]]) -> int:
    """Run a worker's action to its end and write how it ended; the process's exit code."""
    _sign_in(folder, os.getpid())
    (folder / "reserve").write_bytes(b"\n" * _RESERVE_BYTES)
    kind, values = _outcome(folder, action)
    (folder / "reserve").unlink(missing_ok=True)  # on a full disk this is the room for the last event
    Journal(folder).add(kind, **values)
    return 1 if kind == "failed" else 0


def _outcome(
    folder: Path, action: Callable[[dict[str, Any], Journal], dict[str, Any]]
) -> tuple[str, dict[str, Any]]:
    """How the action ended, as the event to write."""
    try:
        with files.disk_full_is_said(folder):
            return "finished", action(Job(folder).spec, Journal(folder))
    except Cancelled:
        return "cancelled", {}
    except PenalaError as error:
        return "failed", {"code": error.code, "values": {k: str(v) for k, v in error.values.items()}}
    except Exception as error:
        print(redact(traceback.format_exc()), file=sys.stderr)  # to log.txt; the page shows a sentence
        if _says_memory(error):
            return "failed", {"code": "out_of_memory", "values": {}}
        text = f"{type(error).__name__}: {error}"
        return "failed", {"code": "unexpected", "values": {"error": text}}


def _says_memory(error: BaseException) -> bool:
    """Whether a failure is for want of memory; torch and the loader of libraries have words of their own for it."""
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return True
    said = str(error).lower()
    words = ("out of memory", "allocate memory", "failed to map segment", "not enough memory")
    return any(word in said for word in words)


def follow(job: Job, seconds: float = 0.3) -> Iterator[Event]:
    """Events as they come, until the job ends."""
    seen = 0
    while True:
        ended = job.state() != "running"
        for event in job.events()[seen:]:
            seen += 1
            yield event
        if ended:
            return
        time.sleep(seconds)


def _event(line: bytes) -> Event:
    values = json.loads(line)
    return Event(values.pop("kind"), values.pop("at"), values)


def _whole(line: bytes) -> bool:
    try:
        values = json.loads(line)
    except ValueError:
        return False
    return isinstance(values, dict) and "kind" in values and "at" in values


def _age(at: str) -> float:
    """Seconds since the moment `at`."""
    return (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()


def _ends_line(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"
