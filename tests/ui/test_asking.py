"""An answer on the page: doubtful figures marked in words, doubts said, the cited place opened, nothing left moving."""

import time
from types import SimpleNamespace

import pytest
from models.standins import Service, openai_piece
from retrieval.conftest import WordEmbedder

from assistant.errors import PenalaError
from assistant.retrieval import calibration, index, vectors
from assistant.settings import Settings
from assistant.ui.baseline.asking import AskingTab
from assistant.ui.baseline.documents import Documents
from assistant.ui.baseline.scope_fields import ScopeFields
from assistant.ui.context import open_context

RULES = "A late book costs 4.500 rupiah for each day. Members may borrow 4 books at once."
SAID = "A late book costs 4500 rupiah for each day. The fine ends at 90.000 rupiah since 12 June 2025."


@pytest.fixture
def tab(tmp_path):
    context = open_context(Settings(home=tmp_path, weights=tmp_path / "weights"))
    context.models._open["embedder"] = WordEmbedder()
    return AskingTab(context, "id")


@pytest.fixture
def request_(tab, tmp_path):
    project = tab.context.projects.create("Library", "en")
    (tmp_path / "rules.md").write_text(RULES)
    index.add(project, [tmp_path / "rules.md"], tab.context.models.embedder())
    yield SimpleNamespace(query_params={"project": project.id})
    vectors.close(project)


def talked(tab, request, *said, model="", documents=(), language=""):
    """Without a model the best sentence is quoted."""
    talk, past = "", []
    for question in said:
        *_, (_, talk, past) = tab.ask(question, "rag", model, past, list(documents), language, request)
    return talk, past


def test_a_follow_up_is_searched_for_with_what_it_leans_on_and_says_so(tab, request_):
    talk, past = talked(tab, request_, "What does a late book cost?", "And <b>for each</b> day?")
    assert past[1].understood == "And <b>for each</b> day? late book cost?"
    assert "Dipahami sebagai: And &lt;b&gt;for each&lt;/b&gt; day? late book cost?" in talk
    assert talk.count("Dipahami sebagai") == 1 and "4.500" in past[1].text


def test_an_answer_can_be_held_to_some_documents(tab, request_, tmp_path):
    project, words = tab.context.project(request_), tab.context.models.embedder()
    (tmp_path / "hours.md").write_text("The library is open at nine for a late book.")
    index.add(project, [tmp_path / "hours.md"], words)
    _, [one] = talked(tab, request_, "What does a late book cost?", documents=["hours.md"])
    assert {p.document for p in one.read} == {"hours.md"}
    with pytest.raises(PenalaError):
        talked(tab, request_, "What does a late book cost?", language="other")
    fields = ScopeFields(tab.context, "id")
    assert fields.choices(["gone.md", "hours.md"], request_).value == ["hours.md"]


def asked(tab, request, says=SAID, arm="rag"):
    pieces = [*(openai_piece(word + " ") for word in says.split()), "[DONE]"]
    with Service(lambda _: (200, pieces)) as service:
        model = f"openai:m@{service.address}/v1"
        *_, (field, talk, past) = tab.ask(
            "What does a late book cost for each day?", arm, model, [], [], "", request
        )
    assert field == "" and len(past) == 1
    return talk


def test_a_figure_that_no_passage_says_is_marked_in_words_and_another_notation_is_not(tab, request_):
    talk = asked(tab, request_)
    assert talk.count("⚠ tidak ada di bagian dokumen") == 2 == talk.count('class="p-doubt"')
    assert (
        '<mark class="p-doubt">90.000<small>' in talk and '<mark class="p-doubt">12 June 2025<small>' in talk
    )
    assert "⚠ Angka ini tidak tertulis" in talk and "90.000, 12 June 2025." in talk


def test_a_click_opens_the_document_at_the_marked_place(tab, request_):
    talk = asked(tab, request_)
    id = talk.split('class="p-mark" data-do="open" data-id="')[1].split('"')[0]
    shown = tab.open(SimpleNamespace(do="open", id=id), request_)
    assert "<mark>A late book costs 4.500 rupiah for each day.</mark>" in shown and "rules.md" in shown


def test_an_answer_that_rests_on_nothing_says_that_it_may_be_wrong(tab, request_):
    talk = asked(tab, request_, "Elephants paint houses.")
    assert "⚠ Jawaban ini mungkin keliru" in talk and "p-mark" not in talk


def test_an_answer_without_documents_says_that_nothing_was_checked(tab, request_):
    talk = asked(tab, request_, arm="prompt")
    assert "⚠ Ditulis dari ingatan model" in talk and "p-cite" not in talk


def test_after_an_error_the_question_is_back_and_nothing_moves(tab, request_):
    steps = tab.ask("What does a late book cost?", "rag", "openai:m@http:///v1", [], [], "", request_)
    first = next(steps)
    last = next(steps)
    with pytest.raises(PenalaError):
        next(steps)
    assert "p-moving" in first[1] and "p-moving" not in last[1] and last[0] == "What does a late book cost?"


def test_removing_a_document_finds_the_threshold_again_behind_the_page(tab, request_, tmp_path):
    project, words = tab.context.project(request_), tab.context.models.embedder()
    (tmp_path / "hours.md").write_text("The library opens at nine.")
    index.add(project, [tmp_path / "hours.md"], words)
    [_, hours] = index.documents(project)
    _, listed, _ = Documents(tab.context, "id").act(SimpleNamespace(do="remove", id=str(hours.id)), request_)
    assert "hours.md" not in listed
    work = tab.context.background.of(f"index:{project.id}")
    while work.running:
        time.sleep(0.01)
    assert work.error is None and calibration.kept(project, words) is not None
