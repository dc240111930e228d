"""One row of a cost estimate and what every row is made of; knows no particular way of adapting a model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant import texts
from assistant.advisor.estimate import hardware
from assistant.advisor.estimate.assumptions import Assumptions, Range
from assistant.advisor.estimate.offers import Fact, Model, OpenModel, Provider, Providers
from assistant.advisor.signals import UNKNOWN, Value

PATHS = ("prompting", "few_shot", "rag", "rag_cached", "whole_document", "tuned", "lora", "qlora", "full")
CLASSIFIER = "classifier"
ZERO = Range(0, 0)


@dataclass(frozen=True)
class Part:
    """One item of a bill, in USD; `when` is once or month. None: its price is not known."""

    name: str
    when: str
    amount: Range | None


@dataclass(frozen=True)
class Cited:
    """A source that a row rests on, the date of the fact, and whether it is too old to trust."""

    source: str
    date: str | None
    stale: bool


@dataclass(frozen=True)
class Row:
    """One way with one model. `relevant`: it lies on the platform that the user named, or on their own machine."""

    path: str
    provider: str
    provider_name: str
    model: str
    model_name: str
    parts: tuple[Part, ...]
    hours: Range | None  # of training or fitting; None: not known, 0: nothing to train
    memory: Range | None  # GB
    people: Range  # hours of people's work to prepare it
    available: bool
    reason: str | None
    notes: tuple[str, ...]
    sources: tuple[Cited, ...]
    relevant: bool
    closing: bool = False  # it can be had now, but not for long
    place: str = "hosted"  # hosted, rented or own
    ready: Range | None = (
        ZERO  # USD a month of one machine or deployment kept ready, used or not; None: not known
    )

    @property
    def once(self) -> Range | None:
        return total(self.parts, "once")

    @property
    def month(self) -> Range | None:
        return total(self.parts, "month")

    @property
    def unknown(self) -> tuple[str, ...]:
        """What could not be priced or timed."""
        missing = tuple(part.name for part in self.parts if part.amount is None)
        return missing if self.hours is not None else (*missing, "hours")

    @property
    def stale(self) -> bool:
        return any(cited.stale for cited in self.sources)

    def to_json(self) -> dict[str, Any]:
        """Amounts in USD, null where a price is unknown; `parts` are the items of the bill."""
        row: dict[str, Any] = {"path": self.path, "provider": self.provider, "model": self.model}
        for name, span in (("once", self.once), ("month", self.month), ("hours", self.hours)):
            row |= {f"{name}_low": span and span.low, f"{name}_high": span and span.high}
        row |= {
            "memory_gb": self.memory and self.memory.high,
            "memory_gb_low": self.memory and self.memory.low,
        }
        row |= {"people_hours_low": self.people.low, "people_hours_high": self.people.high}
        row |= {"available": self.available, "reason": self.reason, "relevant": self.relevant}
        row |= {"closing": self.closing, "place": self.place}
        row |= {"notes": list(self.notes), "unknown": list(self.unknown), "stale": self.stale}
        row["sources"] = [{"source": c.source, "date": c.date, "stale": c.stale} for c in self.sources]
        row["parts"] = [
            {
                "part": p.name,
                "when": p.when,
                "low": p.amount and p.amount.low,
                "high": p.amount and p.amount.high,
            }
            for p in self.parts
        ]
        return row


def total(parts: tuple[Part, ...], when: str) -> Range | None:
    """The sum of the items; None as soon as one is not known."""
    amounts = [part.amount for part in parts if part.when == when]
    if any(amount is None for amount in amounts):
        return None
    return sum((amount for amount in amounts if amount is not None), ZERO)


def known(parts: tuple[Part, ...], when: str) -> Range:
    """The sum of the items that are known: at least so much."""
    return sum((part.amount for part in parts if part.when == when and part.amount is not None), ZERO)


@dataclass(frozen=True)
class Case:
    """One project's estimate in the making."""

    a: Assumptions
    values: Mapping[str, Value]
    providers: Providers
    platform: tuple[Provider, ...]  # those the user named; none: all are relevant
    today: date
    language: str
    compute: str = field(init=False)
    on_prem: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compute", str(self.values.get("compute", UNKNOWN)))
        object.__setattr__(self, "on_prem", self.values.get("privacy") == "on_prem")

    def say(self, key: str, **values: object) -> str:
        return texts.say(self.language, f"costs.{key}", **values)

    def name(self, named: Provider | Model | OpenModel) -> str:
        return named.name.say(self.language)

    def relevant(self, provider: Provider) -> bool:
        return not self.platform or provider.place == "own" or provider in self.platform

    def cited(self, facts: tuple[Fact, ...]) -> tuple[Cited, ...]:
        found = {(f.source, f.date): self.providers.stale(f.date, f.kind, self.today) for f in facts}
        return tuple(Cited(source, dated, old) for (source, dated), old in found.items())

    def notes(self, facts: tuple[Fact, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fact.note.say(self.language) for fact in facts if fact.note))


def million(tokens: Range, price: Fact) -> Range | None:
    """USD for so many tokens at a price per 1M."""
    if price.low is None or price.high is None:
        return None
    return tokens * Range(price.low, price.high) * 1e-6


def place_problem(case: Case, provider: Provider) -> str | None:
    """Why a provider cannot be used at all for this project's data or machines."""
    if case.on_prem and provider.place != "own":
        return case.say("reason.on_prem")
    if provider.id == "own_gpu" and case.compute == "none":
        return case.say("reason.no_gpu")
    return None


def people(a: Assumptions, *more: Range) -> Range:
    """Hours to write prompts and the evaluation cases, which every way needs, and what else this one takes."""
    return sum(more, a.prompt_hours + a.evaluation_cases * a.minutes_per_example * (1 / 60))


def wages(a: Assumptions, hours: Range) -> tuple[Part, ...]:
    return () if a.wage is None else (Part("people", "once", hours * a.wage),)


def serving(case: Case, provider: Provider, model: OpenModel, prompt: Range) -> Part:
    """A month of answers from prompts of so many tokens: enough machines kept ready by the hour; on a machine of
    one's own, electricity from the hours of work alone to all hours. Nothing where nothing is asked."""
    a, hour, speed = case.a, hourly(case, provider), tflops(case, provider)
    if hour is None or idle(case):
        return Part("serving", "month", hour and ZERO)
    count = hardware.machines(model, a, prompt, speed)
    busy = a.requests * hardware.seconds(model, a, prompt, speed) * (1 / 3600)
    ready = a.serving_hours * count
    hours = Range(
        busy.low if provider.place == "own" else max(busy.low, ready.low), max(busy.high, ready.high)
    )
    return Part("serving", "month", hours * hour)


def ready(case: Case, provider: Provider) -> Range | None:
    """USD a month of one machine kept ready, whatever the use; None where the price is not known."""
    hour = hourly(case, provider)
    return hour and case.a.serving_hours * hour


def idle(case: Case) -> bool:
    return case.a.requests.high == 0


def idle_note(case: Case, fee: Range | None) -> tuple[str, ...]:
    """What is to be paid although nothing is asked, unless it is taken down."""
    if not idle(case) or fee is None or fee.high < 1:
        return ()
    return (case.say("notes.idle", low=round(fee.low), high=round(fee.high)),)


def tflops(case: Case, provider: Provider) -> Range | None:
    """The highest speed of the machine's GPU; None for a CPU."""
    if provider.id == "own_cpu":
        return None
    card = case.providers.gpu.tflops
    known = provider.place == "rented" and card.low is not None and card.high is not None
    return Range(card.low or 0, card.high or 0) if known else case.a.own_gpu_tflops


def hourly(case: Case, provider: Provider) -> Range | None:
    """USD for an hour of one machine. The price of a machine that is owned already is left out."""
    if provider.place == "own":
        return (case.a.own_gpu_kw if provider.id == "own_gpu" else case.a.own_cpu_kw) * case.a.usd_per_kwh
    price = case.providers.gpu.price
    return Range(price.low, price.high) if price.low is not None and price.high is not None else None


def machines_with_models(case: Case) -> Iterator[tuple[Provider, OpenModel]]:
    for provider in case.providers.all:
        if provider.place != "hosted":
            kind = "own_cpu" if provider.id == "own_cpu" else "gpu"
            for model in case.providers.open_models:
                if model.place == kind:
                    yield provider, model


def has_material(case: Case) -> bool:
    return case.a.pages.high > 0


def label_task(values: Mapping[str, Value]) -> bool:
    return values.get("task_type") == "classify" or values.get("output_form") == "labels"
