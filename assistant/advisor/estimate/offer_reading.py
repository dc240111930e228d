"""Reads the entries of knowledge/providers.yaml and says exactly which one is wrong; decides nothing."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from assistant.advisor.estimate.offers import (
    PLACES,
    STATES,
    Assumed,
    Ending,
    Fact,
    Gpu,
    Listed,
    Model,
    Notice,
    OpenModel,
    Price,
    Provider,
    Tuning,
    earliest,
)
from assistant.advisor.signals import Source, Words
from assistant.errors import PenalaError

T = TypeVar("T")


class Reader:
    """One pass over the file; says which entry is wrong, and remembers the newest price."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources
        self.newest = "0000"

    def fail(self, entry: str, problem: str) -> PenalaError:
        return PenalaError("knowledge_entry", file="providers.yaml", entry=entry, problem=problem)

    def need(self, node: Any, key: str, entry: str) -> Any:
        if not isinstance(node, dict) or key not in node:
            raise self.fail(entry, f"'{key}' is missing")
        return node[key]

    def table(self, node: Any, key: str, entry: str = "top") -> dict[str, Any]:
        found = self.need(node, key, entry)
        if not isinstance(found, dict):
            raise self.fail(f"{entry}/{key}", "must hold named entries")
        return {str(name): value for name, value in found.items()}

    def each(self, node: Any, key: str, read: Callable[[Any, str], T], entry: str = "") -> list[T]:
        found = self.need(node, key, entry or "top")
        if not isinstance(found, list):
            raise self.fail(f"{entry}/{key}" if entry else key, "must be a list")
        where = f"{entry}/{key}" if entry else key
        return [
            read(one, f"{where}/{one.get('id', n) if isinstance(one, dict) else n}")
            for n, one in enumerate(found, 1)
        ]

    def words(self, node: Any, entry: str) -> Words:
        good = isinstance(node, dict) and set(node) == {"en", "id"}
        if not good or not all(isinstance(text, str) and text.strip() for text in node.values()):
            raise self.fail(entry, "needs a text in en and in id")
        return Words(node["en"], node["id"])

    def name(self, node: Any, entry: str) -> Words:
        """A name that is the same in both languages, or one in each."""
        found = self.need(node, "name", entry)
        return Words(found, found) if isinstance(found, str) else self.words(found, f"{entry}/name")

    def number(self, value: Any, entry: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
            raise self.fail(entry, f"'{value}' is not a number of 0 or more")
        return float(value)

    def cited(self, node: Any, entry: str) -> tuple[str, str | None]:
        key = self.need(node, "source", entry)
        if key not in self.sources:
            raise self.fail(entry, f"source '{key}' is not in sources.yaml")
        dated = self.need(node, "date", entry)
        if dated is None:
            return key, None
        try:
            earliest(str(dated))
        except ValueError as error:
            raise self.fail(entry, f"'{dated}' is not a date (YYYY, YYYY-MM or YYYY-MM-DD)") from error
        return key, str(dated)

    def day(self, node: Any, key: str, entry: str) -> date:
        try:
            return date.fromisoformat(str(self.need(node, key, entry)))
        except ValueError as error:
            raise self.fail(entry, f"'{node[key]}' is not a day (YYYY-MM-DD)") from error

    def fact(self, parent: Any, key: str, entry: str, kind: str) -> Fact:
        node, entry = self.need(parent, key, entry), f"{entry}/{key}"
        source, dated = self.cited(node, entry)
        if kind == "price" and dated and self.sources[source].kind != "own":
            self.newest = max(self.newest, dated)
        note = self.words(node["note"], f"{entry}/note") if "note" in node else None
        if "low" in node:
            low, high = self.number(node["low"], entry), self.number(self.need(node, "high", entry), entry)
            if low > high:
                raise self.fail(entry, "'low' is above 'high'")
            return Fact(low, high, source, dated, note, kind)
        value = self.need(node, "value", entry)
        number = None if value is None else self.number(value, entry)
        return Fact(number, number, source, dated, note, kind)

    def listed(self, parent: Any, key: str, entry: str) -> Listed:
        node, entry = self.need(parent, key, entry), f"{entry}/{key}"
        values = self.need(node, "value", entry)
        if not isinstance(values, list):
            raise self.fail(entry, "'value' must be a list")
        return Listed(tuple(str(value) for value in values), *self.cited(node, entry))

    def notice(self, node: Any, entry: str) -> Notice:
        text = self.words(self.need(node, "text", entry), f"{entry}/text")
        return Notice(text, *self.cited(node, entry), tuple(node.get("privacy", ())))

    def price(self, parent: Any, key: str, entry: str) -> Price | None:
        if key not in parent:
            return None
        node, entry = parent[key], f"{entry}/{key}"
        return Price(*(self.fact(node, part, entry, "price") for part in ("input", "cached", "output")))

    def model(self, node: Any, entry: str) -> Model:
        tunable = bool(node.get("tunable", True))
        ends = node.get("ends")
        return Model(
            id=str(self.need(node, "id", entry)),
            name=self.name(node, entry),
            tunable=tunable,
            offered=bool(node.get("offered", False)),
            tune=self.fact(node, "tune", entry, "price") if tunable else None,
            base=self.price(node, "base", entry),
            tuned=self.price(node, "tuned", entry),
            ends=Ending(self.day(ends, "day", f"{entry}/ends"), *self.cited(ends, f"{entry}/ends"))
            if ends
            else None,
        )

    def tuning(self, node: Any, entry: str) -> Tuning:
        state = self.need(node, "state", entry)
        if state not in STATES:
            raise self.fail(entry, f"'{state}' is none of {', '.join(STATES)}")
        closes = self.day(node, "from", entry) if "from" in node else None
        return Tuning(state, closes, self.notice(node, entry))

    def provider(self, node: Any, entry: str) -> Provider:
        place = self.need(node, "place", entry)
        if place not in PLACES:
            raise self.fail(entry, f"'{place}' is none of {', '.join(PLACES)}")
        limits = self.table(node, "limits", entry)
        embedding = node.get("embedding", {})
        return Provider(
            id=str(self.need(node, "id", entry)),
            name=self.name(node, entry),
            place=place,
            platforms=tuple(self.need(node, "platforms", entry)),
            words=tuple(re.compile(text) for text in self.need(node, "words", entry)),
            tuning=self.tuning(self.need(node, "tuning", entry), f"{entry}/tuning"),
            must_know=tuple(self.each(node, "must_know", self.notice, entry)),
            limits={key: self.fact(limits, key, f"{entry}/limits", "limit") for key in limits},
            formats=self.listed(node, "formats", entry),
            regions=self.listed(node, "regions", entry),
            hosting=self.fact(node, "hosting", entry, "price"),
            storage=self.fact(node, "storage", entry, "price"),
            embedding={key: self.fact(embedding, key, f"{entry}/embedding", "price") for key in embedding},
            models=tuple(self.each(node, "models", self.model, entry)),
        )

    def gpu(self, node: Any, entry: str) -> Gpu:
        memory = self.need(node, "memory_gb", entry)
        return Gpu(
            id=str(self.need(node, "id", entry)),
            name=str(self.need(node, "name", entry)),
            memory_gb=None if memory is None else self.number(memory, entry),
            tflops=self.fact(node, "tflops", entry, "limit"),
            price=self.fact(node, "price", entry, "price"),
            used=bool(node.get("used", False)),
        )

    def open_model(self, node: Any, entry: str) -> OpenModel:
        counts = ("parameters", "trainable", "hidden", "layers")
        sizes = [int(self.number(self.need(node, key, entry), f"{entry}/{key}")) for key in counts]
        id, place = (str(self.need(node, key, entry)) for key in ("id", "place"))
        return OpenModel(id, self.name(node, entry), place, sizes[0], sizes[1], sizes[2], sizes[3])

    def days(self, top: Any) -> dict[str, int]:
        node = self.table(top, "stale_after_days")
        kinds = ("price", "status", "limit", "assumption")
        return {kind: int(self.number(self.need(node, kind, "stale_after_days"), kind)) for kind in kinds}

    def assumptions(self, top: Any) -> dict[str, Assumed]:
        node = self.table(top, "assumptions")
        return {
            key: Assumed(
                self.fact(node, key, "assumptions", "assumption"),
                self.words(self.need(node[key], "text", f"assumptions/{key}"), f"assumptions/{key}/text"),
            )
            for key in node
        }

    def bounds(self, parent: Any, key: str, entry: str) -> dict[str, tuple[float, float]]:
        found = {}
        for name, pair in self.table(parent, key, entry).items():
            where = f"{key}/{name}"
            if not isinstance(pair, list) or len(pair) != 2:
                raise self.fail(where, "needs two numbers, low and high")
            low, high = (self.number(value, where) for value in pair)
            if low > high:
                raise self.fail(where, "the first number is above the second")
            found[name] = (low, high)
        return found
