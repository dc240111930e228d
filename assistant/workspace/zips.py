"""Zip files written whole and read with mistrust: entries, names, sizes, hashes; knows nothing of what is inside."""

import hashlib
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from assistant.errors import PenalaError

# What could run code when it is loaded: never taken out of a zip, nor put into one.
PICKLES = {".pkl", ".pickle", ".pt", ".pth", ".bin", ".ckpt", ".joblib", ".npy", ".npz", ".dill"}
_CHUNK = 1 << 20
_MOST_RATIO = 200  # JSON text packs 5-30 times; a zip bomb a thousand times
_ALWAYS_ALLOWED = 64_000_000


def opened(path: Path, code: str) -> zipfile.ZipFile:
    """Raises PenalaError("file_missing"), and PenalaError(code) for what is no zip."""
    if not path.is_file():
        raise PenalaError("file_missing", path=str(path))
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise PenalaError(code, name=path.name) from error


def refuse_unsafe(source: zipfile.ZipFile, label: str) -> None:
    """Raises PenalaError("archive_unsafe") for a name that leads elsewhere, a link, a name twice, or encryption."""
    seen: set[str] = set()
    for one in source.infolist():
        name, kind = one.filename, stat.S_IFMT(one.external_attr >> 16)
        folded = name.casefold()
        unsafe = name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts
        unsafe = unsafe or kind not in (0, stat.S_IFREG, stat.S_IFDIR) or bool(one.flag_bits & 1)
        if unsafe or folded in seen or not name.isprintable():
            raise PenalaError("archive_unsafe", name=label, entry=ascii(name)[1:81])
        seen.add(folded)


def refuse_bombs(source: zipfile.ZipFile, label: str, most_entries: int, most_bytes: int) -> None:
    """Raises PenalaError("archive_too_large") by what the zip says of itself; reading it checks that."""
    entries = source.infolist()
    packed, size = sum(e.compress_size for e in entries), sum(e.file_size for e in entries)
    allowed = min(max(_ALWAYS_ALLOWED, _MOST_RATIO * packed), most_bytes)
    if size > allowed or len(entries) > most_entries:
        raise PenalaError("archive_too_large", name=label, size=round(size / 1e6))


def read(source: zipfile.ZipFile, name: str, most: int) -> bytes:
    with source.open(name) as stream:
        return stream.read(most)


def entry(name: str) -> zipfile.ZipInfo:
    """A zip entry without a date, so that the same content packs to the same bytes."""
    made = zipfile.ZipInfo(name)
    made.compress_type = zipfile.ZIP_DEFLATED
    made.external_attr = 0o600 << 16
    return made


def put(out: zipfile.ZipFile, name: str, path: Path) -> str:
    """Add a file; the sha256 of the very bytes that went in."""
    digest = hashlib.sha256()
    with path.open("rb") as source, out.open(entry(name), "w", force_zip64=True) as stream:
        while block := source.read(_CHUNK):
            digest.update(block)
            stream.write(block)
    return digest.hexdigest()


def take(source: zipfile.ZipFile, name: str, path: Path, digest: str, code: str, label: str) -> None:
    """Write an entry to `path`. Raises PenalaError(code) where it is damaged or its sha256 is not `digest`."""
    found = hashlib.sha256()
    try:
        with source.open(name) as stream, path.open("wb") as target:
            while block := stream.read(_CHUNK):
                found.update(block)
                target.write(block)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise PenalaError(code, name=label, entry=name) from error
    if found.hexdigest() != digest:
        raise PenalaError(code, name=label, entry=name)
