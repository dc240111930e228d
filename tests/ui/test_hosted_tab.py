"""The provider's tab, without a browser: priced first, started only with the sum, inert."""

from types import SimpleNamespace

import pytest

from assistant import jobs
from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.errors import PenalaError
from assistant.settings import Settings
from assistant.ui.context import open_context
from assistant.ui.tune.hosted_tab import HostedRuns

MODEL = "vertex:gemini-2.5-flash"


@pytest.fixture
def tab(tmp_path, monkeypatch):
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p1")
    monkeypatch.setattr("assistant.tuning.vertex.vertex_client", lambda *_: None)
    monkeypatch.setattr(jobs, "_spawn", lambda job, worker: job)
    return HostedRuns(open_context(Settings(home=tmp_path, weights=tmp_path / "weights")), "id")


@pytest.fixture
def request_(tab):
    project = tab.context.projects.create("<b>Toko", "id")
    words = ["kirim", "bayar", "retur", "lacak", "akun"]
    rows = [
        Example(f"e{n}", f"tanya {words[n % 5]} nomor {n * 7919}", f"jawab {words[n % 5]} {n * 31}")
        for n in range(150)
    ]
    examples.save(project, rows)
    versions.freeze(project)
    return SimpleNamespace(query_params={"project": project.id}, cookies={})


def test_the_models_are_those_of_the_price_list(tab):
    assert ("Gemini 2.5 Flash", MODEL) in tab._models()


def test_a_run_is_shown_with_its_cost_and_starts_only_with_the_sum(tab, request_, monkeypatch):
    shown, typed, start = tab.look("v001", MODEL, "ember", 2, request_)
    assert "gs://ember/penala/" in shown and "USD" in shown and "<b>Toko" not in shown
    assert typed.visible and start.visible
    with pytest.raises(PenalaError) as refused:
        tab.start("v001", MODEL, "ember", 2, "1.00", request_)
    assert refused.value.code == "hosted_not_confirmed"
    *_, listed, _ = tab.start("v001", MODEL, "ember", 2, typed.placeholder, request_)
    assert "h001" in listed and "gemini-2.5-flash" in listed


@pytest.mark.parametrize(
    ("dataset", "model", "bucket", "code"),
    [(None, MODEL, "b", "ui_nothing_chosen"), ("v001", None, "b", "ui_nothing_chosen"), ("v001", MODEL, " ", "hosted_no_bucket")],
)  # fmt: skip
def test_what_is_missing_is_named(tab, request_, dataset, model, bucket, code):
    with pytest.raises(PenalaError) as told:
        tab.look(dataset, model, bucket, None, request_)
    assert told.value.code == code


def test_a_machine_without_a_project_says_so_and_an_empty_list_too(tab, request_, monkeypatch):
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT")
    door, versions_ = tab.choices(request_)
    assert "GOOGLE_CLOUD_PROJECT" in door and versions_.value == "v001"
    assert "Belum ada proses di penyedia" in tab.show(request_)[0]
