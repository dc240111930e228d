"""OpenAI-compatible endpoints against a stand-in on this machine, and finding a running Ollama."""

import time
from typing import Any

import pytest

from assistant.errors import PenalaError
from assistant.models import endpoint
from assistant.models.values import Decoding, Message

from .standins import Answer, Asked, Service, openai_error, openai_piece, openai_says

TALK = [Message("system", "Be terse."), Message("user", "hi")]


def opened(service: Service, **env: str) -> endpoint.EndpointChat:
    return endpoint.open_endpoint("qwen3:4b", f"{service.address}/v1", env)


def test_a_conversation_is_sent_in_openais_shape() -> None:
    with Service(lambda _: (200, openai_says(" Hello "))) as service:
        reply = opened(service).generate([TALK], Decoding(max_tokens=32, seed=2))[0]
    assert (reply.text, reply.tokens_in, reply.tokens_out) == ("Hello", 9, 2)
    asked = service.asked[0]
    assert asked.path == "/v1/chat/completions"
    assert asked.body["messages"][0] == {"role": "system", "content": "Be terse."}
    assert (asked.body["max_tokens"], asked.body["temperature"], asked.body["seed"]) == (32, 0.0, 2)


def test_a_server_that_counts_nothing_is_estimated() -> None:
    said = {**openai_says("Hello you"), "usage": None}
    with Service(lambda _: (200, said)) as service:
        reply = opened(service).generate([TALK], Decoding())[0]
    assert (reply.tokens_in, reply.tokens_out) == (4, 3)


def test_a_stream_comes_in_pieces() -> None:
    empty: dict[str, Any] = {**openai_piece(""), "choices": []}
    pieces = [openai_piece("Sela"), empty, openai_piece("mat"), "[DONE]"]
    with Service(lambda _: (200, pieces)) as service:
        assert list(opened(service).stream(TALK, Decoding())) == ["Sela", "mat"]
    assert service.asked[0].body["stream"] is True


def test_an_error_inside_a_stream_is_said() -> None:
    pieces = [openai_piece("Sela"), {"error": {"message": "the model crashed"}}]
    with Service(lambda _: (200, pieces)) as service, pytest.raises(PenalaError) as caught:
        list(opened(service).stream(TALK, Decoding()))
    assert caught.value.code == "remote_failed" and "crashed" in str(caught.value)


def test_it_learns_the_models_dialect_from_refusals() -> None:
    def picky(asked: Asked) -> Answer:
        if "max_tokens" in asked.body:
            return openai_error(
                400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            )
        if "temperature" in asked.body:
            return openai_error(400, "Unsupported value: 'temperature' does not support 0.")
        return 200, openai_says("fine")

    with Service(picky) as service:
        chat = opened(service)
        assert chat.generate([TALK], Decoding(max_tokens=5))[0].text == "fine"
        chat.generate([TALK], Decoding(max_tokens=5))
    assert len(service.asked) == 4 and service.asked[-1].body["max_completion_tokens"] == 5


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (openai_error(401, "Incorrect API key provided"), "remote_key_refused"),
        (openai_error(404, "model 'x' not found"), "remote_no_model"),
        (openai_error(429, "slow down"), "remote_busy"),
        (openai_error(400, "context length exceeded"), "remote_failed"),
        (openai_error(500, "boom"), "remote_failed"),
    ],
)  # fmt: skip
def test_each_refusal_has_its_sentence(answer: Answer, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: real(min(seconds, 0.01)))
    with Service(lambda _: answer) as service, pytest.raises(PenalaError) as caught:
        opened(service).generate([TALK], Decoding())
    assert caught.value.code == code


def test_nobody_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: real(min(seconds, 0.01)))
    with Service(lambda _: (200, {})) as service:
        chat = opened(service)
    with pytest.raises(PenalaError) as caught:
        chat.generate([TALK], Decoding())
    assert caught.value.code == "remote_unreachable" and service.address in str(caught.value)


def test_openais_key_goes_to_openai_only() -> None:
    env = {"OPENAI_API_KEY": "secret", "PENALA_ENDPOINT_KEY": "own"}
    with Service(lambda _: (200, openai_says("x"))) as service:
        opened(service, **env).generate([TALK], Decoding())
    assert service.asked[0].headers["authorization"] == "Bearer own"
    assert endpoint.key_for(endpoint.OPENAI, env) == "secret"
    assert (
        endpoint.key_for(
            "https://llm.example.org/v1", {**env, "OPENAI_BASE_URL": "https://llm.example.org/v1"}
        )
        == "secret"
    )


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "file:///etc/passwd", "http://", ""])
def test_an_address_must_be_one(address: str) -> None:
    with pytest.raises(PenalaError) as caught:
        endpoint.open_endpoint("m", address, {})
    assert caught.value.code == "bad_address"


def test_a_running_ollama_is_found_and_a_silent_one_costs_little() -> None:
    tags = {"models": [{"name": "qwen3:4b", "size": 1}, {"name": "gemma3:270m", "size": 1}]}
    with Service(lambda _: (200, tags)) as service:
        host = service.address.removeprefix("http://")
        assert endpoint.ollama_models({"OLLAMA_HOST": host}) == ["qwen3:4b", "gemma3:270m"]
        assert service.asked[0].path == "/api/tags"
    assert endpoint.ollama_models({"OLLAMA_HOST": host}) == []
    with Service(lambda _: (time.sleep(2), (200, tags))[1]) as slow:
        began = time.monotonic()
        assert endpoint.ollama_models({"OLLAMA_HOST": slow.address}) == []
        assert time.monotonic() - began < 1
    with Service(lambda _: (200, ["not", "ollama"])) as other:
        assert endpoint.ollama_models({"OLLAMA_HOST": other.address}) == []


def test_ollamas_own_ways_of_naming_a_host() -> None:
    assert endpoint.ollama_address({}) == "http://127.0.0.1:11434"
    assert endpoint.ollama_address({"OLLAMA_HOST": "0.0.0.0"}) == "http://127.0.0.1:11434"
    assert endpoint.ollama_address({"OLLAMA_HOST": "box:9999"}) == "http://box:9999"


def test_a_schema_goes_along_and_is_left_out_where_it_is_refused() -> None:
    def answer(asked: Asked) -> Answer:
        if "response_format" in asked.body:
            return openai_error(400, "response_format json_schema is not supported")
        return 200, openai_says("{}")

    with Service(answer) as service:
        assert opened(service).generate([TALK], Decoding(schema='{"type": "object"}'))[0].text == "{}"
        wanted = service.asked[0].body["response_format"]
    assert wanted["json_schema"]["schema"] == {"type": "object"}
    assert "response_format" not in service.asked[-1].body
