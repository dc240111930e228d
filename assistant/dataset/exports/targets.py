"""Where examples can go, from knowledge/exports.yaml; limits and open doors of services from knowledge/providers.yaml."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import yaml

from assistant.dataset.examples import Example
from assistant.dataset.exports import records
from assistant.dataset.exports.records import Record
from assistant.errors import PenalaError
from assistant.settings import KNOWLEDGE, read_yaml

GROUPS = ("hosted", "open", "common", "table")


@dataclass(frozen=True)
class Limit:
    """The least or the most of something, with where and when that was read (a date may not be known)."""

    value: float
    source: str
    date: str | None


@dataclass(frozen=True)
class Words:
    """A text in each language."""

    en: str
    id: str

    def say(self, language: str) -> str:
        return self.id if language == "id" else self.en


@dataclass(frozen=True)
class Notice:
    """What one should hear of a service, by language, with its source and date."""

    text: Words
    source: str
    date: str | None


@dataclass(frozen=True)
class Target:
    """One place to export to.

    `pairs`: each example needs a worse answer too. `whole`: takes every split; else only what may be learned from
    goes out. `state`: open, closing or closed today. `model`: the one its recipe names, "project" for the project's.
    """

    id: str
    also: tuple[str, ...]
    group: str
    name: Words
    about: Words
    record: Callable[[Example, str], Record]
    suffix: str
    pairs: bool
    whole: bool
    limits: Mapping[str, Limit]
    notices: tuple[Notice, ...]
    state: str
    model: str
    source: str
    date: str | None
    recipes: Mapping[str, str]


def all_targets() -> tuple[Target, ...]:
    """In the order of knowledge/exports.yaml."""
    return tuple(_targets(date.today()))


def target(name: str) -> Target:
    """By id or another of its names. Raises PenalaError("no_target") naming the targets."""
    wanted = name.strip().lower().replace("-", "_")
    found = next((one for one in all_targets() if wanted in (one.id, *one.also)), None)
    if found is None:
        raise PenalaError("no_target", target=name, known=", ".join(one.id for one in all_targets()))
    return found


@cache
def source_title(key: str) -> str:
    """What a source is called and who published it."""
    entry = _read("sources.yaml")[key]
    return f"{entry['title']}, {entry['publisher']}"


@cache
def _targets(today: date) -> list[Target]:
    providers = {entry["id"]: entry for entry in _read("providers.yaml")["providers"]}
    return [
        _target(entry, providers.get(entry.get("provider"), {}), today)
        for entry in _read("exports.yaml")["targets"]
    ]


def _target(entry: Mapping[str, Any], provider: Mapping[str, Any], today: date) -> Target:
    model, made = entry.get("model", ""), records.FORMS[entry["id"]]
    tuning = provider.get("tuning")
    notices = [tuning, *provider.get("must_know", [])] if tuning else []
    return Target(
        id=entry["id"],
        also=tuple(entry.get("also", ())),
        group=entry["group"],
        name=_words(entry["name"]),
        about=_words(entry["about"]),
        record=made.record,
        suffix=made.suffix,
        pairs=made.pairs,
        whole=made.whole,
        limits={**_limits(provider.get("limits", {})), **_limits(entry.get("limits", {}))},
        notices=tuple(Notice(_words(one["text"]), one["source"], one.get("date")) for one in notices),
        state=_state(tuning, today) if tuning else "open",
        model=model["value"] if isinstance(model, dict) else model,
        source=entry["source"],
        date=entry["date"],
        recipes=entry.get("recipes", {}),
    )


def _words(given: str | Mapping[str, str]) -> Words:
    return Words(given, given) if isinstance(given, str) else Words(**given)


def _limits(given: Mapping[str, Any]) -> dict[str, Limit]:
    """The numbers among the limits; a range counts with its lower end, unknown ones are left out."""
    found = {name: (fact.get("value", fact.get("low")), fact) for name, fact in given.items()}
    return {
        name: Limit(value, fact["source"], fact.get("date"))
        for name, (value, fact) in found.items()
        if value is not None
    }


def _state(tuning: Mapping[str, Any], today: date) -> str:
    closes = tuning.get("from")
    return "closed" if closes and date.fromisoformat(str(closes)) <= today else str(tuning["state"])


@cache
def _read(name: str) -> Any:
    """Raises PenalaError("knowledge_file")."""
    try:
        return read_yaml(KNOWLEDGE / name)
    except (OSError, yaml.YAMLError) as error:
        raise PenalaError("knowledge_file", file=name, reason=str(error)) from error
