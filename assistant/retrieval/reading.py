"""Reads a document in a child process that can be killed; knows nothing of where documents are kept."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import PenalaError
from assistant.retrieval.loaders import LOADERS, Heading, Row, Text, known_suffixes

__all__ = ["LIMITS", "Heading", "Limits", "Text", "check", "read", "readable"]
_ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Limits:
    """What one file may cost."""

    file: int = 200_000_000  # bytes of the file itself
    memory: int = 1_500_000_000  # bytes of address space of the child
    processor: int = 60  # seconds
    clock: float = 120.0  # seconds from start to end


LIMITS = Limits()


def readable(path: Path) -> bool:
    """Whether there is a loader for files of this name."""
    return path.suffix.lower() in LOADERS


def read(path: Path, name: str | None = None, limits: Limits = LIMITS) -> Text:
    """What the file says; `name` is what its owner calls it.

    Raises PenalaError: document_missing, document_type, document_empty, document_content (the content is
    not what the name says), document_encrypted, document_broken, document_scanned, document_too_big,
    document_pages, document_long, document_memory, document_slow.
    """
    name = name or path.name
    check(path, name, limits)
    return _text(_run(path, name, limits), name)


def check(path: Path, name: str, limits: Limits = LIMITS) -> None:
    """What can be told without opening the file. Raises PenalaError: document_missing, _type, _empty, _too_big."""
    if not path.is_file():
        raise PenalaError("document_missing", name=name)
    if not readable(path):
        raise PenalaError("document_type", name=name, suffix=path.suffix or "?", known=known_suffixes())
    size = path.stat().st_size
    if size == 0:
        raise PenalaError("document_empty", name=name)
    if size > limits.file:
        raise PenalaError("document_too_big", name=name, limit=limits.file // 1_000_000)


def _run(path: Path, name: str, limits: Limits) -> bytes:
    command = [sys.executable, "-m", "assistant.retrieval.loaders", str(path.resolve())]
    command += [str(limits.memory), str(limits.processor)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limits.clock, env=_environment()
        )
    except subprocess.TimeoutExpired as error:
        raise PenalaError("document_slow", name=name, seconds=round(limits.clock)) from error
    if done.returncode and not done.stdout:
        raise _death(done, name, limits)
    return done.stdout


def _death(done: subprocess.CompletedProcess[bytes], name: str, limits: Limits) -> PenalaError:
    """Why the child ended without a word: the processor limit, memory, or a parser that crashed."""
    signal_number = -done.returncode
    if os.name == "posix" and signal_number in (9, 24):  # SIGKILL, SIGXCPU
        return PenalaError("document_slow", name=name, seconds=limits.processor)
    if b"MemoryError" in done.stderr or b"memory" in done.stderr[-2000:].lower() or signal_number == 6:
        return PenalaError("document_memory", name=name)
    return PenalaError("document_broken", name=name, detail=f"exit {done.returncode}")


def _text(output: bytes, name: str) -> Text:
    try:
        found = json.loads(output)
    except ValueError as error:
        raise PenalaError("document_broken", name=name, detail="no result") from error
    if "code" in found:
        raise PenalaError(found["code"], **{**found["values"], "name": name})
    return Text(
        tuple((number, text) for number, text in found["pages"]),
        tuple(Heading(*heading) for heading in found["headings"]),
        tuple(Row(*row) for row in found["rows"]),
        found["paged"],
    )


def _environment() -> dict[str, str]:
    """The child needs our package and nothing else of this process's surroundings: no key, no proxy."""
    kept = {
        key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "LANG", "LD_LIBRARY_PATH") if key in os.environ
    }
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
