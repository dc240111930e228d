import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from assistant import jobs
from assistant.errors import PenalaError
from assistant.jobs import Job

_LONG = {"total": 10_000}


@pytest.fixture(autouse=True)
def worker_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "r001"
    for path in tmp_path.glob("*/process.json"):
        if Job(path.parent).alive():
            psutil.Process(json.loads(path.read_text())["pid"]).kill()


def _start(folder: Path, **spec: object) -> Job:
    return jobs.start(folder, "count", spec, "steps_worker")


def _until(true: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def _steps(job: Job) -> int:
    return int((job.last("progress") or {"done": 0})["done"])


def _pid(job: Job) -> int:
    return int(json.loads((job.folder / "process.json").read_text())["pid"])


def test_a_job_runs_to_its_end_and_tells_each_step(folder: Path) -> None:
    job = _start(folder, total=3)
    kinds = [event.kind for event in jobs.follow(job, 0.02)]
    assert kinds == ["started", "progress", "progress", "progress", "finished"]
    assert job.state() == "finished"
    assert job.last("finished") == {"counted": 3, "began_at": 0}
    assert not (folder / "reserve").exists()
    with pytest.raises(PenalaError) as caught:
        jobs.resume(job)
    assert caught.value.code == "job_running"
    with pytest.raises(PenalaError) as caught:
        _start(folder, total=3)
    assert caught.value.code == "job_exists"


def test_a_job_gives_way_to_all_else_until_it_has_ended(folder: Path) -> None:
    job = _start(folder, total=10_000)
    _until(lambda: _steps(job) > 0)
    jobs.give_way(job)
    assert psutil.Process(_pid(job)).nice() > psutil.Process().nice()
    job.cancel()
    _until(lambda: job.state() == "cancelled" and not job.alive())
    jobs.give_way(job)  # nothing is left to slow down


def test_a_killed_worker_is_interrupted_and_resumes(folder: Path) -> None:
    job = _start(folder, **_LONG)
    _until(lambda: _steps(job) >= 3)
    os.kill(_pid(job), signal.SIGKILL)
    _until(lambda: job.state() == "interrupted", 5)
    reached = _steps(job)
    (folder / "spec.json").write_text(json.dumps(job.spec | {"total": reached + 5}))
    jobs.resume(job)
    _until(lambda: job.state() == "finished")
    assert (job.last("finished") or {})["began_at"] >= 3
    assert [e.kind for e in job.events() if e.kind != "progress"] == ["started", "resumed", "finished"]


def test_cancel_from_another_process_and_resume(folder: Path) -> None:
    job = _start(folder, **_LONG)
    _until(lambda: _steps(job) >= 2)
    code = "import sys; from pathlib import Path; from assistant.jobs import Job; Job(Path(sys.argv[1])).cancel()"
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)
    _until(lambda: job.state() == "cancelled")
    (folder / "spec.json").write_text(json.dumps(job.spec | {"total": _steps(job) + 2}))
    jobs.resume(job)
    _until(lambda: job.state() == "finished")


_SERVER = """
import sys, time
from pathlib import Path
from assistant import jobs
jobs.start(Path(sys.argv[1]), "count", {"total": 10000}, "steps_worker")
print("started", flush=True)
time.sleep(600)
"""


def test_a_job_outlives_its_server_and_is_found_again(folder: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(folder)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"started\n"
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    (job,) = jobs.jobs_in(folder.parent)
    seen = _steps(job)
    _until(lambda: _steps(job) > seen + 3)
    assert job.state() == "running"
    with pytest.raises(PenalaError) as caught:
        jobs.resume(job)
    assert caught.value.code == "job_running"
    job.cancel()
    _until(lambda: job.state() == "cancelled")


def test_a_server_killed_before_it_wrote_the_pid_loses_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_sign_in", lambda folder, pid: None)
    job = _start(folder, **_LONG)
    assert job.state() == "running"
    _until(lambda: _steps(job) >= 1)  # the worker signed in by itself
    assert job.state() == "running"
    assert psutil.pid_exists(_pid(job))


def test_a_reused_pid_is_not_mistaken_for_the_job(folder: Path) -> None:
    job = _start(folder, **_LONG)
    _until(lambda: _steps(job) >= 1)
    os.kill(_pid(job), signal.SIGKILL)
    _until(lambda: job.state() == "interrupted", 5)
    ours = {"pid": os.getpid(), "started": psutil.Process().create_time() - 3600}
    (folder / "process.json").write_text(json.dumps(ours))
    assert job.state() == "interrupted"


def test_a_line_cut_by_a_kill_is_left_out_and_written_past(folder: Path) -> None:
    job = _start(folder, total=2)
    _until(lambda: job.state() == "finished")
    whole = job.events()
    for cut in (
        b'{"kind": "progress", "at": "2026',
        b'{"kind": "x"}',
        '{"kind": "é'.encode()[:-1],
        b"7",
        b"\x00\x00",
    ):
        with (folder / "events.jsonl").open("ab") as stream:
            stream.write(cut)
        assert job.events() == whole
        jobs.Journal(folder).add("note", text="after")
        whole = [*whole, job.events()[-1]]
        assert job.events() == whole
        assert whole[-1].values == {"text": "after"}


@pytest.mark.parametrize(
    ("behave", "code", "sentence"),
    [
        ("user_error", "file_missing", "Tidak ada berkas data.csv."),
        ("bug", "unexpected", "ZeroDivisionError: no words for this"),
        ("memory", "out_of_memory", "Memori"),
    ],
)
def test_a_failure_is_kept_as_a_sentence_for_later(
    folder: Path, behave: str, code: str, sentence: str
) -> None:
    job = _start(folder, total=1, behave=behave)
    _until(lambda: job.state() == "failed")
    last = job.last("failed") or {}
    assert last["code"] == code
    assert sentence in PenalaError(last["code"], **last["values"]).say("id").message
    assert ("Traceback" in job.log()) == (behave != "user_error")


def test_a_worker_that_never_begins_is_interrupted(folder: Path) -> None:
    job = jobs.start(folder, "count", {}, "no_such_worker")
    _until(lambda: job.state() == "interrupted", 10)
    assert "no_such_worker" in job.log()


def test_a_full_disk_still_leaves_room_for_the_last_word(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if (
        os.name == "nt"
        or os.geteuid()
        or subprocess.run(command, capture_output=True, check=False).returncode
    ):
        pytest.skip("needs the right to mount a small tmpfs")
    try:
        job = _start(disk / "r001", total=1, behave="fill_disk")
        _until(lambda: job.state() != "running")
        assert job.state() == "failed"
        last = job.last("failed") or {}
        assert last["code"] == "disk_full"
        assert str(disk) in PenalaError(last["code"], **last["values"]).say("id").message
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_ids_go_on_from_the_highest(tmp_path: Path) -> None:
    assert jobs.new_id(tmp_path) == "r001"
    (tmp_path / "r009").mkdir()
    (tmp_path / "rest").mkdir()
    assert jobs.new_id(tmp_path) == "r010"
