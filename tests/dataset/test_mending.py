"""Remedies change what their check named, the check is quiet after them, and they can be taken back."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from good_rows import good

from assistant.dataset import checks, examples, importing, left_out, mending
from assistant.dataset.checks import Data
from assistant.dataset.examples import Example
from assistant.dataset.json_answers import Form
from assistant.dataset.masking import Masks
from assistant.errors import PenalaError
from assistant.workspace.project import Project


def _data(project: Project) -> Data:
    return Data(
        examples.all_examples(project), lambda text: len(text.split()), 100, instructions=INSTRUCTIONS,
        left_out=left_out.all_left_out(project),
    )  # fmt: skip


def _mend(project: Project, check: str) -> mending.Mend:
    data = _data(project)
    return mending.mend(project, data, checks.check(data).findings, check, "ani")


def _found(project: Project, check: str) -> list[str]:
    return [id for f in checks.check(_data(project)).findings if f.check == check for id in f.rows]


INSTRUCTIONS = "Jawab pelanggan dengan ramah, singkat, dan benar."

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
    ("check", "code"),
    [("amount", "no_remedy"), ("", "no_remedy"), ("empty", "nothing_to_mend"), ("spelling", "no_remedy")],
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


def _everything(project: Project) -> list[Example]:
    return [replace(e, revision=0) for e in examples.every(project)]


def _labelled(count: int, label: str, name: str) -> list[Example]:
    """Inputs of their own for each name."""
    rows = good(count * 2)[count if name == "y" else 0 :][:count]
    return [replace(e, id=f"{name}{e.id}", output=label) for e in rows]


def test_the_outvoted_answer_goes_and_a_tie_is_left_to_a_person(project: Project) -> None:
    asked = [
        Example(f"a{n}", "Kapan toko buka di hari Minggu?", "pujian" if n else "keluhan") for n in range(4)
    ]
    tie = [Example(f"t{n}", "Apakah bisa bayar di tempat?", ("pujian", "keluhan")[n]) for n in range(2)]
    examples.save(project, [*_labelled(30, "pujian", "x"), *_labelled(30, "keluhan", "y"), *asked, *tie])
    was = _everything(project)
    assert _mend(project, "contradiction").rows == ("a0",)
    assert _found(project, "contradiction") == ["t0", "t1"]
    found = next(f for f in checks.check(_data(project)).findings if f.check == "contradiction")
    assert mending.remedy(found) == ""  # no button that would do nothing
    mending.undo(project)
    assert _everything(project) == was


def test_a_label_that_crowds_out_the_others_is_thinned_in_training_only(project: Project) -> None:
    examples.save(project, [*_labelled(400, "biasa", "x"), *_labelled(40, "gawat", "y")])
    held = [e for e in _everything(project) if e.split != "train"]
    assert len(_mend(project, "imbalance").rows) == 168  # of 280 to 28 that train, 112 to 28 stay
    assert not [
        f for f in checks.check(_data(project)).findings if (f.check, f.severity) == ("imbalance", "warning")
    ]
    assert [replace(e, revision=0) for e in examples.all_examples(project) if e.split != "train"] == held
    mending.undo(project)
    assert len(examples.all_examples(project)) == 440


def test_what_is_crowded_but_small_is_not_thinned(project: Project) -> None:
    examples.save(project, [*_labelled(90, "biasa", "x"), *_labelled(10, "gawat", "y")])
    crowded = [f for f in checks.check(_data(project)).findings if f.check == "imbalance" and not f.variant]
    assert (
        crowded and mending.remedy(crowded[0]) == ""
    )  # fifty rows would be left: collecting helps, not deleting


def test_refusals_are_thinned_to_the_share_and_the_repeated_ones_go_first(project: Project) -> None:
    said = "Maaf, saya tidak bisa membantu dengan permintaan itu."
    no = [replace(e, id=f"n{e.id}", input=f"tolong {e.input} ya", output=said) for e in good(30)]
    own = replace(no[0], id="own", input="Bolehkah saya minta data orang lain?", output="Maaf, kami tidak dapat membantu membagikan data orang lain.")  # fmt: skip
    examples.save(project, [*good(60), *no, own])
    gone = _mend(project, "refusals").rows
    assert "own" not in gone and 0 < len(gone) < 31
    assert not [
        f for f in checks.check(_data(project)).findings if (f.check, f.severity) == ("refusals", "warning")
    ]
    mending.undo(project)
    assert len(examples.all_examples(project)) == 91


def test_another_language_and_bad_wording_are_set_aside(project: Project) -> None:
    english = Example(
        "en",
        "Where is my parcel and when will it arrive at my house?",
        "Besok pagi sampai ya.",
        split="train",
    )
    rude = Example(
        "rude", "Kenapa pesanan saya belum datang juga?", "Dasar bodoh, tunggu saja.", split="train"
    )
    indonesian = [
        replace(e, input=f"Apakah {e.input} sudah bisa saya ambil di toko besok?") for e in good(60)
    ]
    examples.save(project, [*indonesian, english, rude])
    assert _mend(project, "language_mix").rows == ("en",)
    assert _mend(project, "wording").rows == ("rude",)
    assert _found(project, "language_mix") == _found(project, "wording") == []
    mending.undo(project)
    assert mending.undo(project).rows == ("en",)
    assert len(examples.all_examples(project)) == 62


def test_doubtful_labels_wait_for_a_person_but_not_those_that_one_has_judged(project: Project) -> None:
    from assistant.dataset.reviews import actions

    rows = [*_labelled(40, "pujian", "x"), *_labelled(40, "keluhan", "y")]
    rows[3], rows[4] = replace(rows[3], output="keluhan"), replace(rows[4], output="keluhan")
    examples.save(project, rows)
    actions.judge(project, "ani", rows[4].id, actions.Said("accept"))

    def embed(texts: object) -> object:
        noise = np.random.default_rng(0).normal(size=(80, 4)) / 20
        made = noise + np.array([[1, 0, 0, 0] if n < 40 else [0, 1, 0, 0] for n in range(80)])
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    data = replace(_data(project), embed=embed)
    found = checks.check(data).findings
    assert {rows[3].id, rows[4].id} <= {id for f in found if f.check == "label_noise" for id in f.rows}
    assert mending.mend(project, data, found, "label_noise").rows == (rows[3].id,)
    assert [e.id for e in examples.every(project, examples.Filter(status="draft"))] == [rows[3].id]
    mending.undo(project)
    assert len(examples.all_examples(project)) == 80


def test_json_is_written_like_the_others(project: Project) -> None:
    rows = [
        replace(e, output=json.dumps({"sebab": f"kurir {n % 7}", "nilai": n, "lunas": n % 2 == 0})) for n, e in enumerate(good(60))
    ]  # fmt: skip
    odd = {
        "fence": '```json\n{"sebab": "hujan", "nilai": 3, "lunas": true,}\n```',
        "python": "Ini hasilnya: {'sebab': 'hujan', 'nilai': 3, 'lunas': True}",
        "kind": '{"Sebab": "hujan", "nilai": "3", "lunas": "true"}',
        "short": '{"sebab": "hujan", "nilai": 3}',
        "prose": "Karena hujan, nilainya tiga.",
        "torn": '{"sebab": "hujan", "nilai": 3, "sebab": "banjir", "lunas": true}',
    }
    planted = [replace(e, id=id, output=odd[id]) for e, id in zip(good(70)[60:], odd, strict=False)]
    examples.save(project, [*rows, *planted])
    was = _everything(project)
    assert set(_mend(project, "format_drift").rows) == {"fence", "python", "kind"}
    for id in ("fence", "python", "kind"):
        made = examples.find(project, id)
        assert made and made.output == '{"sebab": "hujan", "nilai": 3, "lunas": true}'
    assert set(_found(project, "format_drift")) == {"short", "prose", "torn"}
    mending.undo(project)
    assert _everything(project) == was


@pytest.mark.parametrize("style", [{}, {"indent": 2}, {"separators": (",", ":")}])
def test_json_keeps_the_style_of_the_others_and_what_is_right_stays(style: dict[str, int]) -> None:
    whole = [json.dumps({"a": n, "b": "é"}, ensure_ascii=False, **style) for n in range(20)]
    form = Form.of([*whole, "x"])
    assert form.repaired('{"A": 1, "b": "é"}') == json.dumps({"a": 1, "b": "é"}, ensure_ascii=False, **style)
    assert form.repaired(whole[3]) == form.repaired('{"a": 1, "b": "x", "c": 2}') == form.repaired("{") == ""


def test_instructions_are_taken_out_of_the_inputs(project: Project) -> None:
    twice = replace(good(61)[60], id="twice", input=f"{INSTRUCTIONS}\n\nKapan toko buka?")
    examples.save(project, [*good(60), twice])
    assert _mend(project, "format_drift").rows == ("twice",)
    made = examples.find(project, "twice")
    assert made and made.input == "Kapan toko buka?"


def test_one_finding_is_mended_without_the_others_of_its_check(planted: Project) -> None:
    data = _data(planted)
    done = mending.mend(planted, data, checks.check(data).findings, "personal_data", variant="grave")
    assert done.rows == ("nik",) and _found(planted, "personal_data") == ["phone"]


@pytest.mark.parametrize(
    ("check", "id"), [("contradiction", "lawan"), ("exact_duplicate", "ulang"), ("empty", "kosong"), ("schema", "kosong")]
)  # fmt: skip
def test_rows_left_out_at_import_are_told_no_more_and_again(
    project: Project, tmp_path: Path, check: str, id: str
) -> None:
    examples.save(project, good(60))
    rows = [("a", "Kapan buka?", "Pukul 9."), ("a", "Kapan buka?", "Tutup."), ("b", "Ada parkir?", "Ada."), ("b", "Ada parkir?", "Ada."), ("kosong", "Apa?", "")]  # fmt: skip
    path = tmp_path / "a.csv"
    path.write_text("id,input,output\n" + "".join(f"{','.join(row)}\n" for row in rows))
    importing.import_file(project, path)
    wanted = {"lawan": "a", "ulang": "b"}.get(id, id)
    before = left_out.all_left_out(project)
    assert wanted in _found(project, check)
    assert _mend(project, check).rows == (wanted,)
    assert wanted not in _found(project, check) and len(left_out.all_left_out(project)) == len(before) - 1
    mending.undo(project)
    assert set(left_out.all_left_out(project)) == set(before)
