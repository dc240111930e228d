"""Reads documents in a child process that can be killed; knows nothing of where documents are kept."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.retrieval.loaders import ARCHIVE, LOADERS, OUT_OF_MEMORY, Heading, Row, Text, known_suffixes

__all__ = ["LIMITS", "Heading", "Limits", "Reader", "Text", "check", "read", "readable"]
_ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Limits:
    """What one file may cost."""

    file: int = 200_000_000  # bytes of the file itself
    memory: int = 1_500_000_000  # bytes of address space of the child
    processor: int = 60  # seconds
    clock: float = 120.0  # seconds from start to end


LIMITS = Limits()


class Reader:
    """A child process that reads one file after another; when a file is too much for it, another takes its place.

    Used by one thread. `with Reader() as reader:` ends the child with the block.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def read(self, path: Path, name: str | None = None) -> Text:
        """What the file says; `name` is what its owner calls it.

        Raises PenalaError: document_missing, document_type, document_empty, document_content (the content is
        not what the name says), document_encrypted, document_broken, document_scanned, document_too_big,
        document_entities, document_pages, document_long, document_memory, document_slow.
        """
        name = name or path.name
        check(path, name, self._limits)
        found = self._answer(path, name)
        if found["last"]:
            self._end()
        if "code" in found:
            raise PenalaError(found["code"], **{**found["values"], "name": name})
        return _text(found)

    def _answer(self, path: Path, name: str) -> dict[str, Any]:
        child = self._child = self._child or self._started()
        assert child.stdin and child.stdout
        answer, until = bytearray(), time.monotonic() + self._limits.clock
        with suppress(BrokenPipeError):  # a child that could not even start is seen below
            child.stdin.write(json.dumps(str(path.resolve())).encode() + b"\n")
            child.stdin.flush()
        with selectors.DefaultSelector() as waiting:
            waiting.register(child.stdout, selectors.EVENT_READ)
            while not answer.endswith(b"\n"):
                if not waiting.select(max(0.0, until - time.monotonic())):
                    self._end()
                    raise PenalaError("document_slow", name=name, seconds=round(self._limits.clock))
                block = os.read(child.stdout.fileno(), 1 << 20)
                if not block:
                    raise self._death(child.wait(), name)
                answer += block
        return dict(json.loads(answer))

    def _death(self, code: int, name: str) -> PenalaError:
        """Why the child ended without an answer: the processor limit, memory, or a parser that crashed."""
        self._end()
        if -code in (9, 24):  # SIGKILL, SIGXCPU
            return PenalaError("document_slow", name=name, seconds=self._limits.processor)
        if code in (OUT_OF_MEMORY, -6):  # SIGABRT: a C++ parser that was given no memory
            return PenalaError("document_memory", name=name)
        return PenalaError("document_broken", name=name, detail=f"exit {code}")

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "assistant.retrieval.loaders"]
        command += [str(self._limits.memory), str(self._limits.processor)]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command,
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )

    def _end(self) -> None:
        """End the child and whatever it has started."""
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for stream in (child.stdin, child.stdout):
            with suppress(BrokenPipeError):
                stream.close() if stream else None


def readable(path: Path) -> bool:
    """Whether there is a loader for files of this name."""
    return path.suffix.lower() in LOADERS


def read(path: Path, name: str | None = None, limits: Limits = LIMITS) -> Text:
    """One file, as `Reader.read` gives it."""
    with Reader(limits) as reader:
        return reader.read(path, name)


def check(path: Path, name: str, limits: Limits = LIMITS) -> None:
    """What can be told without opening the file. Raises PenalaError: document_missing, _type, _empty, _too_big."""
    if not path.is_file():
        raise PenalaError("document_missing", name=name)
    if not readable(path) and path.suffix.lower() != ARCHIVE:
        raise PenalaError("document_type", name=name, suffix=path.suffix or "?", known=known_suffixes())
    size = path.stat().st_size
    if size == 0:
        raise PenalaError("document_empty", name=name)
    if size > limits.file:
        raise PenalaError("document_too_big", name=name, limit=limits.file // 1_000_000)


def _text(found: dict[str, Any]) -> Text:
    return Text(
        tuple((number, text) for number, text in found["pages"]),
        tuple(Heading(*heading) for heading in found["headings"]),
        tuple(Row(*row) for row in found["rows"]),
        found["paged"],
        tuple(found["recognised"]),
        found["suspicious"],
    )


def _environment() -> dict[str, str]:
    """The child needs our package and nothing else of this process's surroundings: no key, no proxy."""
    kept = {
        key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "LANG", "LD_LIBRARY_PATH") if key in os.environ
    }
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
