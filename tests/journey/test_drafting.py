"""Drafts of examples from documents: exact places, a person's word before they count, no test question among them."""

import json

import pytest
from models.standins import Service, openai_error, openai_says
from retrieval.conftest import WordEmbedder
from retrieval.test_proposing import FEES, HOURS, ORDERS, Proposing, good

from assistant import cli
from assistant.dataset import examples, splits
from assistant.dataset.reviews import actions
from assistant.dataset.reviews.actions import Said
from assistant.errors import PenalaError
from assistant.journey import contributing, drafting
from assistant.retrieval import index, questions
from assistant.retrieval.questions import Question
from assistant.workspace.project import create_project

_TEXTS = {"fees.md": FEES, "jam.md": HOURS, "evil.md": ORDERS}


@pytest.fixture
def project(tmp_path):
    made = create_project(tmp_path / "p", "P", "id")
    for name, text in _TEXTS.items():
        (tmp_path / name).write_text(text)
    index.add(made, [tmp_path / name for name in _TEXTS], WordEmbedder())
    return made


def _run(project, model, **more):
    return list(drafting.propose(project, model, **more))[-1]


def test_a_models_draft_holds_words_of_its_passage_and_waits_for_a_person(project):
    model = Proposing(good)
    done = _run(project, model)
    assert done.counts == {"read": 2, "most": 2, "made": 2, "dropped": 0}
    for e in done.made:
        assert contributing.quoted(project, e.place) == e.output and e.place.model == "scripted"
        assert (e.origin, e.status, e.source.split()[0]) == ("drafted", "draft", e.place.document)
    assert examples.all_examples(project) == [] and not any(
        "Ignore all previous" in read for read in model.read
    )
    actions.judge(project, "Sari", done.made[0].id, Said("edit", output="25 pence a day"))
    assert [e.output for e in examples.all_examples(project)] == ["25 pence a day"]
    with pytest.raises(PenalaError) as caught:
        _run(project, model)
    assert caught.value.code == "nothing_to_propose"


def test_an_answer_that_the_passage_has_not_is_dropped(project):
    with pytest.raises(PenalaError) as caught:
        _run(project, Proposing(lambda _: "Question: What does it cost a day?\nAnswer: 30 pence"))
    assert caught.value.code == "nothing_proposed" and examples.every(project) == []


@pytest.mark.parametrize("way", ["model", "none"])
def test_what_an_evaluation_question_rests_on_is_not_drafted(project, way):
    start = FEES.index("25 pence")
    asked = Question(
        "q", "What does a late book cost?", ("25 pence",), "fees.md", True, "written", (start, start + 8)
    )
    questions.add(project, [asked])
    made = _run(project, Proposing(good)).made if way == "model" else drafting.extract(project)
    assert "jam.md" in {e.place.document for e in made}
    assert all("25 pence" not in e.output for e in made)


def test_drafts_without_a_model_have_exact_places_and_come_once(project):
    made = drafting.extract(project)
    assert made and all(contributing.quoted(project, e.place) == e.output for e in made)
    assert all(e.status == "draft" and e.place.model == "" for e in made)
    assert any("____" in e.input and e.output.startswith(e.input.split("____")[0]) for e in made)
    with pytest.raises(PenalaError) as caught:
        drafting.extract(project)
    assert caught.value.code == "nothing_to_draft"


def test_accepted_drafts_of_one_passage_stay_on_one_side(project):
    made = drafting.extract(project)
    for e in made:
        actions.judge(project, "Sari", e.id, Said("accept"))
    sides = {}
    for e in splits.complete(examples.all_examples(project)):
        assert sides.setdefault(e.source, e.split) == e.split
    assert sides


def test_an_endpoint_drafts_through_its_real_client(project, capsys):
    spec = "openai:small@{}/v1"
    words = ["data", "draft", "--project", str(project.folder), "--json", "--model"]
    with Service(lambda asked: (200, openai_says(good(asked.body["messages"][-1]["content"])))) as service:
        assert cli.main([*words, spec.format(service.address)]) == 0
    made = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(row["document"], row["output"]) for row in made} == {
        ("fees.md", "25 pence"), ("jam.md", "dari pukul 9 sampai pukul 17"),
    }  # fmt: skip
    assert {(row["status"], row["model"].split()[0]) for row in made} == {("draft", "small")}
    examples.delete(project, [row["id"] for row in made])
    with Service(lambda _: openai_error(400, "no such model")) as service:
        assert cli.main([*words, spec.format(service.address)]) != 0
    assert "no such model" in capsys.readouterr().err and examples.every(project) == []
