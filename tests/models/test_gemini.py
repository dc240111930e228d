"""Gemini and Vertex AI against a stand-in on this machine: what is sent, what comes back, what goes wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from assistant.errors import PenalaError
from assistant.models import gemini
from assistant.models.values import Decoding, Message

from .standins import Answer, Asked, Service, gemini_error, gemini_says

TALK = [
    Message("system", "Be terse."),
    Message("user", "hi"),
    Message("assistant", "yes"),
    Message("user", "go"),
]


def opened(service: Service, model: str = "gemini-3.5-flash-lite") -> gemini.GeminiChat:
    return gemini.open_gemini(model, {"GEMINI_API_KEY": "secret", "GOOGLE_GEMINI_BASE_URL": service.address})


def vertex(service: Service, model: str) -> gemini.GeminiChat:
    import google.oauth2.credentials

    place = {"GOOGLE_CLOUD_PROJECT": "p1", "GOOGLE_CLOUD_LOCATION": "us-central1"}
    credentials = google.oauth2.credentials.Credentials(token="fake")
    return gemini.open_vertex(model, {**place, "GOOGLE_VERTEX_BASE_URL": service.address}, credentials)


def test_a_conversation_is_sent_in_geminis_shape() -> None:
    with Service(lambda _: (200, gemini_says(" Hello "))) as service:
        reply = opened(service).generate([TALK], Decoding(max_tokens=64, temperature=0.0, seed=4))[0]
    assert (reply.text, reply.tokens_in, reply.tokens_out) == ("Hello", 7, 3) and reply.seconds > 0
    asked = service.asked[0]
    assert asked.path == "/v1/models/gemini-3.5-flash-lite:generateContent"
    assert asked.headers["x-goog-api-key"] == "secret"
    assert [turn["role"] for turn in asked.body["contents"]] == ["user", "model", "user"]
    assert asked.body["systemInstruction"]["parts"] == [{"text": "Be terse."}]
    settings = asked.body["generationConfig"]
    assert (settings["temperature"], settings["maxOutputTokens"], settings["seed"]) == (0.0, 64, 4)


def test_vertex_uses_the_project_and_the_token() -> None:
    with Service(lambda _: (200, gemini_says("ok"))) as service:
        for model in ("gemini-2.5-flash", "projects/p1/locations/us-central1/endpoints/77"):
            assert vertex(service, model).generate([TALK], Decoding())[0].text == "ok"
    base, tuned = service.asked
    place = "/v1beta1/projects/p1/locations/us-central1"
    assert base.path == f"{place}/publishers/google/models/gemini-2.5-flash:generateContent"
    assert tuned.path == f"{place}/endpoints/77:generateContent"
    assert base.headers["authorization"] == "Bearer fake"


def test_a_batch_keeps_its_order() -> None:
    def echo(asked: Asked) -> Answer:
        return 200, gemini_says(asked.body["contents"][0]["parts"][0]["text"])

    with Service(echo) as service:
        batch = [[Message("user", f"question {n}")] for n in range(9)]
        replies = opened(service).generate(batch, Decoding())
    assert [reply.text for reply in replies] == [f"question {n}" for n in range(9)]


def test_a_stream_comes_in_pieces() -> None:
    pieces = [gemini_says("Sela"), {"candidates": [{"finishReason": "STOP"}]}, gemini_says("mat pagi")]
    with Service(lambda _: (200, pieces)) as service:
        assert list(opened(service).stream(TALK, Decoding())) == ["Sela", "mat pagi"]
    assert service.asked[0].path.endswith(":streamGenerateContent?alt=sse")


def test_a_model_that_cannot_stop_thinking_is_asked_again_with_room() -> None:
    def thinks(asked: Asked) -> Answer:
        if "thinkingConfig" in asked.body["generationConfig"]:
            return gemini_error(
                400, "INVALID_ARGUMENT", "Budget 0 is invalid. This model only works in thinking mode."
            )
        return 200, gemini_says("done") if "stream" not in asked.path else [gemini_says("done")]

    for ask in (
        lambda chat: chat.generate([TALK], Decoding(max_tokens=50))[0].text,
        lambda chat: "".join(chat.stream(TALK, Decoding(max_tokens=50))),
    ):
        with Service(thinks) as service:
            assert ask(opened(service)) == "done"
        assert service.asked[1].body["generationConfig"]["maxOutputTokens"] > 1000


def test_an_answer_that_was_blocked_is_empty() -> None:
    with Service(lambda _: (200, {"promptFeedback": {"blockReason": "SAFETY"}})) as service:
        assert opened(service).generate([TALK], Decoding())[0].text == ""


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (gemini_error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."), "remote_key_refused"),
        (gemini_error(403, "PERMISSION_DENIED", "no"), "remote_key_refused"),
        (gemini_error(404, "NOT_FOUND", "models/x is not found"), "remote_no_model"),
        (gemini_error(429, "RESOURCE_EXHAUSTED", "quota"), "remote_busy"),
        (gemini_error(400, "INVALID_ARGUMENT", "something else"), "remote_failed"),
        (gemini_error(503, "UNAVAILABLE", "overloaded"), "remote_failed"),
    ],
)  # fmt: skip
def test_each_refusal_has_its_sentence(answer: Answer, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)
    for ask in (
        lambda chat: chat.generate([TALK], Decoding()),
        lambda chat: list(chat.stream(TALK, Decoding())),
    ):
        with Service(lambda _: answer) as service, pytest.raises(PenalaError) as caught:
            ask(opened(service))
        assert caught.value.code == code
        assert "secret" not in str(caught.value) and caught.value.say("id").hint


def test_a_passing_trouble_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)
    answers = iter([gemini_error(503, "UNAVAILABLE", "x"), (200, gemini_says("at last"))])
    with Service(lambda _: next(answers)) as service:
        assert opened(service).generate([TALK], Decoding())[0].text == "at last"


def test_nobody_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)
    with Service(lambda _: (200, {})) as service:
        chat = opened(service)
    for ask in (chat.generate, lambda batch, decoding: list(chat.stream(batch[0], decoding))):
        with pytest.raises(PenalaError) as caught:
            ask([TALK], Decoding())
        assert caught.value.code == "remote_unreachable"


def test_without_a_key_it_says_which_variable() -> None:
    openers: list[tuple[Callable[[str, dict[str, str]], Any], str]] = [
        (gemini.open_gemini, "GEMINI_API_KEY"),
        (gemini.open_vertex, "GOOGLE_CLOUD_PROJECT"),
    ]
    for opener, variable in openers:
        with pytest.raises(PenalaError) as caught:
            opener("gemini-3.5-flash", {})
        assert variable in str(caught.value)


def test_it_tells_no_scores_and_estimates_tokens() -> None:
    with Service(lambda _: (200, {})) as service:
        chat, other = opened(service), opened(service, "gemini-3.5-flash")
    with pytest.raises(PenalaError) as caught:
        chat.score(TALK, ["a", "b"])
    assert caught.value.code == "no_scores"
    assert chat.count("x" * 400) == 100
    assert chat.fingerprint != other.fingerprint


def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between tries."""
    import time

    real = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: real(min(seconds, 0.01)))


def test_a_schema_goes_along_as_gemini_wants_it() -> None:
    with Service(lambda _: (200, gemini_says("{}"))) as service:
        opened(service).generate([TALK], Decoding(schema='{"type": "object"}'))
        settings = service.asked[0].body["generationConfig"]
    assert settings["responseMimeType"] == "application/json"
    assert settings["responseJsonSchema"] == {"type": "object"}
