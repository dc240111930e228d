"""Whether there are enough examples to learn from, and enough test rows to show the gain hoped for."""

from collections import Counter

from assistant.dataset.checks import Data, Finding
from assistant.dataset.lists import lists

_MANY_LABELS = 20
_DISAGREE = 0.2  # the share of test rows on which two arms usually disagree


def check(data: Data) -> list[Finding]:
    amount, total = lists().amount, len(data.examples)
    if total < amount.floor:
        values = {"total": total, "floor": amount.floor, "aim": amount.aim[0]}
        return [Finding("amount", "blocking", (), values, "floor")]
    found = []
    if total < amount.aim[0]:
        found.append(
            Finding("amount", "warning", (), {"total": total, "aim": amount.aim[0], "most": amount.aim[1]})
        )
    elif total < amount.complex[0] and _is_complex(data):
        values = {"total": total, "aim": amount.complex[0], "most": amount.complex[1]}
        found.append(Finding("amount", "note", (), values, "complex"))
    return found + _test(data)


def _is_complex(data: Data) -> bool:
    return data.kind != "labels" or len({e.output.strip() for e in data.examples}) > _MANY_LABELS


def _test(data: Data) -> list[Finding]:
    amount, splits = lists().amount, Counter(e.split for e in data.examples)
    if not splits["train"]:
        return []
    effect = round(100 * least_effect(splits["test"]))
    values: dict[str, object] = {"test": splits["test"], "floor": amount.test, "effect": effect}
    if splits["test"] < amount.test:
        return [Finding("amount", "warning", (), values, "test")]
    if least_effect(splits["test"]) > amount.gain:
        needed = next(n for n in range(20, 10_000, 10) if least_effect(n) <= amount.gain)
        return [
            Finding(
                "amount", "note", (), {**values, "gain": round(100 * amount.gain), "needed": needed}, "effect"
            )
        ]
    return []


def least_effect(rows: int) -> float:
    """The least difference of two arms' shares of right answers that `rows` paired test rows show four times in five at
    the 5 % level: (1.96 + 0.84) · sqrt(discordant / rows), Connor 1987 for McNemar's test."""
    return 1.0 if rows < 1 else min(1.0, 2.8 * (_DISAGREE / rows) ** 0.5)
