"""Gemini, by API key or on Vertex AI; base models and tuned endpoints. The only chat module that knows google-genai."""

import hashlib
import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from assistant.errors import PenalaError
from assistant.models.remote import estimated_tokens, in_parallel, refusal, transport_in_words
from assistant.models.values import Decoding, Message, Reply

RECOMMENDED = "gemini-3.5-flash-lite"  # the cheapest current Flash (price list of 2026-10-07)

_SECONDS = 120  # for one answer
_THINKING_ROOM = 1024  # tokens: where thinking cannot be switched off it is paid from the answer's limit
_RETRIED = [429, 500, 502, 503, 504]


def api_key(env: Mapping[str, str] = os.environ) -> str | None:
    return env.get("GEMINI_API_KEY") or env.get("GOOGLE_API_KEY") or None


def vertex_place(env: Mapping[str, str] = os.environ) -> tuple[str, str] | None:
    """Project and location for Vertex AI, if the environment names a project."""
    project = env.get("GOOGLE_CLOUD_PROJECT")
    return (project, env.get("GOOGLE_CLOUD_LOCATION") or "us-central1") if project else None


def open_gemini(model: str, env: Mapping[str, str] = os.environ) -> "GeminiChat":
    """A model of the Gemini API. Raises PenalaError("remote_no_key")."""
    key = api_key(env)
    if key is None:
        raise PenalaError("remote_no_key", service="Gemini", variable="GEMINI_API_KEY")
    base = env.get("GOOGLE_GEMINI_BASE_URL")
    return GeminiChat(model, "Gemini", _client(base, "v1", api_key=key), base or "Gemini API")


def open_vertex(model: str, env: Mapping[str, str] = os.environ, credentials: Any = None) -> "GeminiChat":
    """A model, or `projects/…/endpoints/…` of a tuned one, on Vertex AI. Raises PenalaError("remote_no_key")."""
    place = _endpoint_place(model) or vertex_place(env)
    if place is None:
        raise PenalaError("remote_no_key", service="Vertex AI", variable="GOOGLE_CLOUD_PROJECT")
    base = env.get("GOOGLE_VERTEX_BASE_URL")
    client = vertex_client(env, place, "v1beta1", credentials)
    return GeminiChat(model, "Vertex AI", client, f"{base or 'Vertex AI'} {place[0]} {place[1]}")


def vertex_client(
    env: Mapping[str, str], place: tuple[str, str], version: str, credentials: Any = None
) -> Any:
    """A client of google-genai for one project and location."""
    # As arguments: read from the environment they are dropped as soon as an address is given too.
    options = {"vertexai": True, "project": place[0], "location": place[1]}
    if credentials is not None:
        options["credentials"] = credentials
    return _client(env.get("GOOGLE_VERTEX_BASE_URL"), version, **options)


def _endpoint_place(model: str) -> tuple[str, str] | None:
    """Project and location in a tuned model's full name: some are tuned in one region and served from another."""
    found = re.match(r"projects/([^/]+)/locations/([^/]+)/endpoints/", model)
    return (found[1], found[2]) if found else None


class GeminiChat:
    """One remote model. Each conversation is one request; a batch asks several at once."""

    context = 1_048_576

    def __init__(self, model: str, service: str, client: Any, place: str) -> None:
        self.model, self._service, self._place = model, service, place
        self._client = client  # kept: a client nobody holds is closed under its own request
        self._thinking_off = True

    @property
    def parameters(self) -> int | None:
        return None

    @property
    def name(self) -> str:
        return f"{self._service} {self.model}"

    @property
    def fingerprint(self) -> str:
        """Of the name alone: what runs behind it is not told."""
        return hashlib.sha256(f"{self._place} {self.model}".encode()).hexdigest()[:16]

    def generate(self, batch: Sequence[Sequence[Message]], decoding: Decoding) -> list[Reply]:
        """Replies in order. Raises PenalaError: remote_key_refused, remote_no_model, remote_busy,
        remote_unreachable, remote_failed."""
        return in_parallel(lambda messages: self._reply(messages, decoding), batch)

    def stream(self, messages: Sequence[Message], decoding: Decoding) -> Iterator[str]:
        with self._errors_in_words():
            request = self._request(messages, decoding)
            try:
                pieces = self._client.models.generate_content_stream(**request)
                first = next(pieces, None)
            except Exception as error:
                self._without_thinking_switch(error)
                pieces = self._client.models.generate_content_stream(**self._request(messages, decoding))
                first = next(pieces, None)
            if first is not None and first.text:
                yield first.text
            for piece in pieces:
                if piece.text:
                    yield piece.text

    def score(self, messages: Sequence[Message], labels: Sequence[str]) -> list[float]:
        raise PenalaError("no_scores", model=self.name)

    def count(self, text: str) -> int:
        return estimated_tokens(text)

    def _reply(self, messages: Sequence[Message], decoding: Decoding) -> Reply:
        began = time.monotonic()
        with self._errors_in_words():
            try:
                made = self._client.models.generate_content(**self._request(messages, decoding))
            except Exception as error:
                self._without_thinking_switch(error)
                made = self._client.models.generate_content(**self._request(messages, decoding))
        text, used = made.text or "", made.usage_metadata
        asked = sum(self.count(m.content) for m in messages)
        return Reply(
            text.strip(),
            (used.prompt_token_count if used else None) or asked,
            (used.candidates_token_count if used else None) or self.count(text),
            time.monotonic() - began,
        )

    def _request(self, messages: Sequence[Message], decoding: Decoding) -> dict[str, Any]:
        from google.genai import types

        system = "\n\n".join(m.content for m in messages if m.role == "system")
        turns = [m for m in messages if m.role != "system"]
        config = types.GenerateContentConfig(
            system_instruction=system or None,
            temperature=decoding.temperature,
            seed=decoding.seed,
            max_output_tokens=decoding.max_tokens + (0 if self._thinking_off else _THINKING_ROOM),
            thinking_config=types.ThinkingConfig(thinking_budget=0) if self._thinking_off else None,
            response_mime_type="application/json" if decoding.schema else None,
            response_json_schema=json.loads(decoding.schema) if decoding.schema else None,
        )
        contents = [
            types.Content(
                role="model" if m.role == "assistant" else "user", parts=[types.Part(text=m.content)]
            )
            for m in turns
        ]
        return {"model": self.model, "contents": contents, "config": config}

    def _without_thinking_switch(self, error: Exception) -> None:
        """Some models cannot stop thinking and refuse the request that asks them to; any other error goes on."""
        if not (self._thinking_off and getattr(error, "code", None) == 400 and "think" in str(error).lower()):
            raise error
        self._thinking_off = False

    def _errors_in_words(self) -> AbstractContextManager[None]:
        return service_errors_in_words(self._service, self.model, self._place)


@contextmanager
def service_errors_in_words(service: str, model: str, place: str) -> Iterator[None]:
    """Raises PenalaError for what google-genai raises: remote_unreachable, remote_key_refused, remote_no_model,
    remote_busy, remote_failed."""
    from google.auth.exceptions import GoogleAuthError
    from google.genai import errors
    from httpx2 import TransportError

    with transport_in_words((TransportError,), service, place):
        try:
            yield
        except errors.APIError as error:
            raise refusal(error.code, service, model, error.message or "") from error
        except GoogleAuthError as error:
            raise PenalaError("remote_key_refused", service=service, reason=str(error)[:200]) from error


def _client(base: str | None, version: str, **options: Any) -> Any:
    from google import genai
    from google.genai import types

    retry = types.HttpRetryOptions(attempts=3, initial_delay=1.0, max_delay=8.0, http_status_codes=_RETRIED)
    http = types.HttpOptions(
        base_url=base, api_version=version, timeout=_SECONDS * 1000, retry_options=retry,
        client_args={"trust_env": False} if base and "//127.0.0.1" in base else None,
    )  # fmt: skip
    try:
        return genai.Client(http_options=http, **options)
    except Exception as error:  # google.auth's, when the machine holds no credentials
        raise PenalaError("remote_key_refused", service="Google", reason=str(error)[:200]) from error
