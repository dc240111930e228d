"""Rows 17, 18, 19 and 28 of the attack matrix on the whole web application, as somebody who is logged in would try."""

import re
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import gradio as gr
import pytest
from fastapi.testclient import TestClient
from gradio.context import LocalContext
from gradio.helpers import special_args
from hypothesis import example, given, settings
from hypothesis import strategies as st

import assistant
from assistant.dataset import similar
from assistant.errors import PenalaError
from assistant.evaluation import traits
from assistant.interchange import chats, delimited
from assistant.journey import augmenting
from assistant.settings import LANGUAGES, Settings
from assistant.ui import gate
from assistant.ui.context import open_context
from assistant.ui.downloads import MAKERS
from assistant.ui.pages import pages
from assistant.ui.server import create_app
from assistant.workspace.projects import slug

CANARY = "RAHASIA-4711"
PASSWORD = "kuda-baterai-tepat"
_SELECTED = ("index", "value", "row_value", "col_value", "selected", "target")


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """Sari's project, full of a canary, and Budi, who is no member of it."""
    home = tmp_path_factory.mktemp("home")
    made = open_context(Settings(home=home, weights=home / "weights"))
    for name in ("Sari", "Budi"):
        made.accounts.add(name, PASSWORD)
    project = made.projects.create(f"Toko {CANARY}", "id")
    made.accounts.set_role(project.id, "Sari", "owner")
    with project.database() as db:
        db.execute("INSERT INTO turns (role, text, at) VALUES ('user', ?, 't')", (CANARY,))
        db.execute(
            "INSERT INTO examples (id, input, output, origin, at) VALUES ('e1', ?, 'x', 'csv', 't')",
            (CANARY,),
        )
    (home / ".env").write_text(f"GEMINI_API_KEY={CANARY}")
    return made


@pytest.fixture(scope="module")
def id(context):
    return context.projects.all()[0].id


@pytest.fixture(scope="module")
def client(context):
    with TestClient(create_app(context), base_url="http://127.0.0.1:7860") as opened:
        opened.cookies[gate.COOKIE] = context.accounts.open_session("Budi")
        yield opened


def visit(context, name, project):
    token = context.accounts.open_session(name)
    return SimpleNamespace(
        query_params={"project": project}, cookies={gate.COOKIE: token}, headers={"host": "x"}, client=None
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_row_17_no_handler_tells_or_changes_anything_of_another_ones_project(context, id, language):
    """Every handler of every page, called with the address of a project that is not one's own."""
    request, called = visit(context, "Budi", id), 0
    before = (context.settings.projects / id / "project.db").stat().st_mtime_ns
    token = LocalContext.request.set(request)
    try:
        for page in pages(context, language).values():
            for fn in page.fns.values():
                if fn.fn is None:
                    continue
                event = gr.EventData(None, {"do": "delete", "id": id, **{key: [0, 0] for key in _SELECTED}})
                given, *_ = special_args(fn.fn, [None] * len(fn.inputs), request, event)
                try:
                    found = fn.fn(*given)
                    found = list(found) if hasattr(found, "__next__") else found
                except Exception as error:  # what a handler refuses before it looks is told nobody either
                    found = str(error)
                called += 1
                assert CANARY not in str(found), (fn.fn, found)
    finally:
        LocalContext.request.reset(token)
    assert called > 100
    assert (context.settings.projects / id / "project.db").stat().st_mtime_ns == before
    assert [p.id for p in context.projects.all()] == [id]


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_row_17_no_download_of_another_ones_project(client, id, kind):
    for name in ("x", "v001", "r001", f"{id}.zip", "rows"):
        answer = client.get(f"/download/{kind}/{id}/{name}")
        assert answer.status_code == 404 and CANARY not in answer.text


def _encoded(path: str) -> set[str]:
    """One path in the ways by which filters have been passed."""
    dots = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%252f", "..%c0%af", "..\\", "....//", "%2e%2e%5c")
    ways = {
        path,
        quote(path, safe=""),
        quote(quote(path, safe=""), safe=""),
        path.replace("/", "\\"),
        f"file://{path}",
        f"{path}%00.png",
        f"/{path}",
    }
    return ways | {step * 12 + path.lstrip("/") for step in dots}


def test_row_19_no_file_of_the_server_is_served(client, context, id):
    project = context.settings.projects / id
    wanted = ["/etc/passwd", str(project / "project.db"), str(context.settings.home / "workspace.db"),
              str(context.settings.home / ".env"), str(Path(assistant.__file__))]  # fmt: skip
    tried = 0
    for path in wanted:
        for way in sorted(_encoded(path)):
            for door in (
                "/id/gradio_api/file=",
                "/id/file=",
                "/en/gradio_api/file/",
                "/id/static/",
                "/id/assets/",
            ):
                answer = client.get(door + way)
                tried += 1
                text = answer.content
                assert (
                    b"root:" not in text and CANARY.encode() not in text and b"SQLite format" not in text
                ), way
                assert (
                    answer.status_code != 200
                    or b"<html" in text[:500].lower()
                    or b"<!doctype" in text[:500].lower()
                ), way
    assert tried > 100


NAMES = st.text(max_size=300) | st.sampled_from(
    ["../../etc", "/etc/passwd", "a\0b", "C:\\x", "CON", "nul.txt", ".", "..", "~", "a" * 300, "\u202egpj.exe", "é", "e\u0301", "-rf", ".trash"]
)  # fmt: skip


@settings(max_examples=200)
@given(NAMES)
@example("../../../tmp/x")
def test_row_18_a_project_is_never_made_or_opened_outside_its_folder(tmp_path_factory, name):
    made = slug(name)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", made) and made not in ("con", "nul")
    projects = open_context(Settings(home=Path("/nowhere"), weights=Path("/nowhere"))).projects
    with pytest.raises(PenalaError) as told:
        projects.open(name)
    assert told.value.code == "no_project"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:7860", "[::2]", "", "0.0.0.0:7860"],
)
def test_row_28_a_name_that_is_not_ours_is_refused(client, host):
    assert client.get("/id/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://127.0.0.1:7860.evil.example",
        "null",
        "file://",
        "http://localhost:7861",
    ],
)
def test_row_28_no_other_sites_page_can_act(client, origin):
    for method, path in (
        ("POST", "/id/gradio_api/queue/join"),
        ("POST", "/login"),
        ("POST", "/logout"),
        ("POST", "/id/gradio_api/upload"),
    ):
        answer = client.request(method, path, headers={"origin": origin})
        assert answer.status_code == 403 and "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("part", ["a", " ", "1", "-", "1.", "a ", ": ", "[", "\t"])
def test_row_36_a_line_of_half_a_megabyte_is_read_at_once(part):
    line, began = part * (500_000 // len(part)), time.process_time()
    for pattern in (chats._LINE, chats._RULE, delimited._RULE):
        pattern.match(line)
    traits._LIST.search(line)
    similar._FIGURE.findall(line)
    augmenting._FIGURE.findall(line)
    assert time.process_time() - began < 1.0
