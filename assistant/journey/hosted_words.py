"""A prepared run at a provider in words and as JSON; sends nothing."""

from typing import Any

from assistant import texts
from assistant.journey.hosted import Prepared


def lines(ready: Prepared, language: str) -> list[str]:
    """What goes where, what it costs, and what to know, a line each."""

    def say(key: str, **values: object) -> str:
        return texts.say(language, f"tuning.{key}", **values)

    chosen = ready.plan.epochs is None
    costs = say(
        "hosted_cost_unknown" if ready.cost.amount is None else "hosted_cost",
        tokens=ready.cost.tokens, epochs=ready.cost.epochs, sum=ready.cost.token,
    )  # fmt: skip
    return [
        say("hosted_sends", rows=ready.rows, validation=ready.validation, bucket=ready.bucket),
        costs + (" " + say("hosted_epochs_open") if chosen else ""),
        *(f"- {warning}" for warning in ready.warnings),
    ]


def to_json(ready: Prepared) -> dict[str, Any]:
    price = ready.cost.price
    return {
        "request": ready.request, "rows": ready.rows, "validation": ready.validation,
        "cost": {"tokens": ready.cost.tokens, "epochs": ready.cost.epochs, "sum": ready.cost.token, "currency": "USD",
                 "source": price.source if price else None, "date": price.date if price else None},
        "warnings": list(ready.warnings),
    }  # fmt: skip
