"""What the tune page says of a run, from the files that a run leaves."""

import json
import os

import psutil
import pytest

from assistant.jobs import Job
from assistant.tuning.plan import plan
from assistant.ui.tune import run_view

EVIL = "<img src=x onerror=alert(1)>"


def _run(project, id, events, *, alive=False, **changes):
    """A job's folder as a worker leaves it."""
    folder = project.runs / id
    folder.mkdir(parents=True)
    made = plan("smollm2-135m-instruct", **changes).to_json()
    (folder / "spec.json").write_text(json.dumps({"kind": "tune", "dataset": "v001", "plan": made}))
    at = "2026-11-22T10:00:00+00:00"
    lines = [json.dumps({"kind": kind, "at": at, **values}) for kind, values in events]
    (folder / "events.jsonl").write_text("\n".join(lines) + "\n")
    if alive:
        own = {"pid": os.getpid(), "started": psutil.Process().create_time()}
        (folder / "process.json").write_text(json.dumps(own))
    return run_view.read(Job(folder))


def _loss(step, loss, split="train", **more):
    return ("metric", {"step": step, "steps": 40, "split": split, "loss": loss, **more})


STARTED = ("started", {})
LEARNED = [
    STARTED,
    _loss(0, 3.0, "validation"),
    _loss(1, 2.9, tokens_per_second=81.4, seconds_left=390),
    _loss(2, 2.5, tokens_per_second=80.6, seconds_left=380),
    _loss(2, 1.25, "validation", accuracy=0.75),
]
FINISHED = (
    "finished",
    {"metrics": {"validation_loss": 1.25, "best_step": 2}, "seconds": 90.0, "stopped": False},
)


def test_a_run_under_way_says_step_speed_and_time_left(project):
    run = _run(project, "r001", LEARNED, alive=True)
    said = run_view.now(run, "id")
    assert "Langkah 2 dari 40, 81 token per detik, sisa 6 menit" in said
    assert 'aria-valuenow="5"' in said and "berjalan" in said
    assert "cancel" in run_view.foot(run, project, "id")


def test_a_run_that_waits_says_how_many_are_before_it(project):
    waits = ("note", {"key": "tuning.waiting", "ahead": 2})
    run = _run(project, "r001", [STARTED, waits], alive=True)
    said = run_view.now(run, "id") + run_view.table([run], "", {}, "id")
    assert said.count("menunggu, 2 di depannya") == 2 and "berjalan" not in said
    gone = _run(project, "r002", [STARTED, waits])
    assert "menunggu, 2" not in run_view.table([gone], "", {}, "id")


def test_before_the_first_step_it_says_what_is_prepared(project):
    run = _run(project, "r001", [STARTED, ("progress", {"done": 0, "total": 1, "stage": "tuning.stage.loading"})], alive=True)  # fmt: skip
    assert "Loading the base model." in run_view.now(run, "en") and "p-moving" in run_view.now(run, "en")


def test_the_curve_has_a_twin_in_words(project):
    said = run_view.losses(_run(project, "r001", LEARNED).points(), "en")
    assert (
        said == "Loss: training 2.500 at step 2; validation 1.250 at step 2; "
        "kept: step 2, which writes 75.0 % of the validation answers' tokens right."
    )


def test_a_step_repeated_after_a_resume_is_drawn_once(project):
    run = _run(project, "r001", [*LEARNED, ("resumed", {}), _loss(2, 2.4)])
    assert [(p.step, p.loss) for p in run.points() if p.split == "train"] == [(1, 2.9), (2, 2.4)]


def test_a_long_curve_is_thinned_but_keeps_its_end_and_every_validation(project):
    points = [run_view.Point(step, "train", 1.0) for step in range(5000)]
    watched = [run_view.Point(step, "validation", 1.0) for step in range(0, 5000, 100)]
    drawn = run_view.drawn(sorted(points + watched, key=lambda p: p.step))
    train = [p.step for p in drawn if p.split == "train"]
    assert len(train) <= 320 and train[-1] == 4999
    assert len([p for p in drawn if p.split == "validation"]) == 50


def test_an_interrupted_run_can_go_on(project):
    run = _run(project, "r001", LEARNED)
    foot = run_view.foot(run, project, "en")
    assert run.state == "interrupted"
    assert 'data-do="resume"' in foot and "/download/log/" in foot and "compare" not in foot


def test_a_finished_run_leads_to_comparing(project):
    run = _run(project, "r001", [*LEARNED, FINISHED])
    (run.job.folder / "adapter").mkdir()
    (run.job.folder / "adapter" / "card.json").write_text("{}")
    assert f"/en/compare?project={project.id}" in run_view.foot(run, project, "en")


def test_a_failure_is_a_sentence(project):
    failed = ("failed", {"code": "too_few_rows", "values": {"train": "3", "validation": "0"}})
    run = _run(project, "r001", [STARTED, failed])
    assert "Only 3 training rows" in run_view.now(run, "en")


def test_the_command_names_only_what_differs_from_the_preset(project):
    run = _run(project, "r001", LEARNED, preset="quick", rank=8, passages=True)
    said = run_view.command(run, project)
    assert said.startswith(
        f"penala tune --project {project.folder} --dataset v001 --model smollm2-135m-instruct"
    )
    assert said.endswith("--preset quick --rank 8 --passages")


def test_the_table_shows_loss_minutes_and_the_chosen_run(project):
    done = _run(project, "r001", [*LEARNED, FINISHED])
    stopped = (
        "finished",
        {"metrics": {"validation_loss": None, "best_step": 0}, "seconds": 30.0, "stopped": True},
    )
    early = _run(project, "r002", [STARTED, stopped])
    said = run_view.table([early, done], "r001", {"smollm2-135m-instruct": EVIL}, "id")
    assert "1,250" in said and "1,5" in said and "dihentikan lebih awal" in said
    assert "None" not in said and "<img" not in said
    assert said.index("r002") < said.index("p-chosen") < said.index('data-id="r001"')


def test_the_run_under_way_is_shown_unless_another_is_asked_for(project):
    busy = _run(project, "r001", LEARNED, alive=True)
    newer = _run(project, "r002", [*LEARNED, FINISHED])
    assert run_view.chosen([newer, busy], "") is busy
    assert run_view.chosen([newer, busy], "r002") is newer
    assert run_view.chosen([newer, busy], "gone") is busy
    assert run_view.chosen([], "r001") is None


@pytest.mark.parametrize(
    ("rows", "answer", "shown"), [(120, "label", True), (60, "label", False), (120, "text", False)]
)
def test_the_classifier_is_named_where_many_rows_end_in_labels(project, tmp_path, rows, answer, shown):
    from assistant.dataset import examples
    from assistant.settings import Settings
    from assistant.ui.context import open_context
    from assistant.ui.tune.starting import Starting

    said = {
        "label": lambda n: ("positif", "negatif")[n % 2],
        "text": lambda n: f"jawaban nomor {n} yang panjang",
    }
    kept = [examples.Example(f"e{n}", f"ulasan {n}", said[answer](n)) for n in range(rows)]
    page = Starting(open_context(Settings(home=tmp_path, weights=tmp_path / "weights")), "id")
    told = page._simpler(project, kept)
    assert ("Pengklasifikasi" in told and "/id/compare" in told) == shown
    assert bool(told) == shown
