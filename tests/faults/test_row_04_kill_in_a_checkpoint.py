"""Row 4: kill -9 while a checkpoint is written; no run is lost, the newest whole checkpoint is used and named."""

import time
from pathlib import Path

import pytest

from assistant.tuning.local import checkpoint

from .conftest import Trainer, draw, same_as_left_alone, told, until

EPOCHS = 10  # 60 steps, a checkpoint after each


def killed_while_saving(trainer: Trainer, folder: Path, kills: int) -> int:
    """Kill when a checkpoint has begun to appear; how many were cut short. Each life goes on from what is whole."""
    chance, inside = draw(4), 0
    assert trainer.life(folder / "alone", EPOCHS)
    number, run = 1, folder / "run1"
    for _ in range(kills):
        kept = run / "checkpoints"
        before, seen = checkpoint.newest(kept), len(told(run))
        left = set(kept.glob("tmp-*"))

        def in_a_save(run: Path = run, seen: int = seen, left: set[Path] = left, kept: Path = kept) -> None:
            until(lambda: len(told(run)) > seen)
            until(lambda: set(kept.glob("tmp-*")) - left or (run / "done.json").exists())
            time.sleep(chance.uniform(0, 0.03))

        ended = trainer.life(run, EPOCHS, 0.0, in_a_save)
        if before:
            said = [line["step"] for line in told(run)[seen:] if line.get("key") == "tuning.resumed_from"]
            assert said == [int(before.name.removeprefix("step-"))]
            after = checkpoint.newest(kept)
            assert after is not None and after.name >= before.name
        inside += any(kept.glob("tmp-*"))
        if ended:
            same_as_left_alone(run, folder / "alone")
            number, run = number + 1, folder / f"run{number + 1}"
    assert trainer.life(run, EPOCHS)
    same_as_left_alone(run, folder / "alone")
    assert not list((run / "checkpoints").glob("tmp-*"))  # what the killed ones left is cleared away
    return inside


def test_row_04_ten_kills_in_a_checkpoint_lose_no_run(trainer: Trainer, tmp_path: Path) -> None:
    assert killed_while_saving(trainer, tmp_path, 10) >= 2


@pytest.mark.long
def test_row_04_a_hundred_kills_in_a_checkpoint_lose_no_run(trainer: Trainer, tmp_path: Path) -> None:
    inside = killed_while_saving(trainer, tmp_path, 100)
    assert inside >= 30
    print(f"100 kills, {inside} inside a checkpoint, no run lost")
