"""Tuning on Vertex AI through the real kits against a stand-in on this machine: what is sent, what comes back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import PenalaError
from assistant.tuning import vertex
from assistant.tuning.hosted import HostedPlan

from .google_standin import JOB, Google, P

PLAN = HostedPlan("gemini-2.5-flash", "toko-h001", "Toko v001")


@pytest.fixture
def google() -> Iterator[Google]:
    made = Google()
    yield made
    made.close()


def host(google: Google, token: str = "fake", **more: str) -> vertex.Vertex:
    from google.oauth2.credentials import Credentials

    return vertex.open_host("gs://b", {**google.env, **more}, Credentials(token=token))


def code_of(call: Any) -> str:
    with pytest.raises(PenalaError) as told:
        call()
    return told.value.code


def test_the_dry_run_shows_what_the_kit_sends(google: Google) -> None:
    at = host(google)
    full = HostedPlan("gemini-2.5-flash", "l", "T", epochs=3, adapter_size=4, rate_multiplier=1.5)
    for plan, validation in ((PLAN, None), (full, "gs://b/val.jsonl")):
        assert at.start(plan, "gs://b/train.jsonl", validation) == JOB
        method, path, body = google.asked[-1]
        assert (method, path) == ("POST", f"{P}/tuningJobs")
        assert body == at.request(plan, "gs://b/train.jsonl", validation)
    assert body["supervisedTuningSpec"]["hyperParameters"] == {
        "epochCount": 3, "learningRateMultiplier": 1.5, "adapterSize": "ADAPTER_SIZE_FOUR",
    }  # fmt: skip


def test_a_file_goes_into_the_bucket_whole(google: Google, tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    file.write_bytes('{"contents": "é"}\n'.encode() * 40)
    assert host(google).upload(file, "penala/toko/ab.jsonl") == "gs://b/penala/toko/ab.jsonl"
    assert google.objects == {"penala/toko/ab.jsonl": file.read_bytes()}


def test_a_status_knows_what_the_kit_does_not_call_ended(google: Google) -> None:
    at = host(google)
    points = [
        {"checkpointId": "1", "epoch": "1", "step": "10", "endpoint": "projects/p1/locations/us/endpoints/7"}
    ]
    google.job |= {
        "state": "JOB_STATE_PARTIALLY_SUCCEEDED", "tunedModel": {"model": "m", "checkpoints": points},
        "tuningDataStats": {"supervisedTuningDataStats": {
            "tuningDatasetExampleCount": "90", "totalBillableTokenCount": "1234", "truncatedExampleIndices": ["3"],
            "droppedExampleReasons": ["too long"]}},
        "error": {"code": 8, "message": "quota  gone"}, "somethingNew": 1,
    }  # fmt: skip
    found = at.status(JOB)
    assert found.ended and found.usable and found.state == "partly"
    assert (found.rows, found.tokens, found.truncated, found.dropped) == (90, 1234, (3,), ("too long",))
    assert found.checkpoints[0].endpoint.endswith("/7") and found.error == "quota gone"


@pytest.mark.parametrize(
    ("state", "ours", "ended"),
    [("PAUSED", "paused", False), ("QUEUED", "queued", False), ("UPDATING", "running", False),
     ("A_NEW_ONE", "running", False), ("EXPIRED", "expired", True), ("CANCELLED", "cancelled", True)],
)  # fmt: skip
def test_each_state_has_one_of_ours(google: Google, state: str, ours: str, ended: bool) -> None:
    google.job |= {"state": f"JOB_STATE_{state}", "tuningJobState": "TUNING_JOB_STATE_WAITING_FOR_QUOTA"}
    found = host(google).status(JOB)
    assert (found.state, found.ended, found.detail) == (ours, ended, "waiting_for_quota")


def test_a_job_is_found_again_by_its_label_among_others(google: Google) -> None:
    at = host(google)
    assert at.find("toko-h001") is None
    at.start(PLAN, "gs://b/t", None)
    assert at.find("toko-h001") == JOB
    assert at.find("another") is None


def test_a_cancel_is_passed_on(google: Google) -> None:
    host(google).cancel(JOB)
    assert google.asked[-1][:2] == ("POST", f"/v1/{JOB}:cancel")


@pytest.mark.parametrize(
    ("status", "code"), [(403, "remote_key_refused"), (404, "remote_no_model"), (400, "remote_failed")]
)
def test_a_refusal_is_said_in_words(google: Google, status: int, code: str) -> None:
    google.answers["/tuningJobs"] = (status, {"error": {"code": status, "message": "no", "status": "X"}})
    assert code_of(lambda: host(google).start(PLAN, "gs://b/t", None)) == code


@pytest.mark.parametrize(
    ("status", "code"), [(403, "bucket_refused"), (401, "remote_key_refused"), (404, "bucket_missing")]
)
def test_a_bucket_that_refuses_is_said_in_words(
    google: Google, status: int, code: str, tmp_path: Path
) -> None:
    google.answers["/o"] = (status, {"error": {"code": status, "message": "no"}})
    file = tmp_path / "t.jsonl"
    file.write_text("{}\n")
    assert code_of(lambda: host(google).upload(file, "k")) == code


def test_expired_credentials_and_a_lost_network_are_told_apart(google: Google) -> None:
    from google.auth.credentials import Credentials
    from google.auth.exceptions import RefreshError

    class Expired(Credentials):
        valid = False

        def refresh(self, request: object) -> None:
            raise RefreshError("expired")

    expired = vertex.open_host("b", google.env, Expired())
    assert code_of(lambda: expired.status(JOB)) == "remote_key_refused"
    away = host(google, GOOGLE_VERTEX_BASE_URL="http://127.0.0.1:9")
    assert code_of(lambda: away.status(JOB)) == "remote_unreachable"


@pytest.mark.parametrize(
    "numbers", [{"epochs": 0}, {"adapter_size": 3}, {"adapter_size": 32}, {"rate_multiplier": 0.0}]
)
def test_numbers_that_the_kit_would_send_on_are_refused_here(numbers: dict[str, Any]) -> None:
    assert code_of(lambda: HostedPlan("m", "l", "t", **numbers)) == "bad_plan"


def test_no_project_and_no_bucket_are_said(google: Google) -> None:
    assert code_of(lambda: vertex.open_host("b", {})) == "remote_no_key"
    assert code_of(lambda: vertex.open_host("", google.env)) == "hosted_no_bucket"
    assert code_of(lambda: vertex.open_host("a/b", google.env)) == "hosted_no_bucket"


def test_a_tuned_model_is_asked_where_it_is_served(google: Google) -> None:
    from google.oauth2.credentials import Credentials

    from assistant.models.gemini import open_vertex
    from assistant.models.values import Decoding, Message

    name = "projects/p1/locations/europe-west4/endpoints/77"
    google.answers[":generateContent"] = (200, {"candidates": [{"content": {"parts": [{"text": "ya"}]}}]})
    chat = open_vertex(name, google.env, Credentials(token="fake"))
    assert chat.generate([[Message("user", "hai")]], Decoding())[0].text == "ya"
    assert google.asked[-1][1].startswith(f"/v1beta1/{name}:")
