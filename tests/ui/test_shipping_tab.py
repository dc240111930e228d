"""The tab that takes a tuned model away: what it begins, what it lists, and what it never writes down."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from assistant import jobs
from assistant.errors import PenalaError
from assistant.journey import shipping
from assistant.models.prompt import Prompt
from assistant.settings import Settings
from assistant.tuning.adapters import Card, write_card
from assistant.tuning.plan import plan
from assistant.ui.context import open_context
from assistant.ui.tune.shipping_tab import Shipping
from assistant.workspace.project import Project
from assistant.workspace.projects import Projects

TOKEN = "hf_kenaritoken0123456789"


@pytest.fixture
def project(settings: Settings) -> Project:
    made = Projects(settings).create("Toko", "id")
    folder = made.runs / "r001" / "adapter"
    folder.mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    config = {"base_model_name_or_path": str(settings.weights / "smollm2-135m-instruct"), "r": 4}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    card = Card("r001", "smollm2-135m-instruct", "f", Prompt("Jawab.").to_json(), "v001", "a" * 64, False,
                plan("smollm2-135m-instruct").to_json(), 90, 0, 30, 20, 1.2, 9.0)  # fmt: skip
    write_card(folder, card)
    return made


@pytest.fixture
def tab(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Shipping:
    monkeypatch.setattr(jobs, "_spawn", lambda job, worker: job)  # the tests do the work themselves
    return Shipping(open_context(settings), "id")


@pytest.fixture
def asking(project: Project) -> Any:
    return SimpleNamespace(query_params={"project": project.id}, cookies={})


def test_an_adapter_is_written_listed_and_names_no_folder_of_this_machine(
    tab: Shipping, project: Project, asking: Any, settings: Settings
) -> None:
    assert "Belum ada" in tab.show(asking)[0]
    tab.write("r001", "adapter", asking)
    [job] = shipping.exports(project)
    jobs.work(job.folder, lambda spec, journal: shipping.work(spec, journal, settings))
    shown = tab.show(asking)[0]
    assert "r001" in shown and "selesai" in shown and f"/download/shipped/{project.id}/{job.id}" in shown
    written = "".join(p.read_text() for p in (job.folder / "out").glob("*.json"))
    assert str(settings.weights) not in written and "HuggingFaceTB/SmolLM2-135M-Instruct" in written


def test_a_push_needs_a_name_and_a_token_and_writes_the_token_nowhere(
    tab: Shipping, project: Project, asking: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PENALA_OFFLINE", raising=False)
    for name, token, code in (("toko", TOKEN, "hub_name"), ("tim/toko", "", "hub_no_token")):
        monkeypatch.setenv("HF_TOKEN", token)
        monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
        with pytest.raises(PenalaError) as told:
            tab.push("r001", "adapter", name, False, asking)
        assert told.value.code == code and shipping.exports(project) == []
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    tab.push("r001", "adapter", "tim/toko", False, asking)
    [job] = shipping.exports(project)
    assert job.spec["repository"] == "tim/toko" and job.spec["public"] is False
    assert not [p for p in project.folder.rglob("*") if p.is_file() and TOKEN.encode() in p.read_bytes()]


def test_nothing_chosen_and_no_files_are_said(tab: Shipping, asking: Any) -> None:
    for call in (lambda: tab.write(None, "adapter", asking), lambda: tab.take(None, "", asking)):
        with pytest.raises(PenalaError) as told:
            call()
        assert told.value.code == "ui_nothing_chosen"
