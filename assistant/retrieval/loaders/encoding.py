"""Finds out how a text file's bytes are written: UTF-8, 16 or 32, Windows-1252, or another."""

import codecs
from pathlib import Path

from assistant.errors import PenalaError

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZEROS = {"utf-16-le": {1, 3}, "utf-16-be": {0, 2}, "utf-32-le": {1, 2, 3}, "utf-32-be": {0, 1, 2}}
_WORLD = ["gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp1251", "koi8_r", "cp1256", "cp1253"]
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
        wide = _wide(data)
        return data.decode(wide, "replace") if wide else None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _damaged_utf8(data) or (_eight_bit(data) if _looks_written(data) else None)


def _wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by where the zeros of Latin letters, digits and line ends stand."""
    sample = data[:65536]
    shares = [4 * sample[n::4].count(0) / len(sample) for n in range(4)]
    for name, zeros in _ZEROS.items():
        if all((share > 0.3) == (n in zeros) for n, share in enumerate(shares)):
            return name
    return None


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 of which a few bytes are lost, as where a file was cut."""
    text = data.decode("utf-8", "replace")
    lost, foreign = text.count("\ufffd"), sum(not character.isascii() for character in text)
    return text if lost <= max(1, foreign // 20) and foreign > 2 * lost else None


def _eight_bit(data: bytes) -> str:
    """Western text has few bytes beyond ASCII; where they are many, the one of the world's encodings that fits."""
    sample = data[: data.rfind(b"\n", 0, 65536) + 1 or 65536]  # whole lines: no character is cut
    if sum(byte > 127 for byte in sample) < 0.25 * len(sample):
        return data.decode("cp1252", "replace")
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_WORLD).best()
    return data.decode(best.encoding if best else "cp1252", "replace")


def _looks_written(data: bytes) -> bool:
    """Whether nearly all bytes are letters and line ends: control characters tell a binary file."""
    sample = data[:65536]
    control = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in sample)
    return control <= 0.01 * len(sample)
