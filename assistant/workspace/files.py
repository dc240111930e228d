"""Files that are written whole or not at all, and files named by their content."""

import errno
import hashlib
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

from assistant.errors import PenalaError

_CHUNK = 1 << 20
_LITTLE = 1_000_000  # bytes free below which an I/O error is a full disk


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_CHUNK):
            digest.update(block)
    return digest.hexdigest()


def write(path: Path, content: bytes | str) -> None:
    """Replace `path` by `content` in one step: a reader sees the old file or the new one, never half.

    Raises PenalaError("disk_full") when there is no room; the old file is then untouched.
    """
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    with disk_full_is_said(path.parent):
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    sync_folder(path.parent)


def keep(source: Path, folder: Path) -> str:
    """Copy a file into `folder` under its sha256 (suffix kept) and return that name. Twice is once."""
    name = sha256(source) + source.suffix.lower()[:12]
    target = folder / name
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with disk_full_is_said(folder):
            temporary = folder / f".new-{os.getpid()}-{name}"
            try:
                shutil.copyfile(source, temporary)
                os.replace(temporary, target)
            finally:
                temporary.unlink(missing_ok=True)
        sync_folder(folder)
    return name


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` last through a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class disk_full_is_said:
    """Turns "no space left" in the block into the sentence a user can act on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and _says_full(error, self.folder):
            free = _free(self.folder)
            raise PenalaError("disk_full", folder=str(self.folder), free=round(free / 1e6)) from error


def _says_full(error: BaseException, folder: Path) -> bool:
    """Whether a failure is for want of room; SQLite and safetensors have words of their own for it."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    if isinstance(error, PenalaError):
        return False
    said = str(error)
    if "No space left on device" in said or "database or disk is full" in said:
        return True
    # Without room for its shared-memory file, SQLite cannot even open a database.
    broken = isinstance(error, sqlite3.OperationalError) and "disk I/O error" in said
    return broken and _free(folder) < _LITTLE


def _free(folder: Path) -> int:
    """Bytes free on the disk of a folder, which may not exist yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
