"""The project's model on the Settings page: chosen from what is here or by its spec, and tried out."""

from types import SimpleNamespace

import pytest
from models.standins import Service, openai_says

from assistant.errors import PenalaError
from assistant.journey import choices
from assistant.ui.chosen_model import ChosenModel
from assistant.ui.pages.decide import DecidePage


@pytest.fixture
def visit(context):
    return SimpleNamespace(query_params={"project": context.projects.create("Toko", "id").id}, cookies={})


def test_a_service_is_kept_and_what_is_sent_is_said(context, visit):
    part, project = ChosenModel(context, "en"), context.project(visit)
    spec = "openai:m@http://192.0.2.1/v1"
    assert "are sent to it" in part.choose(f"  {spec} ", visit)
    assert choices.model(project, context.settings) == spec
    shown, _ = part.show(visit)
    assert shown.value == spec and spec in [value for _, value in shown.choices]
    assert choices.base(project, context.settings) == "smollm2-135m-instruct"  # tuning stays on this machine
    assert "Nothing leaves" in part.choose("", visit)
    assert choices.model(project, context.settings) == "smollm2-135m-instruct"


@pytest.mark.parametrize("spec", ["nonsense", "gemini:", "multilingual-e5-small", "x" * 100_000, "<b>"])
def test_what_is_no_chat_model_changes_nothing(context, visit, spec):
    with pytest.raises(PenalaError):
        ChosenModel(context, "id").choose(spec, visit)
    assert context.project(visit).get("model") is None


def test_a_service_without_its_key_is_refused(context, visit, monkeypatch):
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(PenalaError) as refused:
        ChosenModel(context, "id").choose("gemini:any", visit)
    assert refused.value.code == "remote_no_key"


def test_trying_shows_the_answer_as_text_and_keeps_nothing(context, visit):
    with Service(lambda asked: (200, openai_says("Pagi <b>!"))) as service:
        said = ChosenModel(context, "id").test(f"openai:m@{service.address}/v1", visit)
    assert "Pagi &lt;b&gt;!" in said and len(service.asked) == 1
    assert context.project(visit).get("model") is None


def test_the_chosen_service_reads_what_is_said_in_decide(context, visit):
    with Service(lambda asked: (200, openai_says("[]"))) as service:
        ChosenModel(context, "id").choose(f"openai:m@{service.address}/v1", visit)
        list(DecidePage(context, "id").say("Kami ingin menjawab pelanggan.", [], visit))
    assert service.asked


def test_without_a_project_there_is_nothing_to_choose(context):
    _, panel = ChosenModel(context, "en").show(SimpleNamespace(query_params={}, cookies={}))
    assert not panel.visible
