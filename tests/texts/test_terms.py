"""Words that belong together meet in one term; codes and amounts stay what they are."""

import pytest

from assistant.texts.terms import language, search_terms, stem, terms


@pytest.mark.parametrize(
    "family",
    [
        "mengembalikan pengembalian dikembalikan kembali",
        "mengirim pengiriman dikirim kirim kirimkan",
        "membayar pembayaran dibayarkan bayar",
        "menyewa penyewaan sewa disewakan",
        "membeli pembelian dibeli",
        "menulis tulisan ditulis",
        "terlambat keterlambatan",
        "pelanggan langganan berlangganan",
        "memperbarui diperbarui",
        "refund refunds",
        "company companies",
    ],
)
def test_forms_of_one_word_meet(family):
    assert len({stem(word) for word in family.split()}) == 1


def test_codes_amounts_and_short_words_stay():
    assert [stem(w) for w in ("gx4500an", "2005", "kain", "ikan", "bus")] == [
        "gx4500an",
        "2005",
        "kain",
        "ikan",
        "bus",
    ]


def test_stop_words_go_unless_nothing_else_is_there():
    assert terms("Apa yang dimaksud dengan garansi?") == terms("dimaksud garansi")
    assert terms("apa itu") == ["apa", "itu"]
    assert terms("Café CAFE\u0301") == ["cafe", "cafe"]


def test_language_is_told_by_stop_words():
    assert language("Berapa lama barang bisa dikembalikan?") == "id"
    assert language("How long may I keep it?") == "en"
    assert language("GX-4500") is None


def test_search_terms_hold_the_word_its_stem_and_codes_in_one_piece():
    found = search_terms("Pengembalian GX-4500 seharga 25.000, well-known")
    assert {"pengembalian", stem("pengembalian"), "gx", "4500", "gx4500", "25000"} <= set(found)
    assert "wellknown" not in found
    assert search_terms("25,000")[-1] == search_terms("25.000")[-1]
    assert search_terms("the") == ["the"]
