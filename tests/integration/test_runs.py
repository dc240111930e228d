"""Tuning runs on the real model survive what happens to them: kills, resumes, cancels, and each other."""

import json
import subprocess
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.jobs import Job
from assistant.journey import tune
from assistant.tuning.adapters import adapter
from assistant.tuning.local import checkpoint
from assistant.workspace.project import Project

from .conftest import ended, found_again, kill, notes, penala, started, step, until

pytestmark = pytest.mark.models


def test_a_run_goes_on_when_its_server_is_killed_and_is_found_again(project: Project, outlived: Job) -> None:
    job = found_again(project, outlived.id)
    assert ended(job) == "finished", job.log()
    assert step(job) == 16  # two epochs of 24 plain rows and 8 with passages, four a step
    done = job.last("finished") or {}
    assert done["adapter"] == str(job.folder / "adapter") and done["metrics"]["validation_loss"] > 0
    card = adapter(project.runs, job.id).card
    assert (card.rows, card.steps, card.passages, card.dataset) == (24, 16, True, "v001")


def test_a_killed_run_is_interrupted_and_resumes_from_the_newest_checkpoint_that_verifies(
    project: Project, outlived: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    ended(outlived)
    job = started(project)
    until(lambda: step(job) >= 3)
    kill(job)
    assert found_again(project, job.id).state() == "interrupted"
    newest = checkpoint.newest(job.folder / "checkpoints")
    assert newest is not None
    weights = newest / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")  # as a power cut may leave it
    older = checkpoint.newest(job.folder / "checkpoints")
    assert older is not None and older < newest
    capsys.readouterr()

    assert main(["resume", job.id, "--project", str(project.folder), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (
        lines[-1]["state"] == "finished" and Path(lines[-1]["adapter"], "adapter_model.safetensors").exists()
    )
    reached = int(older.name.removeprefix("step-"))
    assert [note["step"] for note in notes(job, "tuning.resumed_from")] == [reached]
    resumed = [line.get("event") for line in lines].index("resumed")
    after = [line["step"] for line in lines[resumed:] if line.get("split") == "train"]
    assert after == list(range(reached + 1, 7))
    said = tune.told(next(e for e in job.events() if e.values.get("key") == "tuning.resumed_from"), "en")
    assert f"step {reached}" in said
    assert main(["resume", job.id, "--project", str(project.folder)]) == 2  # it has ended


@pytest.mark.long
def test_of_two_runs_one_waits_and_a_cancelled_one_keeps_its_adapter(project: Project, outlived: Job) -> None:
    ended(outlived)
    first = started(project, epochs=40)
    until(lambda: step(first) >= 2)
    second = started(project, batch=24)
    until(lambda: notes(second, "tuning.waiting"))
    assert step(second) == 0 and second.state() == "running"
    told = json.loads(
        subprocess.run(penala(project, "cancel", first.id), capture_output=True, check=True).stdout
    )
    assert told["run"] == first.id
    assert ended(first) == "finished", first.log()
    done = first.last("finished") or {}
    card = adapter(project.runs, first.id).card
    assert done["stopped"] and card.stopped and 2 <= card.steps < 240
    assert (Path(done["adapter"]) / "adapter_model.safetensors").stat().st_size > 100_000
    assert ended(second) == "finished", second.log()
    assert step(second) == 1 and len(notes(second, "tuning.waiting")) == 1
