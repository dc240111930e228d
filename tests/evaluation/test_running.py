import json

import pytest

from assistant.errors import PenalaError
from assistant.evaluation import running
from assistant.evaluation.values import Answered, Case

from .scripted import ScriptedArm, label_cases, right


def test_answers_come_in_the_order_of_the_cases_though_asked_in_another(tmp_path):
    cases, arm = label_cases(20), ScriptedArm("prompt", lambda c: f"to {c.id}")
    (answers,) = running.run([arm], cases, tmp_path)
    assert [a.text for a in answers] == [f"to c{i}" for i in range(20)]
    assert arm.asked != [c.id for c in cases] and sorted(arm.asked) == sorted(c.id for c in cases)
    again = ScriptedArm("rag", right)
    running.run([again], cases, tmp_path)
    assert again.asked == arm.asked  # every arm meets the cases in the same order


def test_a_second_run_asks_nothing_and_a_new_case_only_itself(tmp_path):
    cases = label_cases(10)
    first = running.run([ScriptedArm("prompt", right)], cases, tmp_path)
    arm = ScriptedArm("prompt", lambda c: "never said")
    assert running.run([arm], cases, tmp_path) == first and arm.asked == []
    running.run([arm], [*cases, Case("new", "baru", "positif")], tmp_path)
    assert arm.asked == ["new"]


def test_another_fingerprint_is_asked_anew(tmp_path):
    cases = label_cases(3)
    running.run([ScriptedArm("prompt", right)], cases, tmp_path)
    arm = ScriptedArm("prompt", right, fingerprint="another adapter")
    running.run([arm], cases, tmp_path)
    assert len(arm.asked) == 3


def test_the_same_input_is_asked_once_and_answers_both_cases(tmp_path):
    arm = ScriptedArm("prompt", right)
    (answers,) = running.run([arm], [Case("a", "x", "1"), Case("b", "x", "1")], tmp_path)
    assert len(arm.asked) == 1 and [a.case for a in answers] == ["a", "b"]


def test_a_kill_loses_no_answered_batch_and_a_torn_line_is_asked_again(tmp_path):
    cases = label_cases(10)

    def stops(case):
        if case.id == order[7]:
            raise KeyboardInterrupt
        return case.reference

    probe = ScriptedArm("prompt", right, fingerprint="probe")
    running.run([probe], cases, tmp_path / "probe")
    order = probe.asked
    with pytest.raises(KeyboardInterrupt):
        running.run([ScriptedArm("prompt", stops)], cases, tmp_path, batch=3)
    (file,) = tmp_path.glob("*.jsonl")
    file.write_bytes(file.read_bytes()[:-9])  # the last line is torn
    arm = ScriptedArm("prompt", right)
    (answers,) = running.run([arm], cases, tmp_path, batch=3)
    assert [a.text for a in answers] == [c.reference for c in cases]
    assert sorted(arm.asked) == sorted(order[5:])
    whole = [line for line in file.read_text().splitlines() if line.endswith("}")]
    assert len([json.loads(line) for line in whole]) == 10


def test_text_that_is_no_unicode_is_kept_all_the_same(tmp_path):
    arm = ScriptedArm("prompt", lambda c: "rusak \ud83d\u2028 baris")
    running.run([arm], label_cases(2), tmp_path)
    (answers,) = running.run([ScriptedArm("prompt", right)], label_cases(2), tmp_path)
    assert answers[0].text.startswith("rusak ")


def test_progress_is_told_batch_by_batch(tmp_path):
    told = []
    running.run([ScriptedArm("prompt", right)], label_cases(5), tmp_path, lambda *x: told.append(x), batch=2)
    assert told == [(0, 5, "prompt"), (2, 5, "prompt"), (4, 5, "prompt"), (5, 5, "prompt")]


class Broken(ScriptedArm):
    def answer(self, cases) -> list[Answered]:
        return super().answer(cases)[:-1]


@pytest.mark.parametrize(
    ("arms", "code"),
    [
        ([], "no_arms"),
        ([ScriptedArm("prompt", right), ScriptedArm("prompt", right, "other")], "arm_name_twice"),
        ([ScriptedArm("prompt", right, "same"), ScriptedArm("tuned", right, "same")], "same_arm_twice"),
        ([Broken("tuned", right)], "arm_broken"),
    ],
)
def test_arms_that_compare_nothing_are_refused(tmp_path, arms, code):
    with pytest.raises(PenalaError) as caught:
        running.run(arms, label_cases(4), tmp_path)
    assert caught.value.code == code and caught.value.say("id").message != caught.value.say("en").message
