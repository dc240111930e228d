"""Passages come in a sound order, on the real embedder too, and a threshold tells when none fits."""

import pytest

from assistant.retrieval import calibration, index, search
from assistant.retrieval.evidence import gather_many

from .conftest import fill, pdf


def test_best_first_and_by_words_only_where_words_are_shared(project, write, words):
    fill(project, write, words)
    found = search.search(project, "how much is shipping to the islands", words)
    assert found[0].document == "shipping.txt"
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    assert found[0].overlap > 0 and found[-1].overlap == 0
    assert all(0 <= p.score <= 1 for p in found)


def test_many_queries_answer_as_each_alone(project, write, words):
    fill(project, write, words)
    queries = ["lamps", "", "refund money", '"quoted" AND (odd* query', "the", "😀"]
    together = search.search_many(project, queries, words)
    assert together == [search.search(project, query, words) for query in queries]
    assert together[1] == []


def test_nothing_to_find_is_no_fault(project, words):
    assert search.search(project, "anything", words) == []
    assert not calibration.threshold(project, words).reached("anything", [])


def test_codes_that_differ_in_one_sign_are_told_apart(project, write, words):
    codes = ["GX-4500", "GX-4501", "XG-4500", "KX-12-7", "KX-7-12", "KX-12-70"]
    index.add(
        project, [write("codes.md", "".join(f"# {c}\n\nLamp {c}, sold in boxes.\n\n" for c in codes))], words
    )
    for asked, code in [*zip(codes, codes, strict=True), ("GX4500", "GX-4500"), ("kx712", "KX-7-12")]:
        assert search.search(project, f"price of {asked}", words, 1)[0].heading == code


def test_headings_and_pages_come_along(project, write, words):
    fill(project, write, words)
    [best] = search.search(project, "refunds money", words, 1)
    assert (best.heading, best.page) == ("Returns > Refunds", None)
    assert best.shown.startswith("Returns > Refunds\n")


def test_the_threshold_is_kept_until_the_documents_change(project, write, words):
    assert calibration.kept(project, words) is None
    fill(project, write, words)
    spent = words.embedded
    first = calibration.threshold(project, words)
    assert (calibration.kept(project, words), words.embedded) == (first, spent)  # indexing has left it behind
    index.add(project, [write("more.txt", "Umbrellas are sold on Fridays.")], words)
    second = calibration.kept(project, words)
    assert second and second.generation > first.generation
    index.remove(project, index.documents(project)[0].id)
    assert calibration.kept(project, words) is None
    steps = []
    for _ in range(2):
        index.calibrate(project, words, lambda *step: steps.append(step))
    assert calibration.kept(project, words) and steps == [(0, 0, "calibrating")]


def test_an_index_is_calibrated_once_after_a_sync_and_when_a_file_is_read_again(
    project, write, words, monkeypatch
):
    found = []
    real = calibration._calibrated
    monkeypatch.setattr(calibration, "_calibrated", lambda *a: found.append(a) or real(*a))
    paths = fill(project, write, words)
    paths[0].unlink()
    write("new.txt", "Umbrellas are sold on Fridays.")
    index.sync(project, paths[0].parent, words)
    assert calibration.kept(project, words) and len(found) == 2
    [report] = index.add(project, [write("b.pdf", b"%PDF-1.4 broken")], words)
    assert report.status == "failed" and len(found) == 2
    failed = next(d for d in index.documents(project) if d.status == "failed")
    (project.documents / failed.file).write_bytes(pdf("mended"))
    index.retry(project, failed.id, words)
    assert calibration.kept(project, words) and len(found) == 3


DOCUMENTS = {
    "pengembalian.md": "# Pengembalian barang\n\nBarang dapat dikembalikan dalam 14 hari setelah diterima, asalkan segel "
    "masih utuh. Ongkos kirim balik ditanggung pembeli.\n\n# Pengembalian dana\n\nDana kembali ke rekening asal "
    "paling lambat tiga hari kerja.",
    "pengiriman.md": "# Pengiriman\n\nPesanan sebelum pukul 14.00 dikirim hari itu juga. Ongkos kirim ke Papua "
    "Rp 85.000. Kode kurir GX-4500.",
    "garansi.md": "# Garansi\n\nLampu bergaransi dua tahun. Garansi hangus bila lampu pernah dibongkar sendiri.",
    "poin.md": "# Poin belanja\n\nSetiap belanja Rp 10.000 mendapat satu poin. Poin hangus setelah dua belas bulan.",
    "toko.md": "# Toko kami\n\nToko buka pukul sembilan pagi sampai delapan malam, hari Minggu tutup.",
}
QUESTIONS = {
    "Berapa lama saya boleh mengembalikan barang?": "pengembalian.md",
    "duit saya balik kapan ya": "pengembalian.md",
    "kirim ke papua berapa": "pengiriman.md",
    "GX-4500": "pengiriman.md",
    "apakah garansi hangus kalau saya bongkar lampunya": "garansi.md",
    "When do my points expire?": "poin.md",
    "How much is shipping to Papua?": "pengiriman.md",
    "jam berapa toko tutup": "toko.md",
}


@pytest.mark.models
def test_real_embedder_finds_answers_and_refuses_other_matters(project, write, embedder):
    index.add(project, [write(name, text) for name, text in DOCUMENTS.items()], embedder)
    found = search.search_many(project, list(QUESTIONS), embedder)
    right = [passages[0].document == name for passages, name in zip(found, QUESTIONS.values(), strict=True)]
    assert sum(right) >= 7, list(zip(QUESTIONS, right, strict=True))
    limit = calibration.threshold(project, embedder)
    asked = list(zip(QUESTIONS, found, strict=True))
    reached = [limit.reached(q, v) for q, v in zip(QUESTIONS, gather_many(asked, embedder), strict=True)]
    assert sum(reached) >= 7, list(zip(QUESTIONS, reached, strict=True))
    others = [
        "Siapa presiden pertama Indonesia?",
        "How do volcanoes form?",
        "Resep soto ayam",
        "Who won the 1998 final?",
    ]
    asked = list(zip(others, search.search_many(project, others, embedder), strict=True))
    refused = [not limit.reached(q, v) for q, v in zip(others, gather_many(asked, embedder), strict=True)]
    assert sum(refused) >= 3, list(zip(others, refused, strict=True))
