"""Who tunes and serves which model, as values: prices, limits, closing days; each with its source. Knows no file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assistant.advisor.signals import Source, Words

STATES = ("open", "closing", "closed", "unknown")
PLACES = ("hosted", "rented", "own")


@dataclass(frozen=True)
class Fact:
    """A figure from a source: `low` to `high` (the same where it is one number), both None where it is unknown."""

    low: float | None
    high: float | None
    source: str
    date: str | None  # YYYY, YYYY-MM or YYYY-MM-DD; None where the source bears none
    note: Words | None
    kind: str  # price, limit, status or assumption: how fast it ages

    @property
    def known(self) -> bool:
        return self.low is not None


@dataclass(frozen=True)
class Listed:
    """Names from a source (formats, regions)."""

    values: tuple[str, ...]
    source: str
    date: str | None


@dataclass(frozen=True)
class Price:
    """USD per 1M tokens: input, input that was sent before, output."""

    input: Fact
    cached: Fact
    output: Fact


@dataclass(frozen=True)
class Ending:
    """The day a model is switched off."""

    day: date
    source: str
    dated: str | None


@dataclass(frozen=True)
class Model:
    id: str
    name: Words
    tunable: bool
    offered: bool  # shown as a model to prompt
    tune: Fact | None  # USD per 1M training tokens; None: this model is only called
    base: Price | None
    tuned: Price | None
    ends: Ending | None

    def off(self, today: date) -> bool:
        return self.ends is not None and self.ends.day <= today


@dataclass(frozen=True)
class Notice:
    """What must be heard before data are prepared; `privacy` limits it to those answers."""

    text: Words
    source: str
    date: str | None
    privacy: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tuning:
    state: str
    closes: date | None  # the day from which nobody can start
    notice: Notice

    def state_on(self, today: date) -> str:
        return "closed" if self.closes is not None and self.closes <= today else self.state


@dataclass(frozen=True)
class Provider:
    id: str
    name: Words
    place: str
    platforms: tuple[str, ...]
    words: tuple[re.Pattern[str], ...]
    tuning: Tuning
    must_know: tuple[Notice, ...]
    limits: Mapping[str, Fact]
    formats: Listed
    regions: Listed
    hosting: Fact  # USD per hour
    storage: Fact  # USD per GB and month
    embedding: Mapping[str, Fact]  # USD per 1M tokens
    models: tuple[Model, ...]


@dataclass(frozen=True)
class Gpu:
    id: str
    name: str
    memory_gb: float | None
    tflops: Fact
    price: Fact
    used: bool


@dataclass(frozen=True)
class OpenModel:
    """`trainable`: LoRA parameters at rank 16 on all linear layers."""

    id: str
    name: Words
    place: str  # own_cpu or gpu
    parameters: int
    trainable: int
    hidden: int
    layers: int


@dataclass(frozen=True)
class Assumed:
    """A default with its name for people."""

    fact: Fact
    text: Words


Bounds = Mapping[str, Mapping[str, tuple[float, float]]]


@dataclass(frozen=True)
class Providers:
    version: str  # first 12 hexadecimal digits of the file's sha256
    dated: str  # of the newest price in it
    stale_after: Mapping[str, int]  # days, by kind of fact
    all: tuple[Provider, ...]
    gpus: tuple[Gpu, ...]
    open_models: tuple[OpenModel, ...]
    assumptions: Mapping[str, Assumed]
    tasks: Bounds  # task_type → assumption → low, high
    pages: Mapping[str, tuple[float, float]]  # knowledge_size → low, high
    outputs: Mapping[str, tuple[float, float]]  # output_form → tokens of one answer
    classifier: Fact  # labelled texts a class
    sources: Mapping[str, Source]

    def provider(self, id: str) -> Provider:
        return next(one for one in self.all if one.id == id)

    @property
    def gpu(self) -> Gpu:
        """The card that estimates take."""
        return next(card for card in self.gpus if card.used)

    def stale(self, dated: str | None, kind: str, today: date) -> bool:
        """Whether something of that date is older than its kind may be. Without a date it counts as old."""
        return dated is None or (today - earliest(dated)).days > self.stale_after[kind]


def earliest(dated: str) -> date:
    """The first day that "2026", "2026-09" or "2026-09-25" can mean. ValueError if it is no date."""
    parts = [int(part) for part in dated.split("-")]
    if not 1 <= len(parts) <= 3:
        raise ValueError(dated)
    return date(*[*parts, 1, 1][:3])
