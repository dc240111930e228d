"""What the compare page shows of a job and of its result, and the sheets it offers."""

import csv
import io
import json
import os
from dataclasses import replace

import psutil
import pytest

from assistant.evaluation import comparing, slices
from assistant.evaluation.values import Answered, Case
from assistant.jobs import Job
from assistant.ui.compare import details_view, job_view, results_view, sheets

EVIL = "=HYPERLINK(1)<img src=x onerror=alert(1)>"


class Scripted:
    """An arm that always says the same."""

    def __init__(self, name, text):
        self.name, self.fingerprint, self.text = name, name, text

    def answer(self, cases):
        return [Answered(case.id, self.text, 0.5, 10, 3) for case in cases]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    cases = [Case(f"c{n}", f"{EVIL} {n}", "good" if n < 20 else "bad", f"s{n}") for n in range(30)]
    arms = [Scripted("prompt", EVIL), Scripted("tuned", "good")]
    return comparing.compare(arms, cases, "labels", [], tmp_path_factory.mktemp("cache"))


def _job(project, events, **request):
    folder = project.comparisons / "r001"
    folder.mkdir(parents=True)
    asked = {"test": "v001:test", "arms": [], "run": None, "limit": None, "model": None, "seed": 0, **request}
    (folder / "spec.json").write_text(json.dumps({"kind": "compare", "request": asked}))
    at = "2026-11-22T10:00:00+00:00"
    (folder / "events.jsonl").write_text(
        "".join(json.dumps({"kind": k, "at": at, **v}) + "\n" for k, v in events)
    )
    own = {"pid": os.getpid(), "started": psutil.Process().create_time()}
    (folder / "process.json").write_text(json.dumps(own))
    return Job(folder)


def test_each_arm_shows_how_far_it_is(project):
    events = [
        ("started", {}),
        ("progress", {"stage": "prompt", "done": 16, "total": 16}),
        ("progress", {"stage": "tuned", "done": 4, "total": 16}),
    ]
    said = job_view.running(_job(project, events, arms=["prompt", "tuned", "tuned_rag"]), "id")
    assert "Sedang menjawab: model hasil penyetelan" in said
    assert "16 · 100 %" in said and "4 · 25 %" in said and "menunggu" in said
    assert 'data-do="cancel"' in said


def test_before_the_first_answer_the_models_are_loading(project):
    assert "Loading the models" in job_view.running(_job(project, [("started", {})]), "en")


def test_a_failed_comparison_says_why_and_can_go_on(project):
    failed = ("failed", {"code": "all_cases_leaked", "values": {"cases": "12"}})
    said = job_view.ended(_job(project, [("started", {}), failed]), "failed", "en")
    assert "All 12 test cases are in the training data too" in said and 'data-do="resume"' in said


def test_the_command_repeats_the_request(project):
    job = _job(project, [], arms=["prompt", "tuned"], run="r002", limit=16)
    assert job_view.command(job, project) == (
        f"penala compare --project {project.folder} --test v001:test --arms prompt,tuned --run r002 --limit 16 --no-probe"
    )


def test_the_command_holds_what_was_declared(project):
    job = _job(project, [], primary="macro_f1", margin=0.03, target=0.85, probe=True)
    assert job_view.command(job, project).endswith("v001:test --primary macro_f1 --margin 3 --target 85")


def test_the_result_is_inert(found):
    for language in ("id", "en"):
        shown = [
            results_view.verdict(found, language),
            results_view.arms(found, language),
            results_view.metrics(found, language),
            results_view.pairs(found, language),
            results_view.case(found, 0, "1", language),
            results_view.live_answer("prompt", EVIL, EVIL, language, "0"),
        ]
        assert all("<img" not in html for html in shown)


def test_the_table_marks_what_the_verdict_recommends(found):
    said = results_view.arms(found, "id")
    assert found.verdict.recommended == "tuned"
    assert said.index("prompt") < said.index("p-chosen") < said.index("model hasil penyetelan")


def test_the_worst_cases_of_the_best_arm_come_first(found):
    order = results_view.order(found, "worst")
    assert sorted(order) == list(range(30)) and set(order[:10]) == set(range(20, 30))
    assert set(results_view.order(found, "changed")[:20]) == set(range(20))
    assert results_view.order(found, "order") == list(range(30))


def test_under_macro_f1_single_cases_are_judged_by_accuracy(found, tmp_path):
    arms = [Scripted("prompt", EVIL), Scripted("tuned", "good")]
    declared = comparing.compare(arms, found.cases, "labels", [], tmp_path, declared="macro_f1")
    assert declared.primary == "macro_f1"
    for by in ("worst", "changed", "order"):
        assert results_view.order(declared, by) == results_view.order(found, by)
    assert ">100<" in results_view.case(declared, 0, "1", "id")
    answers = list(csv.DictReader(io.StringIO(sheets.answers(declared))))
    assert [row["accuracy"] for row in answers if row["arm"] == "tuned"][19:21] == ["1.0", "0.0"]
    parts = slices.cut(found.cases, labels=False, language_of=lambda text: "", tags={}, embed=None)
    both = zip(slices.measure(declared, parts), slices.measure(found, parts), strict=True)
    assert all(
        m.values["tuned"].value < a.values["tuned"].value for m, a in both if a.values["tuned"].value < 1
    )


def test_sheets_have_a_line_each_and_run_no_formula(found):
    arms = list(csv.DictReader(io.StringIO(sheets.arms(found))))
    primary = [row for row in arms if row["metric"] == found.primary and row["arm"] == "tuned"]
    assert float(primary[0]["value"]) == pytest.approx(found.arm("tuned").metric(found.primary).value)
    answers = list(csv.DictReader(io.StringIO(sheets.answers(found))))
    assert len(answers) == 60
    assert {row["answer"][:2] for row in answers if row["arm"] == "prompt"} == {"'="}
    assert all(row["input"].startswith("'=") for row in answers)


def test_what_lies_below_the_numbers_is_inert_and_whole(found):
    parts = slices.cut(found.cases, labels=True, language_of=lambda text: "", tags={}, embed=None)
    for language in ("en", "id"):
        shown = details_view.slices(found, slices.measure(found, parts), language)
        shown += details_view.confusion(found, language) + details_view.time(found, language)
        assert "<img" not in shown and "good" in shown
    assert details_view.writing(found, "id") == ""  # labels are one word each
    assert details_view.slices(found, [], "id") == ""
    told = replace(found, kind="text")
    assert "kata per jawaban" in details_view.writing(told, "id")
