"""A folder's files under a seal of their hashes: whether they are still what was written; knows nothing of rows."""

import json
from pathlib import Path

from assistant.workspace import files

_SEAL = "manifest.json"


def seal(folder: Path, names: list[str]) -> None:
    """Write the hashes of these files, last of all."""
    files.write(folder / _SEAL, json.dumps({name: files.sha256(folder / name) for name in names}))


def sealed(folder: Path) -> dict[str, str]:
    """sha256 by file name as they were sealed; empty without a seal that can be read."""
    try:
        found = json.loads((folder / _SEAL).read_text("utf-8"))
        return {str(name): str(digest) for name, digest in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def whole(folder: Path) -> bool:
    """Whether every sealed file is there as it was written; False without a seal."""
    listed = sealed(folder)
    try:
        return bool(listed) and all(files.sha256(folder / name) == digest for name, digest in listed.items())
    except OSError:
        return False
