"""Reads examples from CSV, TSV, JSONL and JSON files; every row that cannot be used is named with its reason."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.dataset import formats
from assistant.dataset.examples import SPLITS, Example, all_examples, save
from assistant.errors import PenalaError
from assistant.workspace.project import Project

_LARGEST = 200_000_000  # bytes
_UNNAMED = "row:"


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
    column_missing (naming the columns found), json_broken.
    """
    rows = list(_rows(path))
    if not rows:
        raise PenalaError("no_rows", name=path.name)
    read = formats.reader(rows[0][1], columns.input, columns.output, columns.source, path.name)
    examples, rejected, seen = [], [], set[str]()
    for number, row in rows:
        try:
            example = _example(read, number, row)
            if example.id in seen:
                raise PenalaError("row_id_twice", id=example.id)
        except PenalaError as error:
            rejected.append(Rejected(number, error))
            continue
        seen.add(example.id)
        examples.append(example)
    return Import(examples, rejected)


def import_file(project: Project, path: Path, columns: Columns = Columns()) -> Import:
    """Read a file into the project. A row with a known id replaces that example; a row without one is named
    by its number, or by the next free number where that is taken."""
    found = read_file(path, columns)
    numbers = iter(free_numbers(project, [e.id for e in found.examples if e.id.startswith(_UNNAMED)]))
    named = [replace(e, id=next(numbers)) if e.id.startswith(_UNNAMED) else e for e in found.examples]
    save(project, named)
    return Import(named, found.rejected)


def free_numbers(project: Project, unnamed: list[str]) -> list[str]:
    """The rows' own numbers, moved up together past any number that an example has already."""
    taken = [int(e.id) for e in all_examples(project) if e.id.isdigit()]
    first = max(taken, default=0)
    return [str(first + int(identity.removeprefix(_UNNAMED))) for identity in unnamed]


def _example(read: formats.Reader, number: int, row: Mapping[str, Any]) -> Example:
    text, answer = (part.strip() for part in read(row))
    if not text:
        raise PenalaError("row_no_input")
    if not answer:
        raise PenalaError("row_no_output")
    split = str(row.get("split") or "").strip().lower()
    split = {"valid": "validation", "val": "validation", "dev": "validation"}.get(split, split)
    identity = str(row.get("id") or "").strip() or f"{_UNNAMED}{number}"
    source = str(row.get(read.source) or "") if read.source else ""
    return Example(identity, text, answer, source, split if split in SPLITS else "", "", "imported")


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    kind = path.suffix.lower()
    if kind not in (".csv", ".tsv", ".jsonl", ".json"):
        raise PenalaError("file_type", name=path.name, known="CSV, TSV, JSONL, JSON")
    text = _text(path)
    if kind in (".csv", ".tsv"):
        return _csv(text, path.name, "\t" if kind == ".tsv" else None)
    return _json(text, path.name) if kind == ".json" else _jsonl(text, path.name)


def _text(path: Path) -> str:
    if not path.is_file():
        raise PenalaError("no_file", path=str(path))
    size = path.stat().st_size
    if size == 0:
        raise PenalaError("file_empty", name=path.name)
    if size > _LARGEST:
        raise PenalaError(
            "file_too_large", name=path.name, megabytes=round(size / 1e6), most=_LARGEST // 10**6
        )
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    if b"\0" in data[:4096]:
        raise PenalaError("file_not_text", name=path.name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _csv(text: str, name: str, delimiter: str | None) -> Iterator[tuple[int, Mapping[str, Any]]]:
    csv.field_size_limit(10_000_000)
    mark = delimiter or _delimiter(text)
    reader = csv.DictReader(io.StringIO(text), delimiter=mark, strict=False)
    header = [column.strip() for column in reader.fieldnames or []]
    if not any(header):
        raise PenalaError("file_empty", name=name)
    reader.fieldnames = header
    return _numbered({k: v for k, v in row.items() if k is not None} for row in reader)


def _delimiter(text: str) -> str:
    """The mark that the header line has most of; a comma where it has none."""
    header = text.lstrip().split("\n", 1)[0]
    return max(",;\t|", key=lambda mark: (header.count(mark), mark == ","))


def _jsonl(text: str, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = []
    for line_number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            rows.append(_object(line, name, line_number))
    return _numbered(rows)


def _json(text: str, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise PenalaError("json_broken", name=name, line=getattr(error, "lineno", 1)) from error
    if isinstance(body, dict):
        body = next((v for v in body.values() if isinstance(v, list)), [body])
    return _numbered(row if isinstance(row, dict) else {"": row} for row in body)


def _object(line: str, name: str, number: int) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise PenalaError("json_broken", name=name, line=number) from error
    return row if isinstance(row, dict) else {"": row}


def _numbered(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return enumerate(rows, 1)
