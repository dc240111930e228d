"""A tiny run that is killed for real, and what it came to compared with one that was left alone."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import Settings

ROOT = Path(__file__).parents[2]


@dataclass
class Trainer:
    """The process whose children train; see trainer.py."""

    process: subprocess.Popen[str]

    def life(
        self, folder: Path, epochs: int, pause: float = 0.0, kill: Callable[[], None] | None = None
    ) -> bool:
        """One life of a run in `folder`, ended by SIGKILL once `kill` returns; whether the run had ended by itself."""
        folder.mkdir(parents=True, exist_ok=True)
        assert self.process.stdin is not None and self.process.stdout is not None
        asked = {"folder": str(folder), "epochs": epochs, "pause": pause}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        if kill:
            kill()
            os.kill(pid, signal.SIGKILL)
        assert self.process.stdout.readline() == "ended\n"
        return (folder / "done.json").exists()


@pytest.fixture(scope="package")
def trainer() -> Iterator[Trainer]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    env = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "faults.trainer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env,
        start_new_session=True,
    )  # fmt: skip
    yield Trainer(process)
    os.killpg(process.pid, signal.SIGKILL)  # with the child that a failed test may have left
    process.wait()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = Settings(home=tmp_path / "home", weights=tmp_path / "weights", language="id")
    made.weights.mkdir(parents=True)
    monkeypatch.setenv("PENALA_HOME", str(made.home))
    monkeypatch.setenv("PENALA_WEIGHTS", str(made.weights))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return made


def told(folder: Path) -> list[dict[str, Any]]:
    """What a run told, whole lines only."""
    path = folder / "told.jsonl"
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def curve(folder: Path) -> dict[tuple[str, int], float]:
    """Loss by (split, step); a step told again after a resume must have had the same loss."""
    found: dict[tuple[str, int], float] = {}
    for line in told(folder):
        if line["kind"] == "metric":
            key = (line["split"], line["step"])
            assert found.setdefault(key, line["loss"]) == line["loss"], key
    return found


def until(true: Callable[[], object], seconds: float = 60, pause: float = 0.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(pause)


def same_as_left_alone(folder: Path, alone: Path) -> None:
    """Every loss that was told and every bit of the result."""
    assert json.loads((folder / "done.json").read_text()) == json.loads((alone / "done.json").read_text())
    assert curve(folder) == curve(alone)


def draw(seed: int) -> random.Random:
    return random.Random(seed)
