import json
from dataclasses import replace

import pytest
from good_rows import good, hash_word

from assistant import texts
from assistant.dataset import mending
from assistant.dataset.checks import Data, Finding, Limit, Report, check, registered
from assistant.dataset.checks.amount import least_effect
from assistant.dataset.examples import Example, Place
from assistant.dataset.left_out import LeftOut


def _report(rows: list[Example], longest: int = 10_000) -> Report:
    return check(Data(rows, lambda text: len(text.split()), longest))


def _found(report: Report) -> dict[str, Finding]:
    return {f"{f.check}_{f.variant}".rstrip("_"): f for f in report.findings}


def test_good_data_is_ready() -> None:
    report = _report(good(1000))
    assert (report.ready, report.findings) == ("ready", ())


def test_three_examples_are_not_enough_and_it_is_said() -> None:
    report = _report(good(3))
    assert report.ready == "not_ready"
    finding = _found(report)["amount_floor"]
    assert "3" in finding.say("id")
    assert "20" in finding.remedy("id")
    assert "20" in finding.remedy("en")
    assert _report([]).ready == "not_ready"


def test_fewer_than_a_hundred_is_a_warning() -> None:
    assert _report(good(60)).ready == "warnings"


def test_each_planted_fault_is_found_by_its_rows() -> None:
    rows = good(200)
    planted = [
        Example("empty", "…", "ada", split="train"),
        Example("twice", rows[0].input.upper() + "!", rows[0].output, split="train"),
        Example("torn", rows[10].input, "Bukan itu.", split="train"),
        Example("near", rows[20].input + "ya", "Lain lagi ceritanya.", split="train"),
        Example("long", "kata " * 300, "ya", split="train"),
        Example("leak", rows[1].input, rows[1].output, split="test"),
        Example("near_leak", rows[2].input + "ya", "Beda jauh.", split="test"),
    ]
    report = _report([*rows, *planted], longest=100)
    found = _found(report)
    assert report.ready == "not_ready"
    assert found["empty"].rows == ("empty",)
    assert found["exact_duplicate"].rows == ("twice", "leak")
    assert set(found["contradiction"].rows) == {"e10", "torn"}
    assert set(found["near_duplicate"].rows) == {"near", "near_leak", "twice"}
    assert found["over_length"].rows == ("long",)
    assert found["leakage"].rows == ("leak",)
    assert found["leakage_near"].rows == ("near_leak",)
    assert [f.severity for f in report.findings] == sorted(
        (f.severity for f in report.findings), key=["blocking", "warning", "note"].index
    )


def test_a_source_on_two_sides_blocks() -> None:
    rows = [Example(e.id, e.input, e.output, f"talk{n // 4}", e.split) for n, e in enumerate(good(100))]
    finding = _found(_report(rows))["leakage_source"]
    assert finding.severity == "blocking"
    assert "e7" in finding.rows


def test_validation_rows_in_test_are_leakage_too() -> None:
    rows = [*good(100), Example("v", good(100)[7].input, good(100)[7].output, split="test")]
    assert _found(_report(rows))["leakage"].rows == ("v",)


def test_long_answers_in_other_words_are_a_warning_only() -> None:
    rows = good(150)
    twin = Example(
        "twin",
        rows[0].input,
        "Kami mohon maaf, paket Anda sedang kami periksa bersama pihak kurir " * 2,
        split="train",
    )
    assert _found(_report([*rows, twin]))["contradiction_wording"].severity == "warning"


def test_labels_are_weighed() -> None:
    inputs = [e.input for e in good(200)]
    rows = [Example(f"l{n}", text, "negatif" if n < 5 else "positif") for n, text in enumerate(inputs)]
    found = _found(_report(rows))
    assert found["imbalance"].values["label"] == "positif"
    assert found["imbalance_rare"].rows == tuple(f"l{n}" for n in range(5))


def test_an_answer_out_of_form_is_named() -> None:
    rows = [
        Example(e.id, e.input, f"Kategori: kirim\nUrgensi: tinggi\nBalasan: baik {e.id}", split=e.split)
        for e in good(120)
    ]
    odd = Example("odd", "xyz " * 9, "Kategori: kirim\nBalasan: baik", split="train")
    finding = _found(_report([*rows, odd]))["format_drift_keys"]
    assert finding.rows == ("odd",)
    assert "Kategori, Urgensi, Balasan" in finding.say("en")


def test_a_thousand_copies_take_no_time() -> None:
    rows = [Example(f"c{n}", "paket saya belum sampai juga", "lacak") for n in range(2000)]
    found = _found(_report(rows))
    assert len(found["exact_duplicate"].rows) == 1999


def test_longer_than_the_model_or_a_service_takes() -> None:
    rows = [*good(30), Example("long", "kata " * 50, "ya " * 40), Example("longer", "kata " * 300, "ya")]
    data = Data(
        rows, lambda text: len(text.split()), 100, frame=20, limits=[Limit("A", 200), Limit("B", 300)]
    )
    found = _found(check(data))
    assert found["over_length"].rows == ("long", "longer")
    assert found["over_length_provider"].rows == ("longer",)
    assert "A 1, B 1" in found["over_length_provider"].say("en")
    assert found["nothing_to_learn"].rows == ("longer",)


def test_an_answer_that_repeats_its_input_teaches_nothing() -> None:
    rows = [*good(30), Example("echo", "Kapan tokonya buka hari ini?", "kapan tokonya buka hari ini")]
    assert _found(_report(rows))["nothing_to_learn_echo"].rows == ("echo",)


def test_evaluation_questions_are_not_trained_on() -> None:
    rows = [*good(30), Example("same", "Kapan tokonya buka hari Minggu?", "Pukul 9.", split="train")]
    rows += [Example("near", "Kapan toko buka di hari Minggu", "Pukul 9.", split="train")]
    data = Data(rows, len, 10_000, asked=["kapan tokonya buka hari minggu"])
    found = _found(check(data))
    assert found["leakage_asked"].rows == ("same",)
    assert found["leakage_nearly_asked"].rows == ("near",)


def test_one_passage_on_two_sides_is_a_leak() -> None:
    rows = good(30)
    sides = [("train", 10), ("test", 10), ("test", 90)]
    rows += [
        Example(
            f"p{n}",
            f"Pertanyaan lain sekali {hash_word(n)}",
            "A",
            split=side,
            place=Place(document="d", start=at, stop=at + 5),
        )
        for n, (side, at) in enumerate(sides)
    ]
    assert _found(_report(rows))["leakage_source"].rows == ("p1",)


def test_the_same_letters_in_capitals_are_near_and_not_a_contradiction() -> None:
    rows = [*good(30), Example("loud", good(30)[3].input.upper() + "!", good(30)[3].output)]
    found = _found(_report(rows))
    assert found["near_duplicate"].rows == found["exact_duplicate"].rows == ("loud",)
    assert not any(name.startswith("contradiction") for name in found)


def test_answers_that_hold_a_place_are_empty() -> None:
    rows = [*good(30), Example("na", "Apa jamnya?", "N/A"), Example("smile", "Terima kasih!", "😀")]
    found = _found(_report(rows))
    assert found["empty_trivial"].rows == ("na",)
    assert "empty" not in found
    unseen = _found(_report([*rows, Example("unseen", "Buka jam berapa?", "\u200b \u2014")]))
    assert unseen["empty"].rows == ("unseen",)


def _labelled(count: int = 60) -> list[Example]:
    return [Example(f"l{n}", f"{good(count)[n].input}", ("positif", "negatif")[n % 2]) for n in range(count)]


def test_labels_written_otherwise_drift() -> None:
    odd = [
        Example("full", "apa kabar dunia", "positif."),
        Example("json", "selamat pagi semua", '{"label": "positif"}'),
    ]
    assert _found(_report([*_labelled(), *odd]))["format_drift_label"].rows == ("full", "json")


@pytest.mark.parametrize(
    "write",
    ["{}\nkurir", "Kategori: {}\nAlasan: telat", "<b>{}</b>", '{{"label": "{}"}}', "- {}\n- kurir", "**{}**\n\nkurir"],
)  # fmt: skip
def test_labels_that_are_all_laid_out_alike_do_not_drift(write: str) -> None:
    rows = [replace(e, output=write.format(e.output)) for e in _labelled()]
    assert "format_drift_label" not in _found(_report(rows))
    odd = [
        Example("bare", "apa kabar dunia", "positif"),
        Example("more", "selamat pagi semua", f"{rows[0].output}\nJelas sekali."),
        Example("torn", "selamat siang semua", '{"label": "positif'),
    ]
    assert _found(_report([*rows, *odd]))["format_drift_label"].rows == ("bare", "more", "torn")


def test_labels_of_two_layouts_that_many_have_are_both_regular() -> None:
    rows = [replace(e, output=e.output + ("\nkurir" if n % 3 else "")) for n, e in enumerate(_labelled())]
    odd = Example("odd", "apa kabar dunia", "positif\nkurir\nlagi")
    assert _found(_report([*rows, odd]))["format_drift_label"].rows == ("odd",)


def test_json_answers_keep_their_keys_and_kinds() -> None:
    rows = [
        Example(f"j{n}", hash_word(n) * 3, json.dumps({"kota": hash_word(n), "umur": n})) for n in range(40)
    ]
    odd = [
        Example("text", "a b c d", "Jakarta, 20"), Example("key", "e f g h", '{"city": "x", "umur": 3}'),
        Example("kind", "i j k l", '{"kota": "x", "umur": "tiga"}'),
    ]  # fmt: skip
    found = _found(_report([*rows, *odd]))
    assert found["format_drift_json"].rows == ("text",)
    assert found["format_drift_keys"].rows == ("key", "kind")


def test_other_layouts_and_lengths_drift() -> None:
    rows = [Example(e.id, e.input, e.output + " Terima kasih sudah menghubungi kami.") for e in good(60)]
    odd = [
        Example("list", "a b c d", "- satu\n- dua\n- tiga"),
        Example("long", "e f g h", "kata dan kata " * 400),
    ]
    found = _found(_report([*rows, *odd]))
    assert found["format_drift_plain"].rows == ("list",)
    assert found["format_drift_length"].rows == ("long",)


def test_inputs_are_laid_out_like_requests() -> None:
    rows = [replace(e, input=f"Pertanyaan: {e.input}") for e in good(30)]
    told = "Jawablah dengan sopan dan singkat sebagai petugas toko."
    odd = [Example("bare", "kapan buka", "Pukul 9."), Example("twice", f"{told} Kapan buka?", "Pukul 9.")]
    found = _found(check(Data([*rows, *odd], len, 10_000, instructions=told)))
    assert found["format_drift_heading"].rows == ("bare", "twice")
    assert found["format_drift_instructions"].rows == ("twice",)


_SAID = [
    "Barang yang saya pesan belum juga datang sampai hari ini", "Tolong bantu saya mengganti kata sandi akun ini",
    "Pelayanannya lambat dan makanannya sudah dingin", "Berapa lama pengiriman ke Surabaya biasanya",
]  # fmt: skip


def test_another_language_is_seen_in_inputs_and_answers() -> None:
    rows = [Example(f"i{n}", f"{_SAID[n % 4]} {hash_word(n)}", _SAID[(n + 1) % 4]) for n in range(30)]
    odd = [
        Example(
            "asks", "The parcel that I ordered has not arrived until today", "Baik, akan kami periksa segera."
        ),
        Example("answers", "Kapan toko ini buka kembali", "We are open again on Monday morning at nine."),
    ]
    found = _found(_report([*rows, *odd]))
    assert found["language_mix"].rows == ("asks",)
    assert found["language_mix_answer"].rows == ("answers",)
    assert "Inggris" in found["language_mix"].say("id")


def test_misspelt_words_are_known_from_the_project_itself() -> None:
    rows = [replace(e, input=f"{e.input} pengiriman terlambat {n}") for n, e in enumerate(good(40))]
    finding = _found(_report([*rows, Example("slip", "kenapa pengirman lama", "Maaf.")]))["spelling"]
    assert finding.rows == ("slip",)
    assert "pengirman → pengiriman" in finding.say("id")


def test_personal_data_that_harms_blocks_and_other_warns() -> None:
    rows = [
        *good(30),
        Example("nik", "NIK saya 3171234506890123", "Baik."),
        Example("mail", "a@toko.co.id ya", "Baik."),
    ]
    found = _found(_report(rows))
    assert (found["personal_data_grave"].severity, found["personal_data_grave"].rows) == (
        "blocking",
        ("nik",),
    )
    assert (found["personal_data"].severity, found["personal_data"].rows) == ("warning", ("mail",))


def test_rude_answers_and_refusals_are_named() -> None:
    rows = [
        *good(30),
        Example("rude", "apa", "Dasar bodoh!"),
        Example("no", "bisa?", "Maaf, saya tidak dapat membantu."),
    ]
    found = _found(_report(rows))
    assert found["wording"].rows == ("rude",)
    assert found["refusals_few"].rows == ("no",)
    many = [replace(e, output="Maaf, saya tidak dapat membantu.") for e in good(6)]
    assert _found(_report([*good(30)[6:], *many]))["refusals"].severity == "warning"


def test_a_label_that_falls_on_one_group_is_shown() -> None:
    rows = _labelled(80)
    rows = [
        replace(e, input=f"{e.input} dari {'ibu' if n % 4 == 1 else 'orang'}") for n, e in enumerate(rows)
    ]
    finding = _found(check(Data(rows, len, 10_000, groups={"perempuan": ["ibu"]})))["wording_skew"]
    assert finding.values["label"] == "negatif"
    assert set(finding.rows) == {f"l{n}" for n in range(1, 80, 4)}


def test_a_test_split_says_what_it_can_show() -> None:
    assert least_effect(200) == pytest.approx(0.0885, abs=0.001)
    values = _found(_report(good(300)))["amount_effect"].values
    assert (values["test"], values["effect"], values["needed"]) == (60, 16, 160)


def test_rows_left_out_at_import_are_told_by_their_id() -> None:
    codes = ["row_not_text", "row_no_output", "row_repeated", "row_contradicts"]
    left_out = [LeftOut("a.csv", n, f"x{n}", code) for n, code in enumerate(codes)]
    found = _found(check(Data(good(30), len, 10_000, left_out=left_out)))
    assert found["schema"].rows == ("x0", "x1")
    assert found["empty_left_out"].rows == ("x1",)
    assert found["exact_duplicate_left_out"].rows == ("x2",)
    assert found["contradiction_left_out"].rows == ("x3",)


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_check_is_worded(language: str) -> None:
    keys = texts.keys(language)
    for name in registered():
        assert keys[f"dataset.why.{name}"]
        for part in ("message", "remedy"):
            assert any(k.startswith(f"dataset.checks.{name}") and k.endswith(part) for k in keys)


def test_one_row_of_any_make_passes_every_check() -> None:
    for text in (
        "",
        " ",
        "\0",
        "a" * 100_000,
        "1 " * 50_000,
        "{" * 50_000,
        "[" * 50_000,
        "مرحبا",
        "你好",
        "😀" * 99,
        "- " * 9999,
    ):
        for answer in (text, "ya"):
            assert check(Data([Example("1", text, answer)] * 30, len, 768)).ready != "ready"


def test_nearly_one_input_with_two_answers_is_told_and_the_odd_one_out_named() -> None:
    rows = [replace(e, output=("positif", "negatif")[n % 2]) for n, e in enumerate(good(120))]
    text = "apakah garansi kulkas berlaku di luar negeri juga"
    alike = [
        Example("a", text, "positif"),
        Example("b", text.replace("juga", ""), "positif"),
        Example("odd", text.replace("garansi", "garansy"), "negatif"),
    ]
    found = _found(_report([*rows, *alike]))
    assert found["contradiction_slip"].rows == ("odd",)
    assert found["contradiction_slip"].severity == "warning"
    assert "contradiction_near" not in found
    word = replace(alike[2], input=text.replace("negeri ", ""))
    assert _found(_report([*rows, alike[0], word]))["contradiction_near"].rows == ("a", "odd")


def test_longer_answers_contradict_only_where_the_inputs_differ_by_a_slip() -> None:
    rows = good(60)
    slip = Example("slip", rows[3].input + "a", "Jam tujuh pagi.")
    swap = Example(
        "swap", " ".join(rows[5].input.split()[::-1]), "Jam delapan pagi, kecuali hari libur. " * 4
    )
    more = Example("more", rows[7].input + " segera", "Jam sembilan pagi.")
    found = _found(_report([*rows, slip, swap, more]))
    assert found["contradiction_slip"].rows == ("e3", "slip")
    assert found["contradiction_near"].rows == ("e5", "swap")


def test_what_is_nearly_a_contradicting_input_is_not_told_again() -> None:
    rows = [replace(e, output=("positif", "negatif")[n % 2]) for n, e in enumerate(good(120))]
    near = Example("near", rows[0].input + " ya", rows[0].output)
    torn = replace(rows[0], id="torn", output="negatif")
    found = _found(_report([*rows, near, torn]))
    assert found["contradiction"].rows == ("e0", "torn")
    assert not {"contradiction_near", "contradiction_slip"} & found.keys()


def test_rows_from_one_form_are_told_and_not_moved_out_of_the_test() -> None:
    form = "tolong periksa kenapa {} yang saya pesan kemarin belum juga sampai ke rumah".format
    parts = ["train", "train", "validation", "test"]
    rows = [
        Example(e.id, form(e.input.split()[0] + hash_word(n)), e.output, split=parts[n % 4])
        for n, e in enumerate(good(80))
    ]
    found = _found(_report(rows))
    assert len(found["leakage_form"].rows) > 20
    assert "leakage_near" not in found and not mending.remedy(found["leakage_form"])
