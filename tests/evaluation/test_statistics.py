import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assistant.evaluation import statistics as s

scores = st.lists(st.floats(0, 1, allow_nan=False), min_size=1, max_size=40)


@given(scores)
def test_a_mean_lies_in_its_interval_and_the_interval_in_0_to_1(x):
    got = s.mean_interval(x)
    assert 0 <= got.low <= got.value + 1e-9 and got.value - 1e-9 <= got.high <= 1
    assert got.n == len(x) and got.value == pytest.approx(np.mean(x))


@given(st.integers(0, 60), st.integers(0, 60))
def test_shares_get_an_interval_that_holds_wilsons(right, wrong):
    if right + wrong == 0:
        return
    got = s.mean_interval([1.0] * right + [0.0] * wrong)
    wilson = stats.binomtest(right, right + wrong).proportion_ci(method="wilson")
    assert 0 <= got.low <= wilson.low + 1e-9 and wilson.high - 1e-9 <= got.high <= 1
    if right and wrong and got.low > 0 and got.high < 1:  # about the same middle
        assert got.low + got.high == pytest.approx(wilson.low + wilson.high)


@pytest.mark.parametrize("n", [10, 20, 30, 50, 100])
@pytest.mark.parametrize("true", [0.5, 0.8, 0.95])
def test_the_interval_of_a_share_covers_what_it_says(n, true):
    """By all outcomes that there are, without drawing any. Wilson's covers .924 at 20 cases and .95."""
    held = [s.mean_interval([1.0] * k + [0.0] * (n - k)) for k in range(n + 1)]
    covered = sum(stats.binom.pmf(k, n, true) for k, got in enumerate(held) if got.low <= true <= got.high)
    assert covered >= 0.935  # at 50 cases and .5, where outcomes are few and far apart; .94 elsewhere


def test_graded_scores_get_the_t_interval_as_scipy_has_it():
    x = np.random.default_rng(0).beta(4, 2, 25)
    got = s.mean_interval(x)
    want = stats.ttest_1samp(x, 0).confidence_interval()
    assert (got.low, got.high) == pytest.approx((want.low, want.high))


def test_paired_graded_scores_get_the_paired_t_test_as_scipy_has_it():
    rng = np.random.default_rng(1)
    a, b = rng.random(30), rng.random(30)
    got, want = s.paired(a, b), stats.ttest_rel(a, b)
    assert got.p == pytest.approx(want.pvalue)
    assert (got.low, got.high) == pytest.approx(tuple(want.confidence_interval()))
    assert got.spread == pytest.approx((a - b).std(ddof=1))


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (1, 0), (5, 5), (10, 2), (3, 17), (60, 40)])
def test_mid_p_mcnemar_is_the_exact_test_less_half_the_observed_on_each_side(wins, losses):
    n = wins + losses
    exact = stats.binomtest(wins, n).pvalue if n else 1.0
    observed = stats.binom.pmf(wins, n, 0.5)
    # at equal counts the exact p is capped at 1, and so is the mid-p
    want = exact - observed if wins != losses else 1.0
    assert s.mcnemar_midp(wins, losses) == pytest.approx(want)


def test_right_and_wrong_answers_use_mcnemar():
    a = [1.0] * 10 + [0.0] * 2 + [1.0] * 18
    b = [0.0] * 10 + [1.0] * 2 + [1.0] * 18
    got = s.paired(a, b)
    assert got.p == pytest.approx(s.mcnemar_midp(10, 2)) and got.value == pytest.approx(8 / 30)
    # Bonett and Price (2012): (f12 + 1, f21 + 1) of n + 2
    up, down = 11 / 32, 3 / 32
    half = 1.959964 * math.sqrt((up + down - (up - down) ** 2) / 32)
    assert (got.low, got.high) == pytest.approx((up - down - half, up - down + half), abs=1e-6)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(0, 6)), min_size=1, max_size=30))
def test_turning_a_pair_turns_its_sign_and_nothing_else(rows):
    a, b, groups = zip(*[(x, y, str(g)) for x, y, g in rows], strict=True)
    one, other = s.paired(a, b, groups), s.paired(b, a, groups)
    assert one.value == pytest.approx(-other.value) and one.p == pytest.approx(other.p)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-9)
    assert -1 <= one.low <= one.value + 1e-9 and one.value - 1e-9 <= one.high <= 1 and 0 <= one.p <= 1


def test_clusters_of_one_are_the_plain_t_test():
    x = np.random.default_rng(2).random(12)
    sizes = np.arange(12)
    se, df = s.standard_error(x, sizes)
    assert se == pytest.approx(stats.sem(x)) and df == 11
    # the general formulas, which the closed form replaces, agree: two cases a cluster, all equal within
    se, df = s.standard_error(np.repeat(x, 2), np.repeat(sizes, 2))
    assert se == pytest.approx(stats.sem(x)) and df == pytest.approx(11)


def test_the_same_answer_ten_times_over_is_no_more_evidence():
    rng = np.random.default_rng(3)
    a, b = rng.random(8), rng.random(8)
    alone = s.paired(a, b)
    copied = s.paired(np.repeat(a, 10), np.repeat(b, 10), [f"s{i}" for i in range(8) for _ in range(10)])
    assert (copied.low, copied.high) == pytest.approx((alone.low, alone.high))
    assert s.paired(np.repeat(a, 10), np.repeat(b, 10)).p < copied.p


def test_unnamed_groups_stand_alone():
    assert s.group_codes(["", "x", "", "x"], 4).tolist() == [0, 1, 2, 1]
    with pytest.raises(ValueError):
        s.group_codes(["x"], 2)


def test_one_case_says_nothing_but_that_anything_is_possible():
    assert (s.mean_interval([0.7]).low, s.mean_interval([0.7]).high) == (0.0, 1.0)
    d = s.paired([0.9], [0.1])
    assert (d.low, d.high, d.p) == (-1.0, 1.0, 1.0) and s.outcome(d, d.p) == "cannot_tell"
    one = s.mean_interval([1.0])
    assert one.low < 0.25 and one.high == 1.0
    same_source = s.paired([1.0, 1.0], [0.0, 0.0], ["s", "s"])
    assert s.outcome(same_source, same_source.p) == "cannot_tell"


def test_equal_scores_are_no_certainty():
    few, many = s.paired([0.5] * 10, [0.5] * 10), s.paired([0.5] * 100, [0.5] * 100)
    assert few.low < -0.2 and s.outcome(few, few.p) == "cannot_tell"
    assert s.outcome(many, many.p) == "equivalent"


def test_holm_against_a_worked_example():
    # Holm (1979): .01·4, .02·3, .03·2 -> not below .06, .04
    assert s.holm([0.01, 0.04, 0.03, 0.02]) == pytest.approx([0.04, 0.06, 0.06, 0.06])
    assert s.holm([]) == [] and s.holm([0.7, 0.9]) == [1.0, 1.0]


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_lowers_a_p_and_keeps_their_order(ps):
    adjusted = s.holm(ps)
    assert all(p <= a <= 1 for p, a in zip(ps, adjusted, strict=True))
    ranked = [a for _, a in sorted(zip(ps, adjusted, strict=True))]
    assert ranked == sorted(ranked)


def made(value: float, half: float, n: int = 100, p: float = 0.01) -> s.Difference:
    return s.Difference(value, value - half, value + half, p, n, n, 0.5)


@pytest.mark.parametrize(
    ("difference", "want"),
    [
        (made(0.2, 0.1), "better"),
        (made(-0.2, 0.1), "worse"),
        (made(0.2, 0.3, p=0.2), "cannot_tell"),
        (made(0.2, 0.1, p=0.06), "cannot_tell"),  # the correction took it away
        (made(0.02, 0.01), "equivalent"),  # real, and too small to matter
        (made(0.0, 0.04, n=40, p=1.0), "cannot_tell"),  # too few to rule a rare failure out
        (made(0.5, 0.1, n=5), "cannot_tell"),
    ],
)
def test_what_a_difference_shows(difference, want):
    assert s.outcome(difference, difference.p) == want


def test_planning_figures_are_those_of_the_tables():
    # right or wrong, arms that differ on a quarter of the cases
    assert [round(100 * s.detectable(n)) for n in (30, 50, 100, 200)] == [26, 20, 14, 10]
    assert s.detectable(1) == 1.0
    for size in (0.05, 0.1, 0.3):
        n = s.cases_for(size)
        assert s.detectable(n) <= size < s.detectable(n - 1)


def test_more_cases_asks_for_less_where_more_is_known():
    unsure = s.paired([1.0, 0.0] * 15, [0.0, 0.0] * 14 + [1.0, 1.0])
    assert s.outcome(unsure, unsure.p) == "better"
    small, large = made(0.08, 0.1, p=0.3), made(0.15, 0.2, p=0.3)
    assert 1 <= s.more_cases(large) < s.more_cases(small)
    assert s.more_cases(s.paired([0.5] * 40, [0.5] * 40)) == 20  # 60 are needed to say "equivalent"


def test_two_equal_arms_are_rarely_told_apart():
    """Planted truth, small: 400 comparisons of equal arms; p < .05 in about one of twenty."""
    rng, called = np.random.default_rng(4), 0
    for _ in range(400):
        hard = rng.random(40)
        a, b = (
            ((rng.random(40) * 0.6 + hard * 0.4) < 0.6).astype(float),
            ((rng.random(40) * 0.6 + hard * 0.4) < 0.6).astype(float),
        )
        d = s.paired(a, b)
        called += s.outcome(d, d.p) in ("better", "worse")
    assert called <= 33  # binomial(400, .05): 99.9 % lie below


def test_a_large_difference_is_found():
    rng, found = np.random.default_rng(5), 0
    for _ in range(100):
        a, b = (rng.random(60) < 0.85).astype(float), (rng.random(60) < 0.5).astype(float)
        d = s.paired(a, b)
        found += s.outcome(d, d.p) == "better"
    assert found >= 90


def test_no_scores_or_unequal_ones_are_refused():
    for call in (
        lambda: s.mean_interval([]),
        lambda: s.mean_interval([math.nan]),
        lambda: s.paired([1.0], [1.0, 0.0]),
        lambda: s.cases_for(0.0),
    ):
        with pytest.raises(ValueError):
            call()
