"""What blind votes show: which arm people prefer and how surely, and how steadily they judge; knows no database."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.evaluation import statistics
from assistant.evaluation.statistics import Difference, Interval, Numbers
from assistant.evaluation.values import Outcome
from assistant.evaluation.voting import Vote

DRAWS = 500
_SEED = 7


@dataclass(frozen=True)
class Preferred:
    """Votes on two arms: `a` preferred, `b` preferred, ties, both bad. `difference`: the share for a minus that for b
    (a tie is none), averaged over cases, each case counting once however many judged it."""

    a: str
    b: str
    wins: int
    losses: int
    ties: int
    bad: int
    difference: Difference
    outcome: Outcome


@dataclass(frozen=True)
class Strength:
    """How often an arm would be preferred to an even opponent (0.5 is the middle of those compared)."""

    arm: str
    value: Interval


@dataclass(frozen=True)
class Steadiness:
    """`same`: repeats with swapped sides judged as before, of `repeats`. `left`: decisive votes for the left side, of
    `decisive`; `p` two-sided of an even coin."""

    repeats: int
    same: int
    decisive: int
    left: int
    p: float


def preferred(votes: Sequence[Vote], groups: Mapping[str, str], margin: float) -> list[Preferred]:
    """Each pair of arms that was judged, p corrected over the pairs (Holm). `groups`: a case's source by its id."""
    by_pair: dict[tuple[str, str], list[Vote]] = defaultdict(list)
    for vote in votes:
        if not vote.repeat:
            by_pair[vote.pair].append(vote)
    found = {pair: _difference(pair, cast, groups) for pair, cast in sorted(by_pair.items())}
    adjusted = statistics.holm([d.p for d in found.values()])
    return [
        _preferred(pair, by_pair[pair], d, statistics.outcome(d, p, margin))
        for (pair, d), p in zip(found.items(), adjusted, strict=True)
    ]


def _difference(pair: tuple[str, str], cast: Sequence[Vote], groups: Mapping[str, str]) -> Difference:
    by_case: dict[str, list[float]] = defaultdict(list)
    for vote in cast:
        by_case[vote.case].append(0.0 if not vote.winner else 1.0 if vote.winner == pair[0] else -1.0)
    share = np.array([(1 + sum(x) / len(x)) / 2 for x in by_case.values()])
    return statistics.paired(share, 1 - share, [groups.get(case, "") for case in by_case])


def _preferred(pair: tuple[str, str], cast: Sequence[Vote], d: Difference, said: Outcome) -> Preferred:
    wins = Counter(vote.winner or vote.choice for vote in cast)
    return Preferred(pair[0], pair[1], wins[pair[0]], wins[pair[1]], wins["tie"], wins["bad"], d, said)


def strengths(votes: Sequence[Vote]) -> list[Strength]:
    """Bradley and Terry's (1952) strengths of three arms or more, strongest first; a tie, or two bad answers, is half
    a win each. Intervals by drawing whole cases. Empty with fewer arms."""
    kept = [v for v in votes if not v.repeat]
    arms = sorted({arm for v in kept for arm in v.pair})
    if len(arms) < 3:
        return []
    place = {arm: i for i, arm in enumerate(arms)}
    cases = sorted({v.case for v in kept})
    row = {case: i for i, case in enumerate(cases)}
    wins = np.zeros((len(cases), len(arms), len(arms)))
    for v in kept:
        i, j = place[v.left], place[v.right]
        share = {"left": 1.0, "right": 0.0}.get(v.choice, 0.5)
        wins[row[v.case], i, j] += share
        wins[row[v.case], j, i] += 1 - share
    value = _against_even(_fit(wins.sum(axis=0)))
    rng = np.random.default_rng(_SEED)
    draws = np.array(
        [_against_even(_fit(wins[rng.integers(0, len(cases), len(cases))].sum(axis=0))) for _ in range(DRAWS)]
    )
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    found = [
        Strength(arm, Interval(float(value[i]), float(low[i]), float(high[i]), len(cases)))
        for arm, i in place.items()
    ]
    return sorted(found, key=lambda s: -s.value.value)


def _fit(wins: Numbers) -> Numbers:
    """Log strengths, mean 0, by Hunter's (2004) minorise-maximise steps. Half a win either way is added to each pair
    that met, so that an arm which won or lost all still has a finite strength."""
    wins = wins + 0.5 * ((wins + wins.T) > 0)
    met, won = wins + wins.T, wins.sum(axis=1)
    strength = np.ones(len(wins))
    for _ in range(200):
        new = won / (met / (strength[:, None] + strength[None, :])).sum(axis=1)
        new = new / math.exp(float(np.log(new).mean()))
        if np.abs(new - strength).max() < 1e-9:
            break
        strength = new
    return np.asarray(np.log(strength))


def _against_even(log_strength: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-log_strength)))


def steadiness(votes: Sequence[Vote]) -> Steadiness:
    """Over all who voted."""
    from scipy.stats import binomtest

    first = {(v.voter, v.case, v.pair): v for v in votes if not v.repeat}
    again = [(first.get((v.voter, v.case, v.pair)), v) for v in votes if v.repeat]
    both = [(a, b) for a, b in again if a]
    decisive = [v for v in votes if v.winner]
    on_left = sum(v.choice == "left" for v in decisive)
    p = float(binomtest(on_left, len(decisive)).pvalue) if decisive else 1.0
    return Steadiness(len(both), sum(_as_before(a, b) for a, b in both), len(decisive), on_left, p)


def _as_before(first: Vote, again: Vote) -> bool:
    return first.winner == again.winner if first.winner or again.winner else first.choice == again.choice
