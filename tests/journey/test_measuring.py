"""By which measure a run is judged while it goes: that of its task's kind, or the one declared."""

import pytest

from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.errors import PenalaError
from assistant.journey import measuring
from assistant.workspace.projects import Projects


@pytest.fixture
def project(settings):
    made = Projects(settings).create("Ulasan", "id")
    rows = [Example(str(n), f"ulasan nomor {n} tentang makan", "baik" if n % 3 else "buruk", split="validation" if n > 20 else "train") for n in range(30)]  # fmt: skip
    examples.save(made, rows)
    versions.freeze(made)
    return made


def test_the_metric_is_the_first_of_the_kind_unless_another_is_declared(project):
    assert measuring.declared(project, "v001", "") == "accuracy"
    assert measuring.declared(project, "v001", "macro_f1") == "macro_f1"
    assert measuring.declared(project, "v001", "loss") == "loss"
    with pytest.raises(PenalaError, match="chrf"):
        measuring.declared(project, "v001", "chrf")


def test_labels_are_scored_as_the_comparison_scores_them():
    score = measuring.scorer("labels")
    found = score(["baik", "baik", "baik", "buruk"], ["Baik", "baik", "baik", "entah"])
    # baik: precision 1, recall 1; buruk: never given.
    assert found == {"accuracy": 0.75, "macro_f1": 0.5}


def test_texts_and_fields_are_means_over_the_rows():
    text = measuring.scorer("text")(["halo apa kabar", "selamat pagi"], ["halo apa kabar", "x"])
    assert text["exact"] == 0.5 and 0.5 <= text["chrf"] < 0.6 and text["token_f1"] == 0.5
    fields = measuring.scorer("fields")(["Nama: Ani\nKota: Bogor"] * 2, ["Nama: Ani\nKota: Bogor", "Nama: Ani"])  # fmt: skip
    assert fields == {"field_score": 0.75, "form": 0.5}


def test_what_users_wrote_is_shown_beside_the_answers(project):
    watch = measuring.watch(project, "v001", "accuracy", 4)
    assert watch.inputs and all(text.startswith("ulasan nomor") for text in watch.inputs.values())
