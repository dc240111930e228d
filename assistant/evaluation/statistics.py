"""Intervals, paired tests and sample sizes for scores in 0..1; knows nothing of arms or metrics' names.

Cases of one group (source) count as a cluster: the variance is the bias-reduced cluster-robust one (CR2)
with Bell and McCaffrey's degrees of freedom (2002); with one case a group both are exactly those of the t
test. "" as a group stands alone.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.values import Outcome

Numbers = NDArray[np.float64]

LEVEL = 0.95
POWER = 0.80
MARGIN = 0.05  # differences smaller than this do not matter
FEWEST = 6  # below six independent cases no distribution-free paired test reaches p < .05 (2 · 0.5^5 = .0625)
FEW = 20  # below twenty the seen spread is too unsure to plan with
PLANNED_SPREAD = 0.5  # of a paired difference of right/wrong scores, before there is any data


@dataclass(frozen=True)
class Interval:
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Difference:
    """A mean paired difference with its interval and two-sided p; `spread` as in values.Pair."""

    value: float
    low: float
    high: float
    p: float
    n: int
    groups: int
    spread: float


def mean_interval(
    scores: Sequence[float] | Numbers, groups: Sequence[str] | None = None, level: float = LEVEL
) -> Interval:
    """The mean of scores in 0..1 and its interval: Agresti and Coull's (1998) for 0/1 scores, else t.

    Theirs holds Wilson's, which near 0 and 1 covers too little with few cases (simulated at 95 % right: .915 of 10,
    .926 of 20). Clustered 0/1 scores: at the effective sample size (Korn and Graubard 1998). With one case, or
    one group, the interval of a continuous score is all of 0..1. Raises ValueError without scores.
    """
    x = _numbers(scores)
    code = group_codes(groups, len(x))
    if _binary(x):
        return _share_interval(x, code, level)
    low, high, _, _ = _t_interval(x, code, (0.0, 1.0), level)
    return Interval(float(x.mean()), low, high, len(x))


def paired(
    a: Sequence[float] | Numbers,
    b: Sequence[float] | Numbers,
    groups: Sequence[str] | None = None,
    level: float = LEVEL,
) -> Difference:
    """Mean of a − b over the same cases.

    Continuous scores: paired t. 0/1 scores: mid-p McNemar (Fagerland, Lydersen and Laake 2013) with Bonett
    and Price's interval (2012), which adds one case to each side; clustered 0/1 scores: the cluster t test
    on the same enlarged sample.
    """
    first, second = _numbers(a), _numbers(b)
    if len(first) != len(second):
        raise ValueError("paired scores differ in length")
    d, code = first - second, group_codes(groups, len(first))
    clustered = int(code.max()) + 1 < len(d)
    if not (_binary(first) and _binary(second)):
        low, high, p, se = _t_interval(d, code, (-1.0, 1.0), level)
    elif clustered:
        low, high, p, se = _enlarged_t(d, code, level)
    else:
        low, high, p, se = _bonett_price(d, level)
    return Difference(float(d.mean()), low, high, p, len(d), int(code.max()) + 1, se * math.sqrt(len(d)))


def mcnemar_midp(wins: int, losses: int) -> float:
    """Two-sided mid-p of McNemar's test from the two discordant counts."""
    from scipy.special import (
        bdtr,  # the binomial distribution without scipy.stats' checks, fifty times quicker
    )

    few, all_ = min(wins, losses), wins + losses
    return float(bdtr(few, all_, 0.5) + (bdtr(few - 1, all_, 0.5) if few else 0.0))


def holm(ps: Sequence[float]) -> list[float]:
    """Holm's adjusted p values (1979), in the order given."""
    order = sorted(range(len(ps)), key=lambda i: ps[i])
    adjusted, highest = [0.0] * len(ps), 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, ps[i] * (len(ps) - rank)))
        adjusted[i] = highest
    return adjusted


def fewest_equivalent(margin: float = MARGIN) -> int:
    """Independent cases without which "equivalent" is never said: with fewer than 3 / margin a total failure
    in a share `margin` of cases goes unseen more than once in twenty times (the rule of three)."""
    return math.ceil(round(3 / margin, 6))


def outcome(d: Difference, adjusted_p: float, margin: float = MARGIN, level: float = LEVEL) -> Outcome:
    """What the difference shows. An interval within ± margin is "equivalent" even where it excludes zero:
    a difference too small to matter. Better or worse needs the interval and the adjusted p alike."""
    if d.groups >= fewest_equivalent(margin) and -margin < d.low and d.high < margin:
        return "equivalent"
    if d.groups < FEWEST or adjusted_p > 1 - level or d.low <= 0 <= d.high:
        return "cannot_tell"
    return "better" if d.value > 0 else "worse"


def detectable(n: int, spread: float = PLANNED_SPREAD) -> float:
    """The smallest true difference that n cases show with 80 % power at p < .05 (1.0 if none)."""
    if n < 2:
        return 1.0
    return min(1.0, (_t(0.5 + LEVEL / 2, n - 1) + _t(POWER, n - 1)) * spread / math.sqrt(n))


def cases_for(difference: float, spread: float = PLANNED_SPREAD) -> int:
    """The fewest cases that show a true difference of that size with 80 % power."""
    size = abs(difference)
    if size <= 0 or spread <= 0:
        raise ValueError("a difference and a spread above zero are needed")
    return _fewest(lambda n: detectable(n, spread) <= size)


def more_cases(d: Difference, margin: float = MARGIN) -> int:
    """About how many further cases would settle a "cannot tell" if the difference stays as it is.

    Either way of settling counts: a real difference shown with 80 % power, or one shown to lie within
    the margin. With few cases the planning spread stands in where the seen one is smaller.
    """
    spread = d.spread if math.isfinite(d.spread) else PLANNED_SPREAD
    spread = max(spread, 0.05 if d.groups >= FEW else PLANNED_SPREAD)
    room, ways = margin - abs(d.value), []
    if abs(d.value) > 1e-3:
        ways.append(max(cases_for(d.value, spread), FEWEST))
    if room > 1e-3:
        narrow = _fewest(lambda n: _t(0.5 + LEVEL / 2, n - 1) * spread / math.sqrt(n) <= room)
        ways.append(max(narrow, fewest_equivalent(margin)))
    return max(min(ways) - d.n, 1)


def group_codes(groups: Sequence[str] | None, n: int) -> NDArray[np.int64]:
    """A number from 0 a group, shape (n,); every "" is a group of its own."""
    if groups is None:
        return np.arange(n)
    if len(groups) != n:
        raise ValueError("one group a score is needed")
    seen: dict[object, int] = {}
    return np.array([seen.setdefault(g or (i,), len(seen)) for i, g in enumerate(groups)], dtype=np.int64)


def standard_error(x: Numbers, code: NDArray[np.int64]) -> tuple[float, float]:
    """CR2 standard error of the mean of x and Bell-McCaffrey's degrees of freedom; needs two groups.

    For a mean, CR2 scales each group's residual sum by (1 − share of the group)^−½; the degrees of freedom
    are tr(M)² / tr(M²) of the quadratic form that the variance is under independent errors.
    """
    n, sizes = len(x), np.bincount(code).astype(np.float64)
    if len(sizes) == n:  # the closed form of what follows, without a matrix of n by n
        return float(x.std(ddof=1) / math.sqrt(n)), float(n - 1)
    sums = np.bincount(code, weights=x - x.mean())
    scale = 1 / np.sqrt(1 - sizes / n)
    variance = float(((sums * scale) ** 2).sum()) / n**2
    form = (np.diag(sizes) - np.outer(sizes, sizes) / n) * np.outer(scale, scale)
    return math.sqrt(variance), float(np.trace(form) ** 2 / (form * form).sum())


def _share_interval(x: Numbers, code: NDArray[np.int64], level: float) -> Interval:
    n, share, groups = len(x), float(x.mean()), int(code.max()) + 1
    size, q = float(n), _t(0.5 + level / 2, math.inf)
    if groups == 1 and n > 1:
        size = 1.0
    elif groups < n:
        se, df = standard_error(x, code)
        alone = math.sqrt(share * (1 - share) / n)
        size = n / max(1.0, (se / alone) ** 2) if alone > 0 else float(groups)
        q = _t(0.5 + level / 2, df)
    middle = (share + q * q / (2 * size)) / (1 + q * q / size)
    half = q * math.sqrt(middle * (1 - middle) / (size + q * q))
    # the two ends are exact at 0 and 1; rounding would put them a hair off
    low = 0.0 if share == 0 else max(0.0, middle - half)
    high = 1.0 if share == 1 else min(1.0, middle + half)
    return Interval(share, low, high, n)


def _t_interval(
    x: Numbers, code: NDArray[np.int64], bounds: tuple[float, float], level: float
) -> tuple[float, float, float, float]:
    """low, high, p of "the mean is 0", standard error; within the bounds that a score has."""
    value, groups, (least, most) = float(x.mean()), int(code.max()) + 1, bounds
    if groups < 2:
        return least, most, 1.0, math.nan
    if float(np.ptp(x)) < 1e-12:
        return _unseen(value, groups, bounds, level)
    se, df = standard_error(x, code)
    if se < 1e-12:  # the groups' means agree to the last digit though their cases differ
        return _unseen(value, groups, bounds, level)
    half = _t(0.5 + level / 2, df) * se
    return max(least, value - half), min(most, value + half), _two_sided(value / se, df), se


def _unseen(
    value: float, groups: int, bounds: tuple[float, float], level: float
) -> tuple[float, float, float, float]:
    """Where all scores are alike t would claim certainty. What was never seen in g draws may still be a
    share 1 − (α/2)^(1/g) of all (the rule of three), and as far off as the bounds allow."""
    share = 1 - ((1 - level) / 2) ** (1 / groups)
    least, most = bounds
    p = 1.0 if abs(value) < 1e-12 else min(1.0, 2 * 0.5**groups)
    return value - share * (value - least), value + share * (most - value), p, 0.0


def _bonett_price(d: Numbers, level: float) -> tuple[float, float, float, float]:
    n, wins, losses = len(d), int((d > 0).sum()), int((d < 0).sum())
    up, down = (wins + 1) / (n + 2), (losses + 1) / (n + 2)
    half = _t(0.5 + level / 2, math.inf) * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    value = float(d.mean())
    low, high = max(-1.0, min(value, up - down - half)), min(1.0, max(value, up - down + half))
    se = math.sqrt(max(0.0, (up + down - (up - down) ** 2)) / (n + 2))
    return low, high, mcnemar_midp(wins, losses), se


def _enlarged_t(d: Numbers, code: NDArray[np.int64], level: float) -> tuple[float, float, float, float]:
    if int(code.max()) == 0:
        return -1.0, 1.0, 1.0, math.nan
    more = np.append(d, [1.0, -1.0])
    codes = np.append(code, [code.max() + 1, code.max() + 2])
    low, high, p, se = _t_interval(more, codes, (-1.0, 1.0), level)
    value = float(d.mean())
    return min(low, value), max(high, value), p, se


def _fewest(enough: Callable[[int], bool], most: int = 1_000_000) -> int:
    """The smallest n from 2 up that is enough, by bisection; `most` where none is."""
    low, high = 2, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def _numbers(scores: Sequence[float] | Numbers) -> Numbers:
    x = np.asarray(scores, dtype=np.float64)
    if x.ndim != 1 or not len(x) or not np.isfinite(x).all():
        raise ValueError("scores must be finite and at least one")
    return x


def _binary(x: Numbers) -> bool:
    return bool(((x == 0) | (x == 1)).all())


def _t(level: float, df: float) -> float:
    from scipy.special import ndtri, stdtrit

    return float(ndtri(level) if math.isinf(df) else stdtrit(df, level))


def _two_sided(t: float, df: float) -> float:
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(t)))
