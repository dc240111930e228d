"""Defects in forms that people think of beside the usual ones, and what only looks like one."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from good_rows import good

from assistant.dataset import importing, mending
from assistant.dataset.checks import Data, Finding, check
from assistant.dataset.checks.format_drift import usually
from assistant.dataset.examples import Example
from assistant.dataset.kinds import kind_of
from assistant.dataset.left_out import all_left_out
from assistant.dataset.lists import refuses
from assistant.dataset.similar import normal
from assistant.workspace.project import Project


def _found(rows: Sequence[Example]) -> dict[str, Finding]:
    findings = check(Data(rows, lambda text: len(text) // 4, 768)).findings
    return {f"{f.check}_{f.variant}" if f.variant else f.check: f for f in findings}


@pytest.mark.parametrize(
    "held", ["n.a.", "[TODO]", "test123", "<isi jawaban>", "TBD.", "akan diisi nanti", "(empty)"]
)
def test_what_holds_a_place_is_seen_on_either_side(held: str) -> None:
    rows = [*good(30), Example("in", held, "Jawaban biasa."), Example("out", "Berapa harganya?", held)]
    assert _found(rows)["empty_trivial"].rows == ("in", "out")


def test_a_tag_without_words_is_empty_and_a_label_that_looks_like_a_gap_is_none() -> None:
    assert _found([*good(30), Example("br", "Berapa?", "<br>&nbsp;")])["empty"].rows == ("br",)
    labels = [Example(str(n), f"pesan {n} kata", "none" if n % 2 else "spam") for n in range(40)]
    assert "empty_trivial" not in _found(labels)


def test_labels_in_other_words_are_known_by_the_label_that_they_mean() -> None:
    rare = [
        "Positive",
        "positiv",
        "label: positive",
        '{"label": "positive"}',
        "positive / neutral",
        "not positive",
    ]
    usual = usually([*["positive"] * 40, *["negative"] * 30, *["neutral"] * 20, *rare])
    assert usual == {**dict.fromkeys(rare[:4], "positive"), "positive / neutral": "", "not positive": ""}
    assert usually([*["typical"] * 9, "atypical", *["refund 1"] * 9, "refund 2"]) == {}


def test_json_with_members_that_may_be_missing_keeps_to_those() -> None:
    rows = []
    for n in range(60):
        body = {"nama": "a", "kota": "b"} | ({"usia": n} if n % 2 else {}) | ({"tinggi": n} if n % 3 else {})
        rows.append(Example(str(n), f"teks {n} yang lain", json.dumps(body)))
    odd = [
        Example("extra", "teks lagi", json.dumps({"nama": "a", "kota": "b", "umur": 3})),
        Example("type", "teks satu lagi", json.dumps({"nama": "a", "kota": ["b"]})),
        Example("twice", "teks dua lagi", '{"nama": "a", "kota": "b", "kota": "c"}'),
    ]
    assert _found([*rows, *odd])["format_drift_keys"].rows == ("extra", "type", "twice")


@pytest.mark.parametrize(
    "answer",
    ["Mohon maaf, kami belum bisa menjawab pertanyaan ini.", "Maaf ya Kak, aku nggak bisa jawab itu.", "I don't know.",
     "Sorry, I am not able to answer.", "I must respectfully decline.", "That's something I can’t discuss.",
     "Saya hanyalah model AI.", "Maaf, permintaan Anda tidak bisa saya penuhi."],
)  # fmt: skip
def test_refusals_in_both_languages(answer: str) -> None:
    assert refuses(answer)


@pytest.mark.parametrize(
    "answer", ["Kami belum bisa mengirim hari ini.", "You can help yourself.", "I know (a|b)?"]
)
def test_answers_that_only_say_no_are_no_refusals(answer: str) -> None:
    assert not refuses(answer)


@pytest.mark.parametrize(
    "said", ["bodohnya kamu", "b0doh", "f*ck this", "A S U", "dijamin 100% sembuh", "women can’t drive"]
)
def test_wording_is_seen_through_endings_figures_and_hidden_letters(said: str) -> None:
    rows = [
        *good(30),
        Example("rude", "apa kabar", f"Baik, {said} ya"),
        Example("mild", "makan apa", "Mie setan, kode A 5 U"),
    ]
    assert _found(rows)["wording"].rows == ("rude",)


def test_a_slip_in_a_short_word_shows_where_no_other_row_has_it() -> None:
    rows = [
        *good(30),
        *(Example(f"w{n}", f"Apa nama ibu kota negara nomor {n}?", f"Kota {n}") for n in range(8)),
    ]
    torn = [
        Example("a", "Apa warna bendera negara tetangga kita?", "Merah"),
        Example("b", "Apq warna bendera negara tetangga kita?", "Biru"),
    ]
    assert set(_found([*rows, *torn])["contradiction_slip"].rows) == {"a", "b"}
    fair = [
        Example("a", "Apa warna bendera negara Iran itu?", "Hijau"),
        Example("b", "Apa warna bendera negara Irak itu?", "Merah"),
    ]
    assert "contradiction_slip" not in _found([*rows, *fair])


def test_a_small_part_of_a_long_list_of_labels_is_still_labels() -> None:
    rows = [
        Example(str(n), f"text {n}", f"intent_{'abcdefgh'[n % 8]}_{'stuvwxyz'[n // 8 % 8]}")
        for n in range(256)
    ]
    assert kind_of(rows) == "labels"
    assert kind_of([replace(e, output=f"{e.output.replace('_', ' ')}, he said.") for e in rows]) == "text"


def test_look_alike_letters_of_other_alphabets_change_nothing() -> None:
    assert normal("Kеpala Dinаs") == "kepala dinas"
    assert normal("привет мир") == "привет мир"


def test_rows_are_named_by_their_id_however_they_are_broken(project: Project, tmp_path: Path) -> None:
    def turns(*said: tuple[str, str]) -> list[dict[str, str]]:
        return [{"role": role, "content": text} for role, text in said]

    good_turns = turns(("user", "Apa kabar?"), ("assistant", "Baik."))
    rows = [
        {"id": "whole", "messages": good_turns}, {"id": "late", "messages": [*good_turns, *turns(("system", "Jawab."))]},
        {"id": "gap", "messages": [*turns(("user", "Hai"), ("assistant", " ")), *good_turns]},
    ]  # fmt: skip
    lines = [json.dumps(row) for row in rows] + [
        '{"id": "torn", "messages": [{"role": "user"',
        '{"messages": 5}',
    ]
    path = tmp_path / "chat.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    found = importing.import_file(project, path)
    assert [e.id for e in found.examples] == ["whole"]
    assert [row.id for row in all_left_out(project)] == ["late", "gap", "torn", "5"]
    told = Data(found.examples, len, 768, left_out=all_left_out(project))
    schema = next(f for f in check(told).findings if f.check == "schema")
    assert mending.remedy(schema) == "dismiss"
    assert mending.mend(project, told, [schema], "schema").rows == ("late", "gap", "torn", "5")
    assert all_left_out(project) == []
    assert mending.undo(project).rows == ("late", "gap", "torn", "5")
    assert len(all_left_out(project)) == 4


def test_a_row_without_an_id_among_others_has_its_number(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    passage = "Isi bagian yang panjang. " * 20
    path.write_text(f"id,input,output,subset,chunk\na,satu,1,latih,{passage}\n,dua,2,tes,p1\n", "utf-8")
    one, two = importing.import_file(project, path).examples
    assert (one.id, two.id, one.split, two.split, two.source) == ("a", "2", "train", "test", "p1")
    assert len(one.source) < 80 and one.source.startswith("Isi bagian")


def test_passage_and_question_stand_in_one_order() -> None:
    rows = [
        replace(e, input=f"Konteks: toko buka pukul {n}.\nPertanyaan: {e.input}")
        for n, e in enumerate(good(30))
    ]
    odd = [
        Example("turned", "Pertanyaan: kapan tutup?\nKonteks: toko tutup pukul 9.", "Pukul 9."),
        Example("alone", "Pertanyaan: kapan toko tutup?", "Pukul 9."),
        Example("more", "Konteks: kami libur.\nCatatan: hanya Minggu\nPertanyaan: buka hari apa?", "Senin."),
    ]
    found = _found([*rows, *odd])["format_drift_heading"]
    assert found.rows == ("turned", "alone") and "Konteks:, Pertanyaan:" in found.say("id")
