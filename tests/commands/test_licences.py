"""Every library says its licence, and none is under the AGPL."""

import importlib.metadata
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from assistant.journey import libraries

from .conftest import Shell


class Named(importlib.metadata.Distribution):
    """A library that says this of itself."""

    def __init__(self, **fields: str) -> None:
        self.said = Message()
        for name, value in fields.items():
            self.said[name.replace("_", "-")] = value

    @property
    def metadata(self) -> Any:
        return self.said

    def read_text(self, filename: str) -> str | None:
        return None

    def locate_file(self, path: Any) -> Path:
        return Path(path)


def test_none_of_our_libraries_is_refused_and_each_is_known(penala: Shell) -> None:
    rows = penala("licences", "--dev", "--json").objects
    assert len(rows) > 100 and all(row["allowed"] and row["licence"] for row in rows)
    assert {"gradio", "torch", "ruff"} <= {row["name"] for row in rows}
    assert "AGPL" in penala("licences").out.splitlines()[-1]


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"License_Expression": "AGPL-3.0-only"}, True),
        ({"Classifier": "License :: OSI Approved :: GNU Affero General Public License v3"}, True),
        ({"License": "GNU AGPL v3"}, True),
        ({"License_Expression": "MIT"}, False),
        ({"Classifier": "License :: OSI Approved :: Apache Software License"}, False),
        ({"License": "LGPL-3.0"}, False),
    ],
)
def test_what_is_refused(fields: dict[str, str], refused: bool) -> None:
    said = libraries.licence(Named(**fields))
    assert said and libraries.Library("x", "1", said).refused == refused


def test_one_that_is_refused_fails_the_command(penala: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "licence", lambda found: "AGPL-3.0")
    assert not any(row["allowed"] for row in penala("licences", "--json", code=1).objects)
