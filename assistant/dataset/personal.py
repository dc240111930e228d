"""Finds personal data in a text, by form, by check digits and by the words around it; knows nothing of examples.

Every pattern is bounded, so that a text of any make is read in time proportional to its length.
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.dataset import numbers
from assistant.dataset.lists import lists

GRAVE = frozenset(
    {"nik", "npwp", "bpjs", "card", "iban", "key", "passport", "ssn"}
)  # theft or debt can follow


@dataclass(frozen=True)
class Span:
    """Characters [start, stop) of a text that say something of a person; `kind` as in `dataset.personal.<kind>`."""

    start: int
    stop: int
    kind: str


def find(text: str) -> list[Span]:
    """The personal data of a text in order, none overlapping another; the surer kind wins."""
    taken, found = bytearray(len(text)), list[Span]()
    for look in (
        _emails,
        _keys,
        _ibans,
        _addresses_of_machines,
        _runs_of_digits,
        _passports,
        _plates,
        _births,
        _homes,
        _names,
    ):
        for span in look(text):
            if taken.find(1, span.start, span.stop) < 0:
                taken[span.start : span.stop] = b"\1" * (span.stop - span.start)
                found.append(span)
    return sorted(found, key=lambda span: span.start)


_LOCAL = r"[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}"
_HOST = r"[A-Za-z0-9][A-Za-z0-9\-]{0,62}"
_EMAIL = re.compile(rf"(?<![A-Za-z0-9._%+\-]){_LOCAL}@{_HOST}(?:\.{_HOST}){{1,5}}")
_EMAIL_SPOKEN = re.compile(
    rf"(?<![A-Za-z0-9._%+\-]){_LOCAL}\s?[\[(](?:at|et)[\])]\s?{_HOST}(?:\s?(?:\.|[\[(](?:dot|titik)[\])])\s?{_HOST}){{1,4}}", re.I
)  # fmt: skip


def _emails(text: str) -> Iterator[Span]:
    if "@" in text:
        yield from (Span(*m.span(), "email") for m in _EMAIL.finditer(text))
    if "at)" in text or "at]" in text or "AT" in text:
        yield from (Span(*m.span(), "email") for m in _EMAIL_SPOKEN.finditer(text))


# The prefixes that the services publish for their own scanners (GitHub secret scanning patterns, AWS, Google, Slack).
_KEY = re.compile(
    r"(?<![A-Za-z0-9])(?:sk-[A-Za-z0-9_\-]{16,200}|[srp]k_(?:live|test)_[A-Za-z0-9]{10,200}|(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|AIza[0-9A-Za-z_\-]{30,45}|xox[abeoprs]-[A-Za-z0-9\-]{10,250}"
    r"|hf_[A-Za-z0-9]{20,100}|glpat-[A-Za-z0-9_\-]{16,100}|SG\.[\w\-]{16,64}\.[\w\-]{16,128}|npm_[A-Za-z0-9]{30,60}"
    r"|ya29\.[\w\-]{20,250}|eyJ[\w\-]{8,2000}\.[\w\-]{8,4000}(?:\.[\w\-]{4,2000})?|(?:\d{8,10}):AA[\w\-]{30,40})"
)
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,8000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"
)
_KEY_NAMED = re.compile(
    r"(?<![A-Za-z])(?:api[ _\-]?key|secret(?:[ _\-]?key)?|access[ _\-]?(?:key|token)|auth[ _\-]?token|token|bearer|kunci api|pass(?:word|wd|code)|kata sandi|sandi|pin)"
    r"(?:nya| saya| kamu| anda)?\s{0,2}(?:[:=]|is\b|adalah\b)?\s{0,2}[\"'`]?([^\s\"'`,;]{4,250})", re.I
)  # fmt: skip
_SECRET = re.compile(r"(?:password|passwd|sandi)", re.I)


def _keys(text: str) -> Iterator[Span]:
    yield from (Span(*m.span(), "key") for m in _KEY.finditer(text))
    if "PRIVATE KEY" in text:
        yield from (Span(*m.span(), "key") for m in _KEY_BLOCK.finditer(text))
    for m in _KEY_NAMED.finditer(text):
        if _random_looking(m[1].rstrip(".!?)"), 6 if _SECRET.search(m[0]) else 12):
            yield Span(m.start(1), m.start(1) + len(m[1].rstrip(".!?)")), "key")


def _random_looking(word: str, fewest: int) -> bool:
    """Letters and digits mixed as no word mixes them."""
    return len(word) >= fewest and any(c.isdigit() for c in word) and any(c.isalpha() for c in word)


_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \-]?[A-Z0-9]){11,30}(?![A-Za-z0-9])")


def _ibans(text: str) -> Iterator[Span]:
    for m in _IBAN.finditer(text):
        written = m[0]
        while written and not numbers.is_iban(written):  # the next word may look like a part of it
            written = written.rpartition(" ")[0]
        if written:
            yield Span(m.start(), m.start() + len(written), "iban")


_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![.\-]?\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_RELEASE = re.compile(r"(?:versi(?:on)?|release|rilis|firmware|build|\bv)\.?\s{0,2}$", re.I)
_NOBODYS = frozenset({"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1"})


def _addresses_of_machines(text: str) -> Iterator[Span]:
    for pattern in (_IPV4, _IPV6) if text.count(".") >= 3 or text.count(":") >= 2 else ():
        for m in pattern.finditer(text):
            try:
                known = str(ipaddress.ip_address(m[0])) in _NOBODYS
            except ValueError:
                continue
            if not known and len(m[0]) >= 7 and not _RELEASE.search(text[max(0, m.start() - 12) : m.start()]):
                yield Span(*m.span(), "ip")


_RUN = re.compile(r"(?<![\w.,])[+(]{0,2}\d(?:[ .\-()/]{0,3}\d){5,60}(?!\d)(?![.,]\d)")
_WIDEST = 6  # parts parted by spaces that one number may have


def _runs_of_digits(text: str) -> Iterator[Span]:
    for m in _RUN.finditer(text):
        before = text[max(0, m.start() - 45) : m.start()].lower()
        around = before + " … " + text[m.end() : m.end() + 25].lower()
        parts = [(p.start() + m.start(), p.end() + m.start()) for p in re.finditer(r"\S+", m[0])]
        yield from _numbers(text, parts, around)


def _numbers(text: str, parts: Sequence[tuple[int, int]], around: str) -> Iterator[Span]:
    """The run as one number, or as several written side by side."""
    first = 0
    while first < len(parts):
        for last in range(min(len(parts), first + _WIDEST), first, -1):
            start, stop = parts[first][0], parts[last - 1][1]
            start += text[start] == "(" and ")" not in text[start:stop]
            kind = numbers.kind_of(text[start:stop], around)
            if kind:
                yield Span(start, stop, kind)
                first = last - 1
                break
        first += 1


_PASSPORT = re.compile(
    r"(?:paspor|passport)[^\n]{0,25}?(?<![A-Za-z0-9])([A-Z]{1,2} ?\d{6,7})(?![A-Za-z0-9])", re.I
)


def _passports(text: str) -> Iterator[Span]:
    yield from (Span(*m.span(1), "passport") for m in _PASSPORT.finditer(text))


# Kepolisian: the letters of the regions on Indonesian number plates.
_REGIONS = frozenset(
    [
        "A",
        "B",
        "D",
        "E",
        "F",
        "G",
        "H",
        "K",
        "L",
        "M",
        "N",
        "P",
        "R",
        "S",
        "T",
        "W",
        "Z",
        "AA",
        "AB",
        "AD",
        "AE",
        "AG",
        "BA",
        "BB",
        "BD",
        "BE",
        "BG",
        "BH",
        "BK",
        "BL",
        "BM",
        "BN",
        "BP",
        "DA",
        "DB",
        "DC",
        "DD",
        "DE",
        "DG",
        "DH",
        "DK",
        "DL",
        "DM",
        "DN",
        "DP",
        "DR",
        "DS",
        "DT",
        "DW",
        "EA",
        "EB",
        "ED",
        "KB",
        "KH",
        "KT",
        "KU",
        "PA",
        "PB",
        "PG",
        "PS",
        "PT",
        "PY",
    ]
)
_PLATE = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z]{1,2})([ \-.]?)(\d{1,4})([ \-.]?)([A-Za-z]{1,3})(?![A-Za-z0-9])"
)
_VEHICLE = re.compile(
    r"plat|nopol|polisi|mobil|motor|kendaraan|plate|registra|vehicle|\bcar\b|truk|parkir|bernomor", re.I
)


def _plates(text: str) -> Iterator[Span]:
    for m in _PLATE.finditer(text):
        if m[1].upper() not in _REGIONS or m[3].startswith("0"):
            continue
        written = m[1].isupper() and m[5].isupper() and m[2] and m[4] and len(m[3]) >= 3
        if written or _VEHICLE.search(text[max(0, m.start() - 40) : m.end() + 20]):
            yield Span(*m.span(), "plate")


_MONTHS = r"jan|feb|mar|apr|mei|may|jun|jul|agu|aug|sep|okt|oct|nov|des|dec"
_BIRTH = re.compile(
    r"(?:lahir|\bttl\b|\bborn\b|\bdob\b|birth(?:day|date)?|ulang tahun)[^\n]{0,40}?"
    rf"(?<!\d)(\d{{1,2}}[ /.\-]{{1,2}}(?:\d{{1,2}}|(?:{_MONTHS})[a-z]{{0,8}})[ /.\-]{{1,2}}\d{{2,4}}|(?:19|20)\d\d-\d\d-\d\d)(?!\d)", re.I
)  # fmt: skip


def _births(text: str) -> Iterator[Span]:
    yield from (Span(*m.span(1), "birth") for m in _BIRTH.finditer(text))


_HOME = re.compile(
    r"(?<![A-Za-z])(?i:(?:jl|jln|gg)\.?|jalan|gang|kompleks?|perum(?:ahan)?)\s{1,2}[A-Z0-9][\w.'’ ]{1,50}?,?\s{0,2}(?:(?i:no|nomor|blok|kav)\b\.?\s{0,2}\w{0,4}[ /\-]?\d{1,4}\w?)"
    r"|(?<![A-Za-z])(?i:rt)\.?\s{0,2}\d{1,3}\s{0,2}[/,]?\s{0,2}(?i:rw)\.?\s{0,2}\d{1,3}"
    r"|(?<![\w.])\d{1,5}[A-Za-z]?\s(?:[A-Z][a-z]{1,20}\s){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Close|Crescent)(?![A-Za-z])"
)


def _homes(text: str) -> Iterator[Span]:
    yield from (Span(*m.span(), "address") for m in _HOME.finditer(text))


def _names(text: str) -> Iterator[Span]:
    words = lists()
    for pattern in _name_patterns():
        for m in pattern.finditer(text):
            found = m[1]
            first = found.split()[0].strip(".").lower()
            if first not in words.no_names:
                yield Span(m.start(1), m.start(1) + len(found.rstrip()), "name")


@cache
def _name_patterns() -> tuple[re.Pattern[str], ...]:
    """Names are known by what stands before them: an introduction (any case), or a title (capitals needed)."""
    words = lists()
    part = r"[A-Z][a-zA-Z'’\-]{1,25}\.?"
    introductions, titles, ends = (_any_of(w) for w in (words.introductions, words.titles, words.signatures))
    whole = rf"{part}(?:[ ](?:bin|binti|van|de|al)\b)?(?:[ ]{part}){{0,3}}"
    return (
        re.compile(rf"(?<![A-Za-z])(?i:{introductions})[ ]?[:=,]?[ ]?(?:(?i:{titles})\.?[ ])?({whole})"),
        re.compile(r"(?<![A-Za-z])(?i:nama saya|my name is|nama lengkap saya)[ ](?:adalah[ ])?([a-z'’\-]{3,20}(?:[ ][a-z'’\-]{3,20})?)(?=[ ]*(?:[.,!?\n]|$|dan\b|and\b|dari\b|from\b))"),
        re.compile(rf"(?<![A-Za-z])(?:{titles})\.?[ ]({whole})"),
        re.compile(rf"(?<![A-Za-z])(?i:{ends})[ ]?,?[ ]?\n{{1,2}}[ ]?({whole})"),
        re.compile(rf"(?<![A-Za-z])(?:I am|I['’]m|[Ss]aya|[Tt]his is|[Dd]engan)[ ]({part}[ ]{part}(?:[ ]{part})?)(?=[ ]*(?:[.,!?;\n]|$|dari\b|from\b|ingin\b|mau\b|and\b|dan\b))"),
    )  # fmt: skip


def _any_of(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
