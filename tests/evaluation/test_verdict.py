import math

import pytest

from assistant.evaluation import statistics, verdict
from assistant.evaluation.values import ArmResult, Metric, Pair, arm_name, metric_name

ORDER = ["classifier", "prompt", "few_shot", "rag", "tuned", "tuned_rag"]


def arm(name, value, seconds=1.0, n=100):
    metric = Metric("accuracy", value, max(0, value - 0.1), min(1, value + 0.1), n)
    return ArmResult(name, f"print of {name}", (metric,), seconds, 20.0, 0.0)


def judge(values, half=0.08, n=100, unsure=(), seconds=None):
    """The verdict on arms of those values, every pair's interval ± half (wide for the unsure pairs)."""
    arms = [arm(name, value, (seconds or {}).get(name, 1.0), n) for name, value in values.items()]
    pairs = []
    for i, a in enumerate(arms):
        for b in arms[:i]:
            d, h = values[a.name] - values[b.name], 0.4 if {a.name, b.name} in unsure else half
            p = 0.001 if abs(d) > h else 0.5
            found = statistics.Difference(d, d - h, d + h, p, n, n, 0.5)
            pairs.append(
                Pair(a.name, b.name, "accuracy", d, d - h, d + h, p, statistics.outcome(found, p), n, n, 0.5)
            )
    return verdict.decide(arms, pairs, "accuracy")


@pytest.mark.parametrize(
    ("values", "more", "outcome", "recommended"),
    [
        ({"prompt": 0.5, "tuned": 0.8}, {}, "tune", "tuned"),
        ({"prompt": 0.8, "tuned": 0.6}, {}, "do_not_tune", "prompt"),
        ({"prompt": 0.8, "tuned": 0.81}, {"half": 0.03}, "do_not_tune", "prompt"),
        ({"prompt": 0.7, "tuned": 0.75}, {}, "cannot_tell", "prompt"),
        ({"prompt": 0.75, "tuned": 0.70}, {}, "do_not_tune", "prompt"),  # at most 3 points to gain
        ({"prompt": 0.75, "tuned": 0.70}, {"half": 0.2}, "cannot_tell", "prompt"),
        ({"classifier": 0.9, "prompt": 0.5, "tuned": 0.7}, {}, "do_not_tune", "classifier"),
        ({"prompt": 0.5, "rag": 0.8, "tuned": 0.6, "tuned_rag": 0.7}, {}, "do_not_tune", "rag"),
        ({"prompt": 0.5, "rag": 0.6, "tuned": 0.8, "tuned_rag": 0.81}, {}, "tune", "tuned"),
        ({"prompt": 0.5, "rag": 0.8}, {}, "recommend", "rag"),
        ({"prompt": 0.8, "rag": 0.6}, {}, "recommend", "prompt"),
        ({"prompt": 0.8, "rag": 0.81}, {"half": 0.03}, "recommend", "prompt"),
        ({"prompt": 0.7, "rag": 0.75}, {}, "cannot_tell", "prompt"),
        ({"tuned": 0.5, "tuned_rag": 0.8}, {}, "recommend", "tuned_rag"),
        ({"prompt": 0.8}, {}, "one_arm", "prompt"),
        ({"prompt": 0.0, "tuned": 0.0}, {"half": 0.03}, "none_works", ""),
        ({"prompt": 0.2, "tuned": 1.0}, {"n": 4}, "collect_more", "prompt"),
        ({"prompt": 0.7, "tuned": 0.75}, {"n": 12, "half": 0.3}, "collect_more", "prompt"),
        # few_shot is open, yet tuned is settled: it is worse
        (
            {"prompt": 0.7, "few_shot": 0.72, "tuned": 0.5},
            {"unsure": [{"prompt", "few_shot"}]},
            "do_not_tune",
            "prompt",
        ),
    ],
)
def test_what_to_do(values, more, outcome, recommended):
    found = judge(values, **more)
    assert (found.outcome, found.recommended) == (outcome, recommended)
    for language in ("en", "id"):
        said = found.say(language) + found.next_step.say(language)
        assert said and "{" not in said and "nan" not in said


def test_the_plain_words():
    assert (
        judge({"prompt": 0.8, "tuned": 0.6})
        .say("en")
        .startswith("Do not tune: prompt is better than tuned model")
    )
    assert judge({"prompt": 0.8, "tuned": 0.6}).say("id").startswith("Jangan menyetel: prompt lebih baik")
    assert "Cannot tell yet" in judge({"prompt": 0.7, "tuned": 0.75}).say("en")
    assert "20,0 poin akurasi" in judge({"prompt": 0.6, "tuned": 0.8}).say("id")


def test_what_a_gain_costs_is_said_beside_it():
    slow = judge({"prompt": 0.5, "tuned_rag": 0.8}, seconds={"prompt": 0.5, "tuned_rag": 3.0})
    assert "3.00 s instead of 0.50 s" in slow.say("en")
    assert "instead of" not in judge({"prompt": 0.5, "tuned": 0.8}).say("en")


def test_a_difference_too_small_to_find_is_no_reason_to_write_thousands_of_cases():
    found = judge({"prompt": 0.70, "tuned": 0.73}, half=0.08)
    assert found.outcome == "cannot_tell" and "more than 1,000" in found.next_step.say("en")


def test_two_tuned_runs_have_names_of_their_own():
    assert arm_name("en", "tuned:r002") == "tuned model (r002)"
    assert judge({"prompt": 0.5, "tuned:r001": 0.6, "tuned:r002": 0.8}).recommended == "tuned:r002"
    assert metric_name("en", "field:kategori") == 'field "kategori"'
    assert "included" in metric_name("en", "accuracy_with_leaked")


def test_without_a_metric_there_is_nothing_to_judge():
    bare = ArmResult("prompt", "x", (), 1, 1, 0)
    assert verdict.decide([bare], [], "accuracy").outcome == "collect_more"


def test_a_pair_turned_twice_is_itself():
    pair = Pair("a", "b", "accuracy", 0.1, -0.1, 0.3, 0.04, "better", 10, 10, 0.5)
    assert pair.turned().turned() == pair and pair.turned().outcome == "worse"
    assert math.isclose(pair.turned().low, -0.3)


def test_the_simplest_arm_that_surely_meets_the_target_is_enough():
    arms = [arm("prompt", 0.6), arm("rag", 0.9), arm("tuned", 0.99)]
    pairs = [
        Pair(a.name, b.name, "accuracy", d, d - 0.05, d + 0.05, 0.001, "better", 100, 100, 0.5)
        for a, b, d in ((arms[1], arms[0], 0.3), (arms[2], arms[0], 0.39), (arms[2], arms[1], 0.09))
    ]
    got = verdict.decide(arms, pairs, "accuracy", target=0.75)
    assert (got.outcome, got.recommended) == ("do_not_tune", "rag") and "target" in got.say("en")
    assert (
        verdict.decide(arms, pairs, "accuracy", target=0.85).recommended == "tuned"
    )  # rag's interval begins at .8
    assert verdict.decide(arms[:2], pairs[:1], "accuracy", target=0.75).outcome == "recommend"
    assert verdict.decide(arms, pairs, "accuracy", target=0.999).outcome == "tune"  # as without a target
