import random
from collections.abc import Callable

import pytest

from assistant.dataset.similar import near_pairs, normal

_WORDS = [
    "paket",
    "pesanan",
    "kurir",
    "barang",
    "toko",
    "kipas",
    "lampu",
    "kabel",
    "warna",
    "ukuran",
    "harga",
    "ongkir",
    "promo",
    "voucher",
    "bayar",
    "transfer",
    "refund",
    "retur",
    "garansi",
    "rusak",
    "pecah",
    "hilang",
    "telat",
    "cepat",
    "lambat",
    "alamat",
    "nomor",
    "resi",
    "gudang",
    "stok",
    "kosong",
    "tersedia",
    "hubungi",
    "admin",
    "balas",
    "pesan",
    "tolong",
    "segera",
    "kemarin",
    "besok",
    "minggu",
    "bulan",
    "rumah",
    "kantor",
    "teman",
    "hadiah",
    "bungkus",
]
_RANDOM = random.Random(4)


def _sentence(length: int) -> str:
    return " ".join(_RANDOM.choice(_WORDS) for _ in range(length))


def _misspelt(text: str) -> str:
    words = text.split()
    place = _RANDOM.randrange(len(words))
    words[place] = words[place][:1] + words[place][2:]
    return " ".join(words)


def _replaced(text: str) -> str:
    words = text.split()
    words[_RANDOM.randrange(len(words))] = "baru"
    return " ".join(words)


def _shortened(text: str) -> str:
    words = text.split()
    del words[_RANDOM.randrange(len(words))]
    return " ".join(words)


@pytest.mark.parametrize("edit", [_misspelt, _replaced, _shortened])
def test_edited_copies_are_found_and_strangers_are_not(edit: Callable[[str], str]) -> None:
    originals = [_sentence(_RANDOM.randint(9, 25)) for _ in range(200)]
    copies = [edit(text) for text in originals]
    found = set(near_pairs([*originals, *copies]))
    wanted = {(n, n + 200) for n in range(200) if originals[n] != copies[n]}
    assert len(found & wanted) >= 0.97 * len(wanted)
    assert found <= wanted


def test_equal_texts_are_another_matter() -> None:
    assert near_pairs(["Paket saya belum sampai.", "paket saya belum sampai"]) == []
    assert near_pairs(["ya", "yaa", "", ""]) == []


def test_every_copy_of_a_pair_is_named() -> None:
    found = near_pairs(
        ["paket saya belum sampai juga", "Paket saya belum sampai juga?", "paket saya belum sampai"]
    )
    assert found == [(0, 2), (1, 2)]


@pytest.mark.parametrize(
    ("a", "b"),
    [("5 - 3", "5 + 3"), ("😀", "😡"), ("1.5 kg", "15 kg"), ("C++", "C"), ("50%", "50"), ("?", "")],
)
def test_signs_that_carry_meaning_are_kept(a: str, b: str) -> None:
    assert normal(a) != normal(b)


@pytest.mark.parametrize(
    ("a", "b"), [("Halo,  Kak!!", "halo kak"), ("“Ya.”", "ya"), ("ＡＢＣ", "abc"), ("Straße", "STRASSE")]
)
def test_case_spacing_and_punctuation_are_not(a: str, b: str) -> None:
    assert normal(a) == normal(b)


def test_letters_that_show_nothing_make_no_other_text() -> None:
    assert normal("Kapan\u200b barang\u00ad saya\ufeff datang? 👍\ufe0f") == normal(
        "Kapan barang saya datang? 👍"
    )


def test_two_fillings_of_one_form_are_no_copies_but_a_misspelling_is() -> None:
    texts = [
        "my lamp is broken, order 7001",
        "my vase is broken, order 8342",
        "my lanp is broken, order 7001",
    ]
    assert near_pairs(texts) == [(0, 2)]
