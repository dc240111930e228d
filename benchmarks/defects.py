"""Defects as people make them, planted into rows with a seed; knows neither the checks nor where the rows are from."""

import csv
import json
import random
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.personal_forms import PERSONAL


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


def _slipped(*slips: Callable[[str, random.Random], str]) -> Callable[[Row, random.Random], Row]:
    """One after the other, until another text has come of it."""

    def change(row: Row, draw: random.Random) -> Row:
        for _ in range(100):  # a row may have no letter to write large
            made = row.text
            for slip in slips:
                made = slip(made, draw)
            if made.strip() not in ("", row.text.strip()):
                break
        return replace(row, text=made)

    return change


def any_slip(text: str, draw: random.Random) -> str:
    return draw.choice(SLIPS)(text, draw)


_near = _slipped(any_slip)


def _personal(kind: str) -> Callable[[Row, random.Random], Row]:
    def change(row: Row, draw: random.Random) -> Row:
        made, _ = PERSONAL[kind or draw.choice(list(PERSONAL))](draw)
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


def _contradicting(change: Callable[[Row, random.Random], Row]) -> Plant:
    def plant(rows: list[Row], draw: random.Random, count: int) -> Planted:
        return _copies("contradiction", lambda row, d: replace(change(row, d), label=_other_label(rows, row.label, d)))(rows, draw, count)  # fmt: skip

    return plant


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
    **{slip.__name__: _copies("near_duplicate", _slipped(slip)) for slip in SLIPS},
    "one slip": _copies("near_duplicate", _near),
    "two slips": _copies("near_duplicate", _slipped(any_slip, any_slip)),
    "two typos": _copies("near_duplicate", _slipped(typo, typo)),
    "other label": _contradicting(lambda row, draw: row),
    "near copy, other label": _contradicting(_near),
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
