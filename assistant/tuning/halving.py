"""Successive halving: many settings on a part of the rows, the better half on twice as many, to the last on all of them.

After Jamieson and Talwalkar 2016 (arXiv:1502.07943). Knows numbers, no models and no rows.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.tuning.plan import Plan

SHARES = (0.25, 0.5, 1.0)  # of the training rows, rung by rung
MOST = 12


@dataclass(frozen=True)
class Setting:
    """What is searched over; everything else is as in the plan."""

    rate: float
    rank: int
    epochs: int


@dataclass(frozen=True)
class Try:
    """One setting on one share of the rows. `cost`: in passes over all rows."""

    setting: Setting
    share: float

    @property
    def cost(self) -> float:
        return self.setting.epochs * self.share

    @property
    def name(self) -> str:
        s = self.setting
        return f"{s.rate:g}-{s.rank}-{s.epochs}-{round(100 * self.share)}"


def settings(plan: Plan) -> list[Setting]:
    """The plan's own first, then those that differ in what matters most: rate, passes, rank."""
    rates = [r for r in (plan.rate, 3 * plan.rate, plan.rate / 3) if 1e-6 <= r <= 0.1]
    epochs = [plan.epochs, min(50, 2 * plan.epochs)]
    ranks = [plan.rank, max(1, plan.rank // 2)]
    grid = [
        (i + j + k, Setting(round(rate, 10), rank, passes))
        for k, rank in enumerate(ranks)
        for j, passes in enumerate(epochs)
        for i, rate in enumerate(rates)
    ]
    return list(dict.fromkeys(setting for _, setting in sorted(grid, key=lambda pair: pair[0])))[:MOST]


def rounds(count: int) -> list[int]:
    """How many settings each rung has: all, then half of them, then half again; at least one."""
    return [max(1, math.ceil(count / 2**n)) for n in range(len(SHARES))]


def cost(chosen: Sequence[Setting]) -> float:
    """Passes over all rows that the whole search takes at most: the dearest settings could be those that go on."""
    dear = sorted(chosen, key=lambda s: -s.epochs)
    first = sum(Try(s, SHARES[0]).cost for s in chosen)
    later = [
        sum(Try(s, share).cost for s in dear[:kept])
        for share, kept in zip(SHARES[1:], rounds(len(chosen))[1:], strict=True)
    ]
    return first + sum(later)


def affordable(plan: Plan, budget: float) -> list[Setting]:
    """As many settings, at least two, as a budget of passes over all rows can take through all rungs."""
    found = settings(plan)
    fitting = [n for n in range(2, len(found) + 1) if cost(found[:n]) <= budget]
    return found[: max(fitting, default=2)]


def within(plan: Plan, tries: int) -> list[Setting]:
    """As many settings, at least two, as so many tries can take through all rungs."""
    found = settings(plan)
    fitting = [n for n in range(2, len(found) + 1) if sum(rounds(n)) <= tries]
    return found[: max(fitting, default=2)]


def halve(
    chosen: Sequence[Setting], run: Callable[[Try], tuple[float, float] | None]
) -> Iterator[tuple[Try, tuple[float, float]]]:
    """Each try with its standing (more is better), rung by rung; ends where `run` gives None, the budget being spent."""
    left = list(chosen)
    for share, count in zip(SHARES, rounds(len(chosen)), strict=True):
        left = left[:count]
        found: list[tuple[tuple[float, float], Setting]] = []
        for setting in left:
            standing = run(Try(setting, share))
            if standing is None:
                return
            found.append((standing, setting))
            yield Try(setting, share), standing
        found.sort(key=lambda pair: pair[0], reverse=True)
        left = [setting for _, setting in found]
