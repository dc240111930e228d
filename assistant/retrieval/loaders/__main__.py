"""The child process: reads files within limits and prints what each says, or what is wrong, as JSON."""

import json
import math
import os
import sys
from dataclasses import astuple
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.retrieval.loaders import OUT_OF_MEMORY, load
from assistant.retrieval.suspicion import suspicious

try:
    import resource
except ImportError:  # no POSIX
    resource = None  # type: ignore[assignment]

MOST_CHARACTERS = 20_000_000


def limit(memory: int) -> None:
    """Bound this process's memory (bytes) and written files; nothing where there is no POSIX."""
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the address space is no measure of memory used
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def allow(seconds: int) -> None:
    """Let the next file use so much processor time."""
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        most = math.ceil(used.ru_utime + used.ru_stime) + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def swollen(memory: int) -> bool:
    """Whether the files so far have left too little of the address space for the next one."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # not Linux, where there is no limit on it either
        return False
    return pages * os.sysconf("SC_PAGE_SIZE") > memory // 2


def result(path: Path) -> dict[str, Any]:
    try:
        text = load(path)
        if not text.content.strip():
            raise PenalaError("document_empty", name=path.name)
        if len(text.content) > MOST_CHARACTERS:
            raise PenalaError("document_long", name=path.name, limit=MOST_CHARACTERS)
    except PenalaError as error:
        return {"code": error.code, "values": error.values}
    except (MemoryError, RecursionError):
        return {"code": "document_memory", "values": {"name": path.name}}
    except Exception as error:  # whatever a parser raises on a broken file
        return {"code": "document_broken", "values": {"name": path.name, "detail": type(error).__name__}}
    return {
        "pages": text.pages,
        "headings": [astuple(heading) for heading in text.headings],
        "rows": [astuple(row) for row in text.rows],
        "paged": text.paged,
        "recognised": text.recognised,
        "suspicious": suspicious(text.content),
    }


def main() -> None:
    """`python -m assistant.retrieval.loaders MEMORY_BYTES CPU_SECONDS`; a path and an answer a line, as JSON."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    out = os.dup(1)
    os.dup2(2, 1)  # what a parser's C library prints must not mix with the result
    limit(memory)
    with os.fdopen(out, "wb") as stream:
        for line in sys.stdin:
            allow(seconds)
            found = result(Path(json.loads(line)))
            stream.write(json.dumps({**found, "last": swollen(memory)}, ensure_ascii=True).encode() + b"\n")
            stream.flush()


try:
    main()
except MemoryError:
    os._exit(OUT_OF_MEMORY)
