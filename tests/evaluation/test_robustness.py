"""Arms asked the same otherwise: what a change of writing costs, and whether the answer stays the same."""

from dataclasses import replace

import pytest

from assistant import texts
from assistant.dataset import noise
from assistant.evaluation import comparing, robustness
from assistant.journey import asked_otherwise

from .scripted import ScriptedArm, label_cases, right


@pytest.fixture
def cases():
    return [
        replace(c, input=f"Saya tidak puas dengan pesanan nomor {n}, kapan barangnya dikirim?")
        for n, c in enumerate(label_cases(60))
    ]


def brittle(cases):
    """Right only where the input is written as it was."""
    known = {case.input: case.reference for case in cases}
    return ScriptedArm("prompt", lambda case: known.get(case.input, "netral"))


def test_an_arm_that_only_knows_the_written_words_is_told_to_suffer(cases, tmp_path):
    arms = [brittle(cases), ScriptedArm("tuned", right)]
    found = comparing.compare(arms, cases, "labels", [cases[0].input], tmp_path / "cache")
    seen = []
    held = asked_otherwise.measure(
        found, arms, 50, tmp_path / "cache", tmp_path, lambda *at: seen.append(at), comparing.metrics.NO_AIDS
    )
    by = {(h.arm, h.way): h for h in held}
    assert len(held) == 8 and robustness.load(tmp_path) == held
    for way in ("typing", "slang", "wording"):
        h = by["prompt", way]
        assert h.outcome == "worse" and h.change < -0.4 and h.low <= h.change <= h.high < 0 and h.alike < 0.7
        assert by["tuned", way].change == 0 and by["tuned", way].alike == 1
    assert by["prompt", "again"].change == 0 and by["prompt", "again"].alike == 1
    assert all(h.n in (49, 50) for h in held)  # the leaked case is left out where it was drawn
    assert seen[-1][:2] == (seen[-1][1], seen[-1][1]) and [done for done, *_ in seen] == sorted(
        done for done, *_ in seen
    )
    for language in texts.LANGUAGES:
        told = robustness.told(held, language)
        assert len(told) == 3 and all("prompt" in one.lower() for one in told)


def test_an_arm_that_answers_now_so_now_so_is_not_alike(cases, tmp_path):
    turn = iter(range(1000))
    arm = ScriptedArm("prompt", lambda case: "positif" if next(turn) % 2 else "negatif")
    found = comparing.compare([arm], cases, "labels", [], tmp_path)
    asked = {robustness.AGAIN: {case.id: case.input for case in cases}}
    [held] = robustness.measure(found, [arm], asked, tmp_path)
    assert held.alike < 0.8 and held.n == 60
    asked_before = len(arm.asked)
    assert robustness.measure(found, [arm], asked, tmp_path) == [held] and len(arm.asked) == asked_before


def test_under_macro_f1_and_with_too_few_cases(cases, tmp_path):
    arm = brittle(cases)
    found = comparing.compare([arm], cases, "labels", [], tmp_path, declared="macro_f1")
    few = {"slang": {case.id: case.input.lower() for case in cases[:5]}}
    assert robustness.measure(found, [arm], few, tmp_path) == []
    every = {"slang": {case.id: noise.slang(case.input) for case in cases}}
    [held] = robustness.measure(found, [arm], every, tmp_path)
    assert held.before == 1 and held.after < 0.5 and held.outcome == "worse"


def test_nothing_asked_says_nothing(tmp_path):
    assert robustness.load(tmp_path) == [] and robustness.told([], "id") == []
    (tmp_path / "robustness.json").write_text("{damaged")
    assert robustness.load(tmp_path) == []
