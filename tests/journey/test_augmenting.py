"""Paraphrases for thin labels: marked, checked, of training rows only, and out of every test."""

from collections import Counter

import numpy as np
import pytest
from models.standins import Service, openai_says
from retrieval.test_proposing import Proposing

from assistant.dataset import examples, splits, versions
from assistant.dataset.examples import Example
from assistant.dataset.reviews import actions
from assistant.dataset.reviews.actions import Said
from assistant.errors import PenalaError
from assistant.journey import augmenting
from assistant.models import endpoint
from assistant.workspace.project import create_project

_TALK = "Kenapa barang {} belum sampai juga, sudah lama sekali saya menunggu"
_FAR = "Terima kasih, kue {} enak dan harganya murah sekali untuk keluarga"


class ByTopic:
    """Texts about goods lie together, texts about cakes elsewhere, and whatever says `lain` nowhere near."""

    fingerprint = "by topic"

    def passages(self, texts):
        return np.array([self._vector(text.lower()) for text in texts], np.float32)

    def _vector(self, text):
        return [0.0, 0.0, 1.0] if "lain" in text else [1.0, 0.0, 0.0] if "g" in text[:60] else [0.0, 1.0, 0.0]


@pytest.fixture
def project(tmp_path):
    made = create_project(tmp_path / "p", "P", "id")
    thin = [Example(f"t{n}", _TALK.format(f"A{n}7"), "keluhan", tags=("kirim",)) for n in range(4)]
    held = [Example("held", _TALK.format("Z9"), "keluhan", split="test")]
    many = [Example(f"m{n}", _FAR.format(f"B{n}5"), "pujian") for n in range(30)]
    examples.save(made, [*thin, *held, *many])
    return made


def _run(project, **more):
    return list(augmenting.augment(project, ByTopic(), **more))[-1]


def test_only_thin_labels_lack_examples(project):
    assert augmenting.thin(project, 10) == {"keluhan": 6}
    assert augmenting.thin(project, 4) == {}
    with pytest.raises(PenalaError) as caught:
        _run(project, want=4)
    assert caught.value.code == "nothing_thin"


def test_paraphrases_are_synthetic_drafts_of_training_rows(project):
    done = _run(project, want=10)
    assert len(done.made) == 6 and done.counts["done"] == 1
    for e in done.made:
        known = examples.find(project, e.place.context.split(":")[0])
        assert (e.origin, e.status, e.output, e.tags) == ("paraphrased", "draft", "keluhan", ("kirim",))
        assert e.source == known.group and known.id != "held" and e.input != known.input
    assert max(Counter(e.source for e in done.made).values()) <= 3
    assert len(examples.all_examples(project)) == 35 and augmenting.thin(project, 10) == {}


def test_accepted_paraphrases_never_test_and_leave_with_their_original(project):
    for e in _run(project, want=10).made:
        actions.judge(project, "Sari", e.id, Said("accept"))
    made = versions.freeze(project)
    rows = {e.id: e for e in versions.load(project, made.name)}
    assert all(e.split == "train" for e in rows.values() if e.origin == "paraphrased")
    one = next(e for e in examples.all_examples(project) if e.origin == "paraphrased")
    original = next(e for e in examples.all_examples(project) if e.group == one.source and e.id != one.id)
    examples.change(project, original, lambda e: Example(**{**vars(e), "split": "test"}))
    moved = {e.id: e.split for e in splits.complete(examples.all_examples(project))}
    assert moved[one.id] == ""


def test_what_a_model_says_is_checked(project):
    says = "1. Kok barang {0} blm nyampe, lama bgt gue nunggu\n- barang lain {0} bagus\n* barang belum sampai juga"
    model = Proposing(lambda text: says.format(text.split("barang ")[1].split()[0]))
    model.count = lambda text: len(text.split())
    done = _run(project, want=16, model=model)
    assert {e.input.split(" blm")[0] for e in done.made} == {f"Kok barang A{n}7" for n in range(4)}
    assert all(e.place.model == "scripted" for e in done.made) and done.dropped == 8
    assert all("<<<" in read for read in model.read)


def test_an_endpoint_paraphrases_through_its_real_client(project):
    def says(asked):
        goods = asked.body["messages"][-1]["content"].split("barang ")[1].split()[0]
        return 200, openai_says(
            f"1. Kok barang {goods} blm nyampe, lama bgt gue nunggu\n2. barang tanpa nomor hilang"
        )

    with Service(says) as service:
        done = _run(project, want=8, model=endpoint.open_endpoint("small", f"{service.address}/v1", {}))
    assert {e.input.split(" blm")[0] for e in done.made} == {f"Kok barang A{n}7" for n in range(4)}
    assert {(e.status, e.origin) for e in done.made} == {("draft", "paraphrased")}
    assert all(e.place.model.startswith("small") for e in done.made)
    for e in done.made:
        actions.judge(project, "Sari", e.id, Said("accept"))
    rows = versions.load(project, versions.freeze(project).name)
    assert {e.split for e in rows if e.origin == "paraphrased"} == {"train"}


def test_paraphrases_by_rule_pass_the_real_embedder(project, embedder):
    done = list(augmenting.augment(project, embedder, 12))[-1]
    assert len(done.made) == 8
