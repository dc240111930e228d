"""Row 10: a run whose process may take no more memory fails with a sentence; whoever started it lives; it can go on."""

import json
import resource
import sys

import psutil
import pytest

from assistant import jobs
from assistant.errors import PenalaError
from assistant.jobs import Job
from assistant.settings import Settings

from . import tiny
from .conftest import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits another process's memory")


def limit(job: Job, more: int | None) -> None:
    """Let the run's process have 300 MB of addresses, or as many as it has and `more`."""
    pid = json.loads((job.folder / "process.json").read_text())["pid"]
    size = 300 << 20 if more is None else psutil.Process(pid).memory_info().vms + more
    resource.prlimit(pid, resource.RLIMIT_AS, (size, size))


def said_so(job: Job) -> bool:
    until(lambda: job.state() != "running", 300, 0.1)
    assert job.state() == "failed", job.log()
    failed = job.last("failed") or {}
    return (
        failed["code"] == "out_of_memory" and "memori" in str(PenalaError(failed["code"]).say("id")).lower()
    )


def test_row_10_a_process_that_may_hardly_begin_says_why(home: Settings) -> None:
    job = tiny.started(tiny.project(home), tiny.model(home.home / "base"))
    limit(job, None)
    assert said_so(job), job.log()


def test_row_10_a_run_out_of_memory_says_so_and_goes_on_when_there_is_some(home: Settings) -> None:
    project = tiny.project(home, answer_words=40)
    base = tiny.model(home.home / "base", vocabulary=20_000)
    job = tiny.started(project, base, epochs=2, batch=16, checkpoint_seconds=0.0)
    until(lambda: (job.folder / "checkpoints").exists() and tiny.step(job) >= 1, 300, 0.02)
    limit(job, 1 << 20)
    assert said_so(job), job.log()
    jobs.resume(job)
    until(lambda: job.state() != "running", 300, 0.1)
    assert job.state() == "finished", job.log()
    notes = [e.values for e in job.events() if e.kind == "note"]
    assert [note["step"] >= 1 for note in notes if note["key"] == "tuning.resumed_from"] == [True]
