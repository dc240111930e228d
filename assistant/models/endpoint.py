"""Any OpenAI-compatible endpoint (Ollama, vLLM, llama.cpp, OpenAI itself); knows addresses, no weights."""

import hashlib
import json
import os
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import PenalaError
from assistant.models.remote import estimated_tokens, in_parallel, refusal, transport_in_words
from assistant.models.values import Decoding, Message, Reply

OPENAI = "https://api.openai.com/v1"
_SECONDS = 120.0  # for one answer
_OLLAMA = "http://127.0.0.1:11434"
_PROBE_SECONDS = 0.3


def open_endpoint(model: str, address: str, env: Mapping[str, str] = os.environ) -> "EndpointChat":
    """A model at an address such as http://127.0.0.1:8000/v1. Raises PenalaError("bad_address")."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PenalaError("bad_address", address=address)
    return EndpointChat(model, address.rstrip("/"), key_for(address, env))


def key_for(address: str, env: Mapping[str, str] = os.environ) -> str:
    """The key sent to an address. OpenAI's goes to OpenAI (or OPENAI_BASE_URL) and nowhere else."""
    home = urlsplit(env.get("OPENAI_BASE_URL") or OPENAI).hostname
    if urlsplit(address).hostname == home:
        return env.get("OPENAI_API_KEY") or "none"
    return env.get("PENALA_ENDPOINT_KEY") or "none"


def ollama_address(env: Mapping[str, str] = os.environ) -> str:
    named = env.get("OLLAMA_HOST", "").replace("0.0.0.0", "127.0.0.1")
    if not named:
        return _OLLAMA
    full = named if "//" in named else f"http://{named}"
    return full if urlsplit(full).port else f"{full}:11434"


def ollama_models(env: Mapping[str, str] = os.environ) -> list[str]:
    """The models that a running Ollama offers; none when it does not answer at once."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{ollama_address(env)}/api/tags", timeout=_PROBE_SECONDS) as answer:
            return [str(model["name"]) for model in json.load(answer)["models"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


class EndpointChat:
    """One model behind an address. Each conversation is one request; a batch asks several at once."""

    context = 8192  # what such servers commonly allow when nothing else is set

    def __init__(self, model: str, address: str, key: str) -> None:
        from openai import OpenAI

        self.model, self.address = model, address
        self._client = OpenAI(
            base_url=address, api_key=key, timeout=_SECONDS, max_retries=2, **_direct(address)
        )
        self._limit = "max_completion_tokens" if address == OPENAI else "max_tokens"
        self._plain = False  # whether the model refuses a temperature
        self._shapeless = False  # whether it refuses a schema

    @property
    def parameters(self) -> int | None:
        return None

    @property
    def name(self) -> str:
        return f"{self.model} ({urlsplit(self.address).netloc})"

    @property
    def fingerprint(self) -> str:
        """Of the name and address alone: what runs behind them is not told."""
        return hashlib.sha256(f"{self.address} {self.model}".encode()).hexdigest()[:16]

    def generate(self, batch: Sequence[Sequence[Message]], decoding: Decoding) -> list[Reply]:
        """Replies in order. Raises PenalaError: remote_key_refused, remote_no_model, remote_busy,
        remote_unreachable, remote_failed."""
        return in_parallel(lambda messages: self._reply(messages, decoding), batch)

    def stream(self, messages: Sequence[Message], decoding: Decoding) -> Iterator[str]:
        with self._errors_in_words():
            for chunk in self._create(messages, decoding, stream=True):
                if chunk.choices and chunk.choices[0].delta.content:
                    yield chunk.choices[0].delta.content

    def score(self, messages: Sequence[Message], labels: Sequence[str]) -> list[float]:
        raise PenalaError("no_scores", model=self.name)

    def count(self, text: str) -> int:
        return estimated_tokens(text)

    def _reply(self, messages: Sequence[Message], decoding: Decoding) -> Reply:
        began = time.monotonic()
        with self._errors_in_words():
            made = self._create(messages, decoding, stream=False)
        text = (made.choices[0].message.content or "") if made.choices else ""
        used = made.usage
        asked = sum(self.count(m.content) for m in messages)
        return Reply(
            text.strip(),
            used.prompt_tokens if used else asked,
            used.completion_tokens if used else self.count(text),
            time.monotonic() - began,
        )

    def _create(self, messages: Sequence[Message], decoding: Decoding, stream: bool) -> Any:
        """One request; said again in the model's own dialect if it refuses the words of ours."""
        from openai import BadRequestError

        turns: Any = [{"role": m.role, "content": m.content} for m in messages]
        for last in (False, False, False, True):
            drawn = {} if self._plain else {"temperature": decoding.temperature, "seed": decoding.seed}
            options: Any = {self._limit: decoding.max_tokens, **drawn, **self._shape(decoding)}
            try:
                return self._client.chat.completions.create(
                    model=self.model, messages=turns, stream=stream, **options
                )
            except BadRequestError as error:
                if last or not self._learned(str(error)):
                    raise
        raise AssertionError("unreachable")

    def _shape(self, decoding: Decoding) -> dict[str, Any]:
        if not decoding.schema or self._shapeless:
            return {}
        wanted = {"name": "answer", "schema": json.loads(decoding.schema)}
        return {"response_format": {"type": "json_schema", "json_schema": wanted}}

    def _learned(self, said: str) -> bool:
        """Whether the refusal tells how to ask instead."""
        if self._limit == "max_tokens" and "max_completion_tokens" in said:
            self._limit = "max_completion_tokens"
            return True
        if not self._plain and ("temperature" in said or "seed" in said):
            self._plain = True
            return True
        if not self._shapeless and ("response_format" in said or "schema" in said):
            self._shapeless = True
            return True
        return False

    @contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        from openai import APIConnectionError, APIError, APIStatusError

        service = urlsplit(self.address).netloc
        with transport_in_words((APIConnectionError,), service, self.address):
            try:
                yield
            except APIStatusError as error:
                raise refusal(error.status_code, service, self.model, error.message) from error
            except APIConnectionError:
                raise
            except APIError as error:  # an error inside a stream that had begun well
                raise refusal(0, service, self.model, error.message) from error


def _direct(address: str) -> dict[str, Any]:
    """No proxy towards this machine itself."""
    if urlsplit(address).hostname not in ("127.0.0.1", "localhost", "::1"):
        return {}
    from openai import DefaultHttpxClient

    return {"http_client": DefaultHttpxClient(trust_env=False)}
