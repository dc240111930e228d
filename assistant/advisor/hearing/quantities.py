"""Reads numbers from everyday English and Indonesian text; knows nothing of what they count."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_SCALES = {
    "k": 1e3, "rb": 1e3, "ribu": 1e3, "thousand": 1e3,
    "m": 1e6, "mio": 1e6, "jt": 1e6, "juta": 1e6, "million": 1e6,
    "ratus": 1e2, "hundred": 1e2, "puluh": 1e1, "lusin": 12, "dozen": 12,
}  # fmt: skip
_WORDS = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "sepuluh": 10, "ten": 10, "sebelas": 11, "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "seratus": 100, "seribu": 1000, "sejuta": 1e6, "selusin": 12,
    "a dozen": 12, "a hundred": 100, "a thousand": 1000, "a million": 1e6,
    "setengah": 0.5, "half a": 0.5, "half an": 0.5, "satu setengah": 1.5, "dua setengah": 2.5,
    "one and a half": 1.5, "two and a half": 2.5,
}  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_FIGURE = r"\d{1,3}(?:[.,]\d{3})+(?![\d.,]*\d)|\d{1,12}(?:[.,]\d{1,3})?"
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_WORD = "|".join(sorted((w.replace(" ", r"\s+") for w in _WORDS), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?<![\w.,])(?:(?P<figure>{_FIGURE})|(?P<word>(?:{'|'.join(_TENS)})[ -](?:one|two|three|four|five|six|seven|eight|nine)|{_WORD})\b)"
    rf"(?P<scales>(?:\s?(?:{_SCALE}|belas)(?:an)?\b)*)",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\s?(%|percent\b|persen\b)", re.IGNORECASE)
_MONEY_BEFORE = re.compile(r"(rp\.?|idr|usd|us\$|\$|€|£|eur)\s*$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"\s?(rupiah|dollars?|dolar|euros?|usd|idr)\b", re.IGNORECASE)
_JOIN = re.compile(r"\s?(?:-|–|—|to|sampai|hingga|s/d)\s?$", re.IGNORECASE)

_DAYS = {
    "minute": 1 / 1440, "menit": 1 / 1440, "hour": 1 / 24, "jam": 1 / 24, "day": 1.0, "hari": 1.0, "daily": 1.0,
    "harian": 1.0, "week": 7.0, "minggu": 7.0, "pekan": 7.0, "weekly": 7.0, "month": 30.0, "bulan": 30.0,
    "monthly": 30.0, "year": 365.0, "tahun": 365.0, "yearly": 365.0,
}  # fmt: skip
_UNIT = "minute|menit|hour|jam|day|hari|week|minggu|pekan|month|bulan|year|tahun"
_PER = re.compile(
    rf"\b(?:(?:per|each|every|an?|tiap|setiap|dalam)\s(?:a\s)?|se(?:tiap\s)?|/\s?)({_UNIT})s?\b|/\s?({_UNIT})\b"
    r"|\b(daily|weekly|monthly|yearly|harian)\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    rf"\s?(?:{_UNIT}|seconds?|detik|times|kali|x)s?\b|\s?(?:seconds?|detik|ms|milliseconds?|milidetik)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Quantity:
    """A number as written: its value and where it stands in the text."""

    value: float
    start: int
    stop: int
    scale: float = 1.0  # what a word such as "ribu" multiplied it by
    worded: bool = False  # written with a word, so that a smaller number may follow ("seratus dua puluh")


def quantities(text: str) -> Iterator[Quantity]:
    """Counts in `text`, in order. Percentages and sums of money are left out; of a range the lower end counts."""
    found = list(_numbers(text))
    for index, one in enumerate(found):
        if index and _joined(text, found[index - 1], one):
            continue
        value = one.value
        if index + 1 < len(found) and _joined(text, one, found[index + 1]):
            value *= found[index + 1].scale if one.scale == 1 else 1.0  # "2-3 ribu"
        if value >= 1 or value == 0 or not one.worded:  # "half of them" counts nothing
            yield replace(one, value=value)


def per_day(text: str, quantity: Quantity) -> float | None:
    """`quantity` as a rate per day, if a rate is written close to it ("40 a month", "sehari 200"); else None."""
    if _DURATION.match(text, quantity.stop):
        return None
    after = _PER.search(text, quantity.stop, min(quantity.stop + 45, _next_figure(text, quantity.stop)))
    last = max((number.end() for number in _NUMBER.finditer(text, 0, quantity.start)), default=0)
    since = min(
        max(0, quantity.start - 20), max(last, quantity.start - 34)
    )  # past another number, close by only
    before = list(_PER.finditer(text, since, quantity.start))
    hit = after or (before[-1] if before else None)
    if hit is None:
        return None
    return quantity.value / _DAYS[next(g for g in hit.groups() if g).lower()]


def _next_figure(text: str, start: int) -> int:
    """Where the next figure stands, whose rate is its own ("1.200 contoh, 3rb pesan sehari"); the end of a range
    is passed over."""
    for match in _NUMBER.finditer(text, start):
        if match["figure"] and not (
            len(text[start : match.start()]) <= 9 and _JOIN.search(text[start : match.start()])
        ):
            return match.start()
    return len(text)


def _numbers(text: str) -> Iterator[Quantity]:
    held: Quantity | None = None
    for one in _single_numbers(text):
        if held and held.worded and one.value < held.value and not text[held.stop : one.start].strip():
            held = Quantity(held.value + one.value, held.start, one.stop, held.scale, worded=True)
            continue
        if held:
            yield held
        held = one
    if held:
        yield held


def _single_numbers(text: str) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(text):
        if _PERCENT.match(text, match.end()) or _MONEY_AFTER.match(text, match.end()):
            continue
        if _MONEY_BEFORE.search(text[max(0, match.start() - 6) : match.start()]):
            continue
        figure = match["figure"]
        value = _figure(figure) if figure else _word(match["word"])
        scale = 1.0
        for word in re.findall(_SCALE + "|belas", match["scales"] or "", re.IGNORECASE):
            value, scale = (
                (value + 10, scale) if word.lower() == "belas" else (value, scale * _SCALES[word.lower()])
            )
        yield Quantity(value * scale, match.start(), match.end(), scale, worded=figure is None or scale > 1)


def _figure(figure: str) -> float:
    """1.500 and 1,500 are thousands, 1.5 and 1,5 are decimals, whichever language wrote them."""
    if re.fullmatch(r"[1-9]\d{0,2}([.,]\d{3})+", figure):
        return float(re.sub(r"[.,]", "", figure))
    return float(figure.replace(",", "."))


def _word(word: str) -> float:
    plain = re.sub(r"\s+", " ", word.lower())
    if plain in _WORDS:
        return float(_WORDS[plain])
    return float(sum(_WORDS[part] for part in re.split(r"[ -]", plain)))


def _joined(text: str, first: Quantity, second: Quantity) -> bool:
    between = text[first.stop : second.start]
    return len(between) <= 9 and bool(_JOIN.search(between)) and not between.strip(" -–—").isdigit()
