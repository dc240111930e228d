"""The checklist's benefits, answered from a comparison that was kept; and the report's own parts."""

import json

import pytest

from assistant.advisor import memory
from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.evaluation import comparing, slices, voting
from assistant.evaluation.values import Answered, Case
from assistant.evaluation.voting import Vote
from assistant.jobs import Job
from assistant.journey import benefits, compare, history, reporting
from assistant.workspace.projects import Projects

EVIL = "<script>alert(1)</script> | # x"


class Scripted:
    def __init__(self, name, right, seconds):
        self.name, self.fingerprint, self.right, self.seconds = name, name, right, seconds

    def answer(self, cases):
        return [
            Answered(c.id, c.reference if int(c.id[1:]) % 10 < self.right else EVIL, self.seconds, 100, 10)
            for c in cases
        ]


@pytest.fixture
def project(settings):
    made = Projects(settings).create("Keluhan", "id")
    rows = [
        Example(f"e{n}", f"pesan nomor {n}", "ya" if n % 2 else "tidak", split="test" if n < 60 else "train")
        for n in range(90)
    ]
    examples.save(made, rows)
    return made


def compared(project, name, tuned, arms=("prompt", "tuned"), **more):
    version = versions.all_versions(project)
    frozen = version[-1].name if version else versions.freeze(project, "uji").name
    kept = versions.rows(project, f"{frozen}:test")
    cases = [Case(e.id, e.input, e.output) for e in kept]
    made = [Scripted("prompt", 6, 2.0), Scripted("tuned", tuned, 1.0), Scripted("rag", 7, 2.0)]
    found = comparing.compare(
        [a for a in made if a.name in arms], cases, "labels", [], project.cache / name, **more
    )
    folder = project.comparisons / name
    comparing.save(found, folder)
    slices.save(slices.cut(cases, labels=True, language_of=lambda t: "", tags={}, embed=None), folder)
    asked = {"test": f"{frozen}:test", "arms": [], "run": None, "limit": None, "model": None, "seed": 0}
    (folder / "spec.json").write_text(json.dumps({"kind": "compare", "request": asked}))
    (folder / "events.jsonl").write_text(json.dumps({"kind": "finished", "at": found.at}) + "\n")
    return Job(folder), found


def said(project, job, found, settings, language="id"):
    return {b.question: b.answer for b in benefits.of(project, job, found, language, settings)}


def test_quality_and_cost_are_answered_with_figures(project, settings):
    job, found = compared(project, "c001", 9)
    got = said(project, job, found, settings)
    assert got["Apakah penyetelan menaikkan mutu?"].startswith("Ya: model hasil penyetelan")
    cost = got["Berapa biayanya per bulan?"]
    assert "Dengan anggapan" in cost and "jam komputer ini" in cost
    assert "Apakah sarannya tepat?" not in got  # nothing was advised


@pytest.mark.parametrize(
    ("advised", "word"), [("fine_tune", "Ya."), ("prompting", "Tidak."), ("rag", "tidak ikut dibandingkan")]
)
def test_what_was_advised_is_held_against_what_came_out(project, settings, advised, word):
    memory.keep_decision(project, advised, {})
    job, found = compared(project, "c001", 10)
    assert found.verdict.recommended == "tuned"
    assert word in said(project, job, found, settings)["Apakah sarannya tepat?"]


def test_without_a_tuned_arm_it_says_that_it_cannot_be_said(project, settings):
    job, found = compared(project, "c001", 9, arms=("prompt", "rag"))
    assert "belum bisa dikatakan" in said(project, job, found, settings)["Apakah penyetelan menaikkan mutu?"]


def test_the_loop_is_told_in_its_order_and_damage_is_passed_over(project):
    compared(project, "c001", 5)
    compared(project, "c002", 9)
    assert [(r.comparison, r.outcome) for r in history.rounds(project)] == [
        ("c001", "worse"),
        ("c002", "better"),
    ]
    (project.comparisons / "c001" / "comparison.json").write_text("{")
    assert [r.comparison for r in history.rounds(project)] == ["c002"]


def test_the_report_holds_benefits_parts_votes_history_and_both_papers(project, settings, tmp_path):
    memory.keep_decision(project, "fine_tune", {"markdown": {"id": f"# Catatan\n\n{EVIL}", "en": "# Record"}})
    compared(project, "c001", 5)
    job, found = compared(project, "c002", 9)
    for case in found.cases[:8]:
        voting.cast(project, job.id, Vote(case.id, "prompt", "tuned", "Ani", "right", False))
    page = reporting.write(project, "id", tmp_path / "r.html", settings, "c002").read_text("utf-8")
    for words in (
        "Apakah penyetelan menaikkan mutu?",
        "Di mana cara mana unggul",
        "0 : 8",
        "c001",
        "Catatan",
        "Lampiran",
    ):
        assert words in page, words
    assert "<script" not in page
    text = reporting.write(project, "en", tmp_path / "r.md", settings, "c002").read_text("utf-8")
    assert text.startswith("# Keluhan") and "| tuned model |" in text and "<script" not in text
    assert "Did tuning raise quality?" in text and "\n| prompt |" in text


def test_a_comparison_keeps_the_run_that_was_the_newest_then(project, monkeypatch):
    monkeypatch.setattr(compare.jobs, "_spawn", lambda job, worker: job)
    versions.freeze(project, "uji")
    for run in ("r001", "r002"):
        (project.runs / run / "adapter").mkdir(parents=True)
        (project.runs / run / "adapter" / "card.json").write_text("{}")
        assert compare.request(compare.start(project, compare.Request("v001:test"))).run == run
    assert compare.request(compare.start(project, compare.Request("v001:test", run="r001"))).run == "r001"
