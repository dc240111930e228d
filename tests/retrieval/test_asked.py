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
    assert figures.values("11.00 and 1,5") == {"11.00", "1.5"} and figures.values("You may go") == set()


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
