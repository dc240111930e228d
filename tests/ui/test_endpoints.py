"""The public endpoints: five, with a key; a key opens its account's projects only, and all else is closed."""

import json

import pytest
from fastapi.testclient import TestClient
from retrieval.conftest import WordEmbedder

from assistant.errors import PenalaError
from assistant.retrieval import index
from assistant.settings import Settings
from assistant.ui.context import open_context
from assistant.ui.server import create_app

PASSWORD = "kuda-baterai-tepat"
NAMES = {"/advise", "/explain", "/search", "/ask", "/check"}
V1 = "/api/v1/gradio_api"


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """Two people, a project of the first with a document, and an embedder that loads nothing."""
    home = tmp_path_factory.mktemp("home")
    made = open_context(Settings(home=home, weights=home / "weights"))
    made.models._open["embedder"] = WordEmbedder()
    for name in ("Sari", "Budi"):
        made.accounts.add(name, PASSWORD)
    project = made.projects.create("Toko", "en")
    made.accounts.set_role(project.id, "Sari", "owner")
    (home / "fares.txt").write_text("A parking bay costs 410 pounds a year. Helmets are free of charge.")
    index.add(project, [home / "fares.txt"], WordEmbedder())
    return made


@pytest.fixture(scope="module")
def client(context):
    with TestClient(create_app(context), base_url="http://127.0.0.1:7860") as opened:
        yield opened


@pytest.fixture(scope="module")
def keys(context):
    return {name: context.accounts.new_key(name) for name in ("Sari", "Budi")}


def called(client, key, name, *given):
    """What an endpoint answers over plain HTTP: its last event and its data."""
    head = {"authorization": f"Bearer {key}"}
    began = client.post(f"{V1}/call/{name}", json={"data": list(given)}, headers=head)
    assert began.status_code == 200, began.text
    told = client.get(f"{V1}/call/{name}/{began.json()['event_id']}", headers=head).text
    event, data = told.strip().splitlines()[-2:]
    return event.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_five_functions_are_named_and_no_other(client, keys):
    info = client.get(f"{V1}/info", headers={"authorization": f"Bearer {keys['Sari']}"}).json()
    assert set(info["named_endpoints"]) == NAMES and not info["unnamed_endpoints"]
    client.cookies.clear()


@pytest.mark.parametrize("head", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic eDp5"}])
def test_without_a_key_nothing_answers(client, head):
    for path in (f"{V1}/info", "/api/v1/config", "/api/v1/", "/api/v2/x", f"{V1}/file=/etc/passwd"):
        assert client.get(path, headers=head).status_code == 401, path
    assert client.post(f"{V1}/call/explain", json={"data": ["x"]}, headers=head).status_code == 401
    assert client.post(f"{V1}/upload", files={"files": b"x"}, headers=head).status_code == 401


def test_a_browsers_session_opens_no_endpoint(client, context):
    cookie = {"cookie": f"penala_session={context.accounts.open_session('Sari')}"}
    assert client.get(f"{V1}/info", headers=cookie).status_code == 401


def test_search_and_ask_answer_as_the_commands_do(client, keys):
    event, [found] = called(client, keys["Sari"], "search", "toko", "what does a parking bay cost", 1)
    assert event == "complete" and found["results"][0]["document"] == "fares.txt"
    assert found["results"][0].keys() >= {"document", "page", "start", "end", "text", "score"}
    event, [said] = called(client, keys["Sari"], "ask", "toko", "what does a parking bay cost", "", "en")
    assert event == "complete"
    assert said.keys() >= {"answer", "citations", "refused", "arm", "fingerprint", "seconds", "tokens"}


def test_advise_takes_a_turn_and_says_what_is_wrong_with_one(client, keys):
    event, [turn] = called(client, keys["Sari"], "advise", "toko", {"set": {"task_type": "generate"}}, "en")
    assert event == "complete" and turn["facts"]["task_type"]["value"] == "generate"
    event, told = called(client, keys["Sari"], "advise", "toko", {"set": {"no_such": "x"}}, "en")
    assert event == "error" and "no_such" in told["error"]


def test_another_ones_project_does_not_exist(client, keys):
    for id in ("toko", "../toko", "none"):
        event, told = called(client, keys["Budi"], "search", id, "parking", 1)
        assert event == "error" and "/" not in told["error"].split("`")[0], told


def test_a_key_ends_with_its_account_and_on_demand(context):
    made = context.accounts.new_key("Budi")
    assert context.accounts.key_owner(made).name == "Budi"
    assert context.accounts.end_keys("budi") >= 1 and context.accounts.key_owner(made) is None
    context.accounts.add("Tono", PASSWORD)
    made = context.accounts.new_key("Tono")
    context.accounts.remove("Tono")
    assert context.accounts.key_owner(made) is None
    with pytest.raises(PenalaError):
        context.accounts.new_key("Tono")


def test_the_key_of_one_alone_ends_with_the_first_account(tmp_path):
    alone = open_context(Settings(home=tmp_path, weights=tmp_path))
    made = alone.accounts.new_key("local")
    assert alone.accounts.key_owner(made).steward
    assert made.encode() not in (tmp_path / "workspace.db").read_bytes()
    alone.accounts.add("Sari", PASSWORD)
    assert alone.accounts.key_owner(made) is None


def test_a_demo_space_has_no_endpoints(tmp_path):
    context = open_context(Settings(home=tmp_path, weights=tmp_path, space=True))
    with TestClient(create_app(context)) as opened:
        head = {"authorization": f"Bearer {context.accounts.new_key('local')}"}
        assert opened.get(f"{V1}/info", headers=head).status_code == 401
