"""Reads examples from CSV, TSV, JSONL and JSON files; every row that cannot be used is named with its reason."""

import csv
import io
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.dataset import formats
from assistant.dataset.examples import SPLITS, Example, every, save
from assistant.dataset.similar import overlap
from assistant.errors import PenalaError
from assistant.workspace.project import Project

_LARGEST = 200_000_000  # bytes
_UNNAMED = "row:"
_SPLIT_WORDS = {
    **{word: word for word in SPLITS}, "training": "train", "latih": "train", "valid": "validation",
    "val": "validation", "dev": "validation", "validasi": "validation", "testing": "test", "uji": "test",
}  # fmt: skip
_DAMAGED = re.compile("[\ufffd\ud800-\udfff\0]")  # replaced, half or null letters

_Row = Mapping[str, Any] | PenalaError  # a row as read, or why it could not be


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken: its number (the first data row is 1) and why."""

    row: int
    reason: PenalaError


@dataclass(frozen=True)
class Import:
    examples: list[Example]
    rejected: list[Rejected]


@dataclass(frozen=True)
class Columns:
    """Which columns hold what; None: found by their usual names."""

    input: str | None = None
    output: str | None = None
    source: str | None = None


def read_file(path: Path, columns: Columns = Columns()) -> Import:
    """The examples of a file.

    Raises PenalaError: no_file, file_empty, file_too_large, file_type, file_not_text, no_rows,
    column_missing (naming the columns found), csv_broken, json_broken.
    """
    rows = _rows(path)
    shape = next((row for row in rows if not isinstance(row, PenalaError)), None)
    if shape is None:
        raise rows[0] if rows and isinstance(rows[0], PenalaError) else PenalaError("no_rows", name=path.name)
    read = formats.reader(shape, columns.input, columns.output, columns.source, path.name)
    examples, rejected, seen = [], [], set[str]()
    for number, row in enumerate(rows, 1):
        try:
            if isinstance(row, PenalaError):
                raise row
            example = _example(read, number, row)
            if example.id in seen:
                raise PenalaError("row_id_twice", id=example.id)
        except PenalaError as error:
            rejected.append(Rejected(number, error))
            continue
        seen.add(example.id)
        examples.append(example)
    return Import(examples, rejected)


def columns(path: Path) -> list[str]:
    """The names of a file's columns, those of its first row. Raises what `read_file` raises for the file."""
    rows = _rows(path)
    return [str(name) for name in next((row for row in rows if not isinstance(row, PenalaError)), {})]


def import_file(project: Project, path: Path, columns: Columns = Columns()) -> Import:
    """Read a file into the project."""
    return keep(project, read_file(path, columns))


def keep(project: Project, found: Import) -> Import:
    """Put what was read into the project. A row whose id is known replaces that example if it is an edit of it, and
    gets an id of its own if another file merely counted alike; rows without an id are numbered."""
    known = {e.id: e for e in every(project)}
    taken = {*known, *(e.id for e in found.examples)}
    first = max((int(i) for i in taken if i.isascii() and i.isdigit()), default=0)
    named = []
    for e in found.examples:
        number = e.id.removeprefix(_UNNAMED)
        identity = str(first + int(number)) if number != e.id else _its_id(e, known)
        named.append(replace(e, id=identity))
    save(project, named)
    return Import(named, found.rejected)


def _its_id(example: Example, known: Mapping[str, Example]) -> str:
    """The id, or `id-2`, `id-3`, … where it belongs to another example."""
    names = itertools.chain([example.id], (f"{example.id}-{n}" for n in itertools.count(2)))
    return next(name for name in names if name not in known or _is_edit(known[name], example))


def _is_edit(old: Example, new: Example) -> bool:
    return overlap(old.input, new.input) >= 0.3 or (len(old.output) > 60 and old.output == new.output)


def _example(read: formats.Reader, number: int, row: Mapping[str, Any]) -> Example:
    text, answer = (part.strip() for part in read(row))
    if not text:
        raise PenalaError("row_no_input")
    if not answer:
        raise PenalaError("row_no_output")
    if _DAMAGED.search(text + answer):
        raise PenalaError("row_damaged_letters")
    plain = {str(name).strip().lower(): value for name, value in row.items()}
    split = str(plain.get("split") or "").strip().lower()
    identity = str(plain.get("id") or "").strip() or f"{_UNNAMED}{number}"
    source = str(row.get(read.source) or "").strip() if read.source else ""
    return Example(identity, text, answer, source, _SPLIT_WORDS.get(split, ""), "", "imported")


def _rows(path: Path) -> list[_Row]:
    kind = path.suffix.lower()
    if kind not in (".csv", ".tsv", ".jsonl", ".json"):
        raise PenalaError("file_type", name=path.name, known="CSV, TSV, JSONL, JSON")
    text = _text(path)
    if not text.strip():
        raise PenalaError("file_empty", name=path.name)
    if kind in (".csv", ".tsv"):
        return _csv(text, path.name, "\t" if kind == ".tsv" else None)
    return _json(text, path.name) if kind == ".json" else _jsonl(text, path.name)


def _text(path: Path) -> str:
    if not path.is_file():
        raise PenalaError("no_file", path=str(path))
    size = path.stat().st_size
    if size > _LARGEST:
        raise PenalaError(
            "file_too_large", name=path.name, megabytes=round(size / 1e6), most=_LARGEST // 10**6
        )
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:4096]:
        raise PenalaError("file_not_text", name=path.name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _not_quite_utf8(data)


def _not_quite_utf8(data: bytes) -> str:
    """UTF-8 with a few broken letters stays UTF-8 (those rows are rejected); else it is Windows' cp1252."""
    text = data.decode("utf-8-sig", "replace")
    broken, beyond_ascii = text.count("\ufffd"), sum(letter > "\x7f" for letter in text)
    return text if broken * 5 < beyond_ascii else data.decode("cp1252", "replace")


def _csv(text: str, name: str, delimiter: str | None) -> list[_Row]:
    csv.field_size_limit(10_000_000)
    mark = delimiter or _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        cells = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise PenalaError("csv_broken", name=name, line=reader.line_num) from error
    if not cells:
        raise PenalaError("file_empty", name=name)
    header = [column.strip() for column in cells[0]]
    rows = [_record(header, row) for row in cells[1:]]
    if rows and _ends_in_quotes(text, mark):
        rows[-1] = PenalaError("row_quote_open")
    return rows


def _record(header: list[str], cells: list[str]) -> _Row:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        return PenalaError("row_too_many_cells", found=len(cells), columns=len(header))
    return dict(zip(header, cells, strict=False))


def _ends_in_quotes(text: str, mark: str) -> bool:
    """Whether a quotation mark was never closed, so that the last row swallowed what follows it."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _delimiter(text: str) -> str:
    """The mark that cuts the header line into most columns; a comma where none does."""
    header = text.lstrip().splitlines()[0]
    widths = {mark: len(next(csv.reader([header], delimiter=mark))) for mark in ",;\t|"}
    return max(widths, key=lambda mark: (widths[mark], mark == ","))


def _jsonl(text: str, name: str) -> list[_Row]:
    rows = [_parsed(line) for line in text.split("\n") if line.strip()]
    if all(isinstance(row, PenalaError) for row in rows):  # no JSONL at all
        raise PenalaError("json_broken", name=name, line=1)
    return rows


def _parsed(line: str) -> _Row:
    try:
        return _mapping(json.loads(line))
    except (ValueError, RecursionError):
        return PenalaError("row_json_broken")


def _json(text: str, name: str) -> list[_Row]:
    """A list of rows, an object with such a list under some name, or one row."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PenalaError("json_broken", name=name, line=getattr(error, "lineno", 1)) from error
    if isinstance(body, dict) and not formats.holds_turns(body):
        body = next((v for v in body.values() if isinstance(v, list)), body)
    return [_mapping(row) for row in (body if isinstance(body, list) else [body])]


def _mapping(row: Any) -> _Row:
    return (
        row
        if isinstance(row, dict)
        else PenalaError("row_no_object", example='{"input": "…", "output": "…"}')
    )
