"""Who gets in: the gate before every address, the login, an invitation, and what each role may do."""

from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from gradio.context import LocalContext

from assistant.errors import PenalaError
from assistant.settings import Settings
from assistant.ui import gate
from assistant.ui.context import open_context
from assistant.ui.data.people import People
from assistant.ui.pages.home import HomePage
from assistant.ui.server import check_start, create_app
from assistant.ui.wiring import asking_first

PASSWORD = "kuda-baterai-tepat"
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    made = open_context(Settings(home=home, weights=home / "weights"))
    made.accounts.add("Ketua", PASSWORD, steward=True)
    made.accounts.add("Sari", PASSWORD)
    return made


@pytest.fixture
def project(context):
    return context.projects.create("Balasan <b>toko</b>", "id")


@pytest.fixture(scope="module")
def served(context):
    with TestClient(create_app(context), base_url="http://127.0.0.1:7860", follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def client(served):
    """A browser that nobody has logged in with."""
    served.cookies.clear()
    return served


def visit(context, name, project=""):
    """A page's request of someone who is logged in ("" for someone who is not)."""
    token = context.accounts.open_session(name) if name else ""
    return SimpleNamespace(
        query_params={"project": project} if project else {}, cookies={gate.COOKIE: token},
        headers={"host": "penala.test"},
    )  # fmt: skip


def test_without_a_session_only_the_doors_answer(client, project):
    for path in ("/", "/id/", "/id/data?project=x", f"/download/archive/{project.id}/x.zip"):
        answer = client.get(path, headers=HTML)
        assert answer.status_code == 303 and answer.headers["location"].startswith("/login?next=%2F"), path
    for path in ("/id/config", "/id/gradio_api/queue/data", "/download/archive/x/x"):
        assert client.get(path).status_code == 401, path
    assert client.post("/id/gradio_api/queue/join", json={}).status_code == 401


def test_the_login_leads_where_one_wanted_to_go(client):
    page = client.get("/login", params={"next": "/id/data?project=p"})
    assert "Masuk" in page.text and "default-src 'self'" in page.headers["content-security-policy"]
    form = {"name": "Sari", "password": PASSWORD, "next": "/id/data?project=p"}
    answer = client.post("/login", data=form)
    assert answer.status_code == 303 and answer.headers["location"] == "/id/data?project=p"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert client.get("/id/", headers=HTML).status_code == 200
    assert client.post("/logout").headers["location"] == "/login"
    assert client.get("/id/", headers=HTML).status_code == 303


@pytest.mark.parametrize(
    "next", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/x\r\ny"]
)
def test_the_login_leads_nowhere_else(client, next):
    answer = client.post("/login", data={"name": "Sari", "password": PASSWORD, "next": next})
    assert answer.headers["location"] in ("/id/", "/en/")


def test_a_wrong_password_is_said_inert_and_keeps_the_name(client):
    answer = client.post("/login?lang=id", data={"name": "<i>Sari", "password": "salah"})
    assert answer.status_code == 401 and "Nama atau kata sandi salah." in answer.text
    assert "<i>" not in answer.text and "&lt;i&gt;Sari" in answer.text


def test_a_foreign_site_cannot_log_anyone_in(client):
    form = {"name": "Sari", "password": PASSWORD}
    assert client.post("/login", data=form, headers={"origin": "https://evil.example"}).status_code == 403


def test_an_invitation_makes_an_account_with_its_role(client, context, project):
    token = context.accounts.invite(project.id, "expert", by="Ketua")
    page = client.get(f"/join/{token}?lang=id")
    assert "Balasan &lt;b&gt;toko" in page.text and "sebagai ahli" in page.text
    form = {"name": "Budi", "password": PASSWORD, "again": "lain"}
    wrong = client.post(f"/join/{token}?lang=id", data=form)
    assert wrong.status_code == 400 and "tidak sama" in wrong.text and 'value="Budi"' in wrong.text
    answer = client.post(f"/join/{token}?lang=id", data={**form, "again": PASSWORD})
    assert answer.headers["location"] == f"/id/data?project={project.id}"
    assert client.get(answer.headers["location"], headers=HTML).status_code == 200
    assert [(m.name, m.role) for m in context.accounts.members(project.id)] == [("Budi", "expert")]
    assert client.get(f"/join/{token}?lang=en").status_code == 404


def test_someone_with_an_account_joins_with_it(client, context, project):
    token = context.accounts.invite(project.id, "reviewer")
    client.post("/login", data={"name": "Sari", "password": PASSWORD})
    assert "Bergabung sebagai Sari" in client.get(f"/join/{token}?lang=id").text
    assert client.post(f"/join/{token}?lang=id").status_code == 303
    assert [(m.name, m.role) for m in context.accounts.members(project.id)] == [("Sari", "reviewer")]


def test_a_project_of_others_does_not_exist(client, context, project):
    asked = visit(context, "Sari", project.id)
    assert context.project_or_none(asked) is None
    assert project.id not in HomePage(context, "id").show(asked)[0]
    client.post("/login", data={"name": "Sari", "password": PASSWORD})
    assert client.get(f"/download/archive/{project.id}/x.zip").status_code == 404
    context.accounts.set_role(project.id, "Sari", "viewer")
    assert context.project_or_none(asked) == project
    assert client.get(f"/download/archive/{project.id}/x.zip").status_code == 200


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(None, ""), ("viewer", "see"), ("expert", "see write"), ("reviewer", "see write review"), ("owner", "see write review own")],
)  # fmt: skip
def test_a_handler_runs_only_for_who_has_the_right(context, project, role, allowed):
    if role:
        context.accounts.set_role(project.id, "Sari", role)
    ran = []
    for right in ("see", "write", "review", "own"):
        handler = asking_first(
            lambda r=right: ran.append(r), lambda q, r=right: context.allow(q, r, f"do.{r}")
        )
        LocalContext.request.set(visit(context, "Sari", project.id))
        try:
            handler()
        except PenalaError as told:
            assert told.code == "no_right"
    assert ran == allowed.split()
    noted = [d.action for d in context.accounts.deeds(project.id) if d.action.startswith("do.")]
    assert sorted(noted) == sorted(f"do.{r}" for r in ran if r != "see")


def test_a_handler_of_someone_whose_session_is_over_is_told(context, project):
    with pytest.raises(PenalaError) as told:
        context.allow(visit(context, "", project.id), "see", "x")
    assert told.value.code == "not_logged_in"


def test_who_makes_a_project_owns_it_and_only_owners_delete(context):
    home = HomePage(context, "id")
    home.create("Milik Sari", "id", visit(context, "Sari"))
    assert context.may(visit(context, "Sari"), "own", "milik-sari")
    other = context.accounts.add("Tono", PASSWORD)
    with pytest.raises(PenalaError) as told:
        home.act(SimpleNamespace(do="delete", id="milik-sari"), visit(context, other.name))
    assert told.value.code == "no_right"


def test_owners_invite_and_change_roles(context, project):
    page, asked = People(context, "id"), visit(context, "Ketua", project.id)
    made = page.invite("expert", asked)
    token = made["value"].removeprefix("http://penala.test/join/")
    context.accounts.join(token, context.person(visit(context, "Sari")))
    said, shown, *_ = page.save("Sari", "viewer", asked)
    assert "Sari sekarang pembaca." in said and "pembaca" in shown
    page.remove("Sari", asked)
    assert context.accounts.members(project.id) == []


def test_an_open_address_needs_accounts(tmp_path, context):
    check_start(Settings(home=context.settings.home, weights=tmp_path, host="0.0.0.0"), {})
    with pytest.raises(PenalaError):
        check_start(Settings(home=tmp_path / "other", weights=tmp_path, host="0.0.0.0"), {})
