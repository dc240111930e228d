"""Guards on the real model: a run that overfits ends early with its best weights; a run can be repeated to the bit."""

import json
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.journey import recording, tune
from assistant.tuning.adapters import adapter
from assistant.workspace.project import Project

from .conftest import MODEL, ended, notes, started

pytestmark = pytest.mark.models


@pytest.mark.long
def test_a_run_is_repeated_from_its_record_with_the_same_result(project: Project, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    first = started(project, epochs=1, rank=4)
    assert ended(first) == "finished", first.log()
    told = [e for e in first.events() if e.kind == "metric" and e.values["split"] == "validation"]
    assert told[0].values["step"] == 0 and all(0 <= v <= 1 for v in told[0].values["scores"].values())
    assert next(e.values["step"] for e in first.events() if e.kind == "sample") == 0
    project.set("tuning_instructions", "Something else.")  # a repetition is laid out as the run was
    assert main(["tune", "--repeat", first.id, "--project", str(project.folder), "--json"]) == 0
    project.set("tuning_instructions", "Answer the rider.")
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    again = tune.run(project, last["run"])
    before, after = (recording.read(job.folder) for job in (first, again))
    assert before["result"] == after["result"] and len(before["result"]["weights"]) == 64
    assert len(notes(again, "tuning.repeated_same")) == 1
    assert {"processor", "threads", "dtype", "memory_gb"} <= before["hardware"].keys()
    assert before["versions"]["torch"] and before["data"]["rows"].keys() == {
        "train.jsonl",
        "validation.jsonl",
        "learned.json",
    }


@pytest.mark.long
def test_a_run_that_overfits_ends_early_and_serves_its_best_weights(project: Project) -> None:
    job = started(project, epochs=40, rank=16, batch=8, metric="loss", patience=6)
    assert ended(job) == "finished", job.log()
    seen = [e.values for e in job.events() if e.kind == "metric" and e.values["split"] == "validation"]
    card = adapter(project.runs, job.id).card
    losses = {v["step"]: v["loss"] for v in seen}
    assert card.steps < 40 * 3 and len(notes(job, "tuning.early_stopped")) == 1
    assert card.validation_loss == pytest.approx(min(list(losses.values())[1:]), abs=1e-4)
    assert losses[card.steps] > losses[card.best_step]


@pytest.mark.long
def test_a_pilot_and_a_search_end_with_adapters_that_were_served(project: Project, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    folder, quick = str(project.folder), ["--model", MODEL, "--override", "x", "--epochs", "1", "--rank", "4", "--json"]  # fmt: skip
    assert main(["tune", "--project", folder, "--pilot", "24", *quick]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    outlook = next(line for line in lines if line.get("event") == "outlook")
    assert outlook["reason"] == "few_rows"  # four validation rows tell nothing
    assert Path(lines[-1]["adapter"], "card.json").exists()
    assert main(["tune", "--project", folder, "--search", "--tries", "4", *quick]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    tried = [line for line in lines if line.get("event") == "try" and line["name"] != "untuned"]
    assert len(tried) == 4 and next(line for line in lines if line.get("event") == "best")["share"] == 1.0
    assert Path(lines[-1]["adapter"], "card.json").exists()
