"""Rows as JSON: one object a line, a list, a list under some name, or columns; a broken row is left out alone."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.errors import PenalaError
from assistant.interchange.rows import Row

_LINE = "line"  # the column that holds what could not be read
_BETWEEN = re.compile(r"\}\s*,\s*(?=\{)")  # where one object of a list ends and the next begins
_BLANK = re.compile(r"[\s,]*")
_SPLITS = {"train", "training", "validation", "valid", "dev", "test", "latih", "validasi", "uji"}
_WRAPPERS = {"data", "rows", "messages", "examples", "items", "records", "dataset", "questions", "contoh"}
_TURNS = {
    "messages", "conversations", "contents", "completions", "prompt", "completion", "chosen", "rejected",
    "preferred_output", "non_preferred_output",
}  # fmt: skip


def rows(text: str, name: str) -> list[Row]:
    """Raises PenalaError("json_broken") where nothing can be read as JSON."""
    try:
        return _of_body(_loaded(text))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
    text = text.strip()
    lines = [one for one in text.split("\n") if one.strip()]
    found = list(_elements(text)) if _is_list(text, lines) else []
    found = found or [_of_line(one) for one in lines if one.strip() not in "[],"]
    if all(row.broken for row in found):
        found = [_as_row(value) for value in _values(text)]
    if not found or all(row.broken for row in found):
        raise PenalaError("json_broken", name=name, line=line)
    return found


def _is_list(text: str, lines: list[str]) -> bool:
    """Whether it is one list of objects, broken somewhere; not lists line by line."""
    return bool(re.match(r"\[\s*\{", text)) and _of_line(lines[0]).broken is not None


def _of_body(body: Any) -> list[Row]:
    """A list of rows; an object with such a list, or one for each split; columns, as pandas writes; or one row."""
    if isinstance(body, list):
        return _table(body) or [_as_row(value) for value in body]
    if not isinstance(body, dict) or _is_row(body):
        return [_as_row(body)]
    lists = {key: value for key, value in body.items() if _is_list_of_objects(value)}
    if len(lists) > 1 and {key.lower() for key in lists} <= _SPLITS:
        return [_as_row(row, split=key) for key in lists for row in lists[key]]
    wrapped = [key for key in lists if key.lower() in _WRAPPERS] or list(lists)
    if wrapped and (wrapped[0].lower() in _WRAPPERS or sum(isinstance(v, str) for v in body.values()) < 2):
        return [_as_row(value) for value in body[wrapped[0]]]
    if body and all(value == [] for value in body.values()):
        return []
    return [Row(row) for row in _columns(body)] or [_as_row(body)]


def _is_row(body: Mapping[str, Any]) -> bool:
    """Whether an object is one conversation, not a wrapper of rows."""
    return any(
        _is_list_of_objects(value) and _has_role(value[0]) for key, value in body.items() if key in _TURNS
    )


def _has_role(turn: Any) -> bool:
    return isinstance(turn, dict) and bool({"role", "from", "score"} & set(turn)) and "date" not in turn


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and any(isinstance(row, dict) for row in value)


def _columns(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows from columns: {"input": {"0": …}, …} or {"input": […], …}; none where it is something else."""
    values = list(body.values())
    if len(values) < 2:
        return []
    if all(isinstance(v, dict) and "0" in v and set(v) == set(values[0]) for v in values):
        return [{name: column[key] for name, column in body.items()} for key in values[0]]
    if all(isinstance(v, list) and not _is_list_of_objects(v) and len(v) == len(values[0]) for v in values):
        return [dict(zip(body, cells, strict=True)) for cells in zip(*values, strict=True)]
    return []


def _table(body: list[Any]) -> list[Row]:
    """Rows from a list of lists, the first of which names the columns; none where it is something else."""
    if (
        len(body) < 2
        or not all(isinstance(row, list) for row in body)
        or not all(isinstance(n, str) for n in body[0])
    ):
        return []
    return [Row(dict(zip(body[0], row, strict=False))) for row in body[1:]]


def _loaded(text: str) -> Any:
    return json.loads(text, parse_constant=_nothing)


def _nothing(constant: str) -> None:
    """What Python and pandas write for a missing number: NaN, Infinity."""


def _of_line(line: str) -> Row:
    try:
        return _as_row(_loaded(line.strip().rstrip(",")))
    except (ValueError, RecursionError):
        return Row({_LINE: line}, PenalaError("row_json_broken"))


def _elements(text: str) -> Iterator[Row]:
    """The elements of a list in which some object is broken: on to the next one where "}, {" stands."""
    decoder, at = json.JSONDecoder(parse_constant=_nothing), 1
    while True:
        at = _after_blank(text, at)
        if at >= len(text) or text[at] == "]":
            return
        try:
            value, at = decoder.raw_decode(text, at)
            yield _as_row(value)
        except (ValueError, RecursionError):
            gap = _BETWEEN.search(text, at)
            end = gap.end() if gap else len(text)
            yield Row({_LINE: " ".join(text[at:end].split())[:2000]}, PenalaError("row_json_broken"))
            at = end


def _values(text: str) -> Iterator[Any]:
    """Objects written one after the other over several lines; ends at the first that is broken."""
    decoder, at = json.JSONDecoder(parse_constant=_nothing), 0
    try:
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            at = _after_blank(text, at)
            yield value
    except (ValueError, RecursionError):
        return


def _after_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _as_row(value: Any, **more: str) -> Row:
    while (
        isinstance(value, dict) and len(value) == 1 and isinstance(inner := next(iter(value.values())), dict)
    ):
        value = inner  # {"row": {…}}
    if isinstance(value, dict):
        return Row({**value, **more} if more else value)
    reason = PenalaError("row_no_object", example='{"input": "…", "output": "…"}')
    return Row({_LINE: json.dumps(value, ensure_ascii=False)[:2000]}, reason)
