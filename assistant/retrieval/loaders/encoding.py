"""Finds out how a text file's bytes are written: UTF-8, UTF-16 or Windows-1252."""

import codecs
from pathlib import Path

from assistant.errors import PenalaError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"\x7fELF")


def read_text(path: Path) -> str:
    """The file's text with plain line ends. Raises PenalaError("document_content") for what is no text."""
    data = path.read_bytes()
    if data.startswith(_FOREIGN):
        raise PenalaError("document_content", name=path.name, suffix=path.suffix)
    text = _decoded(data)
    if text is None:
        raise PenalaError("document_content", name=path.name, suffix=path.suffix)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").removeprefix("\ufeff")


def _decoded(data: bytes) -> str | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    if b"\0" in data:
        return _utf16(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace") if _looks_written(data) else None


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: text in Latin letters has its zeros all on one side."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    half = max(1, len(data) // 2)
    if odd > 0.3 * half and even < 0.05 * half:
        return data.decode("utf-16-le", "replace")
    if even > 0.3 * half and odd < 0.05 * half:
        return data.decode("utf-16-be", "replace")
    return None


def _looks_written(data: bytes) -> bool:
    """Whether nearly all bytes are letters and line ends: control characters tell a binary file."""
    sample = data[:65536]
    control = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in sample)
    return control <= 0.01 * len(sample)
