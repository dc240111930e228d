"""Tuning Gemini on Vertex AI: data into a Cloud Storage bucket, the job by google-genai. Knows no project of ours.

The requests are those observed of google-genai 3.4 (see tests/tuning/test_vertex.py).
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.models.gemini import service_errors_in_words, vertex_client, vertex_place
from assistant.tuning.hosted import Checkpoint, HostedPlan, State, Status

_LABEL = "penala-run"
_STATES: dict[str, State] = {
    "QUEUED": "queued", "PENDING": "queued", "RUNNING": "running", "UPDATING": "running", "PAUSED": "paused",
    "CANCELLING": "cancelling", "SUCCEEDED": "succeeded", "PARTIALLY_SUCCEEDED": "partly", "FAILED": "failed",
    "CANCELLED": "cancelled", "EXPIRED": "expired",
}  # fmt: skip
_UPLOAD_SECONDS = 60.0  # of trying again, for each request


def open_host(bucket: str, env: Mapping[str, str] = os.environ, credentials: Any = None) -> "Vertex":
    """Vertex AI in the project and place that the environment names.

    Raises PenalaError: remote_no_key, hosted_no_bucket, remote_key_refused.
    """
    place = vertex_place(env)
    if place is None:
        raise PenalaError("remote_no_key", service="Vertex AI", variable="GOOGLE_CLOUD_PROJECT")
    name = bucket.strip().removeprefix("gs://").strip("/")
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name):
        raise PenalaError("hosted_no_bucket", bucket=bucket)
    return Vertex(name, place, env, credentials)


class Vertex:
    """`client` is kept as long as the host: one that nobody holds is closed under its own request."""

    def __init__(self, bucket: str, place: tuple[str, str], env: Mapping[str, str], credentials: Any) -> None:
        self.bucket, (self.project, self.location), self._env = bucket, place, env
        self._credentials = credentials
        self._client = vertex_client(env, place, "v1", credentials)

    def address(self, key: str) -> str:
        return f"gs://{self.bucket}/{key}"

    def request(self, plan: HostedPlan, train: str, validation: str | None) -> dict[str, Any]:
        numbers = {
            "epochCount": plan.epochs,
            "learningRateMultiplier": plan.rate_multiplier,
            "adapterSize": _adapter(plan.adapter_size),
        }
        kept = {name: value for name, value in numbers.items() if value is not None}
        spec: dict[str, Any] = {"trainingDatasetUri": train}
        spec |= {"validationDatasetUri": validation} if validation else {}
        spec |= {"hyperParameters": kept} if kept else {}
        return {
            "baseModel": plan.model,
            "supervisedTuningSpec": {**spec, "exportLastCheckpointOnly": False},
            "tunedModelDisplayName": plan.title,
            "labels": {_LABEL: plan.label},
        }

    def upload(self, file: Path, key: str) -> str:
        from google.cloud.storage.retry import DEFAULT_RETRY

        with self._storage_errors_in_words():
            blob = self._storage().bucket(self.bucket).blob(key)
            blob.upload_from_filename(
                str(file), content_type="application/jsonl", checksum="crc32c",
                retry=DEFAULT_RETRY.with_timeout(_UPLOAD_SECONDS),
            )  # fmt: skip
        return self.address(key)

    def start(self, plan: HostedPlan, train: str, validation: str | None) -> str:
        from google.genai import types

        config = types.CreateTuningJobConfig(
            validation_dataset=types.TuningValidationDataset(gcs_uri=validation) if validation else None,
            tuned_model_display_name=plan.title,
            labels={_LABEL: plan.label},
            epoch_count=plan.epochs,
            learning_rate_multiplier=plan.rate_multiplier,
            adapter_size=types.AdapterSize(size) if (size := _adapter(plan.adapter_size)) else None,
            export_last_checkpoint_only=False,
        )
        with service_errors_in_words("Vertex AI", plan.model, self._place):
            job = self._client.tunings.tune(
                base_model=plan.model, training_dataset=types.TuningDataset(gcs_uri=train), config=config
            )
        return str(job.name)

    def find(self, label: str) -> str | None:
        with service_errors_in_words("Vertex AI", label, self._place):
            listed = self._client.tunings.list(
                config={"page_size": 100, "filter": f"labels.{_LABEL}={label}"}
            )
            # A service that ignores the filter lists others too.
            return next((str(job.name) for job in listed if (job.labels or {}).get(_LABEL) == label), None)

    def status(self, name: str) -> Status:
        with service_errors_in_words("Vertex AI", name, self._place):
            return _status(self._client.tunings.get(name=name))

    def cancel(self, name: str) -> None:
        with service_errors_in_words("Vertex AI", name, self._place):
            self._client.tunings.cancel(name=name)

    @property
    def _place(self) -> str:
        return f"{self.project} {self.location}"

    def _storage(self) -> Any:
        from google.cloud import storage

        address = self._env.get("STORAGE_EMULATOR_HOST")
        options = {"api_endpoint": address} if address else None
        return storage.Client(project=self.project, credentials=self._credentials, client_options=options)

    @contextmanager
    def _storage_errors_in_words(self) -> Iterator[None]:
        from google.api_core import exceptions
        from google.auth.exceptions import GoogleAuthError, TransportError
        from requests.exceptions import ConnectionError as NoConnection
        from requests.exceptions import Timeout

        where = f"gs://{self.bucket}"
        try:
            yield
        except (exceptions.Unauthorized, exceptions.Forbidden) as error:
            raise PenalaError("bucket_refused", bucket=where, reason=_short(error)) from error
        except exceptions.NotFound as error:
            raise PenalaError("bucket_missing", bucket=where) from error
        except (exceptions.RetryError, NoConnection, Timeout, TransportError) as error:
            raise PenalaError("remote_unreachable", service="Cloud Storage", address=where) from error
        except GoogleAuthError as error:
            raise PenalaError("remote_key_refused", service="Cloud Storage", reason=_short(error)) from error
        except exceptions.GoogleAPICallError as error:
            raise PenalaError(
                "remote_failed", service="Cloud Storage", status=str(error.code), reason=_short(error)
            ) from error


def _adapter(size: int | None) -> str | None:
    names = {1: "ONE", 2: "TWO", 4: "FOUR", 8: "EIGHT", 16: "SIXTEEN"}
    return f"ADAPTER_SIZE_{names[size]}" if size is not None else None


def _status(job: Any) -> Status:
    """Our own states: the kit's `has_ended` is false for a job that succeeded in part, and would wait for ever."""
    known = _STATES.get(_bare(job.state, "JOB_STATE_"), "running")
    tuned, stats = job.tuned_model, job.tuning_data_stats
    counts = stats.supervised_tuning_data_stats if stats else None
    points = (tuned.checkpoints if tuned else None) or []
    return Status(
        name=str(job.name),
        state=known,
        detail=_bare(job.tuning_job_state, "TUNING_JOB_STATE_").lower(),
        model=(tuned.model if tuned else None) or "",
        endpoint=(tuned.endpoint if tuned else None) or "",
        checkpoints=tuple(
            Checkpoint(str(p.checkpoint_id), int(p.epoch or 0), int(p.step or 0), p.endpoint or "")
            for p in points
        ),
        rows=_whole(counts.tuning_dataset_example_count) if counts else None,
        tokens=_whole(counts.total_billable_token_count) if counts else None,
        dropped=tuple((counts.dropped_example_reasons if counts else None) or ()),
        truncated=tuple(int(n) for n in (counts.truncated_example_indices if counts else None) or ()),
        error=_said(job.error),
    )


def _bare(state: Any, prefix: str) -> str:
    return str(getattr(state, "value", state) or "").removeprefix(prefix)


def _whole(value: Any) -> int | None:
    return int(value) if value is not None else None


def _said(error: Any) -> str:
    message = getattr(error, "message", None) or (error.get("message") if isinstance(error, dict) else None)
    return " ".join(str(message or "").split())[:300]


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
