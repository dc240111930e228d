"""A folder of weights that is whole or absent: manifest of sizes and sha256, one rename; knows no sources."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.workspace import files
from assistant.workspace.database import now

_UNREAD = (
    ".bin",
    ".pt",
    ".pth",
    ".pkl",
    ".ckpt",
    ".py",
)  # could run code when loaded, so nothing here reads them


@dataclass(frozen=True)
class Manifest:
    """What a folder must hold: size and sha256 by file name, and where it came from."""

    files: dict[str, tuple[int, str]]
    source: str
    at: str


def manifest(folder: Path) -> Manifest | None:
    try:
        body: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        listed = {name: (int(size), str(digest)) for name, (size, digest) in body["files"].items()}
        return Manifest(listed, str(body["source"]), str(body["at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def verified(folder: Path, full: bool = False) -> bool:
    """Whether every listed file is there with its size; with `full`, also with its sha256."""
    found = manifest(folder)
    if found is None or not found.files:
        return False
    return all(_same(folder / name, size, digest, full) for name, (size, digest) in found.files.items())


def complete(folder: Path) -> bool:
    """Whether a model can be loaded from here: a config and safetensors (a folder a person copied counts)."""
    if manifest(folder) is not None:
        return verified(folder)
    return (folder / "config.json").is_file() and any(folder.glob("*.safetensors"))


def seal(folder: Path, source: str) -> None:
    """Flush every file to the disk, then write the manifest last. Raises PenalaError("weights_not_safetensors")."""
    listed = {}
    kept = (
        p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json" and p.suffix not in _UNREAD
    )
    for path in sorted(kept):
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
        os.chmod(path, 0o644)
        listed[path.relative_to(folder).as_posix()] = (path.stat().st_size, files.sha256(path))
    if not any(name.endswith(".safetensors") for name in listed):
        raise PenalaError("weights_not_safetensors", folder=str(folder))
    body = {"files": listed, "source": source, "at": now()}
    files.write(folder / "manifest.json", json.dumps(body, indent=1))


def put(temporary: Path, target: Path) -> None:
    """Move a sealed folder to its place in one step."""
    if target.exists():
        shutil.rmtree(target)
    os.replace(temporary, target)
    files.sync_folder(target.parent)


def _same(path: Path, size: int, digest: str, full: bool) -> bool:
    try:
        return path.stat().st_size == size and (not full or files.sha256(path) == digest)
    except OSError:
        return False
