"""Successive halving keeps what is better, within its budget, and makes no try twice."""

from assistant.tuning import halving
from assistant.tuning.halving import Setting, Try, affordable, cost, halve, rounds, settings, within
from assistant.tuning.plan import plan

OWN = plan("tiny", epochs=3, rank=16, rate=1e-3)


def test_the_plans_own_setting_comes_first_and_no_setting_twice() -> None:
    found = settings(OWN)
    assert found[0] == Setting(1e-3, 16, 3) and len(set(found)) == len(found) <= halving.MOST
    assert found[1] == Setting(3e-3, 16, 3)  # the rate matters most


def test_the_best_setting_reaches_the_whole_data() -> None:
    """A made world in which the score tells the best setting only from half the rows on."""
    best = Setting(3e-3, 16, 6)

    def run(one: Try) -> tuple[float, float]:
        return (0.9 if one.setting == best else 0.5 if one.setting.rate > 1e-3 else 0.3) + one.share / 10, 0.0

    tried = list(halve(settings(OWN), run))
    assert [sum(t.share == share for t, _ in tried) for share in halving.SHARES] == rounds(12) == [12, 6, 3]
    assert max(tried, key=lambda pair: (pair[0].share, pair[1]))[0] == Try(best, 1.0)
    assert len({one.name for one, _ in tried}) == len(tried)


def test_the_budget_bounds_the_tries() -> None:
    assert within(OWN, 7) == settings(OWN)[:4] and sum(rounds(4)) == 7
    chosen = affordable(OWN, 30.0)
    assert len(chosen) >= 2 and cost(chosen) <= 30.0
    assert len(affordable(OWN, 1.0)) == 2  # one setting would be no search
    assert len(affordable(OWN, 1e6)) == halving.MOST


def test_a_spent_budget_ends_it_with_what_was_tried() -> None:
    left = [3]

    def run(one: Try) -> tuple[float, float] | None:
        left[0] -= 1
        return (one.setting.rate, 0.0) if left[0] >= 0 else None

    assert len(list(halve(settings(OWN), run))) == 3
