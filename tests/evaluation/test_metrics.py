import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, roc_auc_score

from assistant.errors import PenalaError
from assistant.evaluation import metrics, resampling, wording
from assistant.evaluation.values import Answered, Case

text = st.text(max_size=60)
some_text = text.filter(lambda t: t.strip())


def answered(cases, given_texts, refused=False):
    return [Answered(c.id, t, 0.1, 3, 2, refused) for c, t in zip(cases, given_texts, strict=True)]


def scores(kind, cases, given_texts, **more):
    found = metrics.case_scores(kind, cases, answered(cases, given_texts), **more)
    return {s.metric: s.values for s in found}


@given(text, text)
def test_every_text_score_lies_in_0_to_1_and_overlap_has_no_direction(a, b):
    for score in (wording.chrf, wording.token_f1):
        assert 0 <= score(a, b) <= 1
    assert wording.token_f1(a, b) == pytest.approx(wording.token_f1(b, a))
    assert wording.same(a, b) == wording.same(b, a)


@given(some_text)
def test_a_text_is_wholly_like_itself(a):
    assert wording.chrf(a, a) == 1 and wording.token_f1(a, a) == 1 and wording.same(a, a)
    assert wording.contains(f"ya, {a} begitu", a)


@given(text)
def test_normalising_twice_is_normalising_once(a):
    assert wording.normalise(wording.normalise(a)) == wording.normalise(a)
    assert wording.label(wording.label(a)) == wording.label(a)


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        ("Rp1.500.000,-", "rp1,500,000", True),
        ("Toko  BUKA.", "toko buka", True),
        ("ＡＢＣ", "abc", True),
        ("-1", "1", False),
        ("suhu -5 derajat", "suhu 5 derajat", False),
        ("5%", "5", False),
        ("10:30", "10.30", True),
        ("the shop", "shop", False),  # no language's small words are dropped
        ("?!", "", False),
    ],
)
def test_what_counts_as_the_same(a, b, equal):
    assert wording.same(a, b) is equal


def test_token_f1_as_squad_counts_it():
    # 2 shared of 3 given and 4 wanted: 2·2 / 7
    assert wording.token_f1("kirim hari Senin", "Dikirim hari senin pagi") == pytest.approx(4 / 7)


def test_an_answer_is_contained_only_as_whole_words():
    assert wording.contains("Batasnya 14 hari, ya.", "14 hari")
    assert not wording.contains("Batasnya 114 hari", "14 hari")
    assert not wording.contains("apa pun", "")


def test_labels_are_right_whatever_their_case_and_stop_and_wrong_with_words_around():
    cases = [Case("1", "a", "positif"), Case("2", "b", "negatif"), Case("3", "c", "netral")]
    got = scores("labels", cases, [" Positif.\n", "sangat negatif", ""])
    assert got["accuracy"] == (1.0, 0.0, 0.0)


def test_labels_that_differ_by_a_sign_are_two():
    assert wording.label("-1") != wording.label("1") and wording.label("C++") != wording.label("C")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcx")), min_size=1, max_size=40))
def test_macro_f1_is_sklearns(rows):
    right, given_ = [r for r, _ in rows], [g for _, g in rows]
    want = f1_score(right, given_, labels=sorted(set(right)), average="macro", zero_division=0)
    got = resampling.macro_f1_interval(right, given_, [""] * len(rows))
    assert got.value == pytest.approx(want)
    assert 0 <= got.low <= got.value <= got.high <= 1


def test_macro_f1_of_the_same_answers_does_not_differ():
    right, given_ = ["a", "b"] * 10, ["a", "a"] * 10
    d = resampling.macro_f1_difference(right, given_, given_, [""] * 20)
    assert d.value == 0 and d.p == 1 and d.low < 0 < d.high
    better = resampling.macro_f1_difference(right, right, given_, [""] * 20)
    assert better.p < 0.01 and better.low > 0


REPLY = "Kategori: Pengiriman\nPrioritas: tinggi\nBalasan: Halo Kak, paketnya kami cek dulu ke kurir ya, kabar menyusul sore ini."


def test_fields_are_scored_one_by_one_long_ones_by_likeness():
    case = [Case("1", "paket mana", REPLY)]
    assert scores("fields", case, [REPLY])["field_score"] == (1.0,)
    wrong_short = REPLY.replace("tinggi", "rendah")
    assert scores("fields", case, [wrong_short])["field_score"] == pytest.approx((2 / 3,))
    got = scores("fields", case, [REPLY.replace("sore", "besok")])
    assert 0.8 < got["field:balasan"][0] < 1 and got["form"] == (1.0,)
    assert scores("fields", case, [""])["field_score"] == (0.0,)


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        (REPLY, True),
        (REPLY.replace("Kategori: Pengiriman\n", ""), False),  # one missing
        (REPLY + "\nCatatan: selesai", False),  # one too many
        ("Baik, ini jawabannya.\n" + REPLY, False),  # something before
        ("Prioritas: tinggi\nKategori: Pengiriman\nBalasan: halo", False),  # another order
        (REPLY.replace("Pengiriman", ""), False),  # empty
        (REPLY.replace("Kategori:", "**Kategori:**"), True),
        (REPLY + "\nMohon tunggu sampai 10:30, lihat https://contoh.id", True),  # the value goes on
    ],
)
def test_form_means_all_fields_in_order_and_none_else(given_text, kept):
    assert wording.in_form(given_text, REPLY) is kept


def test_an_invented_field_belongs_to_the_value_above_it():
    got = wording.values_by_name("Balasan: Halo\nCatatan: ini\nPrioritas: tinggi", ["balasan", "prioritas"])
    assert got == {"balasan": "Halo\nCatatan: ini", "prioritas": "tinggi"}


@given(text, st.sampled_from([REPLY, "A: b", "A: b\nC: d e f g h i j"]))
def test_any_text_can_be_scored_against_fields(a, reference):
    got = wording.field_scores(a, reference, wording.free_names([reference]))
    assert all(0 <= v <= 1 for v in got.values()) and len(got) == len(wording.fields(reference))
    assert all(v == 1 for v in wording.field_scores(reference, reference, frozenset()).values())
    assert wording.in_form(reference, reference)


def test_questions_take_any_accepted_answer_and_know_when_there_is_none():
    cases = [
        Case("1", "berapa hari", "14 hari", answers=("dua minggu",)),
        Case("2", "siapa presiden Mars", ""),
    ]
    got = scores(
        "questions",
        cases,
        ["Sekitar dua minggu.", "Tidak ada di dokumen."],
        aids=metrics.Aids(refuses=lambda t: "Tidak" in t),
    )
    assert got["contains_answer"][0] == 1 and math.isnan(got["contains_answer"][1])
    assert got["refusal_right"] == (1.0, 1.0)
    silent = metrics.case_scores("questions", cases, answered(cases, ["x", "y"], refused=True))
    assert {s.metric: s.values for s in silent}["refusal_right"] == (0.0, 1.0)


def test_metrics_leave_out_the_cases_seen_in_training_and_show_them_beside():
    cases = [Case(f"c{i}", f"masukan {i}", "ya" if i % 2 else "tidak") for i in range(10)]
    given_ = [c.reference if i < 5 else "?" for i, c in enumerate(cases)]
    got = metrics.measure("tuned", "x", "labels", cases, answered(cases, given_), frozenset({"c0", "c1"}))
    assert got.metric("accuracy").value == pytest.approx(3 / 8) and got.metric("accuracy").n == 8
    assert got.metric("accuracy_with_leaked").value == pytest.approx(0.5)
    assert got.has("macro_f1_with_leaked") and sum(k.n for k in got.classes) == 8
    assert (got.seconds, got.tokens, got.cost) == (pytest.approx(0.1), 5, 0)


@pytest.mark.parametrize(
    ("kind", "cases", "code"),
    [
        ("text", [], "nothing_to_compare"),
        ("text", [Case("1", "a", "b"), Case("1", "c", "d")], "case_id_twice"),
        ("labels", [Case("1", "a", " ")], "no_reference"),
        ("fields", [Case("1", "a", "tanpa isian")], "reference_without_fields"),
    ],
)
def test_cases_that_cannot_be_scored_are_refused(kind, cases, code):
    with pytest.raises(PenalaError) as caught:
        metrics.check(kind, cases)
    assert caught.value.code == code
    assert all(caught.value.say(language).hint for language in ("en", "id"))


def test_refusals_and_support_are_measured_where_they_apply():
    cases = [Case("q0", "?", "two weeks"), Case("q1", "?", "a day"), Case("q2", "?", ""), Case("q3", "?", "")]
    said = [
        Answered("q0", "Two weeks", 0.1, 1, 1, support=1.0, founded=True),
        Answered("q1", "Not there.", 0.1, 1, 1, refused=True),
        Answered("q2", "Not there.", 0.1, 1, 1, refused=True),
        Answered("q3", "On day 9. Or so.", 0.1, 1, 1, support=0.5, founded=False),
    ]
    got = metrics.measure("rag", "f", "questions", cases, said)
    values = {m.name: (m.value, m.n) for m in got.metrics}
    assert values["refusal_precision"] == (0.5, 2) and values["refusal_recall"] == (0.5, 2)
    assert values["support"] == (0.75, 2) and values["founded"] == (0.5, 2)
    assert values["exact"] == (0.5, 2) and 0 < values["chrf"][0] < 1
    plain = metrics.measure("prompt", "f", "questions", cases[:2], answered(cases[:2], ["a day", "a day"]))
    assert not any(plain.has(name) for name in ("refusal_precision", "refusal_recall", "support", "founded"))


def test_rouge_l_is_that_of_words_in_the_same_order():
    # longest common row "kirim senin pagi" is 3 of 4 and 3 of 5 words: 2·3 / 9
    assert wording.rouge_l("kami kirim senin pagi", "kirim hari senin di pagi") == pytest.approx(6 / 9)
    assert wording.rouge_l("", "kirim") == 0 and wording.rouge_l("sama saja", "Sama saja.") == 1


def test_json_answers_are_fields_whatever_their_order():
    case = [Case("1", "pesan", '{"kota": "Bandung", "jumlah": 3}')]
    right = '```json\n{"jumlah": 3, "kota": "bandung"}\n```'
    assert scores("fields", case, [right]) | {} == {
        "field_score": (1.0,), "form": (1.0,), "field:kota": (1.0,), "field:jumlah": (1.0,)
    }  # fmt: skip
    half = scores("fields", case, ['{"kota": "Bandung"}'])
    assert half["field_score"] == (0.5,) and half["form"] == (0.0,)
    assert scores("fields", case, ["kota: Bandung\njumlah: 3"])["form"] == (0.0,)


def test_a_schema_is_kept_or_not():
    schema = '{"type": "object", "required": ["kota"], "properties": {"kota": {"type": "string"}}}'
    case = [Case("1", "pesan", '{"kota": "Bandung"}')] * 3
    got = scores(
        "fields", case, ['{"kota": "x"}', '{"kota": 3}', "Bandung"], aids=metrics.Aids(schema=schema)
    )
    assert got["schema"] == (1.0, 0.0, 0.0)


def test_likeness_of_meaning_starts_at_what_unlike_cases_have():
    places = {"a": (1.0, 0.0), "b": (0.6, 0.8), "": (1.0, 0.0)}

    def embed(texts_):
        return np.array([places[t] for t in texts_])

    cases = [Case("1", "?", "a"), Case("2", "?", "b"), Case("3", "?", "a")]
    got = scores("text", cases, ["a", "a", ""], aids=metrics.Aids(embed=embed))
    assert got["similarity"] == pytest.approx(
        (1.0, 0.0, 0.0), abs=1e-9
    )  # the floor is the cosine .6 of a and b
    assert "similarity" not in scores("text", cases, ["a", "a", ""])


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.integers(0, 5)), min_size=4, max_size=40)
)
def test_auc_is_sklearns(rows):
    right = [r for r, *_ in rows]
    chances = np.array([[x, y, 10 - x - y] for _, x, y in rows]) / 10
    labels = ["a", "b", "c"]
    known = [i for i, label in enumerate(labels) if 0 < right.count(label) < len(right)]
    if not known:
        return
    want = np.mean([roc_auc_score([r == labels[i] for r in right], chances[:, i]) for i in known])
    got = resampling.roc_auc(right, labels, chances, [""] * len(right))
    assert got.value == pytest.approx(want) and 0 <= got.low <= got.value <= got.high <= 1


def test_calibration_is_whole_when_chances_come_true():
    hits = [i % 10 < 8 for i in range(100)]
    assert resampling.calibration(hits, [0.8] * 100, [""] * 100).value == pytest.approx(1.0)
    assert resampling.calibration(hits, [1.0] * 100, [""] * 100).value == pytest.approx(0.8)


def test_chances_make_two_more_metrics_and_only_where_every_answer_tells_them():
    cases = [Case(str(i), f"m{i}", "ya" if i % 2 else "tidak") for i in range(10)]
    told = [Answered(c.id, c.reference, 0.1, 1, 1, chances={"ya": 0.9 if c.reference == "ya" else 0.2, "tidak": 0.1}) for c in cases]  # fmt: skip
    got = metrics.measure("classifier", "f", "labels", cases, told)
    assert got.metric("roc_auc").value == pytest.approx(0.75)  # "ya" is told apart wholly, "tidak" not at all
    assert not metrics.measure("classifier", "f", "labels", cases, answered(cases, ["ya"] * 10)).has(
        "roc_auc"
    )
