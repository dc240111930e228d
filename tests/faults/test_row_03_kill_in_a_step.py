"""Row 3: kill -9 in the middle of training; the resumed run tells the same losses and ends with the same bits."""

import time
from pathlib import Path

import pytest

from .conftest import Trainer, draw, same_as_left_alone, told, until

EPOCHS, PAUSE = 20, 0.1  # 120 steps, a checkpoint every few of them: most of the time is spent in steps


def killed_often(trainer: Trainer, folder: Path, kills: int) -> int:
    """Kill run after run at random moments; how many runs that took. Each is then finished and compared."""
    chance = draw(3)
    assert trainer.life(folder / "alone", EPOCHS, PAUSE)
    number, run = 1, folder / "run1"
    for _ in range(kills):
        seen = len(told(run))

        def after_a_while(run: Path = run, seen: int = seen) -> None:
            until(lambda: len(told(run)) > seen, pause=0.001)
            time.sleep(chance.uniform(0, 0.4))

        if trainer.life(run, EPOCHS, PAUSE, after_a_while):
            same_as_left_alone(run, folder / "alone")
            number, run = number + 1, folder / f"run{number + 1}"
    assert trainer.life(run, EPOCHS, PAUSE)
    same_as_left_alone(run, folder / "alone")
    return number


def test_row_03_ten_kills_leave_the_loss_curve_as_it_is(trainer: Trainer, tmp_path: Path) -> None:
    killed_often(trainer, tmp_path, 10)
    assert any(line.get("key") == "tuning.resumed_from" for line in told(tmp_path / "run1"))


@pytest.mark.long
def test_row_03_a_hundred_kills_leave_the_loss_curve_as_it_is(trainer: Trainer, tmp_path: Path) -> None:
    print(f"100 kills in {killed_often(trainer, tmp_path, 100)} runs, each equal to one left alone")
