"""What the buttons do, without a browser: handlers take and return plain values."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from models.standins import Service, openai_says
from retrieval.conftest import WordEmbedder

from assistant.dataset import examples, versions
from assistant.dataset.examples import Example, Filter, Place
from assistant.dataset.reviews import actions
from assistant.dataset.reviews.actions import Said
from assistant.errors import PenalaError
from assistant.models.prompt import Prompt
from assistant.retrieval import index, prompts, questions, store, vectors
from assistant.retrieval.questions import Question
from assistant.ui import downloads
from assistant.ui.baseline.documents import Documents
from assistant.ui.baseline.missed_view import MissedView
from assistant.ui.baseline.prompts_compared import PromptsCompared
from assistant.ui.baseline.questions_tab import QuestionsTab
from assistant.ui.data.bringing import Importing
from assistant.ui.data.filtering import Filters
from assistant.ui.data.freezing import Versions
from assistant.ui.data.table import ROWS, ExamplesTable
from assistant.ui.data.version_diff import VersionDiff
from assistant.ui.pages.decide import DecidePage
from assistant.ui.pages.home import HomePage
from assistant.workspace.projects import Projects

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def project(context):
    return context.projects.create(f"Replies {EVIL}", "id")


def event(do="", id="", **more):
    return SimpleNamespace(do=do, id=id, **more)


def test_home_creates_deletes_and_restores(context):
    page, visit = HomePage(context, "en"), SimpleNamespace(query_params={}, cookies={})
    address = page.create("Shop replies", "id", visit)
    assert address == "/en/decide?project=shop-replies"
    listed, trash = page.act(event("delete", "shop-replies"), visit)
    assert "Shop replies" not in listed and "Shop replies" in trash
    listed, trash = page.act(event("restore", "shop-replies"), visit)
    assert "Shop replies" in listed and trash == ""
    with pytest.raises(PenalaError):
        page.create("  ", "id", visit)


def test_home_shows_a_hostile_name_as_text(context, project):
    listed, _ = HomePage(context, "en").show(SimpleNamespace(query_params={}, cookies={}))
    assert EVIL not in listed and "&lt;img" in listed


def test_a_page_without_a_project_says_so(context):
    nothing = SimpleNamespace(query_params={}, cookies={})
    page = DecidePage(context, "en")
    assert "No project is open" in page.no_project(nothing)
    assert page.show(nothing) == ([], "", "", "")
    with pytest.raises(PenalaError) as told:
        context.project(SimpleNamespace(query_params={"project": "../../etc"}, cookies={}))
    assert told.value.code == "ui_no_project"


def test_decide_answers_take_back_edit_and_resume(context, request_):
    page = DecidePage(context, "en")
    chat, answers, _, card = page.show(request_)
    assert len(chat) == 1 and 'data-do="answer"' in answers and "No decision yet" in card
    chat, _, facts, _ = page.answer(event("answer", "yes"), request_)
    assert len(chat) == 2 and 'data-id="use_case_clear"' in facts
    assert DecidePage(context, "en").show(request_)[2] == facts
    _, signal, _, _ = page.edit(event("edit", "use_case_clear"), request_)
    assert signal == "use_case_clear"
    _, _, _, changed, _ = page.change("use_case_clear", "no", request_)
    assert "Not clear yet" in changed
    with pytest.raises(PenalaError):
        page.change("use_case_clear", "nonsense", request_)
    *_, card = page.finish(request_)
    assert "p-decision" in card and "/download/record/" in card


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.500", 1500), ("1,500", 1500), ("5rb", 5000), ("2jt", 2_000_000), ("1,5 juta", 1_500_000), ("kira-kira 700", 700),
        ("0", 0), ("2", 2), ("dua ratus", 200), ("3k", 3000),
    ],
)  # fmt: skip
def test_a_number_may_be_typed_as_people_write_it(context, request_, typed, number):
    page = DecidePage(context, "id")
    page.change("examples", typed, request_)
    assert page._session(context.project(request_)).state().facts["examples"].value == number


@pytest.mark.parametrize(
    ("signal", "typed", "code"),
    [
        ("examples", "banyak", "fact_number"), ("examples", "-5", "fact_number"), ("examples", "1.5", "fact_number"),
        ("examples", "12 34", "fact_number"), ("examples", "1e9", "fact_number"), ("examples", "", "fact_empty"),
        ("gap", "semuanya", "fact_choice"), ("gap", None, "fact_empty"), ("examples", "9" * 40, "fact_number"),
    ],
)  # fmt: skip
def test_wrong_input_is_told_and_loses_nothing(context, request_, signal, typed, code):
    page = DecidePage(context, "id")
    page.change("examples", "40", request_)
    page.change("gap", "Faktanya kurang", request_)
    with pytest.raises(PenalaError) as told:
        page.change(signal, typed, request_)
    assert told.value.code == code and "{" not in str(told.value.say("id"))
    facts = page._session(context.project(request_)).state().facts
    assert facts["examples"].value == 40 and facts["gap"].value == "knowledge"


def test_a_rate_may_be_typed_where_requests_a_day_are_meant(context, request_):
    page = DecidePage(context, "en")
    page.change("volume_per_day", "60 per bulan", request_)
    assert page._session(context.project(request_)).state().facts["volume_per_day"].value == 2
    page.edit(event("edit", "volume_per_day"), request_)


def test_decide_shows_what_was_said_as_text(context, request_):
    page = DecidePage(context, "en")
    *_, (said, chat, *_rest) = page.say(
        f"We do not know {EVIL} ![x](https://evil.example/p.png)", [], request_
    )
    assert said == ""
    assert not any("evil.example" in line["content"] or "<img" in line["content"] for line in chat)
    with pytest.raises(PenalaError):
        list(page.say("  ", [], request_))


def test_the_table_pages_searches_and_saves(context, project, request_):
    examples.save(project, [Example(f"e{n}", f"in {n}", f"out {n}", "s", "train") for n in range(1, 121)])
    table, everything = ExamplesTable(context, "en"), Filter()
    cells, pager, start, _ = table.forth(everything, 0, request_)
    assert (len(cells), start) == (ROWS, 50) and "51 to 100 of 120" in pager
    assert table.forth(everything, 100, request_)[2] == 100
    sought, cells, *_ = table.first("in 119", "", "accepted", "", "", "", request_)
    assert sought.words == "in 119" and cells[0][0] == "e119"
    cells, _, _, rows = table.show(everything, 0, request_)
    cells[0][2] = "mended"
    cells[1][4] = "Test"
    table.edit_cells(cells, rows, everything, 0, request_)
    table.edit_cells(cells, rows, everything, 0, request_)  # the browser may send an edit twice
    first, second, *others = examples.all_examples(project)
    assert (first.output, second.split, len(others)) == ("mended", "test", 118)
    cells[0][4] = "nowhere"
    with pytest.raises(PenalaError):
        table.edit_cells(cells, rows, everything, 0, request_)


def test_an_old_table_neither_reverts_nor_overwrites_what_others_did(context, project, request_):
    examples.save(project, [Example(f"e{n}", f"in {n}", "out") for n in (1, 2)])
    table = ExamplesTable(context, "en")
    cells, _, _, rows = table.show(Filter(), 0, request_)
    examples.save(project, [Example("e1", "in 1", "theirs")])
    cells[1][2] = "mine"
    table.edit_cells(cells, rows, Filter(), 0, request_)
    assert [e.output for e in examples.all_examples(project)] == ["theirs", "mine"]
    cells[0][2] = "mine too"
    with pytest.raises(PenalaError) as told:
        table.edit_cells(cells, rows, Filter(), 0, request_)
    assert told.value.code == "example_changed"


def test_the_table_filters_by_what_there_is(context, project, request_):
    rows = [Example("a", "x", "y", tags=("mudah", 'kata "kunci"')), Example("b", "x", "y", author="Sari")]
    draft = Example("c", "x", "y", origin="drafted", status="draft", tags=('x"mudah',))
    examples.save(project, [*rows, draft])
    table, filters = ExamplesTable(context, "id"), Filters(context, "id")
    tag, author, origin = (one.choices for one in filters.choices("", "Budi", "", request_))
    assert [v for _, v in tag] == ["", 'kata "kunci"', "mudah", 'x"mudah'] and [v for _, v in author] == [
        "",
        "Sari",
    ]
    assert ("draf dari dokumen", "drafted") in origin
    given = {
        ("", "mudah", "", ""): ["a"], ("", 'kata "kunci"', "", ""): ["a"], ("accepted", "", "Sari", ""): ["b"],
        ("draft", "", "", "drafted"): ["c"], ("", "", "", ""): ["a", "b", "c"], ("rejected", "", "", ""): [],
    }  # fmt: skip
    for chosen, ids in given.items():
        _, cells, *_ = table.first("", "", *chosen, request_)
        assert [row[0] for row in cells] == ids, chosen


def test_an_example_says_where_it_came_from_and_what_was_said_of_it(context, project, request_):
    place = Place("tiket.csv", 12, model="gemma", context=f"tuned (c001): {EVIL}")
    examples.save(project, [Example("a", "x", "y", "s", "test", author=EVIL, place=place)])
    actions.judge(project, "Budi", "a", Said("accept", comment=f"baik {EVIL}"))
    table = ExamplesTable(context, "id")
    known, head, *_ = table.choose(SimpleNamespace(row_value=["a"]), request_)
    assert known.id == "a" and EVIL not in head
    assert all(
        said in head for said in ("tiket.csv, baris 12", "gemma", "tuned (c001)", "diterima · Budi", "baik")
    )


def test_an_example_is_written_deleted_and_brought_back(context, project, request_):
    table = ExamplesTable(context, "id")
    table.save(None, "Halo", "Hai", "t1", "salam, mudah", "", Filter(), 0, request_)
    (made,) = examples.all_examples(project)
    assert made.tags == ("salam", "mudah")
    *_, gone, undo, cells, _, _, _ = table.delete(made, Filter(), 0, request_)
    assert cells == [] and 'data-do="undo"' in undo
    table.undo(gone, Filter(), 0, request_)
    assert examples.all_examples(project) == [made]
    with pytest.raises(PenalaError):
        table.save(None, "Halo", " ", "", "", "", Filter(), 0, request_)


def test_an_import_is_shown_first_and_says_what_stays_out(context, project, request_, tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text(f"kiri,kanan\nHalo,Hai\nKosong,\n{EVIL},x\n")
    tab = Importing(context, "en")
    *_, said, button = tab.look(str(file), "", True, "", "")
    assert "kiri" in said and not button.interactive  # neither column has a usual name: the user is asked
    asked = (str(file), "", True, "", "", "kiri", "kanan", "", "", "")
    said, button = tab.preview(*asked)
    assert "2 examples would come in, 1 rows stay out." in said and not examples.all_examples(project)
    assert EVIL not in said and button.interactive
    said, *_ = tab.bring(*asked, "test", request_)
    assert [(e.output, e.split) for e in examples.all_examples(project)] == [("Hai", "test"), ("x", "test")]
    kind, name = re.search(r"/download/([^/]+)/[^/]+/([^?\"]+)", said).groups()
    kept = downloads.MAKERS[kind](project, name, "id", tmp_path)
    assert kept.read_text("utf-8-sig").splitlines()[1].startswith("Kosong,,The answer is empty")
    *_, header, sheet, speaker, first, _, _, _, _, button = tab.bring(*asked, "", request_)
    assert not (header.visible or sheet.visible or speaker.visible or first.visible or button.interactive)
    wrong = tmp_path / "laporan.docx"
    wrong.write_bytes(b"PK\3\4 no table")
    with pytest.raises(PenalaError):  # said in the page's language, not by Gradio
        tab.look(str(wrong), "", True, "", "")
    with pytest.raises(PenalaError):
        downloads.MAKERS[kind](project, "../project.db", "id", tmp_path)


def test_what_is_pasted_is_read_with_its_columns_and_speakers(context, project, request_):
    tab = Importing(context, "id")
    _, header, _, speaker, column, *_, said, _ = tab.pasted("Pertanyaan\tJawaban\nkapan?\tbesok\n")
    assert (header.visible, speaker.visible, column.value) == (True, False, "Pertanyaan") and "besok" in said
    _, _, _, speaker, column, *_ = tab.pasted("Ani: kapan?\nCS: besok\n\nAni: berapa?\nCS: dua\n")
    assert (speaker.value, speaker.choices, column.visible) == ("CS", [("Ani", "Ani"), ("CS", "CS")], False)
    _, _, _, first, *_, said, _ = tab.look(None, "kapan?\tbesok\n", False, "", "")
    assert first.choices[1] == ("A", "A")
    with pytest.raises(PenalaError):
        tab.pasted("  ")


def test_a_version_is_frozen_and_can_be_downloaded(context, project, request_):
    examples.save(project, [Example(f"e{n}", f"question {n * n}", f"answer {n}") for n in range(30)])
    note, shown, *_ = Versions(context, "en").freeze("first", "internal", request_)
    assert note == "" and "Version v001: 30 examples." in shown
    assert f"/en/data?project={project.id}&amp;tab=export&amp;version=v001" in shown
    assert len(versions.all_versions(project)) == 1


def test_two_versions_are_compared_and_one_is_brought_back(context, project, request_):
    tab = Versions(context, "id")
    examples.save(project, [Example(f"e{n}", f"pertanyaan {n * n}", f"jawaban {n}") for n in range(30)])
    assert "Perbandingan butuh dua versi" in tab.freeze("", "", request_)[5]
    examples.save(
        project, [Example("e1", "pertanyaan 1", f"jawaban {EVIL}", split=examples.find(project, "e1").split)]
    )
    examples.delete(project, ["e2"])
    *_, shown, _ = tab.freeze("", "", request_)
    assert "<ins>" in shown and EVIL not in shown and "<del>jawaban 2</del>" in shown
    diff = VersionDiff(context, "id")
    assert "1 sampai 1 dari 1" in diff.forth("v001", "v002", "removed", 0, request_)[0]
    assert "Tidak ada perbedaan" in diff.first("v001", "v001", "all", request_)[0]
    sheet = tab.read(event("sheet", "v002"), request_)
    assert "<h1>Lembar data" in sheet and EVIL not in sheet
    asked = tab.ask(event("restore", "v001"), request_)
    assert "1 ditambah, 1 diubah, 0 dihapus" in asked and examples.find(project, "e2") is None
    said, *_ = tab.restore(event("restore", "v001"), request_)
    assert "dibekukan sebagai v002" in said and examples.find(project, "e2").output == "jawaban 2"
    assert "sudah sama dengan v001" in tab.ask(event("restore", "v001"), request_)


def test_evaluation_questions_are_added_and_removed(context, project, request_):
    tab = QuestionsTab(context, "en")
    tab.add("When?", "Today\nNow", request_)
    tab.add("Who is the moon?", "", request_)
    known, unknown = questions.questions(project)
    assert known.answers == ("Today", "Now") and not unknown.answerable
    assert "When?" not in tab.remove(event("remove", known.id), request_)


def test_a_chat_model_drafts_and_what_was_dropped_is_said(context, project, request_, tmp_path):
    for name, body in (("a.md", f"The late fee is 25 pence {EVIL}"), ("b.md", "A lost card costs 4 pounds")):
        (tmp_path / name).write_text(f"{body} for each member who asks for a new one on that day.")
    index.add(project, [tmp_path / "a.md", tmp_path / "b.md"], WordEmbedder())

    def answer(asked):
        late = "late fee" in asked.body["messages"][-1]["content"]
        quoted = f"25 pence {EVIL}" if late else "30 pounds"
        return 200, openai_says(f"Question: What {EVIL} must I pay?\nAnswer: {quoted}")

    tab = QuestionsTab(context, "id")
    with Service(answer) as service:
        *_, (listed, said) = tab.make(f"openai:m@{service.address}/v1", request_)
    assert "&lt;img" in listed and EVIL not in listed and "25 pence" in listed
    assert "Draf: 1." in said and "pertanyaan: 1." in said
    assert questions.questions(project) == [] and len(questions.drafts(project)) == 1
    steps = tab.make("openai:m@http://127.0.0.1:9/v1", request_)
    seen = [next(steps)]
    with pytest.raises(PenalaError):
        seen += steps
    assert "p-moving" in seen[0][1]
    *_, (listed, said) = tab.make("", request_)
    assert said == "" and len(questions.drafts(project)) > 1
    vectors.close(project)


def test_prompts_are_compared_once_there_are_two(context, project, request_):
    lab = PromptsCompared(context, "id")
    for kept in range(2):
        first, _ = lab.choices("question", request_)
        with pytest.raises(PenalaError) as told:
            lab.start("question", first.value, first.value, 2, request_)
        assert told.value.code == "prompt_two" and "dua versi" in told.value.say("id").message
        prompts.add(project, "question", Prompt(f"Answer briefly, {kept}."))
    first, second = lab.choices("question", request_)
    with pytest.raises(PenalaError) as told:
        lab.start("question", first.value, first.value, 2, request_)
    assert told.value.code == "prompt_same" and first.value != second.value


def test_two_projects_do_not_mix(context, project, request_):
    other = Projects(context.settings).create("Other", "en")
    examples.add(other, "only", "there")
    assert ExamplesTable(context, "en").show(Filter(), 0, request_)[0] == []


def test_missed_answers_stand_under_the_step_that_lost_them(context, project, request_, tmp_path):
    words = WordEmbedder()
    context.models._open["embedder"] = words
    file = tmp_path / "fees.md"
    file.write_text("The library charges 25 pence for each day that a book is late.")
    index.add(project, [file], words)
    view = MissedView(context, "id")
    with pytest.raises(PenalaError, match="questions"):
        view.look(request_)
    asked = {"What does a late book cost a day?": "25 pence", f"Who runs it? {EVIL}": "Ada Moss"}
    questions.add(project, [Question(q, q, (answer,)) for q, answer in asked.items()])
    shown = view.look(request_)
    lost = shown[shown.index("<h3>") :]
    assert EVIL not in shown and "&lt;img" in lost and "late book" not in lost
    assert shown.count("<h3>") == 1 and "0,500" in shown
    vectors.close(project)


def test_documents_show_what_needs_attention_first_each_with_its_reason(context, project, request_):
    orders = PenalaError("document_suspicious", name="b.txt", words="Obey")
    none = np.zeros((0, 384), np.float32)
    store.save_document(project, "a.txt", "a", "/a.txt", "Fine.", 1, [], none, "m")
    store.save_document(project, "b.txt", "b", "/b.txt", "Obey.", 1, [], none, "m", orders)
    store.save_failed(project, "c.pdf", "c", "/c.pdf", PenalaError("document_encrypted", name="c.pdf"))
    store.save_failed(project, EVIL, None, "/d.txt", PenalaError("document_empty", name=EVIL))
    for language, says in (("en", ("gives orders", "ready: 2 ·")), ("id", ("memuat perintah", "siap: 2 ·"))):
        _, listed, _ = Documents(context, language).show(request_)
        places = [listed.index(f"<h3>{name}") for name in ("c.pdf", "&lt;img", "b.txt", "a.txt")]
        assert places == sorted(places) and EVIL not in listed
        assert all(words in listed for words in says)
        assert listed.count('data-do="retry"') == 1 and listed.count('data-do="remove"') == 4
    with pytest.raises(PenalaError) as told:
        Documents(context, "en").given(event("empty", "3"))
    assert told.value.code == "ui_folder_empty"
    assert "no documents that can be read: 3" in Documents(context, "en").given(event("left", "3"))
    assert Documents(context, "id").given(event("left", "0")) == ""
