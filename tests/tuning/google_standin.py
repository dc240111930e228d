"""Vertex AI and Cloud Storage on this machine, answering in the shapes observed."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

P = "/v1/projects/p1/locations/us-central1"
JOB = "projects/p1/locations/us-central1/tuningJobs/123"


class Google:
    """Vertex AI and Cloud Storage in the shapes observed; `answers` overrides by the path's end."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.answers: dict[str, tuple[int, Any]] = {}
        self.objects: dict[str, bytes] = {}
        self.job: dict[str, Any] = {"name": JOB, "state": "JOB_STATE_PENDING"}
        google = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length") or 0))
                status, body = google._answer(self.command, self.path, raw)
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def env(self) -> dict[str, str]:
        return {
            "GOOGLE_CLOUD_PROJECT": "p1", "GOOGLE_CLOUD_LOCATION": "us-central1",
            "GOOGLE_VERTEX_BASE_URL": self.address, "STORAGE_EMULATOR_HOST": self.address,
        }  # fmt: skip

    def _answer(self, method: str, path: str, raw: bytes) -> tuple[int, Any]:
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
