"""Plants what a comparison must find, and what it must not: equal arms, a better arm, leaks, equal fingerprints, a
swapped column, a broken arm.

    python -m benchmarks.planted [RUNS]

Each cell is RUNS whole comparisons (1,000 unless said) of two arms on n label cases, their right and wrong correlated
as given. Beside ours: the unpaired z test with which lm-evaluation-harness 0.4.13 compares two models, on the same
answers. Wanted: equal arms called better or worse in at most 6 of 100; an arm 20 points better at n = 60 and
correlation .6 called better in at least 75 of 100; every planted fault caught in every run.
"""

import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import PenalaError
from assistant.evaluation import comparing, metrics
from assistant.evaluation.statistics import mean_interval
from assistant.evaluation.values import Answered, ArmResult, Case, Metric

Numbers = NDArray[np.float64]
_FAULTS = 100  # runs of each planted fault


def main(runs: int = 1000) -> None:
    print("said of two arms, shares of the runs            better   worse | unpaired z: p < .05")
    for name, a, b in (
        ("equal, true .70", 0.7, 0.7),
        ("equal, true .90", 0.9, 0.9),
        ("20 points apart", 0.8, 0.6),
    ):
        for n in (20, 60, 200):
            for correlation in (0.0, 0.3, 0.6):
                better, worse, z = rates(a, b, n, correlation, runs)
                cell = f"{name:16} n={n:<4} correlation {correlation:.1f}"
                print(f"  {cell:45} {better:.3f}   {worse:.3f} | {z:.3f}")
    print(f"\nplanted faults caught, of {_FAULTS} runs")
    with tempfile.TemporaryDirectory() as folder:
        for name, caught in FAULTS.items():
            found = sum(
                caught(np.random.default_rng(seed), Path(folder) / f"{name} {seed}")
                for seed in range(_FAULTS)
            )
            print(f"  {name:45} {found}")


def rates(a: float, b: float, n: int, correlation: float, runs: int) -> tuple[float, float, float]:
    """How often the first arm is called better, how often worse, and how often the z test is significant."""
    rng, said, z = np.random.default_rng(n), [], 0
    shared = latent(a, b, correlation)
    for _ in range(runs):
        x, y = drawn(rng, n, a, b, shared)
        given = cases(rng, n)
        arms = [result(given, name, right) for name, right in (("tuned", x), ("prompt", y))]
        pair = comparing.pairs_of([arms[1], arms[0]], "labels", given, (), "accuracy")[0]
        said.append(pair.outcome)
        se = math.sqrt(x.var(ddof=1) / n + y.var(ddof=1) / n)
        z += se > 0 and abs(x.mean() - y.mean()) / se > 1.96
    return said.count("better") / runs, said.count("worse") / runs, z / runs


def latent(a: float, b: float, correlation: float) -> float:
    """The correlation of two normals whose signs are right with chances a and b and correlate as asked."""
    from scipy.optimize import brentq
    from scipy.special import ndtri
    from scipy.stats import multivariate_normal

    if correlation == 0:
        return 0.0
    spread = math.sqrt(a * (1 - a) * b * (1 - b))

    def short(r: float) -> float:
        both = multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([ndtri(a), ndtri(b)])
        return float((both - a * b) / spread - correlation)

    return float(brentq(short, 0.0, 0.999))


def drawn(rng: np.random.Generator, n: int, a: float, b: float, shared: float) -> tuple[Numbers, Numbers]:
    from scipy.special import ndtri

    both = rng.standard_normal(n) * math.sqrt(shared)
    own = rng.standard_normal((2, n)) * math.sqrt(1 - shared)
    return (both + own[0] < ndtri(a)) * 1.0, (both + own[1] < ndtri(b)) * 1.0


def cases(rng: np.random.Generator, n: int) -> list[Case]:
    labels = rng.choice(["satu", "dua", "tiga"], n)
    return [Case(f"c{i}", f"pesan nomor {i}", str(label)) for i, label in enumerate(labels)]


def answers(given: Sequence[Case], right: Numbers) -> list[Answered]:
    other = {"satu": "dua", "dua": "tiga", "tiga": "satu"}
    return [
        Answered(c.id, c.reference if ok else other.get(c.reference, "satu"), 0.1, 10, 2)
        for c, ok in zip(given, right, strict=True)
    ]


def result(given: Sequence[Case], name: str, right: Numbers) -> ArmResult:
    """As metrics.measure makes it, without macro-F1, whose 2,000 draws a pair would take most of the time."""
    said = answers(given, right)
    scores = metrics.case_scores("labels", given, said)
    m = mean_interval(scores[0].values)
    found = Metric("accuracy", m.value, m.low, m.high, m.n)
    return ArmResult(name, name, (found,), 0.1, 12.0, 0.0, tuple(said), scores)


class Planted:
    """An arm whose answers were drawn beforehand."""

    def __init__(self, name: str, given: Sequence[Case], right: Numbers, fingerprint: str = "") -> None:
        self.name, self.fingerprint = name, fingerprint or name
        self._said = {a.case: a for a in answers(given, right)}

    def answer(self, asked: Sequence[Case]) -> list[Answered]:
        return [self._said[c.id] for c in asked]


def leaked(rng: np.random.Generator, folder: Path) -> bool:
    """A third of the cases were trained on, and the tuned arm is right on those alone: it must not be called better."""
    given = cases(rng, 60)
    seen = rng.choice(60, 20, replace=False)
    x, y = drawn(rng, 60, 0.6, 0.6, 0.4)
    x[seen] = 1.0
    arms = [Planted("prompt", given, y), Planted("tuned", given, x)]
    found = comparing.compare(arms, given, "labels", [given[i].input.upper() for i in seen], folder)
    return set(found.leaked) == {given[i].id for i in seen} and found.arm("tuned").metric("accuracy").n == 40


def equal_fingerprints(rng: np.random.Generator, folder: Path) -> bool:
    given = cases(rng, 60)
    x, y = drawn(rng, 60, 0.8, 0.6, 0.4)
    arms = [Planted("prompt", given, y, "one"), Planted("tuned", given, x, "one")]
    return refused("same_arm_twice", arms, given, folder)


def swapped_column(rng: np.random.Generator, folder: Path) -> bool:
    given = [Case(c.id, c.reference, c.input) for c in cases(rng, 60)]
    x, y = drawn(rng, 60, 0.8, 0.6, 0.4)
    arms = [Planted("prompt", given, y), Planted("tuned", given, x)]
    return refused("columns_swapped", arms, given, folder, "text")


def answers_moved(rng: np.random.Generator, folder: Path) -> bool:
    """The arm's answers are those to the cases one further on."""
    given = cases(rng, 60)
    arm = Planted("tuned", given, np.ones(60))
    said = [arm._said[c.id] for c in given]
    arm._said = {c.id: a for c, a in zip(given, [*said[1:], said[0]], strict=True)}
    return refused("arm_broken", [Planted("prompt", given, np.ones(60)), arm], given, folder)


def always_empty(rng: np.random.Generator, folder: Path) -> bool:
    given = cases(rng, 60)
    x, _ = drawn(rng, 60, 0.6, 0.6, 0.4)
    broken = Planted("tuned", given, x)
    broken._said = {c.id: Answered(c.id, "", 0.1, 10, 0) for c in given}
    found = comparing.compare([Planted("prompt", given, x), broken], given, "labels", [], folder)
    return any(phrase.key == "verdict.says_nothing" for phrase in found.verdict.text)


def refused(
    code: str, arms: Sequence[Planted], given: Sequence[Case], folder: Path, kind: str = "labels"
) -> bool:
    try:
        comparing.compare(arms, given, kind, [], folder)  # type: ignore[arg-type]
    except PenalaError as error:
        return error.code == code
    return False


FAULTS = {
    "leaked cases (left out, and named)": leaked,
    "equal fingerprints": equal_fingerprints,
    "input and ideal answer swapped": swapped_column,
    "answers moved by one case": answers_moved,
    "an arm that says nothing": always_empty,
}

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
