"""Reads knowledge/checklist.yaml and sources.yaml and says exactly which entry is wrong; decides nothing."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assistant.advisor.signals import (
    APPROACHES,
    HEADINGS,
    HYBRID,
    MEDIA,
    PAGES,
    UNKNOWN,
    Answer,
    Checklist,
    Conditions,
    Gate,
    Hybrid,
    Media,
    Risk,
    Signal,
    Source,
    Step,
    Test,
    Words,
)
from assistant.errors import PenalaError
from assistant.settings import KNOWLEDGE, read_yaml

Node = Mapping[str, Any]


@cache
def load(folder: Path = KNOWLEDGE) -> Checklist:
    """The checklist with its sources. Raises PenalaError("knowledge_entry") naming file and entry."""
    sources = {key: _source(key, node) for key, node in read(folder / "sources.yaml").items()}
    file = folder / "checklist.yaml"
    top = read(file)
    reader = _Reader(file.name, frozenset(sources))
    signals = [reader.signal(node) for node in reader.items(top, "signals", "checklist")]
    reader.known = {signal.name: signal for signal in signals}
    for signal in signals:
        for other, codes in signal.unless.items():
            reader.codes(f"signals/{signal.name}/unless", other, codes)
        if signal.after:
            reader.codes(f"signals/{signal.name}/after", signal.after, ())
    return Checklist(
        version=hashlib.sha256(file.read_bytes()).hexdigest()[:12],
        updated=str(reader.need(top, "updated", "checklist")),
        signals=reader.known,
        gates=tuple(reader.gate(node) for node in reader.items(top, "gates", "checklist")),
        hybrid=reader.hybrid(reader.need(top, "hybrid", "checklist")),
        media=reader.media(reader.need(top, "media", "checklist")),
        risks=tuple(
            reader.risk("risks", n, i) for i, n in enumerate(reader.items(top, "risks", "checklist"), 1)
        ),
        measures=tuple(
            reader.risk("measures", n, i) for i, n in enumerate(reader.items(top, "measures", "checklist"), 1)
        ),
        steps=tuple(reader.step(n, i) for i, n in enumerate(reader.items(top, "steps", "checklist"), 1)),
        sources=sources,
    )


def read(file: Path) -> dict[str, Any]:
    """The entries of a file of knowledge/. Raises PenalaError("knowledge_file")."""
    try:
        node = read_yaml(file)
    except (OSError, yaml.YAMLError) as error:
        raise PenalaError("knowledge_file", file=file.name, reason=str(error)) from error
    if not isinstance(node, dict):
        raise PenalaError("knowledge_file", file=file.name, reason="no entries")
    return node


def _source(key: str, node: Any) -> Source:
    wanted = {"title", "publisher", "kind"}
    if not isinstance(node, dict) or not wanted <= set(node):
        raise PenalaError("knowledge_entry", file="sources.yaml", entry=key, problem="title, publisher, kind")
    return Source(
        key,
        node["title"],
        node["publisher"],
        node.get("date"),
        node.get("link"),
        node["kind"],
        dict(node.get("id") or {}),
    )


class _Reader:
    """One pass over the checklist; remembers the file's name so that each problem can be placed."""

    def __init__(self, file: str, sources: frozenset[str]) -> None:
        self.file = file
        self.sources = sources
        self.known: dict[str, Signal] = {}

    def fail(self, entry: str, problem: str) -> PenalaError:
        return PenalaError("knowledge_entry", file=self.file, entry=entry, problem=problem)

    def need(self, node: Node, key: str, entry: str) -> Any:
        if not isinstance(node, dict) or key not in node:
            raise self.fail(entry, f"'{key}' is missing")
        return node[key]

    def items(self, node: Node, key: str, entry: str) -> list[Any]:
        found = self.need(node, key, entry)
        if not isinstance(found, list):
            raise self.fail(f"{entry}/{key}", "must be a list")
        return found

    def one_of(self, value: Any, allowed: tuple[str, ...] | frozenset[str], entry: str) -> str:
        if value not in allowed:
            raise self.fail(entry, f"'{value}' is none of {', '.join(sorted(allowed))}")
        return str(value)

    def words(self, node: Any, entry: str) -> Words:
        good = isinstance(node, dict) and set(node) == {"en", "id"}
        if not good or not all(isinstance(text, str) and text.strip() for text in node.values()):
            raise self.fail(entry, "needs a text in en and in id")
        return Words(node["en"], node["id"])

    def source(self, key: Any, entry: str) -> str:
        if key not in self.sources:
            raise self.fail(entry, f"source '{key}' is not in sources.yaml")
        return str(key)

    def effects(self, node: Any, entry: str) -> dict[str, float]:
        found = node or {}
        for approach, weight in found.items():
            self.one_of(approach, APPROACHES, f"{entry}/effects")
            if isinstance(weight, bool) or not isinstance(weight, int | float) or abs(weight) > 6:
                raise self.fail(f"{entry}/effects/{approach}", "must be a number from -6 to 6")
        return {approach: float(weight) for approach, weight in found.items()}

    def signal(self, node: Node) -> Signal:
        name = str(self.need(node, "signal", "signals"))
        entry = f"signals/{name}"
        answers = self.need(node, "answers", entry)
        return Signal(
            name=name,
            heading=self.one_of(self.need(node, "heading", entry), HEADINGS, entry),
            kind=self.one_of(self.need(node, "kind", entry), ("choice", "number", "text"), entry),
            rank=int(self.need(node, "rank", entry)),
            title=self.words(self.need(node, "name", entry), f"{entry}/name"),
            question=self.words(self.need(node, "question", entry), f"{entry}/question"),
            why=self.words(self.need(node, "why", entry), f"{entry}/why"),
            sources=tuple(self.source(key, entry) for key in self.items(node, "sources", entry)),
            after=node.get("after"),
            unless={other: tuple(codes) for other, codes in node.get("unless", {}).items()},
            answers={str(code): self.answer(code, body, entry) for code, body in answers.items()},
        )

    def answer(self, code: Any, node: Node, entry: str) -> Answer:
        entry = f"{entry}/{code}"
        if not isinstance(code, str):
            raise self.fail(entry, "put the code in quotes")
        unknown = code == UNKNOWN
        effects = self.effects(node.get("effects"), entry)
        means = node.get("means")
        return Answer(
            code=code,
            label=Words(UNKNOWN, UNKNOWN) if unknown else self.words(node.get("label"), f"{entry}/label"),
            says=() if unknown else self.says(node.get("says"), entry),
            patterns=tuple(self.pattern(text, entry) for text in node.get("patterns", [])),
            means=None if means is None else self.one_of(means, ("yes", "no"), f"{entry}/means"),
            rare=bool(node.get("rare", False)),
            low=node.get("from"),
            high=node.get("to"),
            effects=effects,
            reason=self.words(node.get("reason"), f"{entry}/reason") if effects else None,
            source=self.source(node.get("source"), entry) if effects else None,
        )

    def says(self, node: Any, entry: str) -> tuple[str, ...]:
        lists = [node.get(language) for language in ("en", "id")] if isinstance(node, dict) else [None]
        if not all(isinstance(texts, list) and len(texts) >= 2 for texts in lists):
            raise self.fail(f"{entry}/says", "needs at least two example sentences in en and in id")
        return tuple(str(text) for texts in lists for text in texts or ())

    def pattern(self, text: str, entry: str) -> re.Pattern[str]:
        try:
            return re.compile(text)
        except re.error as error:
            raise self.fail(f"{entry}/patterns", f"'{text}': {error}") from error

    def conditions(self, node: Any, entry: str) -> Conditions:
        lines = node or []
        return tuple(tuple(self.test(part, entry) for part in line.get("any", [line])) for line in lines)

    def test(self, node: Node, entry: str) -> Test:
        signal = str(self.need(node, "signal", entry))
        codes = tuple(node.get("is", ()))
        self.codes(entry, signal, codes)
        if not codes and not isinstance(node.get("at_least"), int):
            raise self.fail(entry, "a condition needs 'is' or 'at_least'")
        return Test(signal, frozenset(codes), node.get("at_least"))

    def codes(self, entry: str, signal: str, codes: tuple[str, ...]) -> None:
        if signal not in self.known:
            raise self.fail(entry, f"there is no signal '{signal}'")
        for code in codes:
            self.one_of(code, self.known[signal].allowed, f"{entry}/{signal}")

    def gate(self, node: Node) -> Gate:
        entry = f"gates/{self.need(node, 'id', 'gates')}"
        blocks = node.get("blocks")
        return Gate(
            name=str(node["id"]),
            when=self.conditions(node.get("when"), entry),
            effects=self.effects(node.get("effects"), entry),
            blocks=None if blocks is None else self.one_of(blocks, APPROACHES, f"{entry}/blocks"),
            requires=self.conditions(node.get("requires"), entry),
            text=self.words(node.get("text"), f"{entry}/text"),
            source=self.source(node.get("source"), entry),
        )

    def hybrid(self, node: Node) -> Hybrid:
        return Hybrid(
            when=self.conditions(self.need(node, "when", "hybrid"), "hybrid"),
            least=float(self.need(node, "least", "hybrid")),
            text=self.words(node.get("text"), "hybrid/text"),
            source=self.source(node.get("source"), "hybrid"),
        )

    def media(self, node: Node) -> Media:
        kinds = self.need(node, "kinds", "media")
        return Media(
            self.conditions(self.need(node, "when", "media"), "media"), self.words(node.get("text"), "media/text"),
            self.source(node.get("source"), "media"), self.words(node.get("step"), "media/step"),
            {kind: self.words(kinds.get(kind), f"media/kinds/{kind}") for kind in MEDIA},
        )  # fmt: skip

    def approaches(self, node: Node, entry: str) -> tuple[str, ...]:
        allowed = (*APPROACHES, HYBRID)
        return tuple(self.one_of(a, allowed, f"{entry}/approaches") for a in node.get("approaches", ()))

    def risk(self, where: str, node: Node, number: int) -> Risk:
        entry = f"{where}/{number}"
        weight = self.need(node, "weight", entry)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 1 <= weight <= 10:
            raise self.fail(f"{entry}/weight", "must be a number from 1 to 10")
        return Risk(
            float(weight),
            self.conditions(node.get("when"), entry),
            self.approaches(node, entry),
            self.words(node.get("text"), f"{entry}/text"),
            self.source(node.get("source"), entry),
        )

    def step(self, node: Node, number: int) -> Step:
        entry = f"steps/{number}"
        return Step(
            {str(name): str(value) for name, value in (node.get("with") or {}).items()},
            self.conditions(node.get("when"), entry),
            self.approaches(node, entry),
            self.one_of(node.get("page"), PAGES, f"{entry}/page"),
            self.words(node.get("text"), f"{entry}/text"),
        )
