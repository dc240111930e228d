"""Finds out what a file is, by its content before its name, and reads its rows."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import PenalaError
from assistant.interchange import chats, child, delimited, encodings, objects
from assistant.interchange.rows import Row, Table

LARGEST = 200_000_000  # bytes
SUFFIXES = (".csv", ".tsv", ".xlsx", ".jsonl", ".json", ".parquet", ".txt")
_KNOWN = "CSV, TSV, XLSX, JSONL, JSON, Parquet, TXT"
_OTHERS = {".xlsm", ".ndjson", ".log", ".pq", ".tab", ".md", ""}
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Options:
    """What a file does not say itself: an Excel file's sheet, whether the first row is a header, and whose messages
    in a chat log are the answers."""

    sheet: str = ""
    header: bool = True
    speaker: str = ""


AS_IT_IS = Options()


def read(path: Path, options: Options = AS_IT_IS) -> Table:
    """The rows of a file.

    Raises PenalaError: no_file, file_empty, file_too_large, file_type, file_not_text, file_old_excel, file_broken,
    file_too_swollen, no_sheet, json_broken, chat_one_speaker, chat_no_speaker.
    """
    if not path.is_file():
        raise PenalaError("no_file", path=str(path))
    size = path.stat().st_size
    if size > LARGEST:
        raise PenalaError(
            "file_too_large", name=path.name, megabytes=round(size / 1e6), most=LARGEST // 10**6
        )
    with path.open("rb") as stream:
        start = stream.read(4)
    if start == b"PAR1":
        return Table("parquet", _rows(child.read(path, "parquet", path.name).rows))
    if start == _OLD_EXCEL or zipfile.is_zipfile(path):
        return _packed(path, options)
    if path.suffix.lower() not in {*SUFFIXES, *_OTHERS}:
        raise PenalaError("file_type", name=path.name, known=_KNOWN)
    text = encodings.decoded(path.read_bytes())
    if text is None or start == b"PK\x03\x04" or path.suffix.lower() in (".xlsx", ".xlsm", ".parquet", ".pq"):
        raise PenalaError("file_not_text", name=path.name)
    return paste(text, path.name, options)


def paste(text: str, name: str, options: Options = AS_IT_IS) -> Table:
    """The rows of a text: JSON, a chat log, or a table. Raises PenalaError as `read`."""
    if not text.strip():
        raise PenalaError("file_empty", name=name)
    suffix = Path(name).suffix.lower()
    if suffix in (".jsonl", ".json", ".ndjson") or (
        suffix not in (".csv", ".tsv", ".tab") and _is_json(text)
    ):
        rows = objects.rows(text, name)
        if chats.is_telegram(rows):
            return chats.telegram(rows, Path(name).stem, options.speaker)
        return Table("json", rows)
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if suffix not in (".csv", ".tsv", ".tab") and chats.is_log(plain):
        return chats.table(plain, Path(name).stem, options.speaker)
    return Table("table", delimited.rows(text, name, options.header))


def _packed(path: Path, options: Options) -> Table:
    """An Excel file, or a zip with one file in it that can be read, as phones send chats."""
    if path.suffix.lower() == ".zip":
        return _zipped(path, options)
    found = child.read(path, "excel", path.name, options.sheet, options.header)
    others = [name for name in found.sheets if name != found.sheet]
    notices = (
        (PenalaError("sheet_others", sheet=found.sheet, others=", ".join(others)),)
        if others and not options.sheet
        else ()
    )
    return Table("excel", _rows(found.rows), sheets=found.sheets, sheet=found.sheet, notices=notices)


def _zipped(path: Path, options: Options) -> Table:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                m for m in archive.infolist() if Path(m.filename).suffix.lower() in _TEXTS and not m.is_dir()
            ]
            if len(members) != 1:
                raise PenalaError("file_type", name=path.name, known=_KNOWN)
            if members[0].file_size > LARGEST:
                raise PenalaError("file_too_swollen", name=path.name)
            data = archive.read(members[0])
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError, RuntimeError) as error:
        raise PenalaError("file_broken", name=path.name, detail=type(error).__name__) from error
    text = encodings.decoded(data)
    if text is None:
        raise PenalaError("file_not_text", name=path.name)
    return paste(text, Path(members[0].filename).name, options)


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[") and '"' in text[:10_000]


def _rows(found: Sequence[dict[str, object]]) -> list[Row]:
    return [Row(values) for values in found]


_TEXTS = {".csv", ".tsv", ".jsonl", ".json", ".txt"}
