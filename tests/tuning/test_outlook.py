"""What more examples would bring: a range that holds on curves of known form, and silence where points do not tell."""

import math
import random

import pytest

from assistant import texts
from assistant.tuning.outlook import DRAWS, Point, outlook, resampled


def _curve(score, noise, seed, sizes=(25, 50, 100)):
    """Points as a pilot gives them: the truth at each size, with the noise of subsets and of validation rows."""
    draw = random.Random(seed)
    points = []
    for size in sizes:
        scores = tuple(score(size) + draw.gauss(0, noise) for _ in range(1 if size == sizes[-1] else 2))
        mean = sum(scores) / len(scores)
        points.append(Point(size, scores, tuple(mean + draw.gauss(0, noise) for _ in range(DRAWS))))
    return points


@pytest.mark.parametrize(
    "score",
    [
        lambda n: 1 - 2.0 * n**-0.4,
        lambda n: 1 - 1.2 * n**-0.25,
        lambda n: 0.3 + 0.08 * math.log(n),
        lambda n: 0.8,
    ],
)
def test_the_range_holds_the_true_gain_four_times_in_five(score) -> None:
    truth = score(200) - score(100)
    said = [outlook(_curve(score, 0.01, seed), 100, 100, 0.1) for seed in range(60)]
    assert all(not one.reason for one in said)
    held = sum(one.low - 0.005 <= truth <= one.high + 0.005 for one in said)
    assert held >= 48
    assert sum(one.high - one.low for one in said) / 60 < 0.09


def test_points_that_scatter_say_nothing() -> None:
    assert outlook(_curve(lambda n: 0.5, 0.08, 3), 100, 100, 0.1).reason == "scattered"


@pytest.mark.parametrize(
    "points, more, rows, untuned, reason",
    [
        (_curve(lambda n: 0.5, 0.01, 1, (50, 100)), 100, 100, 0.1, "few_points"),
        (_curve(lambda n: 0.5, 0.01, 1), 100, 12, 0.1, "few_rows"),
        (_curve(lambda n: 0.5, 0.01, 1), 300, 100, 0.1, "too_far"),
        (_curve(lambda n: 0.5, 0.01, 1), 100, 100, 0.7, "not_better"),
        (_curve(lambda n: 0.999, 0.0, 1), 100, 100, 0.1, "full"),
    ],
)
def test_it_refuses_where_the_points_do_not_support_it(points, more, rows, untuned, reason) -> None:
    assert outlook(points, more, rows, untuned).reason == reason
    for language in texts.LANGUAGES:
        assert texts.say(language, f"tuning.outlook_none.{reason}", more=more, rows=points[-1].rows)


def test_resamples_are_of_the_same_rows_for_every_size() -> None:
    def share(references, answers) -> float:
        return sum(a == b for a, b in zip(references, answers, strict=True)) / len(references)

    right = ["a"] * 30
    first = resampled(share, right, [["a"] * 15 + ["b"] * 15])
    other = resampled(share, right, [["b"] * 15 + ["a"] * 15])
    assert len(first) == DRAWS and all(x + y == pytest.approx(1) for x, y in zip(first, other, strict=True))
    assert 0.45 < sum(first) / DRAWS < 0.55
