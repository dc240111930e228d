"""Who is answered, with which headers; where the server refuses to start; where the front door leads."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from assistant.errors import PenalaError
from assistant.settings import Settings
from assistant.ui.context import open_context
from assistant.ui.server import check_start, create_app, preferred, serve
from assistant.workspace import lock


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return Settings(home=home, weights=home / "weights")


@pytest.fixture(scope="module")
def client(settings):
    with TestClient(create_app(open_context(settings)), base_url="http://127.0.0.1:7860") as opened:
        yield opened


def test_every_answer_carries_the_headers(client):
    for path in ("/", "/id/", "/en/decide", "/download/archive/nothing/x", "/nothing"):
        headers = client.get(path, follow_redirects=False).headers
        policy = headers["content-security-policy"]
        assert "img-src 'self' data: blob:" in policy and "frame-ancestors 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_a_foreign_host_is_refused(client):
    assert client.get("/id/", headers={"host": "evil.example"}).status_code == 403
    assert client.get("/id/", headers={"host": "localhost:7860"}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999"])
def test_a_foreign_origin_is_refused(client, origin):
    assert client.post("/id/gradio_api/queue/join", headers={"origin": origin}, json={}).status_code == 403


def test_the_front_door_follows_the_browser(client):
    def leads(accepted):
        answer = client.get("/?project=p", headers={"accept-language": accepted}, follow_redirects=False)
        return answer.headers["location"]

    assert leads("en-GB,en;q=0.9,id;q=0.8") == "/en/?project=p"
    assert leads("id-ID") == "/id/?project=p"
    assert leads("fr") == "/id/?project=p"
    assert preferred("", "en") == "en"


def test_a_download_is_refused_in_words(client):
    answer = client.get("/download/archive/..%2f..%2fetc/passwd?lang=en")
    assert answer.status_code == 404
    assert client.get("/download/secrets/p/x").status_code == 404


def test_a_public_address_is_refused(settings):
    open_to_all = Settings(home=settings.home, weights=settings.weights, host="0.0.0.0")
    with pytest.raises(PenalaError, match=r"0\.0\.0\.0") as refused:
        check_start(open_to_all, {})
    assert refused.value.code == "ui_public_address"
    check_start(replace(open_to_all, space=True), {})


def test_vibe_mode_is_refused(settings):
    with pytest.raises(PenalaError) as refused:
        check_start(settings, {"GRADIO_VIBE_MODE": "1"})
    assert refused.value.code == "ui_vibe_mode"


def test_a_second_server_on_one_home_is_told(settings):
    with lock.held(settings.home / "server.lock", "already_open"), pytest.raises(PenalaError) as refused:
        serve(settings)
    assert refused.value.code == "already_open"


def test_a_space_may_be_framed_by_its_site(settings):
    with TestClient(create_app(open_context(replace(settings, space=True)))) as opened:
        policy = opened.get("/id/", headers={"host": "someone-space.hf.space"}).headers[
            "content-security-policy"
        ]
    assert "frame-ancestors 'self' https://huggingface.co" in policy
