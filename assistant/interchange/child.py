"""Reads Excel and Parquet files in a process of its own, within limits on memory, time and output."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError

try:
    import resource
except ImportError:  # no POSIX
    resource = None  # type: ignore[assignment]

MEMORY, SECONDS = 4_000_000_000, 120  # bytes of address space (pyarrow maps much it never uses), seconds
_ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Read:
    rows: list[dict[str, Any]]
    sheets: tuple[str, ...]
    sheet: str


def read(path: Path, kind: str, name: str, sheet: str = "", header: bool = True) -> Read:
    """`kind`: excel or parquet. Raises what their readers raise, or PenalaError("file_too_swollen")."""
    command = [sys.executable, "-m", "assistant.interchange.child"]
    asked = json.dumps([str(path.resolve()), kind, name, sheet, header])
    try:
        done = subprocess.run(
            command, input=asked.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
            timeout=SECONDS + 60, start_new_session=True, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise PenalaError("file_too_swollen", name=name) from error
    if done.returncode:
        raise PenalaError("file_too_swollen", name=name)
    found = json.loads(done.stdout)
    if "code" in found:
        raise PenalaError(found["code"], **found["values"])
    return Read(found["rows"], tuple(found["sheets"]), found["sheet"])


def main() -> None:
    """One request on stdin, one answer on stdout, both JSON."""
    path, kind, name, sheet, header = json.load(sys.stdin)
    out = os.dup(1)
    os.dup2(2, 1)  # what a parser's C library prints must not mix with the answer
    _limit()
    with os.fdopen(out, "w", encoding="utf-8") as stream:
        json.dump(_answer(Path(path), kind, name, sheet, header), stream)


def _answer(path: Path, kind: str, name: str, sheet: str, header: bool) -> dict[str, Any]:
    try:
        if kind == "parquet":
            from assistant.interchange import parquet

            return {"rows": parquet.read(path, name), "sheets": [], "sheet": ""}
        from assistant.interchange import excel

        found = excel.read(path, name, sheet, header)
        return {"rows": found.rows, "sheets": found.names, "sheet": found.name}
    except PenalaError as error:
        return {"code": error.code, "values": error.values}


def _limit() -> None:
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    if sys.platform == "linux":  # elsewhere the address space is no measure of memory used
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _environment() -> dict[str, str]:
    """The child needs our package and nothing else of this process's surroundings: no key, no proxy."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "SYSTEMROOT", "LANG", "LD_LIBRARY_PATH")
        if name in os.environ
    }
    paths = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {
        **kept,
        "PYTHONPATH": paths,
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


if __name__ == "__main__":
    main()
