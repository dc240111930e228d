"""Krippendorff's alpha against the values he published, and its interval against what it promises."""

import numpy as np
import pytest

from assistant.dataset.reviews.alpha import agreement

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), examples A, B and C; "." is no value.
A = ("0100000010", "1110010000")
B = ("aabbdcccedda", "babbbcccedd d".replace(" ", ""))
C = ("123321412...", "1233224125.3", ".33323422 51.".replace(" ", ""), "1233244125 1.".replace(" ", ""))


def units(rows):
    return [[value for value in unit if value != "."] for unit in zip(*rows, strict=True)]


@pytest.mark.parametrize(("rows", "published"), [(A, 0.095), (B, 0.692), (C, 0.743)])
def test_alpha_is_the_published_one(rows, published):
    found = agreement(units(rows))
    assert round(found.alpha, 3) == published
    assert (found.low, found.high) == (None, None)  # too few units for an interval
    again = agreement(units(rows) * 4)
    assert again.low < again.alpha < again.high


def test_a_unit_with_one_value_does_not_count():
    found = agreement(units(C))
    assert (found.units, found.values) == (11, 40)


def test_what_cannot_be_known_is_not_made_up():
    assert agreement([]).alpha is None
    assert agreement([["a"], ["b"]]).units == 0
    all_alike = agreement([["a", "a"]] * 50)
    assert (all_alike.alpha, all_alike.low, all_alike.same) == (None, None, 1.0)
    assert agreement([["a", "a"], ["b", "b"]]).alpha == 1
    assert agreement([["a", "b"]] * 20).alpha < 0


def test_agreement_without_exception_is_not_taken_for_certain():
    """In 60 units of two equally frequent values up to a twentieth may be disputed unseen: alpha 0.9 at least."""
    found = agreement([["a", "a"], ["b", "b"]] * 30)
    assert (found.alpha, found.high) == (1, 1)
    assert found.low == pytest.approx(0.9, abs=0.001)


def test_the_interval_holds_the_true_value_as_often_as_it_says():
    """Two people who each err on a quarter of 120 units of two equally frequent values: the true alpha is 0.25."""
    draw, held = np.random.default_rng(5), 0
    for study in range(200):
        truth = draw.integers(0, 2, 120)
        said = np.stack([np.where(draw.random(120) < 0.25, 1 - truth, truth) for _ in range(2)])
        found = agreement(said.T.tolist(), seed=study)
        held += found.low <= 0.25 <= found.high
    assert 180 <= held <= 198
