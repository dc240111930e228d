"""Every word a user sees, by key, in each language; knows nothing of where it is shown.

One YAML file an area and a language (`en/data.yaml`, `id/data.yaml`); the file's name is the first
part of the key, except `errors.*.yaml`, which all merge into `errors`.
"""

from functools import cache
from pathlib import Path
from typing import Any

from assistant.settings import read_yaml

LANGUAGES = ("id", "en")
_FOLDER = Path(__file__).parent


def say(language: str, key: str, /, **values: object) -> str:
    """The text of `key` in `language` with {placeholders} filled. KeyError if there is none."""
    text = _table(language)[key]
    return (
        text.format(**{name: _shown(language, value) for name, value in values.items()}) if values else text
    )


def keys(language: str) -> dict[str, str]:
    """All texts of a language by key."""
    return dict(_table(language))


def number(language: str, value: float, digits: int = 0) -> str:
    """A number as the language writes it: 1,234.5 in English, 1.234,5 in Indonesian."""
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text


def _shown(language: str, value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return number(language, value)
    if isinstance(value, float):
        return number(language, value, 1 if abs(value) >= 10 else 2)
    return value


@cache
def _table(language: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for file in sorted((_FOLDER / language).glob("*.yaml")):
        area = file.stem.split(".")[0]
        _flatten(area, read_yaml(file) or {}, table)
    return table


def _flatten(prefix: str, node: dict[str, Any], table: dict[str, str]) -> None:
    for name, value in node.items():
        key = f"{prefix}.{name}"
        if isinstance(value, dict):
            _flatten(key, value, table)
        else:
            table[key] = str(value).strip()
