"""An answer put right becomes an example, and what is asked as a test is not trained on."""

from types import SimpleNamespace

import pytest

from assistant.dataset import examples, splits
from assistant.dataset.examples import Example
from assistant.errors import PenalaError
from assistant.evaluation.values import Answered, Case
from assistant.journey import contributing
from assistant.journey.contributing import Said
from assistant.retrieval import questions
from assistant.retrieval.citing import Citation
from assistant.retrieval.questions import Question
from assistant.ui.baseline.asking import AskingTab, Exchange
from assistant.ui.compare.live import Live
from assistant.ui.compare.results import Results
from assistant.ui.improving import Improving

EVIL = "<img src=x onerror=alert(1)>"


def test_an_answer_of_a_chat_becomes_an_example_with_its_context(context, project, request_):
    cited = Citation("14 hari.", 1, 1, "rules.md", None, 10, 18, "14 hari.")
    past = [Exchange(EVIL), Exchange("Berapa hari?", text="14 hari.", citations=(cited,), working=False)]
    tab, form = AskingTab(context, "id"), Improving(context, "id")
    assert EVIL not in tab._talk(past) and 'data-do="improve" data-id="1"' in tab._talk(past)
    opened = tab.improve(past, SimpleNamespace(do="improve", id="1"))
    assert len(opened) == len(tab.improve(past, SimpleNamespace(do="open", id="1:2:3")))
    _, said, _, question, given, better, *_ = opened
    assert (question, given, better) == ("Berapa hari?", "14 hari.", "14 hari.")
    with pytest.raises(PenalaError) as told:
        form.save(said, question, better, "", "", request_)
    assert told.value.code == "improved_same"
    _, state, done = form.save(said, question, "21 hari.", "retur", "", request_)
    assert state is None and "e1" in done
    [kept] = examples.all_examples(project)
    assert (kept.input, kept.output, kept.rejected) == ("Berapa hari?", "21 hari.", "14 hari.")
    assert (kept.origin, kept.tags, kept.split) == ("improved", ("retur",), "")
    assert kept.place.context == "rag (chat): 14 hari." and kept.place.document == "rules.md"


def test_a_case_that_tests_stays_out_of_training(project):
    examples.save(project, [Example("t1", "Kapan buka?", "Jam 9.", split="test")])
    asked = [Question("q1", "Berapa ongkos kirim?", ("Rp9.000",), None, True, "written")]
    questions.add(project, asked)
    made = [
        contributing.improve(project, "Sari", Said(q, "Salah.", "tuned", "c001"), q, "Benar.")
        for q in ("kapan buka", "Berapa ongkos kirim?", "Bisa COD?")
    ]
    assert [e.split for e in made] == ["test", "test", ""]
    placed = {e.id: e.split for e in splits.again(examples.all_examples(project))}
    assert placed[made[0].id] == placed["t1"]  # of one group, whatever the split


def test_a_case_of_a_comparison_opens_with_its_ideal_answer(context, request_, monkeypatch):
    case = Case("c1", "Kapan tiba?", "Besok.", ("Besok.",))
    answered = SimpleNamespace(answers=(Answered("c1", "Tidak tahu.", 0.0, 1, 1),), has=lambda _: False)
    found = SimpleNamespace(cases=(case,), arms=(), primary="exact", arm=lambda name: answered)
    monkeypatch.setattr(Results, "_open", lambda self, project, which: found)
    opened = Results(context, "id").improve(
        "c001", "order", 0, SimpleNamespace(do="improve", id="tuned"), request_
    )
    assert opened[1] == Said("Kapan tiba?", "Tidak tahu.", "tuned", "c001") and opened[5] == "Besok."


def test_a_live_answer_opens_as_it_was_said(context):
    said = [Said("Halo?", "Hai.", "prompt", "live")]
    opened = Live(context, "id").improve(said, SimpleNamespace(do="improve", id="0"))
    assert opened[1] == said[0] and opened[5] == "Hai."
    assert len(Live(context, "id").improve(said, SimpleNamespace(do="other", id=""))) == len(opened)
