"""Two versions of a prompt on the same cases: what differs is the prompt alone, and its price is known or said not to be."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from assistant.advisor.estimate.providers import load
from assistant.advisor.estimate.token_prices import thousand
from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.errors import PenalaError
from assistant.jobs import Job
from assistant.journey import choices, compare, prompt_lab
from assistant.models.values import Reply
from assistant.retrieval import prompts, questions
from assistant.retrieval.questions import Question
from assistant.settings import Settings
from assistant.workspace.project import create_project


class Obedient:
    """Answers rightly only where its instructions are to be brief; small, so that it would quote if it might."""

    name, fingerprint, context, parameters = "obedient", "o", 4096, 135_000_000

    def __init__(self):
        self.read = []

    def generate(self, batch, decoding):
        self.read += batch
        return [Reply(self._said(messages), 40, 4, 0.1) for messages in batch]

    def _said(self, messages):
        return "14 days" if "brief" in messages[0].content else "I would rather talk about the weather."

    def count(self, text):
        return len(text.split())


class Letters:
    """A vector a text by its letters."""

    fingerprint = "letters"

    def queries(self, texts: Sequence[str]):
        rows = np.array([[text.count(chr(97 + n)) + 0.01 for n in range(26)] for text in texts], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path, weights=tmp_path / "weights")


@pytest.fixture
def project(tmp_path):
    return create_project(tmp_path / "project", "Test", "en")


@pytest.fixture
def model(monkeypatch):
    made = Obedient()
    monkeypatch.setattr("assistant.models.registry.open_model", lambda *a, **k: made)
    monkeypatch.setattr("assistant.journey.bench.open_embedder", lambda settings: Letters())
    return made


def _keep(project, kind, *bodies, **more):
    for body in bodies:
        prompts.add(project, kind, choices.prompt_of(project, body, kind, **more))


def _ran(project, settings, request):
    folder = project.comparisons / "c001"
    folder.mkdir(parents=True)
    (folder / "spec.json").write_text(json.dumps({"request": request.__dict__}))
    compare.compare(project, request, settings, folder, lambda *a: None)
    return Job(folder)


def test_the_better_prompt_is_shown_to_be_better_case_by_case(project, settings, model):
    _keep(project, "question", "Answer.", "Be brief.")
    asked = [Question(f"q{n}", f"Question number {n}?", ("14 days",)) for n in range(12)]
    questions.add(project, [*asked, Question("none", "Who?", (), None, False)])
    job = _ran(
        project, settings, compare.Request("questions", model="gemini:gemini-3.5-flash-lite", prompts=(0, 1))
    )
    found = prompt_lab.read(project, job, settings)
    assert (found.pair.outcome, found.pair.n) == ("better", 12) and found.pair.difference == 1.0
    assert (found.first.tokens_in, found.second.tokens_out) == (40, 4)
    for language in ("en", "id"):
        assert "100" in prompt_lab.outcome(found, language)
        shown = dict((name, other) for name, _, other in prompt_lab.rows(found, language))
        assert len(shown) == len(found.first.metrics) + 3 and any("US$0" in cell for cell in shown.values())
    assert prompt_lab.newest(project, "question").id == job.id and prompt_lab.newest(project, "task") is None
    assert compare.comparisons(project) == []  # it is no comparison of arms


def test_examples_come_from_the_training_split_alone(project, settings, model):
    rows = [Example(f"e{n}", f"message {chr(97 + n)} {chr(97 + n)}", "14 days", split=split)
            for n, split in enumerate(["train"] * 6 + ["validation"] * 2 + ["test"] * 4)]  # fmt: skip
    examples.save(project, rows)
    frozen = versions.freeze(project)
    _keep(project, "task", "Be brief.")
    _keep(project, "task", "Be brief.", examples=2, system="You are the shop.", schema='{"type": "string"}')
    request = compare.Request(f"{frozen.name}:test", prompts=(0, 1))
    found = prompt_lab.read(project, _ran(project, settings, request), settings)
    assert found.pair.outcome in ("equivalent", "cannot_tell") and found.first.cost.own
    plain, shown = model.read[0], model.read[-1]
    assert (len(plain), len(shown)) == (2, 6)
    assert shown[0].content.index("You are the shop.") < shown[0].content.index("Be brief.")
    assert '{"type": "string"}' in shown[0].content
    train = {e.input for e in rows if e.split == "train"}
    assert {m.content for messages in model.read for m in messages[1:-1] if m.role == "user"} <= train


def test_what_cannot_be_compared_is_said(project):
    _keep(project, "question", "Answer.", "Be brief.")
    _keep(project, "task", "Answer.", "Be brief.")
    for kind, numbers, code in (
        ("question", (0, 0), "prompt_same"),
        ("question", (0, 7), "prompt_unknown"),
        ("question", (0, 1), "no_cases_in"),
        ("task", (0, 1), "prompt_no_cases"),
    ):
        with pytest.raises(PenalaError) as caught:
            prompt_lab.start(project, kind, numbers)
        assert caught.value.code == code and caught.value.say("id").hint
    assert prompt_lab.newest(project, "question") is None


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"schema": "[]"}, "prompt_schema"),
        ({"schema": "{"}, "prompt_schema"),
        ({"examples": 9}, "prompt_examples"),
    ],
)
def test_a_prompt_that_cannot_be_used_is_not_kept(project, more, code):
    with pytest.raises(PenalaError) as caught:
        _keep(project, "task", "Answer.", **more)
    assert caught.value.code == code and prompts.versions(project, "task") == []


def test_prices_are_those_of_the_list_and_the_unknown_stays_unknown():
    price = next(m.base for m in load().provider("openai").models if m.id == "gpt-6-luna")
    listed = thousand("openai:gpt-6-luna", 2000, 100)
    assert listed.usd.low == pytest.approx(2 * price.input.low + 0.1 * price.output.low)
    assert listed.dated == price.input.date
    for spec in ("openai:gpt-9", "openai:gpt-6-luna@http://127.0.0.1:1/v1"):
        assert thousand(spec, 1000, 100).usd is None
    for spec in ("smollm2-135m-instruct", "ollama:llama3.2", "/models/own"):
        assert thousand(spec, 1000, 100).own
