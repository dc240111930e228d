"""Writes a JSON answer as the others are written: out of fences and chatter, with their member names and kinds of value."""

import ast
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.dataset.checks.format_drift import fitting, form
from assistant.dataset.similar import normal

_STRAIGHT = str.maketrans("“”„‘’", '"""\'\'')
_LAST_COMMA = re.compile(r",(\s*[}\]])")
_STYLES: tuple[Mapping[str, Any], ...] = ({}, {"indent": 2}, {"separators": (",", ":")}, {"indent": 4})
_LOOKED_AT = 1000  # answers that show the style


@dataclass(frozen=True)
class Form:
    """`kinds`: the member names that fit, each with its kind of value; `style`: how `json.dumps` writes them."""

    kinds: tuple[Mapping[str, str], ...]
    style: Mapping[str, Any]

    @classmethod
    def of(cls, answers: Sequence[str]) -> "Form":
        """The form of most of the answers that are JSON."""
        parts = Counter(names for kind, names in map(form, answers) if kind == "json")
        kinds = tuple(
            dict(name.split("\0") for name in names)
            for names in fitting(parts, len(answers))
            if "[]" not in names
        )
        whole = [a for a in answers[:_LOOKED_AT] if form(a)[0] == "json"]
        alike = [sum(_written(json.loads(a), style) == a for a in whole) for style in _STYLES]
        return cls(kinds, _STYLES[alike.index(max(alike))])

    def repaired(self, answer: str) -> str:
        """The answer in the usual form; "" where that would lose or invent something."""
        found = _object(answer)
        fitted = (_fitted(found, kinds) for kinds in self.kinds if found)
        made = next((_written(one, self.style) for one in fitted if one is not None), "")
        return "" if made == answer else made


def _written(value: Any, style: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, **style)


def _object(answer: str) -> dict[str, Any] | None:
    """The one object in an answer, whatever stands around it; None where there is none, or a member twice that differs."""
    text = answer[answer.find("{") : answer.rfind("}") + 1]
    for attempt in (text, text.translate(_STRAIGHT)):
        attempt = _LAST_COMMA.sub(r"\1", attempt)
        try:
            found = json.loads(attempt, object_pairs_hook=_once)
        except (ValueError, RecursionError):
            try:
                found = ast.literal_eval(attempt)  # as Python writes an object: single quotes, True, None
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
        return found if isinstance(found, dict) and all(isinstance(name, str) for name in found) else None
    return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a member that is there twice with two values."""
    found = dict(pairs)
    if any(found[name] != value for name, value in pairs):
        raise ValueError("a member twice")
    return found


def _fitted(found: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any] | None:
    """The object with exactly these names and kinds of value; None where it has others."""
    names = {normal(name): name for name in kinds}
    made = {names.get(normal(name), name): value for name, value in found.items()}
    if made.keys() != kinds.keys() or len(made) != len(found):
        return None
    for name, value in made.items():
        made[name] = _as_kind(value, kinds[name])
        if form(json.dumps({name: made[name]}))[1] != (f"{name}\0{kinds[name]}",):
            return None
    return made


def _as_kind(value: Any, kind: str) -> Any:
    """A number written as text as a number and the other way round, and so with true and false."""
    if kind in ("number", "bool") and isinstance(value, str):
        try:
            return json.loads(value.strip().lower() if kind == "bool" else value.strip())
        except ValueError:
            return value
    if kind == "text" and isinstance(value, (int, float)):
        return json.dumps(value)
    return value
