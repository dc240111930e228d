"""The measurement before a run, for real, on a tiny model: what it counts, and that a second look costs nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from faults import tiny

from assistant.journey import estimating, tune
from assistant.settings import Settings
from assistant.tuning.local import speed
from assistant.tuning.plan import plan


def test_a_few_real_steps_tell_what_a_run_will_take(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.weights.mkdir(parents=True, exist_ok=True)
    mine = replace(settings, weights=tmp_path / "weights")  # where the measurement is remembered
    mine.weights.mkdir()
    monkeypatch.setenv("PENALA_WEIGHTS", str(mine.weights))
    monkeypatch.setenv("PENALA_HOME", str(mine.home))
    project, base = tiny.project(mine), tiny.model(tmp_path / "base")
    request = tune.Request("v001", str(base), changes=(("epochs", 3), ("rank", 4), ("batch", 4)))
    found = estimating.estimated(project, "v001", tune.planned(request), mine)
    assert found.fits and not found.gpu
    assert 0 < found.seconds_low < found.seconds < found.seconds_high
    assert 200e6 < found.memory < 5e9
    [kept] = [
        v for k, v in json.loads((mine.weights / "machine.json").read_text()).items() if k.startswith("run ")
    ]
    assert kept["steps"] == 11 and found.tokens == 3 * kept["tokens"]
    assert kept["trained"] == 2 * 4 * ((32 + 32) + 2 * (32 + 16) + (32 + 32) + 3 * (32 + 64))

    def asked(*given: object) -> None:
        raise AssertionError("it was measured again")

    monkeypatch.setattr(estimating, "_measured", asked)
    longer = plan(str(base), epochs=9, rank=4, batch=4)
    assert estimating.estimated(project, "v001", longer, mine).tokens == 9 * kept["tokens"]


def test_the_pass_over_frozen_layers_is_measured_and_not_taken_for_validation() -> None:
    told = [
        (0.0, "note", {"key": "tuning.states_kept"}), (7.0, "note", {"key": "tuning.states_ready", "rows": 9, "seconds": 7.0}),
        (8.0, "metric", {"split": "validation"}), (8.5, "metric", {"split": "train"}),
    ]  # fmt: skip
    seen = speed._Told(told)
    assert (seen.filling(), seen.validation(), seen.steps()) == (7.0, 1.0, [0.5])
