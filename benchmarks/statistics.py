"""Simulates what the comparison's statistics claim: coverage of 95 % intervals, size and power of the paired
tests beside an unpaired z test, false "equivalent", and power at the stated detectable difference.

    python -m benchmarks.statistics [RUNS]
    python -m benchmarks.statistics peers      # with statsmodels beside Penala: the same results where both have the test

Each row is RUNS simulated comparisons (4,000 unless said; standard error of a 0.95 coverage: 0.0034). The
unpaired z test, Z = (a - b) / sqrt(se_a² + se_b²), is what lm-evaluation-harness 0.4.13 uses to compare two
models (scripts/model_comparator.py).
"""

import math
import sys
from collections.abc import Callable
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation import statistics as st

Numbers = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], tuple[Numbers, Numbers, list[str]]]


def main(runs: int = 4000) -> None:
    print("mean: coverage of the 95 % interval        ours   plain z")
    for name, draw, truth in (
        ("right/wrong, true 0.80", pairs_of_shares(0.8, 0.8), 0.8),
        ("right/wrong, true 0.95", pairs_of_shares(0.95, 0.95), 0.95),
        ("right/wrong, clustered", clustered_shares(0.8, 0.8), 0.8),
        ("graded, skewed", graded(0.0), GRADED_MEAN),
        ("graded, clustered", clustered_graded(0.0), 0.6),
    ):
        for n in (10, 20, 30, 50, 100):
            ours, plain = mean_coverage(draw, truth, n, runs)
            print(f"  {name:26} n={n:<4}           {ours:.3f}   {plain:.3f}")
    print("\npair: interval covers | p < .05 (no difference: size, else power) ours, unpaired z")
    for name, draw, truth in (
        ("right/wrong, d=0", pairs_of_shares(0.7, 0.7), 0.0),
        ("right/wrong, d=0.1", pairs_of_shares(0.8, 0.7), 0.1),
        ("right/wrong, d=0.2", pairs_of_shares(0.8, 0.6), 0.2),
        ("right/wrong, clustered, d=0", clustered_shares(0.7, 0.7), 0.0),
        ("graded, d=0", graded(0.0), 0.0),
        ("graded, d=0.1", graded(0.1), 0.1),
        ("graded, clustered, d=0", clustered_graded(0.0), 0.0),
    ):
        for n in (10, 20, 30, 50, 100, 200):
            covers, ours, unpaired = pair_rates(draw, truth, n, runs)
            print(f"  {name:28} n={n:<4} {covers:.3f} | {ours:.3f}  {unpaired:.3f}")
    print('\nfalse "equivalent" where the true difference is the margin itself (0.05)')
    for n in (20, 50, 100, 200, 400):
        binary = said(pairs_of_shares(0.8, 0.75), "equivalent", n, runs // 2)
        continuous = said(graded(0.05), "equivalent", n, runs // 2)
        rare = said(rare_failures, "equivalent", n, runs // 2)
        print(f"  n={n:<4} right/wrong {binary:.3f}   graded {continuous:.3f}   rare failures {rare:.3f}")
    print('\nfive equal arms, ten pairs: some pair is called "better" (Holm over pairs)')
    for n in (20, 50, 100):
        print(f"  n={n:<4} {any_better(n, runs // 4):.3f}   unadjusted {any_better(n, runs // 4, False):.3f}")
    print("\npower at the detectable difference that is stated (0.80 wanted)")
    for n in (30, 50, 100, 200):
        d = st.detectable(n)
        power = pair_rates(discordant(d, 0.25), d, n, runs)[1]
        print(f"  n={n:<4} detectable {d:.3f}   power {power:.3f}")


# --- populations: two arms' scores on n cases, correlated as answers to one question are, and their groups


def alone(n: int) -> list[str]:
    return [""] * n


def pairs_of_shares(a: float, b: float, shared: float = 0.5) -> Draw:
    """Right/wrong from a normal that both arms share by half (scores correlate about 0.3)."""
    from scipy.special import ndtri

    def draw(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers, list[str]]:
        hard = rng.standard_normal(n) * math.sqrt(shared)
        own = rng.standard_normal((2, n)) * math.sqrt(1 - shared)
        return ((hard + own[0]) < ndtri(a)) * 1.0, ((hard + own[1]) < ndtri(b)) * 1.0, alone(n)

    return draw


def discordant(difference: float, share: float) -> Draw:
    """Right/wrong where the arms differ on that share of the cases (more where the difference needs it)."""
    share = max(share, difference)

    def draw(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers, list[str]]:
        u, both = rng.random(n), (rng.random(n) < 0.6) * 1.0
        wins, losses = u < (share + difference) / 2, u > 1 - (share - difference) / 2
        return (
            np.where(wins, 1.0, np.where(losses, 0.0, both)),
            np.where(wins, 0.0, np.where(losses, 1.0, both)),
            alone(n),
        )

    return draw


def clustered_shares(a: float, b: float) -> Draw:
    """Right/wrong in sources of 1 to 8 cases; each source has its own difficulty for each arm."""
    from scipy.special import ndtri

    def draw(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers, list[str]]:
        groups = sources(rng, n)
        code = st.group_codes(groups, n)
        common, apart = rng.standard_normal(n) * 0.55, rng.standard_normal((2, n)) * 0.55
        hard = common[code] + apart[:, code] + rng.standard_normal((2, n)) * math.sqrt(1 - 2 * 0.55**2)
        return (hard[0] < ndtri(a)) * 1.0, (hard[1] < ndtri(b)) * 1.0, groups

    return draw


GRADED_MEAN = 0.3 + 0.7 * 4 / 7  # three in ten exactly right, the rest Beta(4, 3): skewed, as chrF is


def graded(difference: float) -> Draw:
    """Skewed scores in 0..1 where b loses `difference` on average, more on some cases than on others."""

    def draw(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers, list[str]]:
        skill = np.where(rng.random(n) < 0.3, 1.0, rng.beta(4, 3, n))
        other = np.where(rng.random(n) < 0.3, 1.0, rng.beta(4, 3, n))
        same = rng.random(n) < 0.6
        b = np.where(same, skill, other) - difference * rng.exponential(1.0, n)
        return skill, b, alone(n)  # a little below 0 at times; the interval is only kept within -1..1

    return draw


def clustered_graded(difference: float) -> Draw:
    def draw(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers, list[str]]:
        groups = sources(rng, n)
        code = st.group_codes(groups, n)
        level, own = rng.beta(6, 4, n), rng.uniform(-0.12, 0.12, (2, n))
        noise = rng.uniform(-0.2, 0.2, (2, n))
        a, b = level[code] + own[:, code] + noise
        return a, b - difference, groups

    return draw


def rare_failures(rng: np.random.Generator, n: int) -> tuple[Numbers, Numbers, list[str]]:
    """b is a by a hair, except one case in twenty, which it fails wholly: the worst for the t interval."""
    a = np.ones(n)
    b = np.where(rng.random(n) < 0.05, 0.0, 1.0 - 0.001 * rng.random(n))
    return a, b, alone(n)


def sources(rng: np.random.Generator, n: int) -> list[str]:
    sizes: list[int] = []
    while sum(sizes) < n:
        sizes.append(int(rng.integers(1, 9)))
    return [f"s{i}" for i, size in enumerate(sizes) for _ in range(size)][:n]


# --- rates


def mean_coverage(draw: Draw, truth: float, n: int, runs: int) -> tuple[float, float]:
    rng, ours, plain = np.random.default_rng(n), 0, 0
    for _ in range(runs):
        x, _, groups = draw(rng, n)
        got = st.mean_interval(x, groups)
        half = 1.96 * x.std(ddof=1) / math.sqrt(n)
        ours += got.low <= truth <= got.high
        plain += abs(x.mean() - truth) <= half
    return ours / runs, plain / runs


def pair_rates(draw: Draw, truth: float, n: int, runs: int) -> tuple[float, float, float]:
    rng, covers, ours, unpaired = np.random.default_rng(n), 0, 0, 0
    for _ in range(runs):
        a, b, groups = draw(rng, n)
        d = st.paired(a, b, groups)
        covers += d.low <= truth <= d.high
        ours += d.p < 0.05
        se = math.sqrt(a.var(ddof=1) / n + b.var(ddof=1) / n)
        unpaired += se > 0 and abs(a.mean() - b.mean()) / se > 1.96
    return covers / runs, ours / runs, unpaired / runs


def said(draw: Draw, word: str, n: int, runs: int) -> float:
    rng, count = np.random.default_rng(n), 0
    for _ in range(runs):
        d = st.paired(*draw(rng, n))
        count += st.outcome(d, d.p) == word
    return count / runs


def any_better(n: int, runs: int, adjusted: bool = True) -> float:
    rng, count = np.random.default_rng(n), 0
    for _ in range(runs):
        hard = rng.standard_normal(n) * math.sqrt(0.5)
        arms = [((hard + rng.standard_normal(n) * math.sqrt(0.5)) < 0.5) * 1.0 for _ in range(5)]
        found = [st.paired(arms[i], arms[j]) for i in range(5) for j in range(i)]
        ps = [d.p for d in found]
        shown = st.holm(ps) if adjusted else ps
        count += any(st.outcome(d, p) in ("better", "worse") for d, p in zip(found, shown, strict=True))
    return count / runs


# --- the same as scipy and statsmodels


def peers(runs: int = 1000) -> None:
    """The largest difference over random samples, of values that both have."""
    from scipy import stats
    from statsmodels.stats.contingency_tables import mcnemar
    from statsmodels.stats.multitest import multipletests
    from statsmodels.stats.proportion import proportion_confint
    from statsmodels.stats.weightstats import DescrStatsW

    from assistant.evaluation import resampling

    rng, worst = np.random.default_rng(0), dict[str, float]()

    def note(name: str, ours: float, theirs: float) -> None:
        worst[name] = max(worst.get(name, 0.0), abs(ours - theirs))

    for _ in range(runs):
        n = int(rng.integers(6, 120))
        a, b = rng.beta(4, 3, (2, n))
        x, y = (rng.random((2, n)) < rng.random((2, 1))) * 1.0
        share = st.mean_interval(x)
        for end, theirs in zip(
            (share.low, share.high), proportion_confint(x.sum(), n, method="agresti_coull"), strict=True
        ):
            note("Agresti–Coull interval, statsmodels", end, theirs)
        mean, told = st.mean_interval(a), DescrStatsW(a).tconfint_mean()
        note("t interval of a mean, statsmodels", mean.low, max(0.0, told[0]))
        note("t interval of a mean, statsmodels", mean.high, min(1.0, told[1]))
        d, test = st.paired(a, b), stats.ttest_rel(a, b)
        note("paired t: p, scipy", d.p, float(test.pvalue))
        note("paired t: interval, scipy", d.low, max(-1.0, float(test.confidence_interval().low)))
        wins, losses = int((x > y).sum()), int((x < y).sum())
        exact = float(mcnemar([[0, wins], [losses, 0]], exact=True).pvalue)
        few, both = min(wins, losses), wins + losses
        half = float(stats.binom.pmf(few, both, 0.5))  # mid-p takes half of each tail's own point off
        note(
            "mid-p McNemar: exact less the point's half, statsmodels",
            st.paired(x, y).p,
            exact - half if wins != losses else 1.0,
        )
        ps = rng.random(int(rng.integers(1, 12))) ** 2
        for ours, theirs in zip(st.holm(ps), multipletests(ps, method="holm")[1], strict=True):
            note("Holm, statsmodels", ours, theirs)
        _scores(rng, n, note, resampling)
    print(f"{runs} random samples of 6 to 119 cases; the largest difference")
    for name, difference in worst.items():
        print(f"  {name:60} {difference:.1e}")


def _scores(
    rng: np.random.Generator, n: int, note: Callable[[str, float, float], None], resampling: ModuleType
) -> None:
    from sklearn.metrics import f1_score, roc_auc_score

    right = rng.choice(["a", "b", "c"], n)
    given = np.where(rng.random(n) < 0.7, right, rng.choice(["a", "b", "c"], n))
    labels = sorted(set(right))
    counts = resampling.count(right, given, np.arange(n))
    ours = float(counts.macro_f1(np.ones((1, n)))[0])
    note(
        "macro-F1, scikit-learn",
        ours,
        float(f1_score(right, given, labels=labels, average="macro", zero_division=0)),
    )
    if len(labels) == 3:
        chances = rng.dirichlet([1, 1, 1], n)
        ours = resampling._auc(np.array([[one == label for label in labels] for one in right]), chances)
        note(
            "ROC AUC, one against the rest, scikit-learn",
            ours,
            float(roc_auc_score(right, chances, multi_class="ovr", average="macro")),
        )


if __name__ == "__main__" and sys.argv[1:] == ["peers"]:
    peers()
elif __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
