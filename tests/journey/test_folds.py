"""A comparison on every row of a version, in grouped folds."""

import pytest
from retrieval.conftest import WordEmbedder

from assistant import texts
from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.errors import PenalaError
from assistant.journey import compare
from assistant.journey.bench import Bench
from assistant.journey.compare import Request
from assistant.workspace.projects import Projects


@pytest.fixture
def project(settings, monkeypatch):
    monkeypatch.setattr(Bench, "embedder", WordEmbedder())
    monkeypatch.setattr(compare.meaning, "answers", lambda *_: None)
    made = Projects(settings).create("Meja depan", "id")
    rows = [
        Example(
            f"e{n}",
            f"{'kirim paket' if n % 2 else 'bayar tagihan'} nomor {n * 7919} kota {n}",
            "gudang" if n % 2 else "kasir",
            f"s{n // 3}",
        )
        for n in range(60)
    ]
    examples.save(made, rows)
    versions.freeze(made)
    return made


def test_every_row_is_asked_once_by_a_classifier_that_never_saw_its_source(project, settings, tmp_path):
    request = Request("v001:folds", ("classifier",))
    found = compare.compare(project, request, settings, tmp_path, lambda *_: None)
    assert len(found.cases) == 60 and found.leaked == ()
    assert (
        found.arm("classifier").metric("accuracy").n == 60
        and found.arm("classifier").metric("accuracy").value > 0.9
    )
    rows = {e.id: e for e in versions.load(project, "v001")}
    [arm] = Bench(project, request, settings).arms("labels")
    for number, one in enumerate(arm.arms):
        tested = [rows[id] for id, fold in arm.fold_of.items() if fold == number]
        assert len(tested) >= 9 and not {e.source for e in tested} & set(one.groups)
        assert not {e.input for e in tested} & set(one.inputs)
    again = compare.compare(project, request, settings, tmp_path, lambda *_: None)
    assert again.arm("classifier").answers == found.arm("classifier").answers


def test_a_tuned_model_is_left_out_and_said_so(project, settings):
    bench = Bench(project, Request("v001:folds"), settings)
    assert bench.possible("labels") == ["classifier", "prompt", "few_shot"]
    with pytest.raises(PenalaError) as told:
        Bench(project, Request("v001:folds", ("tuned",)), settings).arms("labels")
    assert told.value.code == "arm_not_possible"
    for language, word in (("en", "tuned model"), ("id", "hasil penyetelan")):
        assert word in texts.say(language, "journey.report.folds")


def test_worked_examples_come_from_the_other_folds(project, settings):
    bench = Bench(project, Request("v001:folds"), settings)
    for fold, held in bench._folds:
        pool = {e.id for e in held.training_examples}
        assert pool == set(fold.train) and not pool & set(fold.test)
    assert len(bench.training_examples) == 60  # for the length of an answer


def test_it_is_repeated_by_its_command_and_needs_a_version(project):
    assert compare.words(Request("v001:folds", ("classifier",)))[:2] == ["--test", "v001:folds"]
    assert compare.cases(project, Request("v001:folds", limit=10, seed=1))[1] == "labels"
    with pytest.raises(PenalaError):
        compare.cases(project, Request("v009:folds"))
