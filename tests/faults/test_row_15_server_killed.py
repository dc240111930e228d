"""Row 15: whoever started a run is killed; the run goes on, is found again, and is never trained by two at once."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from assistant import jobs
from assistant.errors import PenalaError
from assistant.jobs import Job
from assistant.journey import tune
from assistant.settings import Settings

from . import tiny
from .conftest import until

_SERVER = """
import sys, time
from pathlib import Path
from assistant.workspace.project import open_project
from faults import tiny
tiny.started(open_project(Path(sys.argv[1])), Path(sys.argv[2]), epochs=50, batch=1)
time.sleep(600)
"""
_RESUME = """
import sys
from pathlib import Path
from assistant import jobs
from assistant.errors import PenalaError
sys.stdin.readline()
try:
    jobs.resume(jobs.Job(Path(sys.argv[1])))
    print("started")
except PenalaError as error:
    print(error.code)
"""


def _python(code: str, *words: object) -> subprocess.Popen[str]:
    path = os.pathsep.join(str(Path(__file__).parents[n]) for n in (2, 1))
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


def _pid(job: Job) -> int:
    return int(json.loads((job.folder / "process.json").read_text())["pid"])


def test_row_15_a_run_outlives_its_server_and_is_trained_by_one_alone(home: Settings) -> None:
    project = tiny.project(home)
    server = _python(_SERVER, project.folder, tiny.model(home.home / "base"))
    until(lambda: [job for job in tune.runs(project) if tiny.step(job) >= 2], 300, 0.1)
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    [job] = tune.runs(project)
    seen = tiny.step(job)
    until(lambda: tiny.step(job) > seen + 3, 120, 0.05)
    try:
        jobs.resume(job)
        raise AssertionError("a second trainer was started")
    except PenalaError as error:
        assert error.code == "job_running"

    first = _pid(job)
    os.kill(first, signal.SIGKILL)
    until(lambda: job.state() == "interrupted", 30, 0.05)
    clicks = [_python(_RESUME, job.folder) for _ in range(3)]
    ends = [click.communicate("\n")[0].strip() for click in clicks]
    assert sorted(ends) == ["job_running", "job_running", "started"]
    assert _pid(job) != first
    job.cancel()
    until(lambda: job.state() != "running", 300, 0.1)
    done = job.last("finished") or {}
    assert job.state() == "finished" and done["stopped"], job.log()
    assert (Path(done["adapter"]) / "adapter_model.safetensors").exists()
