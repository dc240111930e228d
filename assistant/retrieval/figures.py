"""The numbers, dates and weekdays that a text names, made alike however they are written; knows no passages."""

import re
from dataclasses import dataclass

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
        ("two dua", "three tiga", "four empat", "five lima", "six enam", "seven tujuh", "eight delapan", "nine sembilan",
         "ten sepuluh", "eleven sebelas", "twelve duabelas"), 2)
    for name in names.split()
}  # fmt: skip
_NUMBER = r"\d+(?:[.,:/]\d+)*"
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_FIGURE = re.compile(
    rf"(?P<number>{_NUMBER})|(?P<month>\b(?:{_MONTH})\b(?=\s+\d)|(?<=\d )(?:{_MONTH})\b)"
    rf"|\b(?P<weekday>{'|'.join(_WEEKDAYS)})\b",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
_WORD = re.compile(rf"\b(?:{'|'.join(_COUNTED)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Figure:
    """Characters [start, stop) of a text; `value` is the same for 25,000 and 25.000, March and Maret."""

    start: int
    stop: int
    value: str


def figures(text: str) -> list[Figure]:
    """The figures of a text in order; a number in words is none ("one" is mostly no number)."""
    return [Figure(m.start(), m.end(), _value(m)) for m in _FIGURE.finditer(text)]


def values(text: str) -> set[str]:
    """What the text vouches for: its figures, and its numbers in words from two to twelve."""
    counted = {_COUNTED[m.group().lower()] for m in _WORD.finditer(text)}
    return counted | {figure.value for figure in figures(text)}


def holds(text: str, claim: str) -> bool:
    """Whether every figure of the claim stands in the text."""
    return {figure.value for figure in figures(claim)} <= values(text)


def _value(match: re.Match[str]) -> str:
    said = match.group().lower()
    if match["month"]:
        return f"month {_MONTHS[said]}"
    if match["weekday"]:
        return f"weekday {_WEEKDAYS[said]}"
    return _THOUSANDS.sub("", said).replace(",", ".").replace(":", ".")
