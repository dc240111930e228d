"""What kind of thing a question asks for (a number, a date, a name), and where a sentence says one; knows no models."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.texts.terms import STOP_WORDS, terms

Kind = Literal["number", "date", "name"]

_MONTHS = (
    "jan(?:uary|uari)?|feb(?:ruary|ruari)?|mar(?:ch|et)?|apr(?:il)?|may|mei|june?|juni|july?|juli|aug(?:ust)?"
    "|agustus|sep(?:t|tember)?|oct(?:ober)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?|des(?:ember)?"
)
_DAYS = (
    "mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sunday"
    "|senin|selasa|rabu|kamis|jumat|sabtu|minggu"
)
_COUNTED = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|hundred|thousand"
    "|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|separuh|setengah|seratus|seribu"
)
_SCALES = "million|billion|thousand|hundred|trillion|ribu|juta|miliar|triliun|ratus|puluh|belas"
_NUMBER = re.compile(
    rf"(?:Rp\.?\s?|US\$\s?|[£$€])\d+(?:[.,]\d+)*(?:[ -](?:{_SCALES})\b)*"
    rf"|(?:\b\d+(?:[.,:/–-]\d+)*|\b(?:{_COUNTED})\b)(?:[ -](?:{_SCALES})\b)*(?:\s?%|[ -][a-zà-ÿ]{{2,}}\b)?",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTHS})\b(?:,?\s+\d{{4}})?|\b(?:{_MONTHS})\s+\d{{1,2}}\b(?:,\s+\d{{4}})?"
    rf"|\b(?:{_MONTHS})\s+\d{{4}}\b|\b\d{{1,2}}[/-]\d{{1,2}}(?:[/-]\d{{2,4}})?\b|\b\d{{1,2}}[.:]\d{{2}}\b"
    rf"|\b1\d{{3}}s?\b|\b20\d{{2}}\b|\b(?:{_DAYS})\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][\w.’'-]*(?:\s+(?:(?:of|the|de|van|bin|binti|al)\s+)?[A-Z][\w.’'-]*)*")
_MONEY = re.compile(r"Rp|US\$|[£$€]|\b(?:rupiah|dollars?|pounds?|euros?)\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:detik|menit|jam|hari|minggu|bulan|tahun|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"%|\b(?:persen|percent)\b", re.IGNORECASE)
_FINDERS: dict[Kind, re.Pattern[str]] = {"number": _NUMBER, "date": _DATE, "name": _NAME}
_ASKS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("date", re.compile(
        r"(?:^|\b(?:until|by|since|from) )when\b|\b(?:kapan(?:kah)?|bilamana)\b|\bwhat (?:year|date|day|month|century)\b"
        r"|\bwhich (?:year|date|day|month|century)\b|\b(?:tahun|tanggal|hari|bulan|jam|pukul|abad) (?:berapa|apa)(?:kah)?\b",
        re.IGNORECASE)),
    ("number", re.compile(
        r"\bhow (?:many|much|long|old|far|tall|high|big|large|often|fast|heavy|wide|deep|soon)\b|\b(?:se)?berapa(?:kah)?\b"
        r"|\b(?:what|which) (?:\w+ ){0,3}(?:percent(?:age)?|number|amount|price|costs?|fee|fine|share|rate|charge|length|weight)\b"
        r"|\bwhat (?:do|does|must|is|will) .*\b(?:pay|cost|weigh|charged?)\b", re.IGNORECASE)),
    ("name", re.compile(
        r"(?:^|\b(?:to|by|for|with|from) )(?:who|whom|whose|where)\b|\bsiapa(?:kah)?\b|\b(?:di|ke|dari) ?mana(?:kah)?\b"
        r"|\b(?:what|which) (?:\w+ )?(?:person|city|country|company|team|place|name)\b", re.IGNORECASE)),
)  # fmt: skip
# What such a question is answered with, rather than with any other number or date.
_SORTS: tuple[tuple[Kind, re.Pattern[str], re.Pattern[str]], ...] = (
    ("number", re.compile(r"\b(?:percent(?:age)?|persen(?:tase)?)\b", re.IGNORECASE), _SHARE),
    ("number", re.compile(r"\b(?:how (?:long|soon)|length of time|berapa (?:lama|hari|jam|menit|minggu|bulan|tahun))\b",
                          re.IGNORECASE), _TIME),
    ("number", re.compile(r"\b(?:how much|pay|prices?|costs?|fees?|fines?|charged?|harga|biaya|ongkos|tarif|denda|rupiah|bayar)\b",
                          re.IGNORECASE), _MONEY),
    ("date", re.compile(r"\b(?:year|tahun|century|abad)\b", re.IGNORECASE), re.compile(r"\d{4}")),
    ("date", re.compile(r""), re.compile(r"[a-z]|\W", re.IGNORECASE)),  # a day rather than a bare year
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """Characters [start, stop) of a sentence; `fits`: of the very sort asked for (money, time, a share)."""

    start: int
    stop: int
    fits: bool


def kind_of(question: str) -> Kind | None:
    """What the question asks for; None where its words do not tell. The first of such words decides."""
    found = [(m.start(), kind) for kind, words in _ASKS if (m := words.search(question))]
    return min(found, key=lambda each: each[0])[1] if found else None


def said(question: str, sentence: str) -> Said | None:
    """The thing asked for that the question does not name itself: of the right sort, nearest to its words."""
    kind = kind_of(question)
    if kind is None:
        return None
    known = set(terms(question))
    places = [m.start() for m in re.finditer(r"\w+", sentence) if known & set(terms(m.group()))]
    sort = next((shape for of, asks, shape in _SORTS if of == kind and asks.search(question)), None)
    found = [
        Said(start, stop, sort is None or sort.search(sentence[start:stop]) is not None)
        for start, stop in _spans(kind, sentence)
        if not set(terms(sentence[start:stop])) <= known
    ]
    return min(found, key=lambda each: (not each.fits, _distance(each, places)), default=None)


def first(sentence: str) -> tuple[int, int] | None:
    """The first date of a sentence, else its first number of two figures or more, or with what it counts."""
    dates = [span for span in _spans("date", sentence) if not sentence[slice(*span)].isdigit()]
    numbers = [span for span in _spans("number", sentence) if span[1] - span[0] > 1]
    return next(iter([*dates, *numbers]), None)


def _spans(kind: Kind, sentence: str) -> Iterator[tuple[int, int]]:
    for match in _FINDERS[kind].finditer(sentence):
        shown = match.group()
        last = shown.rpartition(" ")
        if last[0] and last[2].lower() in STOP_WORDS:
            shown = last[0]
        shown = shown.rstrip(" .,-")
        opens = kind == "name" and not sentence[: match.start()].strip() and " " not in shown
        if shown and not (opens and shown.lower() in STOP_WORDS) and (kind != "name" or len(shown) > 1):
            yield match.start(), match.start() + len(shown)


def _distance(each: Said, places: list[int]) -> int:
    """Characters to the nearest word of the question; less than none where it stands inside ("seats" in "19 seats")."""
    if any(each.start <= place < each.stop for place in places):
        return -1
    return min((max(each.start - place, place - each.stop) for place in places), default=0)
