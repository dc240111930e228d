"""Examines this machine and this workspace: what is well, what is not, and how to mend it; mends nothing itself."""

import importlib.metadata
import os
import re
import shutil
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from assistant import texts
from assistant.errors import PenalaError
from assistant.models import catalogue, folders, machine, weights
from assistant.settings import KEYS, Settings, locked_versions
from assistant.workspace import integrity, lock
from assistant.workspace.overview import overview
from assistant.workspace.project import Project
from assistant.workspace.projects import Projects

State = Literal["well", "warning", "wrong"]
_LITTLE_DISK, _NO_DISK = 2e9, 2e8  # bytes: fetching the two embedded models takes 1.6e9 at its most
_PROGRAM = 1.0e9  # bytes the program takes beside its models
_SLACK = 120.0  # seconds that two clocks may differ


@dataclass(frozen=True)
class Row:
    """What one check found. `wrong`: something will fail; `warning`: something may, or is worth knowing."""

    check: str
    state: State
    key: str  # of a text in doctor.<check>
    values: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: str) -> str:
        return self._say(language, "message")

    def remedy(self, language: str) -> str:
        """How to mend it; "" where all is well."""
        return "" if self.state == "well" else self._say(language, "remedy")

    def _say(self, language: str, part: str) -> str:
        whole = f"doctor.{self.check}.{self.key}"
        return texts.say(language, whole if self.state == "well" else f"{whole}.{part}", **self.values)


def examine(settings: Settings, env: Mapping[str, str] = os.environ) -> Iterator[Row]:
    """Every check in turn, a row or more each; one that breaks is a row too."""
    checks: dict[str, Callable[[], Iterator[Row]]] = {
        "languages": _languages,
        "versions": _versions,
        "clock": lambda: _clock(settings),
        "disk": lambda: _disk(settings),
        "memory": lambda: _memory(settings),
        "database": lambda: _databases(settings),
        "weights": lambda: _weights(settings),
        "dtype": lambda: _dtype(settings),
        "port": lambda: _port(settings),
        "keys": lambda: _keys(env),
    }
    for name, check in checks.items():
        try:
            yield from check()
        except Exception as error:
            yield Row("check", "wrong", "broke", {"check": name, "error": f"{type(error).__name__}: {error}"})


def _languages() -> Iterator[Row]:
    known = {language: set(texts.keys(language)) for language in texts.LANGUAGES}
    odd = known["id"] ^ known["en"]
    if odd:
        yield Row("languages", "wrong", "differ", {"count": len(odd), "first": min(odd)})
    elif sys.getfilesystemencoding().lower() not in ("utf-8", "utf8"):
        yield Row("languages", "warning", "encoding", {"encoding": sys.getfilesystemencoding()})
    else:
        yield Row("languages", "well", "both", {"count": len(known["id"])})


def _versions() -> Iterator[Row]:
    locked = locked_versions()
    absent = [name for name in _required() if _version(name) is None]
    if absent:
        yield Row("versions", "wrong", "absent", {"names": ", ".join(absent)})
    here = {name: _version(name) for name in locked}
    other = [f"{name} {here[name]} ({version})" for name, version in locked.items() if here[name] not in (None, version)]  # fmt: skip
    if other:
        yield Row("versions", "warning", "other", {"names": ", ".join(other)})
    elif not locked:
        yield Row("versions", "warning", "no_lock")
    elif not absent:
        yield Row("versions", "well", "locked", {"count": sum(v is not None for v in here.values())})
    with sqlite3.connect(":memory:") as db:
        if not db.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0]:
            yield Row("versions", "wrong", "no_fts5", {"version": sqlite3.sqlite_version})


def _required() -> list[str]:
    """The names of what Penala cannot do without; none where it runs from a folder that was never installed."""
    try:
        lines = importlib.metadata.requires("penala") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [re.split(r"[^\w.-]", line)[0] for line in lines if "extra ==" not in line]


def _version(name: str) -> str | None:
    """The installed version without its build's label (2.13.0+cpu is 2.13.0)."""
    try:
        return importlib.metadata.version(name).split("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return None


def _clock(settings: Settings) -> Iterator[Row]:
    here = datetime.now(UTC)
    released = max(fact.date for entry in catalogue.entries() for fact in entry.facts)
    newest = max((seen for seen in map(_newest, Projects(settings).all()) if seen), default="")
    if here.date().isoformat() < released:
        yield Row("clock", "wrong", "past", {"now": f"{here:%Y-%m-%d}", "known": released})
    elif newest and (_moment(newest) - here).total_seconds() > _SLACK:
        yield Row("clock", "warning", "behind", {"now": f"{here:%Y-%m-%d %H:%M}", "newest": newest[:16]})
    else:
        yield Row("clock", "well", "right", {"now": f"{here:%Y-%m-%d %H:%M}"})


def _moment(at: str) -> datetime:
    """A time as the tables keep it, in UTC whether it says so or not."""
    return datetime.fromisoformat(at).replace(tzinfo=UTC)


def _newest(project: Project) -> str:
    """When a project last changed; "" for one that cannot be read, which is another check's matter."""
    try:
        return overview(project).changed
    except (PenalaError, sqlite3.Error):
        return ""


def _disk(settings: Settings) -> Iterator[Row]:
    for folder in dict.fromkeys((settings.home, settings.weights)):
        free, values = _free(folder), {"folder": str(folder), "free": _free(folder) / 1e9}
        if (reason := _not_writable(folder)) is not None:
            yield Row("disk", "wrong", "read_only", {"folder": str(folder), "reason": reason})
        elif free < _LITTLE_DISK:
            yield Row("disk", "wrong" if free < _NO_DISK else "warning", "little", values)
        else:
            yield Row("disk", "well", "room", values)


def _free(folder: Path) -> int:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _not_writable(folder: Path) -> str | None:
    """Why nothing can be written in a folder, or where it would be made; None where it can."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x")
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def _memory(settings: Settings) -> Iterator[Row]:
    total, free = machine.memory_here()
    here = [e for e in catalogue.entries() if weights.present(e.id, settings)] or catalogue.entries()[:1]
    kinds = {e.kind: max(o.parameters for o in here if o.kind == e.kind) for e in here}
    needed = _PROGRAM + 4 * sum(kinds.values())  # float32 at most: four bytes a parameter
    values = {"total": total / 1e9, "free": free / 1e9, "needed": needed / 1e9}
    state: State = "wrong" if total < needed else "warning" if free < needed else "well"
    yield Row("memory", state, {"wrong": "too_small", "warning": "taken", "well": "enough"}[state], values)


def _databases(settings: Settings) -> Iterator[Row]:
    found = [integrity.health(path) for path in integrity.databases(settings)]
    for one in found:
        if one.state != "whole":
            state: State = "warning" if one.state == "index" else "wrong"
            yield Row("database", state, one.state, {"path": str(one.path), "detail": one.detail})
    readable = [
        one.path for one in found if one.state in ("whole", "index") and one.path.name == "project.db"
    ]
    for path in readable:
        for name in integrity.odd_documents(path):
            yield Row("database", "wrong", "document", {"project": path.parent.name, "name": name})
    if all(one.state == "whole" for one in found):
        yield Row("database", "well", "whole" if found else "none", {"count": len(found)})


def _weights(settings: Settings) -> Iterator[Row]:
    for entry in catalogue.entries():
        folder, values = weights.folder_of(entry.id, settings), {"name": entry.name, "id": entry.id}
        if folders.manifest(folder) is not None:
            if folders.verified(folder, full=True):
                yield Row("weights", "well", "whole", values)
            else:
                yield Row("weights", "wrong", "damaged", {**values, "folder": str(folder)})
        elif folders.complete(folder):
            yield Row("weights", "well", "copied", values)
        elif entry.terms is None:
            yield Row("weights", "warning", "absent", {**values, "size": round(entry.disk / 1e6)})


def _dtype(settings: Settings) -> Iterator[Row]:
    try:
        found = machine.dtype_here(settings)
    except ImportError as error:
        yield Row("dtype", "wrong", "no_torch", {"error": str(error)})
    else:
        yield Row("dtype", "well", "found", {"dtype": found})


def _port(settings: Settings) -> Iterator[Row]:
    values = {"host": settings.host, "port": str(settings.port)}
    if _can_listen(settings.host, settings.port):
        yield Row("port", "well", "free", values)
    elif _serving(settings):
        yield Row("port", "well", "ours", values)
    else:
        other = next(
            (p for p in range(settings.port + 1, settings.port + 50) if _can_listen(settings.host, p)), 0
        )
        yield Row("port", "warning", "taken", {**values, "other": str(other)})


def _can_listen(host: str, port: int) -> bool:
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, number) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError):
        return False
    return True


def _serving(settings: Settings) -> bool:
    """Whether a Penala serves this very workspace."""
    path = settings.home / "server.lock"
    if not path.exists():
        return False
    try:
        with lock.held(path, "already_open", folder=str(settings.home)):
            return False
    except PenalaError:
        return True


def _keys(env: Mapping[str, str]) -> Iterator[Row]:
    given = [name for name in KEYS if env.get(name)]
    for name in given:
        if env[name] != env[name].strip().strip("'\""):
            yield Row("keys", "warning", "untidy", {"name": name})
    yield Row("keys", "well", "given" if given else "none", {"names": ", ".join(given)})
