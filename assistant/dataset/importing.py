"""Makes examples of a file's rows; every row that cannot be used is named with its reason, and can be had back."""

import csv
import hashlib
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assistant import interchange
from assistant.dataset import examples as known_examples
from assistant.dataset import formats, left_out
from assistant.dataset.cells import alive, inert
from assistant.dataset.examples import SPLITS, Example, Place, every, save
from assistant.dataset.left_out import LeftOut
from assistant.dataset.similar import normal, overlap
from assistant.errors import PenalaError
from assistant.interchange import AS_IT_IS, Options, Row, Table
from assistant.workspace import files
from assistant.workspace.project import Project

_UNNAMED = "row:"
_ID_IN_LINE = re.compile(r"""[{,]\s*["']id["']\s*:\s*(?:"([^"\\]{1,200})"|(\d{1,18})\b)""", re.I)
_SPLIT_WORDS = {
    **{word: word for word in SPLITS}, "training": "train", "latih": "train", "valid": "validation",
    "val": "validation", "dev": "validation", "validasi": "validation", "testing": "test", "uji": "test",
    "pelatihan": "train", "eval": "validation", "evaluation": "validation", "tes": "test", "pengujian": "test", "holdout": "test",
}  # fmt: skip
_DAMAGED = re.compile("[\ufffd\ud800-\udfff\0]")  # replaced, half or null letters
_WHY = {"en": ("reason", "from"), "id": ("alasan", "asal")}  # columns of a list of rows left out
_SPLIT_COLUMNS = ("split", "subset", "partition", "bagian")
_KNOWN = {"id", *_SPLIT_COLUMNS, *itertools.chain(*_WHY.values())}
_LONGEST_SOURCE = 200  # letters
_SAMPLE = 1000  # rows that show a file's shape
_ORIGINS = {"written", "imported", "improved", "drafted", "paraphrased"}


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken: its number (the first data row is 1), why, and what the file has there."""

    row: int
    reason: PenalaError
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Import:
    """`reader`: how the rows were understood; `table`: the file; `notices`: what else the user should know."""

    examples: list[Example]
    rejected: list[Rejected]
    table: Table
    reader: formats.Reader
    notices: tuple[PenalaError, ...] = ()
    file: str = ""


@dataclass(frozen=True)
class Columns:
    """Which columns hold what; None: found by their usual names."""

    input: str | None = None
    output: str | None = None
    source: str | None = None
    tags: str | None = None
    rejected: str | None = None


def read_file(path: Path, columns: Columns = Columns(), options: Options = AS_IT_IS) -> Import:
    """The examples of a file.

    Raises PenalaError: what `interchange.read` raises, no_rows, column_missing (naming the columns found).
    """
    return take(interchange.read(path, options), path.name, columns)


def take(table: Table, name: str, columns: Columns = Columns()) -> Import:
    """The examples of rows that were read; `name` is the file's. Raises PenalaError: no_rows, column_missing."""
    readable = [row.values for row in table.rows if row.broken is None]
    if not readable:
        raise (table.rows[0].broken if table.rows else None) or PenalaError("no_rows", name=name)
    read = formats.reader(readable[:_SAMPLE], asdict(columns), name, table.kind == "json")
    found: list[Example] = []
    rejected: list[Rejected] = []
    seen = dict[str, Example]()
    instructed = 0
    make = _taker(table, read, name)
    for number, row in enumerate(_revived(table, read), 1):
        try:
            taken, example = make(number, row)
            if example.id in seen:
                raise PenalaError(_twice(seen[example.id], example), id=example.id)
        except PenalaError as error:
            rejected.append(Rejected(number, error, row.values))
            continue
        instructed += taken.instructed
        seen[example.id] = example
        found.append(example)
    notices = (*table.notices, *_notices(table, read, instructed))
    return Import(found, rejected, table, read, notices, name)


def import_file(
    project: Project, path: Path, columns: Columns = Columns(), options: Options = AS_IT_IS, split: str = ""
) -> Import:
    """Read a file into the project, as `keep` does."""
    return keep(project, read_file(path, columns, options), split)


def keep(project: Project, found: Import, split: str = "") -> Import:
    """Put what was read into the project. A row whose id is known replaces that example if it is an edit of it, and
    gets an id of its own if another file merely counted alike; rows without an id are numbered.

    `split`: where all rows belong, whatever the file says; without it a row that names none keeps the one it had.
    Raises PenalaError("no_split") for another word than those of SPLITS.
    """
    if split and split not in SPLITS:
        raise PenalaError("no_split", split=split, known=", ".join(SPLITS))
    known = {e.id: e for e in every(project)}
    taken = {*known, *(e.id for e in found.examples)}
    numbers = [e.id.removeprefix(_UNNAMED) for e in found.examples if e.id.startswith(_UNNAMED)]
    first = max(map(int, filter(_is_number, taken)), default=0) if taken.intersection(numbers) else 0
    named = []
    for e in found.examples:
        number = e.id.removeprefix(_UNNAMED)
        identity = str(first + int(number)) if number != e.id else _its_id(e, known)
        before = known[identity].split if identity in known else ""
        named.append(replace(e, id=identity, split=split or e.split or before))
    save(project, named)
    again = bool(_listed_by(found.table))  # then each row is remembered where it was first
    rows = [] if again else [_left_out(found, r) for r in found.rejected]
    left_out.remember(project, found.file, rows)
    left_out.mended(project, _mended(found))
    return replace(found, examples=named)


def _is_number(id: str) -> bool:
    return id.isascii() and id.isdigit()


def _left_out(found: Import, r: Rejected) -> LeftOut:
    return LeftOut(found.file, r.row, _identity(r.values) or str(r.row), r.reason.code)


def _mended(found: Import) -> set[tuple[str, int]]:
    """The rows (file, number) that an earlier import left out and that came in now."""
    where = _listed_by(found.table)
    said = [
        str(found.table.rows[e.place.row - 1].values.get(where))
        for e in found.examples
        if where and e.place and e.place.row
    ]
    parts = [one.rpartition(":") for one in said]
    return {(file, int(row)) for file, _, row in parts if row.isascii() and row.isdigit()}


def _listed_by(table: Table) -> str:
    """The column that says where a row was, if the file is a list of rows left out; "" otherwise."""
    names = set(table.names())
    return next((where for why, where in _WHY.values() if {why, where} <= names), "")


def _twice(first: Example, second: Example) -> str:
    """Why a row whose id was used before is not taken; it never replaces the first."""
    if normal(first.input) != normal(second.input):
        return "row_id_twice"
    return "row_repeated" if normal(first.output) == normal(second.output) else "row_contradicts"


def _identity(row: Mapping[str, Any]) -> str:
    """The row's own id, "" where it has none; of a line that could not be read, what stands there as its id."""
    named = (str(v).strip() for name, v in row.items() if str(name).strip().lower() == "id" and v is not None)
    found = _ID_IN_LINE.search(str(row.get("line", ""))[:2000]) if set(row) == {"line"} else None
    return found[1] or found[2] if found else next(named, "")


def rejects(found: Import, language: str) -> tuple[str, str]:
    """The rows left out, with why and where each was, as a file to mend and import again: its suffix and its text.

    A table comes back as CSV, what holds lists or objects as JSON, one row a line.
    """
    why, where = _WHY[language]
    rows = [
        {**r.values, why: str(r.reason.say(language)), where: f"{found.file}:{r.row}"} for r in found.rejected
    ]
    if found.table.kind in ("table", "excel"):
        names = [name for name in found.table.names() if name not in (why, where)]
        out = io.StringIO()
        writer = csv.DictWriter(out, [*names, why, where], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(
            {name: inert("" if v is None else str(v)) for name, v in row.items()} for row in rows
        )
        return ".csv", out.getvalue()
    return ".jsonl", "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)


def keep_rejects(project: Project, found: Import, language: str) -> str:
    """Keep the rows left out as a file of the project, to be downloaded; its name."""
    suffix, text = rejects(found, language)
    name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}{suffix}"
    files.write(project.folder / "left-out" / name, text)
    return name


def kept_rejects(project: Project, name: str) -> Path:
    """Raises PenalaError("no_file") for a name that `keep_rejects` did not give."""
    path = project.folder / "left-out" / name
    if not re.fullmatch(r"[0-9a-f]{16}\.(csv|jsonl)", name) or not path.is_file():
        raise PenalaError("no_file", path=name)
    return path


def _revived(table: Table, read: formats.Reader) -> Iterable[Row]:
    """The rows; of our own CSV files and lists of rows left out, without what made formulas inert."""
    if table.kind != "table" or not (read.shape == "penala" or _listed_by(table)):
        return table.rows
    return (replace(row, values={n: alive(v) for n, v in row.values.items()}) for row in table.rows)


def _its_id(example: Example, known: Mapping[str, Example]) -> str:
    """The id, or `id-2`, `id-3`, … where it belongs to another example."""
    names = itertools.chain([example.id], (f"{example.id}-{n}" for n in itertools.count(2)))
    return next(name for name in names if name not in known or _is_edit(known[name], example))


def _is_edit(old: Example, new: Example) -> bool:
    if old.input == new.input:
        return True
    return overlap(old.input, new.input) >= 0.3 or (len(old.output) > 60 and old.output == new.output)


@dataclass(frozen=True)
class _Taker:
    """Makes an example of one row after the other; `id` and `split` are the columns of that name, if any."""

    read: formats.Reader
    file: str
    id: str
    split: str

    def __call__(self, number: int, row: Row) -> tuple[formats.Taken, Example]:
        """Raises PenalaError with the reason why the row cannot be taken."""
        if row.broken:
            raise row.broken
        try:
            taken = self.read.take(row.values)
            made = self._made(taken, number, row.values)
        except (
            AttributeError,
            TypeError,
            ValueError,
            KeyError,
        ) as error:  # a shape that the others do not have
            raise PenalaError("row_not_text") from error
        if not made.input:
            raise PenalaError("row_no_input")
        if not made.output:
            raise PenalaError("row_no_output")
        if _DAMAGED.search(made.input) or _DAMAGED.search(made.output) or _DAMAGED.search(made.rejected):
            raise PenalaError("row_damaged_letters")
        return taken, made

    def _made(self, taken: formats.Taken, number: int, values: Mapping[str, Any]) -> Example:
        identity, columns = values.get(self.id), self.read.columns
        made = Example(
            ("" if identity is None else str(identity).strip()) or f"{_UNNAMED}{number}",
            taken.input.strip(),
            taken.output.strip(),
            _short(self.read.text(values, "source")),
            _SPLIT_WORDS.get(str(values.get(self.split) or "").strip().lower(), ""),
            self.read.text(values, "note"),
            "imported",
            _tags(values.get(columns["tags"])) if "tags" in columns else (),
            place=Place(self.file, number),
            rejected=taken.rejected.strip(),
        )
        return _ours(made, values) if self.read.shape == "penala" else made


def _notices(table: Table, read: formats.Reader, instructed: int) -> Iterator[PenalaError]:
    """What was in the file and is in no example."""
    if instructed:
        yield PenalaError("instructions_left_out", rows=instructed)
    filled = {n for row in table.rows[:_SAMPLE] for n, value in row.values.items() if value not in (None, "")}
    aside = {*read.columns.values(), *(n for n in filled if n.strip().lower() in _KNOWN)}
    unused = [n for n in table.names() if n in filled and n not in aside]
    if unused and read.shape == "columns":
        yield PenalaError(
            "columns_left_out", columns=", ".join(unused[:10]) + (", …" if len(unused) > 10 else "")
        )


def _taker(table: Table, read: formats.Reader, file: str) -> _Taker:
    names = {name.strip().lower(): name for name in reversed(table.names())}
    split = next((names[name] for name in _SPLIT_COLUMNS if name in names), "split")
    return _Taker(read, file, names.get("id", "id"), split)


def _short(source: str) -> str:
    """A source is a name; a whole passage in its place is known by its beginning and its hash."""
    if len(source) <= _LONGEST_SOURCE:
        return source
    return f"{source[:60].strip()}… {hashlib.sha256(source.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _tags(value: Any) -> tuple[str, ...]:
    parts: Sequence[Any] = value if isinstance(value, list) else re.split(r"[,;|]", formats.plain(value))
    return tuple(dict.fromkeys(tag for part in parts if (tag := formats.plain(part).strip())))


def _ours(e: Example, values: Mapping[str, Any]) -> Example:
    """A row of our own JSON, CSV or Parquet keeps what else it says: who wrote it, where it is from, whether it counts."""
    texts = {name: formats.plain(values.get(name)) for name in ("author", "status", "origin")}
    place = values.get("place")
    place = json.loads(place) if isinstance(place, str) and place else place
    record = {
        **asdict(e),
        "author": texts["author"],
        "origin": texts["origin"] if texts["origin"] in _ORIGINS else "imported",
        "status": texts["status"] if texts["status"] in ("draft", "rejected") else "accepted",
        "place": place if isinstance(place, dict) else None if "place" in values else asdict(e)["place"],
    }
    return known_examples.read(record)
