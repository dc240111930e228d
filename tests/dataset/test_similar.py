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


def test_two_slips_of_the_keys_in_a_short_text_are_found_even_between_words() -> None:
    pairs = [
        ("Can I get a virtual card?", "Can I gte av irtual card?"),
        ("Do you have a fee for it", "Doyou have afee for it"),
        ("Kapan toko kalian buka?", "Kpan tokok alian buka?"),
        ("Can I top up by cheque?", "Can top up by chequue?"),
    ]
    for a, b in pairs:
        assert near_pairs([a, b]) == [(0, 1)], b


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Where is my order 123?", "Where is my order 124?", False),
        ("Where is my order 123?", "Wheer is my order 124?", False),
        ("Please tell me where my order SL-4021 is", "Please tell me where my order SL-4022 is", False),
        ("Please tell me where my order SL-4021 is", "Please tell me wheremy order SL-4021 is", True),
        ("The wall was built in 1901 by a king", "The wall was built in 19o1 by a king", True),
        ("I have waited for 2 weeks for my card", "I have waited for weeks for my card", True),
        ("I paid 50 on 3 May and nothing has come", "I paid 3 on 50 May and nothing has come", True),
    ],
)
def test_another_figure_is_another_text_and_a_slip_in_it_is_not(a: str, b: str, same: bool) -> None:
    assert near_pairs([a, b]) == ([(0, 1)] if same else [])


def test_one_figure_of_a_long_text_makes_no_other_text() -> None:
    text = " ".join(_sentence(1) + str(n % 7) for n in range(120))
    assert near_pairs([text, text + " 123"]) == near_pairs([text + " 124", text + " 123"]) == [(0, 1)]


def test_a_copy_is_found_among_a_thousand_fillings_of_its_form() -> None:
    form = "Hello, I would like to know where my order {} is, it was promised for last week"
    texts = [form.format(n) for n in range(1000)]
    assert near_pairs([*texts, form.format(7).replace("promised", "promisd")]) == [(7, 1000)]
