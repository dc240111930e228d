"""A public demo: everyone has projects of their own, seen by nobody else, bounded, deleted on time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from assistant.errors import PenalaError
from assistant.journey import samples
from assistant.settings import Settings, from_environment
from assistant.ui import gate
from assistant.ui.context import open_context
from assistant.ui.pages.home import HomePage
from assistant.ui.pages.settings import SettingsPage
from assistant.ui.server import create_app
from assistant.workspace import archive, visitors

HTML = {"accept": "text/html"}
SECURE = {**HTML, "x-forwarded-proto": "https"}


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return open_context(Settings(home=home, weights=home / "weights", space=True, host="0.0.0.0"))


@pytest.fixture(scope="module")
def app(context):
    return create_app(context)


@pytest.fixture
def arrive(app):
    """Opens the demo in a browser of its own; the session's token with it."""
    opened = []

    def open_one():
        client = TestClient(app, base_url="http://someone-demo.hf.space", follow_redirects=True)
        opened.append(client.__enter__())
        assert client.get("/id/", headers=HTML).status_code == 200
        return client, client.cookies[gate.COOKIE]

    yield open_one
    for client in opened:
        client.__exit__(None, None, None)


def request(token, project=""):
    return SimpleNamespace(
        query_params={"project": project} if project else {}, cookies={gate.COOKIE: token}, headers={}
    )


def code_of(call):
    with pytest.raises(PenalaError) as told:
        call()
    return told.value.code


def new_project(context, token, name="Punya saya"):
    address = HomePage(context, "id").create(name, "id", request(token))
    return address.rpartition("=")[2]


def test_a_visitor_gets_in_without_a_login_and_stays_the_same(context, arrive):
    client, token = arrive()
    person = context.accounts.who(token)
    assert visitors.is_visitor(person) and not person.steward
    assert client.get("/en/decide", headers=HTML).status_code == 200
    assert client.cookies[gate.COOKIE] == token


def test_the_cookie_is_kept_in_the_frame_of_another_site(app):
    with TestClient(app, base_url="https://someone-demo.hf.space", follow_redirects=False) as client:
        first = client.get("/id/?a=b", headers=SECURE)
        assert first.headers["location"] == "/visit?next=%2Fid%2F%3Fa%3Db"
        given = client.get(first.headers["location"], headers=SECURE).headers
        for part in ("SameSite=None", "Secure", "Partitioned", "HttpOnly", "Max-Age=7200"):
            assert part in given["set-cookie"]
        client.cookies.clear()
        refused = client.get("/visit/in?next=/id/", headers=HTML)
        assert refused.status_code == 400 and "kuki" in refused.text and "<script" not in refused.text


def test_without_a_cookie_nothing_but_pages_answers(app):
    with TestClient(app, base_url="http://someone-demo.hf.space", follow_redirects=False) as client:
        assert client.get("/id/config").status_code == 401
        assert client.post("/id/gradio_api/queue/join", json={}).status_code == 401
        assert client.get("/login", headers=HTML).headers["location"].startswith("/visit")
        assert client.get("/health").json() == {"status": "ok"}


def test_nobody_sees_the_project_of_another(context, arrive):
    (first, mine), (second, theirs) = arrive(), arrive()
    id = new_project(context, mine)
    assert [p.id for p in context.own_projects(request(mine))] == [id]
    assert context.own_projects(request(theirs)) == []
    assert context.project_or_none(request(theirs, id)) is None
    assert code_of(lambda: context.allow(request(theirs, id), "write", "x")) == "no_right"
    assert first.get(f"/download/archive/{id}/p.zip").status_code == 200
    assert second.get(f"/download/archive/{id}/p.zip").status_code == 404
    with TestClient(second.app, base_url="http://someone-demo.hf.space") as nobody:
        assert nobody.get(f"/download/archive/{id}/p.zip").status_code == 401


def test_a_visitor_has_so_much_room_and_no_more(context, arrive, monkeypatch):
    _, token = arrive()
    ids = [new_project(context, token) for _ in range(visitors.limits().projects)]
    assert code_of(lambda: new_project(context, token)) == "visitor_projects"
    context.allow(request(token, ids[0]), "own", "x")
    big = context.projects.open(ids[0]).documents / "big.bin"
    big.parent.mkdir(exist_ok=True)
    with big.open("wb") as stream:
        stream.truncate(visitors.limits().megabytes * 1_000_000 + 1)
    assert code_of(lambda: context.allow(request(token, ids[0]), "own", "x")) == "visitor_room"
    context.allow(request(token, ids[0]), "see", "x")
    monkeypatch.setattr(visitors, "limits", lambda: replace(visitors.Limits(2, 60, 10, 3, 1)))
    assert code_of(context.visitors.welcome) == "visitors_full"


def test_all_of_a_visitor_is_deleted_on_time_and_nothing_of_another(context, arrive):
    (client, old), (_, new) = arrive(), arrive()
    gone, trashed, kept = (new_project(context, t) for t in (old, old, new))
    context.projects.delete(trashed)
    person = context.accounts.who(old)
    early = context.visitors.until(person) - timedelta(seconds=1)
    assert early - datetime.now(UTC) > timedelta(hours=1.9)
    before = {p.name for p in context.accounts.all()}
    with context.accounts._db() as db:  # the first came two hours ago
        long_ago = (datetime.now(UTC) - timedelta(hours=2)).isoformat(timespec="milliseconds")
        db.execute("UPDATE accounts SET at = ? WHERE name = ?", (long_ago, person.name))
    assert context.visitors.delete_expired() == 1
    assert {p.name for p in context.accounts.all()} == before - {person.name}
    left = {path.name for path in context.settings.projects.rglob("*")}
    assert gone not in left and not any(trashed in name for name in left) and kept in left
    assert context.accounts.who(old) is None
    assert client.get("/id/config").status_code == 401
    assert [p.id for p in context.own_projects(request(new))] == [kept]


def test_the_page_says_whose_it_is_how_long_and_where_the_key_goes(context, arrive, monkeypatch):
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY", "HF_TOKEN", "PENALA_ENDPOINT_KEY"):
        monkeypatch.delenv(name, raising=False)
    _, token = arrive()
    id = new_project(context, token)
    said = SettingsPage(context, "id").visit(request(token, id))
    for words in ("hanya terlihat oleh Anda", "menit", "60 MB", "GEMINI_API_KEY", f"/download/archive/{id}/"):
        assert words in said
    monkeypatch.setenv("GEMINI_API_KEY", "canary")
    said = SettingsPage(context, "en").visit(request(token))
    assert "seen by you alone" in said and "GEMINI_API_KEY" not in said and "canary" not in said


def test_nobody_tunes_on_the_demo_and_a_sample_comes_with_its_recording(
    context, arrive, monkeypatch, tmp_path
):
    assert code_of(context.check_long_work) == "space_no_tuning"
    own = open_context(Settings(home=tmp_path, weights=tmp_path))
    own.check_long_work()
    recorded = samples.create(own.projects, "harbour")
    (recorded.runs / "r001").mkdir(parents=True)
    (recorded.runs / "r001" / "events.jsonl").write_text('{"kind": "finished", "at": "t"}\n')
    monkeypatch.setattr(samples, "recording", lambda name: archive.pack(recorded, tmp_path / "r.zip"))
    _, token = arrive()
    address = HomePage(context, "en").start_sample(SimpleNamespace(id="harbour"), request(token))
    project = context.projects.open(address.rpartition("=")[2])
    assert project.get("recorded") is True and (project.runs / "r001" / "events.jsonl").exists()
    assert [p.id for p in context.own_projects(request(token))] == [project.id]


def test_a_space_keeps_its_workspace_on_the_disk_that_does_not_last(monkeypatch):
    there = from_environment({"SPACE_ID": "someone/demo", "GRADIO_SERVER_PORT": "7861"})
    assert there.space and (there.host, there.port) == ("0.0.0.0", 7861)
    assert "/data" not in str(there.home) and there.home.name == "penala"
    here = from_environment({})
    assert not here.space and here.host == "127.0.0.1"
