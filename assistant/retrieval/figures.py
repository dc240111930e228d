"""The numbers, dates and weekdays that a text names, made alike however they are written; knows no passages."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januari jan", "february februari feb", "march maret mar", "april apr", "may mei", "june juni jun",
            "july juli jul", "august agustus aug agu", "september sept sep", "october oktober oct okt",
            "november nov", "december desember dec des",
        ), 1)
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday senin",
            "tuesday selasa",
            "wednesday rabu",
            "thursday kamis",
            "friday jumat",
            "saturday sabtu",
        )
    )
    for name in names.split()
}
_COUNTED = {
    name: str(number)
    for number, names in enumerate(
        ("one satu first pertama", "two dua", "three tiga", "four empat", "five lima", "six enam", "seven tujuh",
         "eight delapan", "nine sembilan", "ten sepuluh", "eleven sebelas", "twelve duabelas"), 1)
    for name in names.split()
}  # fmt: skip
_ZEROS = {
    name: number
    for number, names in {
        3: "thousand ribu rb k", 6: "million juta jt", 9: "billion miliar", 12: "trillion triliun",
    }.items()
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = r"(?<![\d/.-])\d{1,4}(?P<sign>[/.-])\d{1,2}(?P=sign)\d{1,4}(?![\d/-]|\.\d)"
_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d.,])|\d++(?:[.,:/]\d++)*+"
_FIGURE = re.compile(
    rf"(?P<date>{_DATE})|(?P<number>{_NUMBER})(?:\s?(?P<scale>{'|'.join(_ZEROS)})\b)?"
    rf"|(?P<month>\b(?:{_MONTH})\b(?=\s+\d)|(?<=\d )(?:{_MONTH})\b)"
    rf"|\b(?P<weekday>{'|'.join(_WEEKDAYS)})\b",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))|[ \u00a0\u202f]")
_RANGE = re.compile(
    rf"(?<!\d)(?P<low>{_NUMBER})\s?(?:[-–]|sampai|hingga|to)\s?(?:Rp\.?\s?)?(?:{_NUMBER})\s?(?P<scale>{'|'.join(_ZEROS)})\b",
    re.IGNORECASE,
)
_WORD = re.compile(rf"\b(?:ke)?({'|'.join(_COUNTED)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Figure:
    """Characters [start, stop) of a text; `value` is the same for 25,000, 25.000,00 and 25 ribu, March and Maret."""

    start: int
    stop: int
    value: str


def figures(text: str) -> list[Figure]:
    """The figures of a text in order; a number in words is none ("one" is mostly no number)."""
    return [Figure(m.start(), m.end(), _value(m)) for m in _FIGURE.finditer(text)]


def values(text: str) -> set[str]:
    """What the text vouches for: its figures, the number before each "thousand", the parts of its dates, and its
    numbers in words from one to twelve."""
    found = {_COUNTED[m.group(1).lower()] for m in _WORD.finditer(text)}
    for m in _FIGURE.finditer(text):
        found.add(_value(m))
        if m["scale"]:
            found.add(_amount(m["number"]))
        if m["date"]:
            parts = _parts(_value(m))
            found.update(parts, (f"month {part}" for part in parts if int(part) <= 12))
    return found | {_scaled(m["low"], m["scale"]) for m in _RANGE.finditer(text)}


def vouched(figure: Figure, known: set[str]) -> bool:
    """Whether a text whose `values` are known says the figure; a date's parts may stand there in other words."""
    if figure.value in known:
        return True
    parts = _parts(figure.value)
    return len(parts) == 3 and all({part, f"month {part}", f"20{part}"} & known for part in parts)


def holds(text: str, claim: str) -> bool:
    """Whether every figure of the claim stands in the text."""
    known = values(text)
    return all(vouched(figure, known) for figure in figures(claim))


def _value(match: re.Match[str]) -> str:
    said = match.group().lower()
    if match["date"]:
        return "/".join(str(int(part)) for part in said.split(match["sign"]))
    if match["month"]:
        return f"month {_MONTHS[said]}"
    if match["weekday"]:
        return f"weekday {_WEEKDAYS[said]}"
    return _scaled(match["number"], match["scale"]) if match["scale"] else _amount(match["number"])


def _parts(value: str) -> list[str]:
    return value.split("/")


def _amount(number: str) -> str:
    """A number without signs of thousands, zeros that say nothing, and a clock's colon."""
    whole = number if number.startswith(("0.", "0,")) else _THOUSANDS.sub("", number)
    plain = whole.replace(",", ".").replace(":", ".")
    try:
        return f"{Decimal(plain).normalize():f}"
    except InvalidOperation:  # 1.2.3, 3/4
        return plain


def _scaled(number: str, scale: str) -> str:
    try:
        return f"{(Decimal(_amount(number)) * 10 ** _ZEROS[scale.lower()]).normalize():f}"
    except InvalidOperation:
        return _amount(number)
