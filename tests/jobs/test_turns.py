"""Turns between real processes: one at a time, in the order they came, whatever happens to those before."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.jobs import Cancelled, turns

_HOLDER = """
import sys, time
from pathlib import Path
from assistant.jobs import turns
with turns.turn(Path(sys.argv[1]), lambda ahead: print("waits", ahead, flush=True)):
    print("has it", flush=True)
    sys.stdin.readline()
"""


class Holder:
    """A process that takes a turn and keeps it until it is told to let go."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _HOLDER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def says(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def until(self, words: str) -> None:
        while (said := self.says()) != words:
            assert said, "it ended"


@pytest.fixture
def holder(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], Holder]:
    def start() -> Holder:
        made = Holder(tmp_path)
        request.addfinalizer(made.process.kill)
        return made

    return start


def test_turns_come_in_order_and_a_killed_holder_gives_way(
    tmp_path: Path, holder: Callable[[], Holder]
) -> None:
    first = holder()
    first.until("has it")
    second = holder()
    second.until("waits 1")
    third = holder()
    third.until("waits 2")
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    second.until("has it")
    third.until("waits 1")
    second.process.communicate("\n")
    third.until("has it")
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_one_who_gives_up_leaves_no_ticket(tmp_path: Path, holder: Callable[[], Holder]) -> None:
    first = holder()
    first.until("has it")

    def give_up(ahead: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled), turns.turn(tmp_path, give_up):
        raise AssertionError("it had the turn")
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_a_clock_set_back_changes_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = []
    for second in (5000.0, 1.0):
        monkeypatch.setattr(time, "time", lambda second=second: second)
        numbers.append(turns._drawn(tmp_path).stem)
    assert numbers == ["000001", "000002"]
