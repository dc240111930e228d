"""Examples without a fault, for tests that plant one."""

import random

from assistant.dataset.examples import Example

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
    "bayar",
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
    "dikirim",
    "diterima",
    "dibuka",
    "dipakai",
    "dicuci",
    "dipasang",
    "disimpan",
]


def good(count: int) -> list[Example]:
    """Replies without a fault; a split as it would be made."""
    sides = ["train"] * 7 + ["validation"] + ["test"] * 2
    return [
        Example(
            f"e{n}",
            " ".join(random.Random(n).choices(_WORDS, k=11)),
            f"Jawaban {n} {hash_word(n + 7)}.",
            split=sides[n % 10],
        )
        for n in range(count)
    ]


def hash_word(n: int) -> str:
    return "".join(chr(97 + (n * 7919 + i * 104729) % 26) for i in range(8))
