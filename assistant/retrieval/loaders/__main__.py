"""The child process: reads one file within limits and prints what it says, or what is wrong, as JSON."""

import json
import os
import sys
from dataclasses import astuple
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.retrieval.loaders import load

MOST_CHARACTERS = 20_000_000


def limit(memory: int, seconds: int) -> None:
    """Bound this process's memory (bytes), processor time and written files; nothing where there is no POSIX."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the address space is no measure of memory used
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


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
    }


def main() -> None:
    """`python -m assistant.retrieval.loaders FILE MEMORY_BYTES CPU_SECONDS`"""
    out = os.dup(1)
    os.dup2(2, 1)  # what a parser's C library prints must not mix with the result
    limit(int(sys.argv[2]), int(sys.argv[3]))
    data = json.dumps(result(Path(sys.argv[1])), ensure_ascii=True).encode()
    with os.fdopen(out, "wb") as stream:
        stream.write(data)


main()
