"""The form for experts, without a browser."""

from types import SimpleNamespace

import pytest
from retrieval.conftest import WordEmbedder

from assistant.dataset import examples
from assistant.dataset.examples import Example
from assistant.errors import PenalaError
from assistant.retrieval import index
from assistant.ui.data.augmenting import Augmenting
from assistant.ui.data.checking import Checks
from assistant.ui.data.collecting import Collecting
from assistant.ui.data.drafting import Drafting
from assistant.ui.pages.data import DataPage
from assistant.workspace.people import ALONE


def _event(do, id=""):
    return SimpleNamespace(do=do, id=id)


def test_an_example_is_kept_with_its_author_tags_and_passage(context, project, request_, tmp_path):
    (tmp_path / "rules.md").write_text("Barang dapat dikembalikan dalam 21 hari setelah diterima.\n")
    index.add(project, [tmp_path / "rules.md"], WordEmbedder())
    context.models._open["embedder"] = WordEmbedder()
    form = Collecting(context, "id")
    found, shown = form.search("dikembalikan 21 hari", request_)
    assert 'data-do="pick"' in shown
    place, picked, left, gone = form.pick(found, _event("pick", "0"))
    assert "rules.md" in picked and (left, gone) == ([], "")
    *fields, step, own = form.save(
        "", " Bisa retur? ", "Bisa, 21 hari. ", "retur, mudah ,retur", "", place, request_
    )
    assert fields[:6] == ["", "", "", "", "", None] and "Contoh e1 disimpan." in own
    [kept] = examples.all_examples(project)
    assert (kept.input, kept.tags, kept.author) == ("Bisa retur?", ("retur", "mudah"), ALONE.name)
    assert kept.place == place and kept.source == place.passage
    form.act(step, "", "", "", "", "", None, _event("undo"), request_)
    assert examples.all_examples(project) == []


def test_editing_and_deleting_can_be_undone_but_not_over_someone_else(context, project, request_):
    form = Collecting(context, "en")
    form.save("", "in", "out", "", "", None, request_)
    id, text, answer, *_ = form.act(None, "", "", "", "", "", None, _event("edit", "e1"), request_)
    assert (id, text, answer) == ("e1", "in", "out")
    *_, step, own = form.save("e1", "in", "better", "", "", None, request_)
    assert "better" in own
    form.act(step, "", "", "", "", "", None, _event("undo"), request_)
    assert examples.find(project, "e1").output == "out"
    *_, step, own = form.act(None, "", "half written", "", "", "", None, _event("delete", "e1"), request_)
    assert examples.find(project, "e1") is None and "was deleted" in own
    text = form.act(step, "", "half written", "", "", "", None, _event("undo"), request_)[1]
    assert text == "half written" and examples.find(project, "e1").output == "out"
    *_, step, _own = form.save("e1", "in", "mine", "", "", None, request_)
    examples.save(project, [Example("e1", "in", "theirs", author=ALONE.name)])
    with pytest.raises(PenalaError) as told:
        form.act(step, "", "", "", "", "", None, _event("undo"), request_)
    assert told.value.code == "example_changed"


def test_what_others_added_is_neither_listed_nor_changed(context, project, request_):
    examples.save(project, [Example("x1", "secret <b>", "out", author="Sari")])
    form = Collecting(context, "en")
    assert "secret" not in form.show(request_)
    for do in ("edit", "delete"):
        with pytest.raises(PenalaError) as told:
            form.act(None, "", "", "", "", "", None, _event(do, "x1"), request_)
        assert told.value.code == "example_not_yours"


def test_nothing_is_kept_without_an_answer(context, project, request_):
    form = Collecting(context, "en")
    for given in (("in", " "), ("", "out")):
        with pytest.raises(PenalaError):
            form.save("", *given, "", "", None, request_)
    assert form.search("  ", request_) == ([], "")


def test_an_id_is_never_given_twice(project):
    first = examples.add(project, "a", "b")
    examples.delete(project, [first.id])
    assert examples.add(project, "c", "d").id != first.id


def test_drafts_from_documents_wait_for_review(context, project, request_, tmp_path):
    (tmp_path / "rules.md").write_text("Barang dapat dikembalikan dalam 21 hari setelah diterima.\n")
    index.add(project, [tmp_path / "rules.md"], WordEmbedder())
    told = list(Drafting(context, "id").make("", 5, request_))[-1]
    assert "1 draf menunggu tinjauan" in told and "tab=review" in told
    assert examples.all_examples(project) == [] and len(examples.every(project)) == 1


def test_a_contributors_address_opens_on_the_form(context, project):
    page = DataPage(context, "id")
    asked = SimpleNamespace(query_params={"project": project.id, "tab": "write"})
    assert page.opening(asked).selected == "write"
    asked.query_params["tab"] = "elsewhere"
    assert not hasattr(page.opening(asked), "selected")


def test_the_imbalance_finding_offers_paraphrases(context, project, request_):
    rows = [Example(f"m{n}", f"kue nomor {n * n} enak", "pujian") for n in range(40)]
    examples.save(project, [*rows, *(Example(f"t{n}", f"barang A{n} rusak", "keluhan") for n in range(3))])
    _, listed = Checks(context, "id").show(request_)
    assert listed.count('data-do="augment"') >= 1
    panel = Augmenting(context, "id")
    assert panel.open(_event("augment")).open and not hasattr(panel.open(_event("other")), "open")
    context.models._open["embedder"] = WordEmbedder()
    with pytest.raises(PenalaError) as told:
        list(panel.make("", 2, request_))
    assert told.value.code == "nothing_thin"
