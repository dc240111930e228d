"""Gemini, Vertex AI and OpenAI-compatible services on this machine, answering in the shapes observed."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]  # status and JSON; a list is sent as a stream of events


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Service:
    """Answers each request with what `answer(asked)` says, and remembers what was asked."""

    answer: Callable[[Asked], Answer]
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> "Service":
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


def gemini_says(text: str, tokens_in: int = 7, tokens_out: int = 3) -> dict[str, Any]:
    return {
        "candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": tokens_in, "candidatesTokenCount": tokens_out},
        "somethingNew": True,
    }


def gemini_error(code: int, status: str, message: str) -> Answer:
    return code, {"error": {"code": code, "status": status, "message": message}}


def openai_says(text: str) -> dict[str, Any]:
    return {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
    }  # fmt: skip


def openai_piece(text: str) -> dict[str, Any]:
    return {
        "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [{"index": 0, "delta": {"content": text}}],
    }  # fmt: skip


def openai_error(code: int, message: str) -> Answer:
    return code, {"error": {"message": message, "type": "invalid_request_error", "code": None}}


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            self._answer(json.loads(body or b"{}"))

        def _answer(self, body: dict[str, Any]) -> None:
            asked = Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            service.asked.append(asked)
            status, said = service.answer(asked)
            stream = isinstance(said, list)
            self.send_response(status)
            self.send_header("content-type", "text/event-stream" if stream else "application/json")
            if stream:
                self.end_headers()
                for piece in said:
                    text = piece if isinstance(piece, str) else json.dumps(piece)
                    self.wfile.write(f"data: {text}\r\n\r\n".encode())
                return
            raw = json.dumps(said).encode()
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            return

    return Handler
