"""What each way would cost for this project, and from how much use on a tuned model pays; the rows come from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from assistant.advisor.estimate import called_costs, hardware, providers, tuned_costs
from assistant.advisor.estimate.assumptions import Assumptions, Range, assume
from assistant.advisor.estimate.bill import CLASSIFIER, PATHS, Case, Row
from assistant.advisor.estimate.offers import Price, Providers
from assistant.advisor.facts import Fact as Told
from assistant.advisor.facts import decisive
from assistant.advisor.signals import Checklist


@dataclass(frozen=True)
class BreakEven:
    """Requests a day from which a tuned model with a short prompt costs less than a long prompt.

    Between `low` and `high` it depends on what is uncertain; `high` is None when it may never, and both are None
    when it never does. Only money counts, for answers taken to be equally good.
    """

    path: str
    provider: str
    provider_name: str
    model: str
    model_name: str
    against_provider: str
    against: str
    against_name: str
    low: float | None
    high: float | None

    def to_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "provider": self.provider,
            "model": self.model,
            "against_provider": self.against_provider,
            "against": self.against,
            "requests_per_day_low": self.low,
            "requests_per_day_high": self.high,
        }


@dataclass(frozen=True)
class Estimate:
    """Everything the command and the page show."""

    assumptions: Assumptions
    rows: tuple[Row, ...]
    break_evens: tuple[BreakEven, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """The command line's rows, each with the break-evens of its model."""
        pairs = [((one.path, one.provider, one.model), one.to_json()) for one in self.break_evens]
        return [
            row.to_json()
            | {"break_even": [json for key, json in pairs if key == (row.path, row.provider, row.model)]}
            for row in self.rows
        ]


def estimate(
    facts: Mapping[str, Told],
    knowledge: Providers,
    checklist: Checklist,
    today: date,
    language: str,
    given: Mapping[str, tuple[float, float]] | None = None,
) -> Estimate:
    """The whole estimate for these facts; `given` overrides assumptions by name. Raises as `assume` does."""
    a = assume(facts, knowledge, checklist, given)
    found = rows(facts, knowledge, checklist, today, language, a)
    return Estimate(a, found, break_evens(found, knowledge, a, today))


def rows(
    facts: Mapping[str, Told],
    knowledge: Providers,
    checklist: Checklist,
    today: date,
    language: str,
    assumptions: Assumptions | None = None,
) -> tuple[Row, ...]:
    """Every way with every model that knowledge/providers.yaml lists. Assumptions come from the facts if not given."""
    case = Case(
        assumptions or assume(facts, knowledge, checklist),
        decisive(facts),
        knowledge,
        providers.meant(facts, knowledge),
        today,
        language,
    )
    found = [*called_costs.rows(case), *tuned_costs.rows(case)]
    order = (*PATHS, CLASSIFIER)
    return tuple(sorted(found, key=lambda row: (order.index(row.path), not row.relevant)))


def break_evens(
    found: tuple[Row, ...], knowledge: Providers, a: Assumptions, today: date
) -> tuple[BreakEven, ...]:
    """For each tuned model that can be had: against few-shot on its own base model, and on the cheapest one."""
    prices = {(p.id, m.id): m for p in knowledge.all for m in p.models}
    shots = [row for row in found if row.path == "few_shot" and row.available and row.relevant]
    priced = [
        (row, prices[row.provider, row.model].base) for row in shots if (row.provider, row.model) in prices
    ]
    cheapest = min(
        ((row, base) for row, base in priced if base and row.month),
        key=lambda pair: (pair[0].month or Range(0, 0)).high,
        default=None,
    )
    result = []
    for row in found:
        if row.path not in ("tuned", "lora") or not row.available or not row.relevant:
            continue
        model = prices.get((row.provider, row.model))
        if model and model.base:
            result.append(_break_even(row, row, model.base, knowledge, a, today))
        if cheapest and cheapest[1]:
            result.append(_break_even(row, cheapest[0], cheapest[1], knowledge, a, today))
    return tuple(one for one in result if one)


def _break_even(
    row: Row, other: Row, long: Price, knowledge: Providers, a: Assumptions, today: date
) -> BreakEven | None:
    """Fixed cost a month over what one request saves; None when a price is not known.

    `long` is the price of the model that `other` names, which gets the long prompt.
    """
    saved, fixed = _saved(row, long, knowledge, a), _fixed(row, knowledge, a, today)
    if saved is None or fixed is None:
        return None
    (least, most), days, (room_low, room_high) = saved, a.days_per_month, _room(row, knowledge, a)
    low = fixed.low / (most * days.high) if most > 0 else None
    high = fixed.high / (least * days.low) if least > 0 else None
    if low is not None and low > room_high:
        low = high = None
    if high is not None and high > room_low:
        high = None
    return BreakEven(
        row.path, row.provider, row.provider_name, row.model, row.model_name,
        other.provider, other.model, other.model_name, low, high,
    )  # fmt: skip


def _saved(row: Row, long: Price, knowledge: Providers, a: Assumptions) -> tuple[float, float] | None:
    """Least and most USD that one request saves. The cost is linear in each quantity, so the corners bound it."""
    short: Price | None = None
    if row.path == "tuned":
        models = knowledge.provider(row.provider).models
        short = next(model.tuned for model in models if model.id == row.model)
        if short is None or short.input.low is None or short.output.low is None:
            return None
    found = []
    ends = (a.instruction_tokens, a.short_prompt_tokens, a.shots, a.input_tokens, a.output_tokens)
    for instructions, brief, shots, given, written in product(*((r.low, r.high) for r in ends)):
        prompt = instructions + shots * (given + written) + given
        for end in ("low", "high"):
            before = _request(long, end, prompt, written)
            after = _request(short, end, brief + given, written) if short else 0.0
            if before is None or after is None:
                return None
            found.append(before - after)
    return min(found), max(found)


def _request(price: Price, end: str, tokens: float, written: float) -> float | None:
    come, go = getattr(price.input, end), getattr(price.output, end)
    return None if come is None or go is None else (tokens * come + written * go) * 1e-6


def _fixed(row: Row, knowledge: Providers, a: Assumptions, today: date) -> Range | None:
    """USD a month that do not depend on use: once spread over its life, hosting, or one machine kept ready."""
    once = row.once
    if once is None:
        return None
    months = a.months
    model = next((m for m in knowledge.provider(row.provider).models if m.id == row.model), None)
    if model and model.ends:
        left = max((model.ends.day - today).days, 1) / 30.4
        months = Range(min(months.low, left), min(months.high, left))
    return None if row.ready is None else row.ready + once.over(months)


def _room(row: Row, knowledge: Providers, a: Assumptions) -> tuple[float, float]:
    """Requests a day that one machine can answer; a vendor has no such limit."""
    if row.path != "lora":
        return float("inf"), float("inf")
    model = next(m for m in knowledge.open_models if m.id == row.model)
    provider, card = knowledge.provider(row.provider), knowledge.gpu.tflops
    rented = provider.place == "rented" and card.low is not None and card.high is not None
    speed = Range(card.low or 0, card.high or 0) if rented else a.own_gpu_tflops
    prompt = a.short_prompt_tokens + a.input_tokens
    work = hardware.seconds(model, a, prompt, None if provider.id == "own_cpu" else speed)
    room = Range(86400, 86400).over(work * a.peak)
    return room.low, room.high
