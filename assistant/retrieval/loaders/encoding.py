"""Reads a text file, however its bytes are written; refuses what only its name calls a text."""

from pathlib import Path

from assistant.errors import PenalaError
from assistant.interchange import encodings

_FOREIGN = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"\x7fELF")


def read_text(path: Path) -> str:
    """The file's text with plain line ends. Raises PenalaError("document_content") for what is no text."""
    data = path.read_bytes()
    text = None if data.startswith(_FOREIGN) else encodings.decoded(data)
    if text is None:
        raise PenalaError("document_content", name=path.name, suffix=path.suffix)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").removeprefix("\ufeff")
