"""A small English project with documents and a frozen version, and jobs that are watched from outside."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import jobs
from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.jobs import Job
from assistant.journey import tune
from assistant.models.values import ChatModel, Embedder
from assistant.retrieval import index
from assistant.settings import Settings
from assistant.workspace.project import Project, create_project

MODEL = "smollm2-135m-instruct"
_THINGS = ("the bell", "a tyre", "the saddle", "my invoice", "the app", "the lock", "a helmet", "the basket")
_TELLS = ("{} is broken", "where is {}", "please check {}", "I have lost {}")
_HELP = """# Opening hours

The workshop is open from nine to five. A tyre is mended in one day.

# Lost things

Lost things are kept for thirty days at the Ferry Terminal desk.
"""


@pytest.fixture(scope="package")
def home(model_settings: Settings) -> Iterator[Settings]:
    """The workspace of these tests' jobs, whose processes read it from the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PENALA_HOME", str(model_settings.home))
        patch.setenv("PENALA_WEIGHTS", str(model_settings.weights))
        patch.setenv("PENALA_OFFLINE", "1")
        patch.setenv("PENALA_LANG", "en")
        yield model_settings


@pytest.fixture(scope="package")
def project(home: Settings, chat_en: ChatModel, embedder: Embedder) -> Iterator[Project]:
    """32 examples in version v001 (24 to train on, 4 to watch, 4 to test), and one document."""
    made = create_project(home.projects / "bikes", "Bikes", "en")
    made.set("model", MODEL)
    made.set("tuning_instructions", "Answer the rider.")
    examples.save(made, _examples())
    versions.freeze(made)
    path = home.home / "help.md"
    path.write_text(_HELP)
    index.add(made, [path], embedder)
    yield made
    for job in tune.runs(made):
        kill(job)


@pytest.fixture(scope="package")
def outlived(project: Project) -> Job:
    """A run with passages, still at work, whose starter was killed while it trained."""
    words = ["tune", "--dataset", "v1", "--model", MODEL, "--preset", "quick", "--passages", "--rank", "4"]
    command = penala(project, *words, "--batch", "2", "--override", "a test")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as server:
        assert server.stdout is not None
        told = (json.loads(line) for line in server.stdout)
        assert any(event.get("split") == "train" for event in told), "it ended before it trained"
        os.killpg(
            server.pid, signal.SIGKILL
        )  # the server, and all that it has not sent into a session of its own
    [job] = tune.runs(project)
    assert job.state() == "running", job.log()
    return job


def penala(project: Project, *words: str) -> list[str]:
    """The command as another process runs it."""
    return [sys.executable, "-m", "assistant", *words, "--project", str(project.folder), "--json"]


def _examples() -> list[Example]:
    texts = [tell.format(thing) for thing in _THINGS for tell in _TELLS]
    splits = ["train"] * 24 + ["validation"] * 4 + ["test"] * 4
    return [
        Example(f"e{n:02d}", text, f"Thing: {_THINGS[n // 4]}\nReply: We look at it.", f"s{n}", split, "", "written")
        for n, (text, split) in enumerate(zip(texts, splits, strict=True))
    ]  # fmt: skip


def started(project: Project, **changes: Any) -> Job:
    """A run of few and quick steps, a checkpoint after each."""
    usual = {"epochs": 1, "rank": 4, "batch": 4, "checkpoint_seconds": 0.0}
    request = tune.Request("v001", MODEL, preset="quick", changes=tuple({**usual, **changes}.items()))
    return tune.start(project, request)


def until(true: Callable[[], object], seconds: float = 240) -> None:
    """Wait; generous, since a machine may be busy or its processes stopped for a while."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def ended(job: Job) -> str:
    until(lambda: job.state() != "running")
    return job.state()


def step(job: Job) -> int:
    """The newest training step that was told."""
    steps = [e.values["step"] for e in job.events() if e.kind == "metric" and e.values["split"] == "train"]
    return int(steps[-1]) if steps else 0


def notes(job: Job, key: str) -> list[dict[str, Any]]:
    return [e.values for e in job.events() if e.kind == "note" and e.values["key"] == key]


def kill(job: Job) -> None:
    """End the run's own process at once, as a power cut would."""
    if job.alive():
        pid = json.loads((job.folder / "process.json").read_text())["pid"]
        os.kill(pid, signal.SIGKILL)
        until(lambda: not job.alive(), 10)


def found_again(project: Project, identity: str) -> Job:
    """The run as another process finds it."""
    return next(job for job in jobs.jobs_in(Project(Path(project.folder)).runs) if job.id == identity)
