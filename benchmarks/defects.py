"""Defects as people make them, planted into rows with a seed; knows neither the checks nor where the rows are from."""

import csv
import json
import random
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass
class Row:
    id: str
    text: str
    label: str
    split: str = "train"
    raw: str = ""  # a line to write instead


@dataclass(frozen=True)
class Planted:
    """The rows with defects among them; `partners`: the row that a copy was made of, which may be named in its stead."""

    check: str
    rows: list[Row]
    ids: list[str]
    partners: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ".jsonl"


Plant = Callable[[list[Row], random.Random, int], Planted]


def write(rows: Sequence[Row], path: Path) -> None:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(("id", "text", "label", "split"))
            writer.writerows((r.id, r.text, r.label, r.split) for r in rows)
        return
    lines = (
        r.raw
        or json.dumps({"id": r.id, "text": r.text, "label": r.label, "split": r.split}, ensure_ascii=False)
        for r in rows
    )
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _copies(check: str, change: Callable[[Row, random.Random], Row], of: str = "") -> Plant:
    """Changed copies of rows at random places after them; `of`: only of this split."""

    def plant(rows: list[Row], draw: random.Random, count: int) -> Planted:
        chosen = draw.sample([r for r in rows if not of or r.split == of], count)
        made = [replace(change(row, draw), id=f"planted-{n}") for n, row in enumerate(chosen)]
        pairs = {new.id: old.id for new, old in zip(made, chosen, strict=True)}
        return Planted(check, [*rows, *made], list(pairs), pairs)

    return plant


def _edits(check: str, change: Callable[[Row, random.Random], Row], suffix: str = ".jsonl") -> Plant:
    """Rows changed in place."""

    def plant(rows: list[Row], draw: random.Random, count: int) -> Planted:
        places = draw.sample(range(len(rows)), count)
        for place in places:
            rows[place] = change(rows[place], draw)
        return Planted(check, rows, [rows[place].id for place in places], {}, suffix)

    return plant


# Near duplicates: one or two slips of a copyist.
def typo(text: str, draw: random.Random) -> str:
    at, letter = draw.randrange(len(text)), draw.choice(string.ascii_lowercase)
    made = (text[:at] + text[at + 1 :], text[:at] + letter + text[at + 1 :], text[:at] + letter + text[at:],
            text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :])  # fmt: skip
    return draw.choice(made)


def swapped(text: str, draw: random.Random) -> str:
    words = text.split()
    at = draw.randrange(max(1, len(words) - 1))
    words[at : at + 2] = words[at : at + 2][::-1]
    return " ".join(words)


def inserted(text: str, draw: random.Random) -> str:
    words = text.split()
    words.insert(
        draw.randrange(len(words) + 1), draw.choice(("please", "tolong", "really", "sekali", "again", "ya"))
    )
    return " ".join(words)


def dropped(text: str, draw: random.Random) -> str:
    words = text.split()
    del words[draw.randrange(len(words))]
    return " ".join(words)


def punctuated(text: str, draw: random.Random) -> str:
    return text.rstrip(".?!") + draw.choice(("!!", "...", " ?", "?!"))


def cased(text: str, draw: random.Random) -> str:
    return text.upper() if draw.random() < 0.5 else text.title()


SLIPS = (typo, swapped, inserted, dropped, punctuated, cased)


def _near(row: Row, draw: random.Random) -> Row:
    changed = row.text
    while changed == row.text:
        changed = draw.choice(SLIPS)(row.text, draw)
    return replace(row, text=changed)


def _near_twice(row: Row, draw: random.Random) -> Row:
    return _near(_near(row, draw), draw)


# Personal data, none of it anybody's.
def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice(string.digits) for _ in range(count))


def nik(draw: random.Random) -> str:
    day = draw.randint(1, 28) + draw.choice((0, 40))
    return f"{draw.choice((11, 31, 32, 33, 35, 51, 73))}{draw.randint(1, 79):02d}{draw.randint(1, 30):02d}{day:02d}{draw.randint(1, 12):02d}{draw.randint(50, 99)}{draw.randint(1, 9999):04d}"


def card(draw: random.Random) -> str:
    body = draw.choice(("4", "51", "55")) + _digits(draw, 15)
    body = body[:15]
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(body))
    return body + str(-total % 10)


def iban(draw: random.Random) -> str:
    body = _digits(draw, 18)
    return f"DE{98 - int(body + '131400') % 97:02d}{body}"


def _grouped(digits: str, sizes: Sequence[int], mark: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return mark.join(part for part in [*parts, digits[at:]] if part)


def _phone(draw: random.Random) -> str:
    number = "8" + draw.choice("123579") + _digits(draw, draw.choice((8, 9)))
    first = draw.choice(("0", "+62", "62", "+62 "))
    return first + _grouped(number, (3, 4), draw.choice(("", "-", " ", ".")))


def _plate(draw: random.Random) -> str:
    return f"{draw.choice(('B', 'D', 'AB', 'L', 'DK', 'BK'))} {draw.randint(1000, 9999)} {''.join(draw.sample(string.ascii_uppercase, draw.choice((2, 3))))}"


def _email(draw: random.Random) -> str:
    name = draw.choice(("budi", "siti.aminah", "j_doe", "rina-p", "a.b+toko"))
    return f"{name}{draw.randint(1, 99)}@{draw.choice(('contoh.co.id', 'example.com', 'mail.example.org'))}"


def _key(draw: random.Random) -> str:
    letters = string.ascii_letters + string.digits
    some = "".join(draw.choice(letters) for _ in range(36))
    return draw.choice((f"sk-{some}", f"ghp_{some}", f"AKIA{some[:16].upper()}", f"AIza{some[:35]}"))


def _name(draw: random.Random) -> str:
    first, last = (
        draw.choice(("Budi", "Siti", "Agus", "Dewi", "John", "Maria")),
        draw.choice(("Santoso", "Wijaya", "Lestari", "Smith")),
    )
    return draw.choice(
        (
            f"Nama saya {first} {last}.",
            f"my name is {first} {last}.",
            f"Atas nama {first} {last}.",
            f"Salam, Bapak {last}",
            f"Mr. {last} called.",
        )
    )


PERSONAL: Mapping[str, Callable[[random.Random], str]] = {
    "nik": lambda d: "NIK " * d.randint(0, 1) + _grouped(nik(d), d.choice(((), (4, 4, 4), (6, 6))), d.choice((" ", "-", "."))),
    "npwp": lambda d: d.choice(("{}{}.{}{}{}.{}{}{}.{}-{}{}{}.{}{}{}".format(*_digits(d, 15)), f"NPWP {_digits(d, 15)}")),
    "bpjs": lambda d: d.choice((f"000{_digits(d, 10)}", f"BPJS {_digits(d, 11)}")),
    "phone": _phone,
    "plate": _plate,
    "email": _email,
    "card": lambda d: _grouped(card(d), (4, 4, 4), d.choice(("", " ", "-"))),
    "iban": lambda d: _grouped(iban(d), (4, 4, 4, 4, 4), d.choice(("", " "))),
    "ip": lambda d: ".".join(str(d.randint(1, 254)) for _ in range(4)),
    "key": _key,
    "name": _name,
}  # fmt: skip


def _personal(kind: str) -> Callable[[Row, random.Random], Row]:
    def change(row: Row, draw: random.Random) -> Row:
        made = PERSONAL[kind or draw.choice(list(PERSONAL))](draw)
        return replace(
            row, text=draw.choice((f"{row.text} {made}", f"{made} {row.text}", f"{row.text} ({made})"))
        )

    return change


# Rows that are no example.
def _broken(row: Row, draw: random.Random) -> Row:
    whole = {"id": row.id, "text": row.text, "label": row.label, "split": row.split}
    forms: list[object] = [
        {**whole, "text": None}, {**whole, "label": {"a": 1}}, {"id": row.id, "text": row.text},
        {**whole, "text": ["x"]}, {**whole, "label": [1, 2]}, {"id": row.id, "input_txt": row.text, "label": row.label},
    ]  # fmt: skip
    return replace(row, raw=json.dumps(draw.choice(forms), ensure_ascii=False))


def _other_label(rows: Sequence[Row], label: str, draw: random.Random) -> str:
    return draw.choice(sorted({r.label for r in rows} - {label}))


def _contradicting(rows: list[Row], draw: random.Random, count: int) -> Planted:
    all_rows = list(rows)
    return _copies("contradiction", lambda row, d: replace(row, label=_other_label(all_rows, row.label, d)))(rows, draw, count)  # fmt: skip


def _flipped(rows: list[Row], draw: random.Random, count: int) -> Planted:
    all_rows = list(rows)
    return _edits("label_noise", lambda row, d: replace(row, label=_other_label(all_rows, row.label, d)))(rows, draw, count)  # fmt: skip


_FOREIGN = {
    "id": ("Barang yang saya pesan belum juga datang sampai hari ini", "Tolong bantu saya mengganti kata sandi akun ini", "Pelayanannya lambat dan makanannya sudah dingin"),
    "en": ("The parcel that I ordered has not arrived until today", "Please help me to change the password of this account", "The service was slow and the food was already cold"),
}  # fmt: skip


def _foreign(row: Row, draw: random.Random) -> Row:
    other = (
        "id"
        if sum(f" {w} " in f" {row.text.lower()} " for w in ("the", "my", "is", "i", "to", "a"))
        else "en"
    )
    return replace(row, text=draw.choice(_FOREIGN[other]) + f" {draw.randint(1, 999)}")


def _label_form(row: Row, draw: random.Random) -> Row:
    return replace(
        row,
        label=draw.choice(
            (
                row.label.upper(),
                f"{row.label}.",
                f'{{"label": "{row.label}"}}',
                f"The label is {row.label}, I think, because of the words in the text above.",
            )
        ),
    )


def _rude(row: Row, draw: random.Random) -> Row:
    return replace(
        row, text=f"{row.text} {draw.choice(('dasar bodoh', 'you idiot', 'goblok', 'this is bullshit'))}"
    )


def _long(row: Row, draw: random.Random) -> Row:
    return replace(row, text=" ".join([row.text] * (6000 // len(row.text) + 1)))


DEFECTS: Mapping[str, Plant] = {
    "copy": _copies("exact_duplicate", lambda row, draw: row),
    "copy with spaces": _copies("exact_duplicate", lambda row, draw: replace(row, text=f"  {row.text} ")),
    **{slip.__name__: _copies("near_duplicate", lambda row, draw, slip=slip: replace(row, text=slip(row.text, draw))) for slip in SLIPS},
    "one slip": _copies("near_duplicate", _near),
    "two slips": _copies("near_duplicate", _near_twice),
    "other label": _contradicting,
    "copy in test": _copies("leakage", lambda row, draw: replace(row, split="test"), "train"),
    "near copy in test": _copies("leakage", lambda row, draw: replace(_near(row, draw), split="test"), "train"),
    "broken row": _edits("schema", _broken),
    "no answer": _edits("empty", lambda row, draw: replace(row, label=draw.choice(("", "  ", "n/a", "-")))),
    "all kinds": _edits("personal_data", _personal("")),
    **{kind: _edits("personal_data", _personal(kind)) for kind in PERSONAL},
    "other language": _edits("language_mix", _foreign),
    "label's form": _edits("format_drift", _label_form),
    "rude": _edits("wording", _rude),
    "very long": _edits("over_length", _long),
    "very long ": _edits("nothing_to_learn", _long),
    "misspelt": _edits("spelling", lambda row, draw: replace(row, text=typo(row.text, draw))),
    "wrong label": _flipped,
}  # fmt: skip
