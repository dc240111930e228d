"""Vertex AI and Cloud Storage on this machine, answering in the shapes observed."""

import json
from collections.abc import Mapping
from typing import Any

from loopback import Loopback

P = "/v1/projects/p1/locations/us-central1"
JOB = "projects/p1/locations/us-central1/tuningJobs/123"


class Google(Loopback):
    """Vertex AI and Cloud Storage in the shapes observed; `answers` overrides by the path's end."""

    def __init__(self, port: int = 0) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.answers: dict[str, tuple[int, Any]] = {}
        self.objects: dict[str, bytes] = {}
        self.job: dict[str, Any] = {"name": JOB, "state": "JOB_STATE_PENDING"}
        super().__init__(port)

    @property
    def env(self) -> dict[str, str]:
        return {
            "GOOGLE_CLOUD_PROJECT": "p1", "GOOGLE_CLOUD_LOCATION": "us-central1",
            "GOOGLE_VERTEX_BASE_URL": self.address, "STORAGE_EMULATOR_HOST": self.address,
        }  # fmt: skip

    def reply(self, method: str, path: str, raw: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        is_file = "/upload/" in path
        self.asked.append((method, path, json.loads(raw) if raw[:1] == b"{" else raw))
        for end, answer in self.answers.items():
            if path.partition("?")[0].endswith(end):
                return answer
        if is_file:
            return self._kept(raw)
        if method == "POST" and path == f"{P}/tuningJobs":
            self.job["labels"] = json.loads(raw)["labels"]
            return 200, self.job
        if method == "GET" and path.startswith(f"{P}/tuningJobs?"):
            return 200, {"tuningJobs": [{"name": "other"}, *([self.job] if "labels" in self.job else [])]}
        return (
            (200, self.job)
            if path == f"/v1/{JOB}"
            else (200, {})
            if path == f"/v1/{JOB}:cancel"
            else (404, {})
        )

    def _kept(self, raw: bytes) -> tuple[int, Any]:
        """A multipart upload: the metadata, then the file."""
        boundary = raw.partition(b"\r\n")[0]
        _, meta, content, _ = raw.split(boundary)
        about = json.loads(meta.split(b"\r\n\r\n", 1)[1])
        self.objects[about["name"]] = content.split(b"\r\n\r\n", 1)[1][:-2]
        return 200, {**about, "bucket": "b", "crc32c": about.get("crc32c", "")}
