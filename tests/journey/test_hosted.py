"""A run at a provider: priced and confirmed before, started once however often it is resumed, watched to its end."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant import jobs
from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.errors import PenalaError
from assistant.jobs import Job, Journal
from assistant.journey import hosted, hosted_words
from assistant.settings import Settings
from assistant.tuning.hosted import Checkpoint, HostedPlan, Status
from assistant.workspace.project import Project, create_project

MODEL = "vertex:gemini-2.5-flash"
ENDPOINT = "projects/p1/locations/us-central1/endpoints/7"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, weights=tmp_path / "weights")


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p1")
    monkeypatch.setenv("GOOGLE_VERTEX_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GOOGLE_API_KEY", "k")
    monkeypatch.setattr(hosted, "POLL_SECONDS", 0.0)
    monkeypatch.setattr("assistant.tuning.vertex.vertex_client", lambda *_: None)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = create_project(tmp_path / "projects" / "toko", "Toko", "id")
    words = ["kirim", "bayar", "retur", "lacak", "akun"]
    rows = [
        Example(f"e{n}", f"tanya {words[n % 5]} nomor {n * 7919}", f"jawab {words[n % 5]} {n}")
        for n in range(120)
    ]
    examples.save(made, rows)
    versions.freeze(made)
    return made


class Provider:
    """A scripted host; `states` come one a look, the last for ever."""

    def __init__(self, *states: Any) -> None:
        self.states, self.uploads, self.started, self.cancelled = list(states), [], [], 0

    def upload(self, file: Path, key: str) -> str:
        self.uploads.append((key, file.read_bytes()))
        return f"gs://b/{key}"

    def start(self, plan: HostedPlan, train: str, validation: str | None) -> str:
        self.started.append((plan.label, train, validation))
        return "jobs/1"

    def find(self, label: str) -> str | None:
        return "jobs/1" if any(label == known for known, *_ in self.started) else None

    def status(self, name: str) -> Status:
        now = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(now, PenalaError):
            raise now
        return now if isinstance(now, Status) else Status(name, now)

    def cancel(self, name: str) -> None:
        self.cancelled += 1


def ready(project: Project, settings: Settings, **numbers: Any) -> hosted.Prepared:
    return hosted.prepare(project, "v001", MODEL, "b", settings, "id", **numbers)


def spec_of(
    project: Project, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> tuple[Job, dict[str, Any]]:
    monkeypatch.setattr(jobs, "_spawn", lambda job, worker: job)
    prepared = ready(project, settings, epochs=2)
    job = hosted.start(project, prepared, prepared.cost.token)
    return job, job.spec


def told(job: Job) -> list[str]:
    return [e.values.get("key", e.values.get("stage", "")) for e in job.events()]


def test_a_dry_run_prices_the_request_and_names_what_to_know(project: Project, settings: Settings) -> None:
    found = ready(project, settings, epochs=3)
    shown = hosted_words.to_json(found)
    assert shown["request"]["baseModel"] == "gemini-2.5-flash"
    assert shown["request"]["supervisedTuningSpec"]["trainingDatasetUri"].startswith("gs://b/penala/toko/")
    assert shown["rows"] + shown["validation"] < 120  # no test row is learned
    low, high = (float(part) for part in shown["cost"]["sum"].split("-"))
    assert 0 < low < high and shown["cost"]["source"] and shown["cost"]["epochs"] == 3
    said = "\n".join(hosted_words.lines(found, "id"))
    assert shown["cost"]["sum"] in said and "SLA" in said


def test_a_price_that_is_unknown_is_said_and_confirmed_as_such(project: Project, settings: Settings) -> None:
    found = hosted.prepare(project, "v001", "vertex:gemini-3.5-flash", "b", settings, "en")
    assert found.cost.token == "unknown"
    assert "price of tuning this model is unknown" in hosted_words.lines(found, "en")[1]


def test_nothing_starts_without_the_sum(project: Project, settings: Settings) -> None:
    for said in ("", "0.00", "yes"):
        with pytest.raises(PenalaError) as refused:
            hosted.start(project, ready(project, settings), said)
        assert refused.value.code == "hosted_not_confirmed"
    assert hosted.runs(project) == []


@pytest.mark.parametrize("model", ["vertex:gemini-9", "vertex:gemini-1.5-flash"])
def test_a_model_that_cannot_be_tuned_is_named(project: Project, settings: Settings, model: str) -> None:
    with pytest.raises(PenalaError) as told:
        hosted.prepare(project, "v001", model, "b", settings, "id")
    assert told.value.code == "hosted_not_tunable" and "gemini-2.5-flash" in str(told.value.say("id"))


def test_a_run_is_uploaded_started_watched_and_leaves_an_endpoint(
    project: Project, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, spec = spec_of(project, settings, monkeypatch)
    at = Provider("queued", "running", Status("jobs/1", "succeeded", endpoint=ENDPOINT, tokens=900))
    ended = hosted.work(spec, Journal(job.folder), at)
    assert ended["model"] == f"vertex:{ENDPOINT}" and ended["metrics"]["tokens"] == 900
    assert at.started == [("toko-h001", f"gs://b/{at.uploads[0][0]}", f"gs://b/{at.uploads[1][0]}")]
    assert [k for k in told(job) if "hosted_state" in k] == [
        f"tuning.hosted_state.{s}" for s in ("queued", "running", "succeeded")
    ]
    kept = json.loads((job.folder / "hosted.json").read_text())
    assert kept["job"] == "jobs/1" and "prompt" in kept


def test_what_was_priced_is_what_is_sent_and_is_built_once(
    project: Project, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[object] = []
    usual = hosted.exporting.build
    monkeypatch.setattr(hosted.exporting, "build", lambda *given: built.append(given) or usual(*given))
    job, spec = spec_of(project, settings, monkeypatch)
    at = Provider(Status("jobs/1", "succeeded", endpoint=ENDPOINT))
    hosted.work(spec, Journal(job.folder), at)
    assert len(built) == 1
    assert dict(at.uploads) == {
        hosted._key(project, data): data for data in ready(project, settings).data.values()
    }


def test_a_run_that_was_killed_at_any_point_is_started_once(
    project: Project, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, spec = spec_of(project, settings, monkeypatch)
    at = Provider(Status("jobs/1", "succeeded", endpoint=ENDPOINT))

    class Killed(BaseException):
        pass

    def dies(*_: object) -> str:
        Provider.start(at, *_)  # type: ignore[arg-type]
        raise Killed  # the request went out, its answer was never written down

    at.start = dies  # type: ignore[method-assign]
    with pytest.raises(Killed):
        hosted.work(spec, Journal(job.folder), at)
    del at.start
    for _ in range(2):
        assert hosted.work(spec, Journal(job.folder), at)["model"]
    assert len(at.started) == 1


def test_a_network_that_is_away_is_waited_for(
    project: Project, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, spec = spec_of(project, settings, monkeypatch)
    away = PenalaError("remote_unreachable", service="Vertex AI", address="x")
    at = Provider(away, away, "running", away, Status("jobs/1", "succeeded", endpoint=ENDPOINT))
    assert hosted.work(spec, Journal(job.folder), at)["state"] == "succeeded"
    assert told(job).count("tuning.hosted_away") == 2


def test_credentials_that_expired_end_the_watching_and_a_resume_goes_on(
    project: Project, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, spec = spec_of(project, settings, monkeypatch)
    expired = PenalaError("remote_key_refused", service="Vertex AI", reason="expired")
    at = Provider("running", expired, Status("jobs/1", "succeeded", endpoint=ENDPOINT))
    with pytest.raises(PenalaError) as refused:
        hosted.work(spec, Journal(job.folder), at)
    assert refused.value.code == "remote_key_refused"
    assert hosted.work(spec, Journal(job.folder), at)["state"] == "succeeded"
    assert len(at.started) == 1


def test_a_partly_done_run_leaves_its_newest_checkpoint_and_a_paused_one_is_waited_for(
    project: Project, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, spec = spec_of(project, settings, monkeypatch)
    points = (Checkpoint("1", 1, 10, "e1"), Checkpoint("2", 2, 20, "e2"))
    at = Provider("paused", "paused", Status("jobs/1", "partly", checkpoints=points))
    assert hosted.work(spec, Journal(job.folder), at)["model"] == "vertex:e2"


def test_a_cancel_is_passed_on_once_and_a_failure_is_said(
    project: Project, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, spec = spec_of(project, settings, monkeypatch)
    journal = Journal(job.folder)
    failed = Provider("running", Status("jobs/1", "failed", error="quota exceeded"))
    with pytest.raises(PenalaError, match="quota exceeded"):
        hosted.work(spec, journal, failed)
    at = Provider("running", "cancelling", "cancelled")
    (job.folder / "cancel").touch()
    with pytest.raises(jobs.Cancelled):
        hosted.work(spec, journal, at)
    assert at.cancelled == 1
