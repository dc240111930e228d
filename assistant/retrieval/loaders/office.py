"""Looks into an Office file's zip before anything is unpacked: is it what it says, and safe to open?"""

import zipfile
from pathlib import Path

from assistant.errors import PenalaError

MOST_PARTS, MOST_BYTES, MOST_RATIO = 5_000, 200_000_000, 100
_OLE = (
    b"\xd0\xcf\x11\xe0"  # an encrypted file, or one of the old types (.doc, .xls, .ppt), is such a container
)
_PROLOG = 65_536  # bytes of a part in which its document type would stand


def check(path: Path, main: str) -> None:
    """`main` is the part that files of this type have.

    Raises PenalaError: document_content, document_encrypted, document_broken, document_too_big, document_entities.
    """
    with path.open("rb") as stream:
        start = stream.read(4)
    if start == _OLE:
        encrypted = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        raise PenalaError(
            "document_encrypted" if encrypted else "document_content", name=path.name, suffix=path.suffix
        )
    if start[:2] != b"PK":
        raise PenalaError("document_content", name=path.name, suffix=path.suffix)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            refuse_bomb(path.name, parts)
            if main not in {part.filename for part in parts}:
                raise PenalaError("document_content", name=path.name, suffix=path.suffix)
            _refuse_entities(path, archive)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError, RuntimeError) as error:
        raise PenalaError("document_broken", name=path.name, detail=type(error).__name__) from error


def refuse_bomb(name: str, parts: list[zipfile.ZipInfo]) -> None:
    """By the sizes that a zip declares; Python's reader gives no more than those. Raises document_too_big."""
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_BYTES or any(is_dense(part) for part in parts):
        raise PenalaError("document_too_big", name=name, limit=MOST_BYTES // 1_000_000)


def is_dense(part: zipfile.ZipInfo) -> bool:
    """Whether a part swells by more than what is written packs."""
    return part.file_size > 10_000_000 and part.file_size > MOST_RATIO * part.compress_size


def _refuse_entities(path: Path, archive: zipfile.ZipFile) -> None:
    """Office writes no document type; one that is there can only be meant to swell or to fetch."""
    for part in archive.infolist():
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            with archive.open(part) as stream:
                start = stream.read(_PROLOG).replace(b"\0", b"").upper()  # without the zeros of UTF-16
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise PenalaError("document_entities", name=path.name)
