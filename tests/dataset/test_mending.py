"""Remedies change what their check named, the check is quiet after them, and they can be taken back."""

from dataclasses import replace

import pytest
from good_rows import good

from assistant.dataset import checks, examples, mending
from assistant.dataset.checks import Data
from assistant.dataset.examples import Example
from assistant.dataset.masking import Masks
from assistant.errors import PenalaError
from assistant.workspace.project import Project


def _data(project: Project) -> Data:
    return Data(examples.all_examples(project), lambda text: len(text.split()), 100)


def _mend(project: Project, check: str) -> mending.Mend:
    data = _data(project)
    return mending.mend(project, data, checks.check(data).findings, check, "ani")


def _found(project: Project, check: str) -> list[str]:
    return [id for f in checks.check(_data(project)).findings if f.check == check for id in f.rows]


PLANTED = [
    Example("twice", good(1)[0].input, good(1)[0].output, split="train"),
    Example("leak", good(2)[1].input, "Lain.", split="test"),
    Example("long", "kata " * 300, "ya", split="train"),
    Example("na", "Apa jamnya?", "n/a", split="train"),
    Example("nik", "NIK saya 3171234506890123", "Baik, 3171 2345 0689 0123.", split="train"),
    Example("phone", "Hubungi 0812-3456-7890 atau +62 812 3456 7890", "Baik.", split="train"),
]


@pytest.fixture
def planted(project: Project) -> Project:
    examples.save(project, [*good(60), *PLANTED])
    return project


@pytest.mark.parametrize(
    ("check", "rows"),
    [("exact_duplicate", ["twice"]), ("over_length", ["long"]), ("empty", ["na"]), ("nothing_to_learn", ["long"]),
     ("leakage", ["leak"]), ("personal_data", ["nik", "phone"])],
)  # fmt: skip
def test_a_remedy_quiets_its_check_and_can_be_taken_back(
    planted: Project, check: str, rows: list[str]
) -> None:
    was = {e.id: (e.input, e.output, e.split, e.status) for e in examples.every(planted)}
    assert set(rows) <= set(_mend(planted, check).rows)
    assert _found(planted, check) == []
    assert mending.last(planted) is not None
    mending.undo(planted)
    assert {e.id: (e.input, e.output, e.split, e.status) for e in examples.every(planted)} == was
    assert set(rows) <= set(_found(planted, check))


def test_one_value_has_one_stand_in_everywhere_and_the_owner_can_lift_it(planted: Project) -> None:
    _mend(planted, "personal_data")
    nik, phone = (examples.find(planted, id) for id in ("nik", "phone"))
    assert nik and phone
    assert (nik.input, nik.output) == ("NIK saya [NIK_1]", "Baik, [NIK_1].")
    assert phone.input == "Hubungi [PHONE_1] atau [PHONE_1]"
    assert mending.unmask(planted, nik.input) == "NIK saya 3171234506890123"
    examples.save(planted, [Example("later", "Telepon 081234567890 dan 0813 9999 0000", "Ya.")])
    _mend(planted, "personal_data")
    later = examples.find(planted, "later")
    assert later and later.input == "Telepon [PHONE_1] dan [PHONE_2]"


def test_a_leaking_row_goes_to_the_side_that_has_seen_it(planted: Project) -> None:
    _mend(planted, "leakage")
    moved = examples.find(planted, "leak")
    assert moved and moved.split == "train"


def test_labels_are_written_as_most_are(project: Project) -> None:
    rows = [replace(e, output=("positif", "negatif")[n % 2]) for n, e in enumerate(good(40))]
    examples.save(
        project, [*rows, Example("dot", "kapan buka", "Positif."), Example("free", "apa saja", "x" * 70)]
    )
    _mend(project, "format_drift")
    dot, free = examples.find(project, "dot"), examples.find(project, "free")
    assert dot and free
    assert (dot.output, free.output) == ("positif", "x" * 70)


def test_what_was_edited_since_is_not_taken_back(planted: Project) -> None:
    _mend(planted, "personal_data")
    nik = examples.find(planted, "nik")
    assert nik
    examples.save(planted, [replace(nik, output="Ditulis ulang.")])
    assert "nik" not in mending.undo(planted).rows
    kept = examples.find(planted, "nik")
    assert kept and kept.output == "Ditulis ulang."


def test_a_row_edited_in_the_meantime_stops_the_remedy(planted: Project) -> None:
    data = _data(planted)
    found = checks.check(data).findings
    nik = examples.find(planted, "nik")
    assert nik
    examples.save(planted, [replace(nik, output="Lain.")])
    with pytest.raises(PenalaError, match="nik"):
        mending.mend(planted, data, found, "personal_data")
    phone = examples.find(planted, "phone")
    assert phone and "[PHONE" not in phone.input


@pytest.mark.parametrize(
    ("check", "code"), [("amount", "no_remedy"), ("", "no_remedy"), ("empty", "nothing_to_mend")]
)
def test_what_cannot_be_mended_is_said(project: Project, check: str, code: str) -> None:
    examples.save(project, good(40))
    with pytest.raises(PenalaError) as caught:
        _mend(project, check)
    assert caught.value.code == code


def test_masks_come_back_from_what_was_kept() -> None:
    first = Masks({})
    assert first.masked("a@toko.id dan b@toko.id") == "[EMAIL_1] dan [EMAIL_2]"
    again = Masks(first.known)
    assert again.masked("B@TOKO.ID, c@toko.id") == "[EMAIL_2], [EMAIL_3]"
    assert again.lifted("[EMAIL_1] [EMAIL_9]") == "a@toko.id [EMAIL_9]"


def test_near_twins_with_another_answer_stay(project: Project) -> None:
    lesson = "Kapan pesanan nomor satu saya tiba di rumah?"
    examples.save(project, [
        *good(60), Example("first", lesson, "Besok.", split="train"),
        Example("same", lesson.upper(), "Besok.", split="train"),
        Example("other", lesson.replace("satu", "dua"), "Lusa.", split="train"),
        Example("torn", f"{lesson}!", "Tidak tahu.", split="train"),
    ])  # fmt: skip
    assert {"same", "other"} <= set(_found(project, "near_duplicate"))
    assert _mend(project, "near_duplicate").rows == ("same",)
    with pytest.raises(PenalaError) as raised:
        _mend(project, "near_duplicate")
    assert raised.value.code == "nothing_to_mend"
