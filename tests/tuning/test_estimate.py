"""The estimate's arithmetic, what cannot fit, and what a run took: on numbers that can be worked out by hand."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.errors import PenalaError
from assistant.jobs import Event
from assistant.journey import electricity, estimating
from assistant.settings import Settings
from assistant.tuning import energy, fitting
from assistant.tuning.estimate import Speed, estimate, validations
from assistant.tuning.plan import plan
from assistant.workspace.project import create_project

SPEED = Speed(loading=10.0, tokens=1000, steps=20, seconds_per_token=0.1, low=0.7, high=1.5, validation=5.0,
              trained=1_000_000, peak_bytes=2_000_000_000)  # fmt: skip
CONFIG = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
          "intermediate_size": 16, "vocab_size": 100, "tie_word_embeddings": True}  # fmt: skip


def test_steps_validations_and_loading_add_up() -> None:
    found = estimate(plan("m", epochs=3, evaluations=2), SPEED, 3 << 30, 1 << 30)
    assert validations(plan("m", epochs=3, evaluations=2), 20) == 7  # at first, then after each tenth step
    assert validations(plan("m", epochs=1, evaluations=3), 20) == 5  # after 6, 12, 18 and the last
    assert found.seconds == pytest.approx(10 + 0.1 * 3000 + 7 * 5)
    assert (found.seconds_low, found.seconds_high) == pytest.approx((10 + 0.7 * 335, 10 + 1.5 * 335))
    assert found.fits and found.tokens == 3000
    filled = estimate(plan("m", epochs=3, evaluations=2), replace(SPEED, filling=7.0), 3 << 30, 1 << 30)
    assert filled.seconds == pytest.approx(found.seconds + 7)
    assert not estimate(plan("m"), SPEED, 1 << 30, 1 << 30).fits
    assert not estimate(plan("m"), SPEED, 3 << 30, 1 << 20).fits


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "config.json").write_text(json.dumps(CONFIG))
    return str(tmp_path / "m")


def test_the_least_memory_follows_from_the_shapes(model: str, settings: Settings) -> None:
    layer = 8 * 8 + 8 * 4 + 8 * 4 + 8 * 8 + 3 * 8 * 16
    every = 2 * layer + 100 * 8
    assert fitting.least(plan(model, "full"), settings) == 500_000_000 + 2 * every + 24 * every
    lora = 2 * 4 * ((8 + 8) + (8 + 4) + (8 + 4) + (8 + 8) + 3 * (8 + 16))
    assert fitting.least(plan(model, rank=4), settings) == 500_000_000 + 2 * every + 24 * lora
    assert fitting.least(plan("nobody/knows"), settings) == 0


def test_a_run_that_cannot_fit_is_refused_with_what_would(
    model: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {**CONFIG, "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
              "num_key_value_heads": 8, "vocab_size": 128_256}  # fmt: skip
    (Path(model) / "config.json").write_text(json.dumps(config))
    monkeypatch.setattr(estimating, "_free", lambda: 24 << 30)
    with pytest.raises(PenalaError) as told:
        estimating.check(plan(model, "full"), settings)
    said = told.value.say("id")
    assert "muat" in said.hint and "LoRA" in said.hint and "GB" in said.message
    estimating.check(plan(model), settings)
    monkeypatch.setattr(estimating, "_free", lambda: 300 << 20)
    with pytest.raises(PenalaError) as told:
        estimating.check(plan(model), settings)
    assert "Tidak ada model" in told.value.say("id").hint


def test_counters_that_wrap_around_are_read_right_and_parts_are_not_counted_twice(tmp_path: Path) -> None:
    for name, now in (("intel-rapl:0", 900), ("intel-rapl:0:0", 500), ("intel-rapl:1", 100)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "energy_uj").write_text(f"{now * 10**6}\n")
        (tmp_path / name / "max_energy_range_uj").write_text(f"{1000 * 10**6}\n")
    before = energy.counters(tmp_path)
    assert set(before) == {"intel-rapl:0", "intel-rapl:1"}
    (tmp_path / "intel-rapl:0" / "energy_uj").write_text(f"{50 * 10**6}\n")
    (tmp_path / "intel-rapl:1" / "energy_uj").write_text(f"{310 * 10**6}\n")
    found = energy.taken(before, energy.counters(tmp_path), 60, 0.05, 0.15)
    assert found.measured and found.low_kwh == found.high_kwh == pytest.approx((150 + 210) / 3.6e6)
    assert energy.counters(tmp_path / "none") == {}
    reckoned = energy.taken({}, {}, 3600, 0.05, 0.15)
    assert (reckoned.low_kwh, reckoned.high_kwh, reckoned.measured) == (0.05, 0.15, False)


def test_electricity_is_told_as_an_estimate_and_takes_the_users_own_numbers(tmp_path: Path) -> None:
    project = create_project(tmp_path / "p", "P", "id")
    told = electricity.spent(project, {}, {}, 7200, False)
    assert told == {"kwh": [0.1, 0.3], "usd": [0.005, 0.09], "measured": False}
    assert "diperkirakan" in electricity.said(told, "id") and "0,1000 sampai 0,3000 kWh" in electricity.said(
        told, "id"
    )
    project.set("assumptions", {"own_cpu_kw": [0.2, 0.2], "usd_per_kwh": [0.1, 0.1]})
    assert electricity.spent(project, {}, {}, 3600, False)["usd"] == [0.02, 0.02]


def test_time_at_work_leaves_out_waiting_and_the_time_between_two_lives() -> None:
    began = datetime(2026, 11, 30, 9, tzinfo=UTC)

    def event(second: int, kind: str, **values: object) -> Event:
        return Event(kind, (began + timedelta(seconds=second)).isoformat(), values)

    events = [event(0, "started"), event(1, "note", key="tuning.waiting", ahead=1), event(61, "progress"), event(91, "metric"),
              event(500, "resumed"), event(510, "metric")]  # fmt: skip
    assert electricity.worked(events, began + timedelta(seconds=520)) == 30 + 20


def test_peak_memory_is_this_process_own_and_not_that_of_whoever_started_it() -> None:
    ballast = bytearray(b"x") * (300 << 20)
    command = [sys.executable, "-c", "from assistant.tuning import energy; print(energy.peak())"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 5 << 20 < int(told.stdout) < len(ballast) <= energy.peak()
