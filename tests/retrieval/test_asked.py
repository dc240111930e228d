"""What a question asks for is told from its words, and found in a sentence; figures meet however written."""

import pytest

from assistant.retrieval import figures, index, search
from assistant.retrieval.asked import kind_of, said
from assistant.retrieval.evidence import best, gather


@pytest.mark.parametrize(
    ("question", "sentence", "found"),
    [
        ("How many seats are there?", "In 2019 the hall got 310 seats.", "310 seats"),
        (
            "Berapa harga peti kayu?",
            "Pot di atas 5 kg boleh ditambah peti kayu seharga Rp22.000.",
            "Rp22.000",
        ),
        ("How long is the voucher good?", "Vouchers over £25 can be used for 14 months.", "14 months"),
        ("Berapa persen potongannya?", "Sesudah 3 hari ada potongan 10% dari harga.", "10%"),
        (
            "Kapan rapat anggota diadakan?",
            "Rapat anggota 2026 diadakan pada 14 Maret 2026 di aula.",
            "14 Maret 2026",
        ),
        ("Who runs the kiosk?", "The kiosk is run by Ada Moss since spring.", "Ada Moss"),
        ("Siapa ketua koperasi?", "Ketua koperasi adalah Sri Wahyuni.", "Sri Wahyuni"),
        (
            "Berapa lama barang disimpan?",
            "Barang itu kami simpan 24 hari sambil mencari pemiliknya.",
            "24 hari",
        ),
        ("How many lamps are there?", "There are lamps in the hall.", None),
        ("Tell me about lamps.", "There are 12 lamps in the hall.", None),
    ],
)
def test_the_thing_asked_for_is_found_in_the_sentence(question, sentence, found):
    there = said(question, sentence)
    assert (sentence[there.start : there.stop] if there else None) == found


def test_a_when_inside_the_sentence_asks_for_no_date():
    assert kind_of("What must I pay when the bike is gone?") == "number"
    assert kind_of("Until when may I pay?") == "date"


def test_figures_are_alike_however_they_are_written():
    assert figures.holds("Rp25.000 until 3 March, within two days", "Rp 25,000 sampai 3 Maret, 2 hari")
    assert not figures.holds("3 March", "3 April") and not figures.holds("Monday", "Selasa")
    assert figures.values("11.00 and 1,5") == {"11", "1.5"} and figures.values("You may go") == set()


def test_the_best_evidence_is_no_heading_and_stands_where_it_says(project, write, words):
    text = "# Opening hours\n\n- The kiosk opens at 9.30 on weekdays.\n- Dogs are welcome."
    index.add(project, [write("kiosk.md", text)], words)
    question = "When are the opening hours of the kiosk on weekdays?"
    found = gather(question, search.search(project, question, words, 3), words)
    assert [e.text for e in found] == ["The kiosk opens at 9.30 on weekdays.", "Dogs are welcome."]
    chosen = best(found)
    at = chosen.passage.start
    assert text[at + chosen.start : at + chosen.stop] == chosen.text == found[0].text
    assert best([]) is None


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        ("Lampu GX-4500 dijual Rp4.500,00", "4500 dijual"),
        ("Lampu itu 4500 rupiah", "Rp 4.500,-"),
        ("Biayanya Rp1.500.000", "1,5 juta"),
        ("Biayanya 20rb", "Rp20.000"),
        ("between 3–5 million rupiah", "3 million to 5,000,000"),
        ("antara 3 juta hingga Rp5 juta", "Rp3.000.000 dan 5 juta"),
        ("population 1 250 000", "1.250.000"),
        ("buka pukul 09.00", "jam 9, 9:00, 09:00"),
        ("rata-rata 4,50 persen", "4.5%"),
        ("pada 05/03/2026", "5 Maret 2026"),
        ("pada 5 Maret 2026", "05-03-2026, 5/3/26, 2026-03-05"),
        ("dated 2026-03-05", "5 March 2026"),
        ("lantai ketiga", "lantai 3"),
        ("versi 1.2.3", "1.2.3"),
        ("a share of 0.500", "0,5"),
    ],
)
def test_a_figure_in_another_notation_is_no_other_figure(passage, answer):
    assert figures.holds(passage, answer)


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        ("Rp4.500", "Rp45.000"), ("1,5 juta", "15 juta"), ("20rb", "20 juta"), ("4,5", "45"), ("4.500", "4,5"),
        ("5 Maret 2026", "6/3/2026"), ("05/03/2026", "5 April 2026"), ("3/4", "4/3"), ("1.2.3", "1.2.4"),
        ("09.00", "19.00"), ("5 hari", "5 juta"),
    ],
)  # fmt: skip
def test_another_figure_is_told_apart(passage, answer):
    assert not figures.holds(passage, answer)
