"""Finds out how a text's bytes are written: UTF-8, 16 or 32, Windows-1252, or another."""

import codecs

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZEROS = {"utf-16-le": {1, 3}, "utf-16-be": {0, 2}, "utf-32-le": {1, 2, 3}, "utf-32-be": {0, 1, 2}}
_WORLD = ["gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp1251", "koi8_r", "cp1256", "cp1253"]


def decoded(data: bytes) -> str | None:
    """The text, or None for what is no text. Letters that are lost become U+FFFD."""
    text = _decoded(data)
    return text.removeprefix("\ufeff") if text is not None else None


def _decoded(data: bytes) -> str | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    if b"\0" in data[:65536]:
        wide = _wide(data)
        if wide or data.count(0) > max(1, len(data) // 1000):
            text = data.decode(wide, "replace") if wide else ""
            return text if text.count("\ufffd") * 10 < len(text) else None
    if not _looks_written(data):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _damaged_utf8(data) or _eight_bit(data)


def _wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by where the zeros of Latin letters, digits and line ends stand."""
    sample = data[:65536]
    shares = [4 * sample[n::4].count(0) / len(sample) for n in range(4)]
    for name, zeros in _ZEROS.items():
        if all((share > 0.3) == (n in zeros) for n, share in enumerate(shares)):
            return name
    return None


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 of which a few bytes are lost, as where a file was cut or two files were joined."""
    text = data.decode("utf-8", "replace")
    lost, foreign = text.count("\ufffd"), len(text) - len(text.encode("ascii", "ignore"))
    return text if lost * 5 < foreign or (lost == 1 and foreign > 2) else None


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
    return control <= max(1, 0.01 * len(sample))
