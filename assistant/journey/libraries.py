"""The libraries that Penala is made with: which it needs, those they need included, and under which licences."""

import importlib.metadata
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement

# Copyleft that reaches whoever only uses the program over a network; the others are told, and do not fail.
_REFUSED = re.compile(r"\bA-?GPL|Affero", re.IGNORECASE)
_UNKNOWN = ("", "unknown", "license", "license.txt", "dual license")


@dataclass(frozen=True)
class Library:
    name: str
    version: str
    licence: str  # as the library says it of itself; "" where it says nothing

    @property
    def refused(self) -> bool:
        return bool(_REFUSED.search(self.licence))


def needed(environment: Mapping[str, str] | None = None, extras: Sequence[str] = ()) -> set[str]:
    """The names of all libraries that an installed Penala needs, for this system or another's markers; with `extras`,
    those of "dev" too, for example. Raises importlib.metadata.PackageNotFoundError where Penala is not installed."""
    here = {**default_environment(), **(environment or {})}
    found: set[str] = set()
    wanted = list(_asked_by("penala", here, ("", *extras)))
    while wanted:
        name, more = wanted.pop()
        if name not in found:
            found.add(name)
            wanted += _asked_by(name, here, ("", *more))
    return found


def libraries(extras: Sequence[str] = ()) -> list[Library]:
    """Those that are installed, by name, each with its licence."""
    made = []
    for name in sorted(needed(extras=extras)):
        try:
            found = importlib.metadata.distribution(name)
        except PackageNotFoundError:  # another system's, or an optional one
            continue
        made.append(Library(name, found.version, licence(found)))
    return made


def licence(found: Distribution) -> str:
    """The SPDX expression if there is one, else the classifiers, else the field, else its licence file's first words."""
    said: Any = found.metadata  # a mapping, whatever the type says
    if expression := said.get("License-Expression"):
        return str(expression)
    classified = [
        c.rpartition(" :: ")[2] for c in said.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    if specific := [c for c in classified if c != "OSI Approved"]:
        return ", ".join(specific)
    field = " ".join(str(said.get("License") or "").split())
    if field.lower() not in _UNKNOWN:
        return field[:80]
    return _first_words(found)


def _first_words(found: Distribution) -> str:
    for path in found.files or []:
        if re.search(r"licen[cs]e|copying", path.name, re.IGNORECASE) and path.suffix in (
            "",
            ".txt",
            ".md",
            ".rst",
        ):
            words = " ".join(path.read_text("utf-8").split())
            return words[:60]
    return ""


def _asked_by(
    name: str, environment: Mapping[str, Any], extras: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        lines = importlib.metadata.requires(name) or []
    except PackageNotFoundError:
        if name == "penala":
            raise
        return
    for line in lines:
        asked = Requirement(line)
        if asked.marker is None or any(
            asked.marker.evaluate({**environment, "extra": one}) for one in extras
        ):
            yield re.sub(r"[-_.]+", "-", asked.name).lower(), tuple(asked.extras)
