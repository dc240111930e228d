"""The traps of google-genai and Vertex AI that were observed, one test each, and a run's whole life through the real kits."""

import gc
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant import jobs
from assistant.errors import PenalaError
from assistant.jobs import Journal
from assistant.journey import hosted
from assistant.tuning import vertex
from assistant.tuning.hosted import HostedPlan

from .google_standin import JOB, Google, P
from .test_vertex import PLAN, code_of, host

ENDPOINT = "projects/p1/locations/us-central1/endpoints/7"


@pytest.fixture
def google() -> Iterator[Google]:
    made = Google()
    yield made
    made.close()


# What is sent (providers.md 1.2)


def test_the_validation_file_is_given_as_the_kit_wants_it(google: Google) -> None:
    """Another type is taken too, with a warning that nobody sees."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        host(google).start(PLAN, "gs://b/t.jsonl", "gs://b/v.jsonl")
    assert google.asked[-1][2]["supervisedTuningSpec"]["validationDatasetUri"] == "gs://b/v.jsonl"


def test_no_adapter_size_that_the_kit_does_not_know_reaches_the_service(google: Google) -> None:
    """The kit only warns of an unknown one and sends it on."""
    for size in (1, 2, 4, 8, 16):
        host(google).start(HostedPlan("m", "l", "t", adapter_size=size), "gs://b/t", None)
        sent = google.asked[-1][2]["supervisedTuningSpec"]["hyperParameters"]["adapterSize"]
        from google.genai import types

        assert sent in {one.value for one in types.AdapterSize}


# Where a job stands (1.3)


@pytest.mark.parametrize("state", ["PARTIALLY_SUCCEEDED", "PAUSED"])
def test_the_kits_own_word_for_ended_is_not_used(google: Google, state: str) -> None:
    google.job |= {"state": f"JOB_STATE_{state}"}
    at = host(google)
    assert not at._client.tunings.get(name=JOB).has_ended  # the trap is still there
    assert at.status(JOB).ended == (state == "PARTIALLY_SUCCEEDED")


# Names and addresses (1.4)


def test_a_job_is_asked_for_by_its_full_name(google: Google) -> None:
    """By its number alone the kit asks for something else."""
    at = host(google)
    name = at.start(PLAN, "gs://b/t", None)
    at.status(name)
    at.cancel(name)
    assert name.startswith("projects/")
    assert [path for _, path, _ in google.asked[-2:]] == [f"{P}/tuningJobs/123", f"{P}/tuningJobs/123:cancel"]


# The developer API takes a tuning job and drops its examples (1.5)


def test_no_way_leads_to_tuning_over_the_developer_api(tmp_path: Path) -> None:
    assert not hosted.is_hosted("gemini:gemini-2.5-flash")
    assert all(spec.startswith("vertex:") for spec, _ in hosted.tunable("id"))


# The client (1.6)


def test_project_and_place_survive_an_address_from_the_environment(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Left to the environment, they are dropped as soon as there is an address, and every call becomes POST /."""
    for name, value in google.env.items():
        monkeypatch.setenv(name, value)
    host(google).start(PLAN, "gs://b/t", None)
    assert google.asked[-1][:2] == ("POST", f"{P}/tuningJobs")


def test_a_host_that_nobody_else_holds_keeps_its_client_open(google: Google) -> None:
    def ask() -> Any:
        return host(google).status(JOB)

    gc.collect()
    assert ask().name == JOB


@pytest.mark.parametrize(
    ("status", "code"), [(429, "remote_busy"), (500, "remote_failed"), (503, "remote_failed")]
)
def test_quota_and_a_service_in_trouble_are_told_from_a_refusal(
    google: Google, status: int, code: str
) -> None:
    body = {
        "error": {"code": status, "message": "Quota exceeded for tuning jobs", "status": "RESOURCE_EXHAUSTED"}
    }
    google.answers["/tuningJobs"] = (status, body)
    assert code_of(lambda: host(google).start(PLAN, "gs://b/t", None)) == code


def test_no_credentials_at_all_are_said(
    google: Google, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    assert code_of(lambda: vertex.open_host("b", google.env).status(JOB)) == "remote_key_refused"


# A run watched to its end through the real kit


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    monkeypatch.setattr(hosted, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(hosted, "_SLOWEST_SECONDS", 0.02)
    return Journal(tmp_path)


def told(journal: Journal) -> list[str]:
    events = jobs.Job(journal.folder).events()
    return [e.values["key"].removeprefix("tuning.hosted_") for e in events if e.kind == "note"]


def in_turn(google: Google, *answers: Any) -> None:
    """Answer looks at the job one after another, the last for ever: a state, a status code, or None for a dropped line."""
    left, usual = list(answers), google.reply

    def answer(method: str, path: str, raw: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        if path != f"/v1/{JOB}" or method != "GET":
            return usual(method, path, raw, headers)
        now = left.pop(0) if len(left) > 1 else left[0]
        if now is None:
            raise ConnectionResetError  # the handler's thread ends and the line is dropped
        if isinstance(now, int):
            return now, {"error": {"code": now, "message": "no", "status": "X"}}
        return 200, {"name": JOB, **(now if isinstance(now, dict) else {"state": f"JOB_STATE_{now}"})}

    google.reply = answer  # type: ignore[method-assign]


def test_a_paused_run_is_waited_for_and_one_done_in_part_ends(google: Google, journal: Journal) -> None:
    points = [{"checkpointId": "1", "epoch": "1", "step": "10", "endpoint": ENDPOINT}]
    part = {"state": "JOB_STATE_PARTIALLY_SUCCEEDED", "tunedModel": {"checkpoints": points}}
    in_turn(google, "QUEUED", "PENDING", "RUNNING", "PAUSED", "PAUSED", "RUNNING", part)
    ended = hosted._watched(host(google), JOB, journal)
    assert ended.state == "partly" and ended.usable and ended.checkpoints[0].endpoint == ENDPOINT
    assert told(journal) == [f"state.{s}" for s in ("queued", "running", "paused", "running", "partly")]


def test_quota_and_dropped_lines_in_the_middle_are_waited_for(google: Google, journal: Journal) -> None:
    in_turn(
        google,
        "RUNNING",
        429,
        503,
        None,
        None,
        "RUNNING",
        {"state": "JOB_STATE_SUCCEEDED", "tunedModel": {"endpoint": ENDPOINT}},
    )
    ended = hosted._watched(host(google), JOB, journal)
    assert ended.state == "succeeded" and ended.endpoint == ENDPOINT
    assert told(journal).count("away") >= 1 and told(journal)[-1] == "state.succeeded"


def test_a_server_that_goes_away_and_comes_back_on_the_same_address(google: Google, journal: Journal) -> None:
    in_turn(google, "RUNNING")
    at, port = host(google), google.server.server_port
    found: list[Any] = []
    watching = threading.Thread(target=lambda: found.append(hosted._watched(at, JOB, journal)))
    watching.start()
    _until(lambda: "state.running" in told(journal))
    google.close()
    _until(lambda: "away" in told(journal))
    again = Google(port)
    again.job |= {"state": "JOB_STATE_SUCCEEDED", "tunedModel": {"endpoint": ENDPOINT}}
    watching.join(timeout=60)
    again.close()
    assert found and found[0].endpoint == ENDPOINT


def test_credentials_that_expire_while_it_is_watched_end_it_with_a_sentence(
    google: Google, journal: Journal
) -> None:
    in_turn(google, "RUNNING", 401)
    with pytest.raises(PenalaError) as caught:
        hosted._watched(host(google), JOB, journal)
    assert caught.value.code == "remote_key_refused"
    in_turn(google, {"state": "JOB_STATE_SUCCEEDED", "tunedModel": {"endpoint": ENDPOINT}})
    assert hosted._watched(host(google), JOB, journal).usable  # a resume watches again


def test_a_run_that_never_ends_is_let_go_of(
    google: Google, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosted, "_LONGEST_SECONDS", 0.2)
    in_turn(google, "RUNNING")
    with pytest.raises(PenalaError) as caught:
        hosted._watched(host(google), JOB, journal)
    assert caught.value.code == "hosted_overdue"


def _until(true: Callable[[], object]) -> None:
    for _ in range(3000):
        if true():
            return
        threading.Event().wait(0.02)
    raise AssertionError("it never came")
