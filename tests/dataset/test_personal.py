"""Personal data is known by its form and its words, look-alikes are not taken for it, and no text hangs it."""

import signal
import sys

import pytest

from assistant.dataset.numbers import is_card, is_iban, is_nik
from assistant.dataset.personal import find


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("NIK saya 3171234506890123", "nik", "3171234506890123"),
        ("(3171 2345 0689 0001)", "nik", "3171 2345 0689 0001"),
        ("31.71.23.450689.0001", "nik", "31.71.23.450689.0001"),
        ("NPWP 09.254.294.3-407.000", "npwp", "09.254.294.3-407.000"),
        ("npwp 092542943407000", "npwp", "092542943407000"),
        ("kartu 0001234567890 hilang", "bpjs", "0001234567890"),
        ("hubungi +62 812-3456-7890 ya", "phone", "+62 812-3456-7890"),
        ("081.234.567.890", "phone", "081.234.567.890"),
        ("(021) 555-1234", "phone", "(021) 555-1234"),
        ("call +44 20 7946 0958", "phone", "+44 20 7946 0958"),
        ("mobil B 1234 XYZ", "plate", "B 1234 XYZ"),
        ("tulis ke a.b+c@toko.co.id.", "email", "a.b+c@toko.co.id"),
        ("nama[at]contoh.com", "email", "nama[at]contoh.com"),
        ("4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("DE89 3704 0044 0532 0130 00 I think", "iban", "DE89 3704 0044 0532 0130 00"),
        ("server 203.0.113.9 mati", "ip", "203.0.113.9"),
        ("2001:db8::ff00:42:8329", "ip", "2001:db8::ff00:42:8329"),
        ("pakai sk-abcdEFGH1234567890abcd", "key", "sk-abcdEFGH1234567890abcd"),
        ("password: Rahasia123!", "key", "Rahasia123"),
        ("Nama saya Budi Santoso, mau tanya", "name", "Budi Santoso"),
        ("nama saya budi santoso.", "name", "budi santoso"),
        ("my name is John Smith and", "name", "John Smith"),
        ("Bapak Joko Widodo datang", "name", "Joko Widodo"),
        ("Salam,\nSiti Aminah", "name", "Siti Aminah"),
        ("Jl. Merdeka No. 12", "address", "Jl. Merdeka No. 12"),
        ("paspor saya A1234567", "passport", "A1234567"),
        ("lahir 12-05-1990", "birth", "12-05-1990"),
        ("rekening BCA 1234567890", "account", "1234567890"),
        ("NIK3174055212900007 ya", "nik", "3174055212900007"),
        ("ktp 317405\u00a0521290\u00a00007", "nik", "317405\u00a0521290\u00a00007"),
        ("npwp 0012 3456 7890 1234", "npwp", "0012 3456 7890 1234"),
        ("01 234 567 8 901 000", "npwp", "01 234 567 8 901 000"),
        ("94.217.179.1 - 308.271", "npwp", "94.217.179.1 - 308.271"),
        ("BPJS0001-2345-67890", "bpjs", "0001-2345-67890"),
        ("visa4111 – 1111 – 1111 – 1111", "card", "4111 – 1111 – 1111 – 1111"),
        ("hp0812–3456–7890", "phone", "0812–3456–7890"),
        ("+62 (0) 81 23 45 67 89", "phone", "+62 (0) 81 23 45 67 89"),
        ("tulis ke budi @ gmail.com ya", "email", "budi @ gmail.com"),
        ("rina (at) contoh [dot] co [dot] id", "email", "rina (at) contoh [dot] co [dot] id"),
        ("email saya budi at gmail dot com", "email", "budi at gmail dot com"),
        ("IBANgb29 nwbk 6016 1331 9268 19.", "iban", "gb29 nwbk 6016 1331 9268 19"),
        ("[fe80::1ff:fe23:4567:890a]", "ip", "fe80::1ff:fe23:4567:890a"),
        ("mobil saya ad  5094  lwv", "plate", "ad  5094  lwv"),
        ("platB1234XYZ", "plate", "B1234XYZ"),
        ("PIN saya 482913", "key", "482913"),
        ("xoxb-123456789012-abcdefGHIJ", "key", "xoxb-123456789012-abcdefGHIJ"),
        ("postgres://app:s3cret@db/x", "key", "s3cret"),
        ("Kepada Yth. Ibu Dra. Hj. Siti Aminah, M.Pd.", "name", "Siti Aminah"),
        ("saudari RINA WATI menelepon", "name", "RINA WATI"),
        ("nama saya budi santoso mau tanya", "name", "budi santoso"),
        ("a.n. siti aminah", "name", "siti aminah"),
        ("pak budi sudah datang", "name", "budi"),
        ("RT/RW 002/001", "address", "RT/RW 002/001"),
        ("jl. melati raya no 5, RT 01/RW 02", "address", "jl. melati raya no 5, RT 01/RW 02"),
    ],
)
def test_each_kind_is_found(text: str, kind: str, value: str) -> None:
    assert [(s.kind, text[s.start : s.stop]) for s in find(text)] == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "Rp 1.500.000.000", "harga 1500000", "versi 1.2.3.4", "jam 10:20:30", "pesanan 1234567890123456",
        "3171234513890123",  # the thirteenth month
        "3171233102900001",  # 31 February
        "4111 1111 1111 1112", "DE00 3704 1144 1532 1130 11", "2024-01-02 10:00", "tahun 2019 2020 2021",
        "B 2 B", "Ibu Kota Jakarta", "Iya Bu, terima kasih", "256.300.1.2", "a @ b", "top 10 2024", "C++ 20",
        "INV-2025-155622", "no. pesanan: 6490258663598395", "ISBN 978-602-03-1234-5", "ts=1674755219957", "update ke 9.15.1.1", "L 500 ML",
        "model H 1234 ABC", "sk-danger-outline-variant-large", "Mr. Bean", "NY Times", "nama saya salah di tiket", "my name is wrong on it",
        "This is URGENT", "a.n. PT Sumber Rejeki", "bukan adik", "bought it at a shop dot com", "1128 0886 8214 7451", "-6.200000, 106.816666",
    ],
)  # fmt: skip
def test_look_alikes_are_nobodys(text: str) -> None:
    assert find(text) == []


def test_numbers_side_by_side_are_two() -> None:
    text = "0812 3456 7890 3174055212900007"
    assert [(s.kind, text[s.start : s.stop]) for s in find(text)] == [
        ("phone", "0812 3456 7890"), ("nik", "3174055212900007"),
    ]  # fmt: skip


def test_check_digits() -> None:
    assert is_nik("3171234506890123") and is_nik("3171236506890123")  # a woman's day is 40 more
    assert not is_nik("1071234506890123")
    assert is_card("4111111111111111") and not is_card("4111111111111112") and not is_card("0000000000000000")
    assert is_iban("GB82 WEST 1234 5698 7654 32") and not is_iban("GB82 WEST 1234 5698 7654 33")


@pytest.mark.skipif(sys.platform == "win32", reason="needs an alarm")
@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "a@", "a", "-", "A1 ", "1.1.", ":", "f:", "eyJa.", "Bapak ", "Aa ", "jalan Aa", "password", "lahir ",
     "nama saya ", "DE12 ", "paspor ", "token=", "-----BEGIN PRIVATE KEY-----", "a.a@a.a@", "(", "jl A "],
)  # fmt: skip
def test_a_hostile_text_does_not_hang_it(piece: str) -> None:
    """100 kB that a backtracking pattern would read for hours."""
    signal.alarm(60)
    try:
        find((piece * (100_000 // len(piece) + 1))[:100_000])
    finally:
        signal.alarm(0)
