import ast
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from assistant import texts

_PACKAGE = Path(texts.__file__).parent.parent
_FOLDER = Path(texts.__file__).parent


def _files(language: str) -> list[str]:
    return sorted(path.name for path in (_FOLDER / language).glob("*.yaml"))


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _keys(node: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _keys(value, f"{prefix}.{name}" if prefix else str(name))
    else:
        yield prefix, str(node)


def test_both_languages_have_the_same_files() -> None:
    assert _files("en") == _files("id")


@pytest.mark.parametrize("file", _files("en"))
def test_both_languages_have_the_same_keys_and_placeholders(file: str) -> None:
    both = [
        {
            key: _placeholders(text)
            for key, text in _keys(yaml.safe_load((_FOLDER / lang / file).read_text("utf-8")))
        }
        for lang in ("en", "id")
    ]
    assert both[0] == both[1]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_text_says_something_without_shouting(language: str) -> None:
    for key, text in texts.keys(language).items():
        assert text.strip(), key
        assert not re.search(r"!(\s|$)", text), f"{key}: {text}"
        assert "TODO" not in text, key


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_error_is_worded_twice(language: str) -> None:
    found: Counter[str] = Counter()
    for path in (_FOLDER / language).glob("errors.*.yaml"):
        found.update(yaml.safe_load(path.read_text("utf-8")).keys())
    assert [code for code, times in found.items() if times > 1] == []


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_error_has_a_message_and_a_hint(language: str) -> None:
    codes = {key.split(".")[1] for key in texts.keys(language) if key.startswith("errors.")}
    for code in codes:
        assert {f"errors.{code}.message", f"errors.{code}.hint"} <= set(texts.keys(language))


def _calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a function or method of that name in the package, with where it is."""
    for path in sorted(_PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if called == name:
                    yield f"{path.relative_to(_PACKAGE)}:{node.lineno}", node


def _constant(call: ast.Call, place: int) -> str | None:
    argument = call.args[place] if len(call.args) > place else None
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _missing(where: str, key: str, call: ast.Call) -> list[str]:
    """What is wrong with a text that is used here: no such text, or a placeholder that gets no value."""
    given = {word.arg for word in call.keywords}
    if key not in texts.keys("en"):
        return [f"{where}: no text {key}"]
    wanted = _placeholders(texts.keys("en")[key])
    return [f"{where}: {key} lacks {wanted - given}"] if None not in given and not wanted <= given else []


def test_every_error_raised_is_worded_and_filled() -> None:
    wrong = []
    for where, call in _calls("PenalaError"):
        code = _constant(call, 0)
        for part in ("message", "hint") if code else ():
            wrong += _missing(where, f"errors.{code}.{part}", call)
    assert wrong == []


def test_every_lock_that_is_held_is_worded() -> None:
    wrong = []
    for where, call in _calls("held"):
        wrong += _missing(where, f"errors.{_constant(call, 1)}.message", call)
    assert wrong == []


def test_every_text_said_exists_and_is_filled() -> None:
    wrong = []
    for where, call in _calls("say"):
        key = _constant(call, 1)
        if key and "." in key and " " not in key:
            wrong += _missing(where, key, call)
    assert wrong == []


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert texts.number("id", 1234.5, 1) == "1.234,5"
    assert texts.number("en", 1234.5, 1) == "1,234.5"
    assert texts.say("id", "errors.disk_full.message", folder="x", free=1234).count("1.234") == 1
