import json
import random

import pytest

from assistant.errors import PenalaError
from assistant.evaluation import comparing, metrics
from assistant.evaluation.values import Case

from .scripted import ScriptedArm, label_cases, right, right_but

CONTRACT = {"a", "b", "metric", "difference", "low", "high", "p", "outcome"}


def compared(arms, cases, folder, kind="labels", training=(), **more):
    return comparing.compare(arms, cases, kind, training, folder / "cache", **more)


def test_a_comparison_prints_what_the_command_promises(tmp_path):
    arms = [ScriptedArm("prompt", right_but(*range(0, 40, 2))), ScriptedArm("tuned", right)]
    got = compared(arms, label_cases(40), tmp_path)
    value = json.loads(json.dumps(got.to_json("en"), allow_nan=False))
    assert set(value) == {"arms", "pairs", "verdict"} and list(value["arms"]) == ["prompt", "tuned"]
    for arm in value["arms"].values():
        assert set(arm) == {"metrics", "seconds", "tokens", "cost", "fingerprint"}
        assert all(set(m) == {"value", "low", "high", "n"} for m in arm["metrics"].values())
    assert value["arms"]["prompt"]["metrics"]["accuracy"]["value"] == 0.5
    assert all(set(pair) == CONTRACT for pair in value["pairs"])
    first = value["pairs"][0]
    assert (first["a"], first["b"], first["metric"], first["outcome"]) == (
        "tuned",
        "prompt",
        "accuracy",
        "better",
    )
    assert set(value["verdict"]) == {"outcome", "text", "next_step"} and value["verdict"]["outcome"] == "tune"
    assert got.to_json("id")["verdict"]["text"].startswith("Penyetelan bermanfaat")


def test_saving_and_loading_changes_nothing(tmp_path):
    cases = [
        Case("q1", "apa", "itu", "d1", answers=("ini",)),
        Case("q2", "siapa", ""),
        Case("q3", "di mana", "sini"),
    ]
    arms = [ScriptedArm("prompt", right), ScriptedArm("rag", lambda c: "sini")]
    got = compared(arms, cases, tmp_path, "questions", seed=3)
    comparing.save(got, tmp_path / "r001")
    back = comparing.load(tmp_path / "r001")
    assert repr(back) == repr(got)  # NaN is no equal of itself
    assert back.to_json("id") == got.to_json("id")
    json.loads((tmp_path / "r001" / "comparison.json").read_text(), parse_constant=pytest.fail)
    lines = (tmp_path / "r001" / "answers.jsonl").read_text().splitlines()
    assert len(lines) == 6 and json.loads(lines[0])["arm"] == "prompt"


def test_files_that_are_gone_or_broken_are_said(tmp_path):
    with pytest.raises(PenalaError) as caught:
        comparing.load(tmp_path / "r009")
    assert caught.value.code == "no_comparison"
    got = compared([ScriptedArm("prompt", right)], label_cases(3), tmp_path)
    comparing.save(got, tmp_path / "r001")
    (tmp_path / "r001" / "comparison.json").write_text('{"kind": ')
    with pytest.raises(PenalaError) as caught:
        comparing.load(tmp_path / "r001")
    assert caught.value.code == "comparison_damaged"


def test_cases_seen_in_training_move_no_verdict(tmp_path):
    cases = label_cases(40)
    seen = [c.input.upper() + " ." for c in cases[:20]]
    arms = [ScriptedArm("prompt", right_but(*range(20))), ScriptedArm("tuned", right)]  # memory only
    got = compared(arms, cases, tmp_path, training=seen)
    assert got.leaked == tuple(f"c{i}" for i in range(20))
    assert got.arm("tuned").metric("accuracy").n == 20
    assert got.arm("prompt").metric("accuracy_with_leaked").value == 0.5
    assert got.pair("tuned", "prompt").difference == 0 and got.verdict.outcome != "tune"
    with pytest.raises(PenalaError) as caught:
        compared(arms, cases, tmp_path, training=[c.input for c in cases])
    assert caught.value.code == "all_cases_leaked"


def test_an_arm_that_says_nothing_scores_nothing(tmp_path):
    got = compared(
        [ScriptedArm("prompt", right), ScriptedArm("tuned", lambda c: "")], label_cases(30), tmp_path
    )
    assert got.arm("tuned").metric("accuracy").value == 0
    assert got.verdict.outcome == "do_not_tune" and got.verdict.recommended == "prompt"


@pytest.mark.parametrize("kind", ["labels", "fields", "text", "questions"])
@pytest.mark.parametrize("n", [1, 2, 7])
def test_few_cases_and_equal_scores_are_no_error_and_no_proof(tmp_path, kind, n):
    cases = [Case(f"c{i}", f"masukan {i}", f"Jenis: {'a' if i % 2 else 'b'}") for i in range(n)]
    got = compared([ScriptedArm("prompt", right), ScriptedArm("tuned", right)], cases, tmp_path, kind)
    assert all(p.outcome == "cannot_tell" for p in got.pairs)
    assert got.verdict.outcome in ("collect_more", "cannot_tell") and got.verdict.recommended == "prompt"
    json.dumps(got.to_json("id"), allow_nan=False)


def test_only_unanswerable_questions_are_judged_by_refusal(tmp_path):
    cases = [Case(f"c{i}", f"tanya {i}", "") for i in range(30)]
    arms = [
        ScriptedArm("prompt", lambda c: "karangan"),
        ScriptedArm("rag", lambda c: "Tidak ada di dokumen."),
    ]
    got = compared(
        arms,
        cases,
        tmp_path,
        "questions",
        aids=metrics.Aids(refuses=lambda text: text.startswith("Tidak ada")),
    )
    assert got.primary == "refusal_right" and got.verdict.recommended == "rag"


def test_cases_of_one_source_count_together(tmp_path):
    arms = [ScriptedArm("prompt", right_but(0, 4, 8)), ScriptedArm("tuned", right)]
    got = compared(arms, label_cases(40, groups=4), tmp_path)
    pair = got.pair("tuned", "prompt")
    assert (pair.n, pair.groups, pair.outcome) == (40, 4, "cannot_tell")
    assert got.verdict.outcome == "collect_more"


def test_equal_arms_are_rarely_called_better(tmp_path):
    """Planted truth, small: three arms of equal skill, 60 comparisons; a false "better" in about one of twenty."""
    rng, wrong = random.Random(1), 0
    for run in range(60):
        arms = [
            ScriptedArm(name, right_but(*rng.sample(range(40), 12)), f"{name} {run}")
            for name in ("prompt", "rag", "tuned")
        ]
        got = compared(arms, label_cases(40), tmp_path)
        wrong += any(p.outcome in ("better", "worse") for p in got.pairs if p.metric == got.primary)
    assert wrong <= 8  # binomial(60, .05): 99 % lie below


def test_holm_runs_over_the_pairs_of_the_primary_metric(tmp_path):
    arms = [
        ScriptedArm(n, right_but(*w)) for n, w in (("prompt", range(8)), ("rag", range(2)), ("tuned", ()))
    ]
    got = compared(arms, label_cases(40), tmp_path)
    from assistant.evaluation.statistics import mcnemar_midp

    assert got.pair("tuned", "prompt").p == pytest.approx(3 * mcnemar_midp(8, 0))
    assert got.pair("rag", "prompt").p == pytest.approx(2 * mcnemar_midp(6, 0))


def test_the_main_metric_and_what_matters_are_declared_before_any_answer(tmp_path):
    arms = [ScriptedArm("prompt", right_but(0)), ScriptedArm("tuned", right)]
    got = compared(arms, label_cases(40), tmp_path, declared="macro_f1", margin=0.1)
    assert got.primary == "macro_f1" and got.pairs[0].metric == "macro_f1" and got.margin == 0.1
    for more, code in (({"declared": "chrf"}, "unknown_primary"), ({"margin": 0.0}, "margin_out_of_range")):
        asked = ScriptedArm("prompt", right)
        with pytest.raises(PenalaError) as caught:
            compared([asked], label_cases(4), tmp_path, **more)
        assert caught.value.code == code and not asked.asked


@pytest.mark.parametrize(("said", "words"), [("", "tidak memberi teks"), ("netral", "jawaban yang sama")])
def test_a_broken_arm_is_named_in_the_verdict(tmp_path, said, words):
    got = compared(
        [ScriptedArm("prompt", right), ScriptedArm("tuned", lambda c: said)], label_cases(40), tmp_path
    )
    assert words in got.verdict.say("id") and got.verdict.recommended == "prompt"


def test_columns_that_were_swapped_stop_the_comparison(tmp_path):
    turned = [Case(c.id, c.reference, c.input) for c in label_cases(40)]
    with pytest.raises(PenalaError) as caught:
        compared([ScriptedArm("prompt", right)], turned, tmp_path, kind="text")
    assert caught.value.code == "columns_swapped"


def test_a_target_is_kept_with_the_comparison(tmp_path):
    arms = [ScriptedArm("prompt", right), ScriptedArm("tuned", right_but(1))]
    got = compared(arms, label_cases(60), tmp_path, target=0.9)
    assert got.verdict.recommended == "prompt" and "target" in got.verdict.say("id")
    comparing.save(got, tmp_path / "r001")
    assert comparing.load(tmp_path / "r001").target == 0.9
    with pytest.raises(PenalaError) as caught:
        compared(arms, label_cases(60), tmp_path, target=90.0)
    assert caught.value.code == "target_out_of_range"
