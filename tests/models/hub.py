"""A model hub on this machine, as much of it as a snapshot download asks for."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Hub:
    revision = "a" * 40

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def info(self) -> dict[str, Any]:
        listed = [
            {"rfilename": p.relative_to(self.folder).as_posix(), "size": p.stat().st_size}
            for p in self.files()
        ]
        return {"id": "nobody/tiny", "modelId": "nobody/tiny", "sha": self.revision, "private": False,
                "siblings": listed, "tags": [], "downloads": 0, "likes": 0}  # fmt: skip

    def tree(self) -> list[dict[str, Any]]:
        return [
            {"type": "file", "path": p.relative_to(self.folder).as_posix(), "size": p.stat().st_size, "oid": "0" * 40}
            for p in self.files()
        ]  # fmt: skip


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:  # noqa: C901
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(False)

        def do_GET(self) -> None:
            self._answer(True)

        def _answer(self, whole: bool) -> None:
            path = self.path.split("?")[0]
            if path.startswith("/api/models/nobody/tiny/tree"):
                self._send(json.dumps(hub.tree()).encode(), whole)
            elif path.startswith("/api/models/nobody/tiny"):
                self._send(json.dumps(hub.info()).encode(), whole)
            elif (file := hub.folder / path.split(f"/resolve/{hub.revision}/")[-1]).is_file():
                data = file.read_bytes()
                self._send(
                    data,
                    whole,
                    {"ETag": f'"{hashlib.sha1(data).hexdigest()}"', "X-Repo-Commit": hub.revision},
                )
            else:
                self.send_error(404)

        def _send(self, body: bytes, whole: bool, headers: dict[str, str] | None = None) -> None:
            self.send_response(200)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            if whole:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    return Handler
