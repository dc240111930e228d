"""Finds personal data in a text, by form, by check digits and by the words around it; knows nothing of examples.

Every pattern is bounded, so that a text of any make is read in time proportional to its length.
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.dataset import numbers
from assistant.dataset.keys import keys
from assistant.dataset.names import is_given, names

GRAVE = frozenset(
    {"nik", "npwp", "bpjs", "card", "iban", "key", "passport", "ssn"}
)  # theft or debt can follow


@dataclass(frozen=True)
class Span:
    """Characters [start, stop) of a text that say something of a person; `kind` as in `dataset.personal.<kind>`."""

    start: int
    stop: int
    kind: str


# Spaces, dashes and wide letters as word processors and phones write them, each as the plain one; no length changes.
_PLAIN = {
    **dict.fromkeys((0x09, 0xA0, 0x2007, 0x2009, 0x200A, 0x202F, 0x3000), " "),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-"),
    **{wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},
    0x2019: "'",
}


def find(text: str) -> list[Span]:
    """The personal data of a text in order, none overlapping another; the surer kind wins."""
    plain = text.translate(_PLAIN)
    taken, found = bytearray(len(text)), list[Span]()
    for look in (
        _keys,
        _emails,
        _ibans,
        _addresses_of_machines,
        _runs_of_digits,
        _passports,
        _homes,
        _plates,
        _births,
        _names,
    ):
        for span in look(plain):
            if taken.find(1, span.start, span.stop) < 0:
                taken[span.start : span.stop] = b"\1" * (span.stop - span.start)
                found.append(span)
    return sorted(found, key=lambda span: span.start)


def _keys(text: str) -> Iterator[Span]:
    yield from (Span(start, stop, "key") for start, stop in keys(text))


_LOCAL = r"(?<![\w.%+\-'])\w[\w.%+\-']{0,63}"
_HOST = r"[A-Za-z0-9][A-Za-z0-9\-]{0,62}"
_EMAIL = re.compile(rf"{_LOCAL}@{_HOST}(?:\.{_HOST}){{1,5}}")
_AT = r" {0,2}[\[({<] ?(?:at|et|a|@) ?[\])}>] {0,2}| -at- | {1,2}@ {0,2}| {0,2}@ {1,2}"
_DOT = r"\.| {0,2}[\[({<] ?(?:dot|titik|\.) ?[\])}>] {0,2}| (?:dot|titik) "
_END = rf"(?:{_HOST}(?:{_DOT})){{1,4}}[A-Za-z]{{2,12}}(?![A-Za-z0-9])"
_EMAIL_HIDDEN = re.compile(rf"({_LOCAL})(?:{_AT}|@){_END}", re.I)
_EMAIL_SPOKEN = re.compile(
    rf"({_LOCAL}) (?:at|et) (?:{_HOST} (?:dot|titik) ){{1,3}}(?:com|net|org|edu|info|app|[a-z]{{2}})(?![A-Za-z0-9])",
    re.I,
)
_MAIL = re.compile(r"mail|surel|\bhubungi|\bcontact|\breach|\bkirim|\bwrite|\bsend", re.I)
_NO_USER = frozenset(
    {"me", "us", "it", "di", "at", "only", "cek", "check", "order", "beli", "buy", "visit", "find", "see", "kunjungi", "promo",
     "makan", "lunch", "dinner", "toko", "shop", "website", "web", "situs", "info", "more", "now", "harga", "pcs"}
)  # fmt: skip


def _emails(text: str) -> Iterator[Span]:
    if "@" in text:
        yield from (Span(*m.span(), "email") for m in _EMAIL.finditer(text))
    lower = text.lower()
    if "@" in text or "at" in lower or "et" in lower or "(a)" in lower:
        for m in _EMAIL_HIDDEN.finditer(text):
            if m[1].lower() not in _NO_USER and not m[1].isdecimal():
                yield Span(*m.span(), "email")
    if " dot " in lower or " titik " in lower:
        for m in _EMAIL_SPOKEN.finditer(text):
            if not m[1].isalpha() or is_given(m[1]) or _MAIL.search(text[max(0, m.start() - 40) : m.start()]):
                yield Span(*m.span(), "email")


_IBAN = re.compile(r"(?:(?<![A-Za-z0-9])|(?<=[Ii][Bb][Aa][Nn]))[A-Za-z]{2}\d{2}(?:[ .\-]?[A-Za-z0-9]){11,30}")


def _ibans(text: str) -> Iterator[Span]:
    for m in _IBAN.finditer(text):
        length = numbers.iban_length(m[0][:2])
        ends = [end.end() for end in re.finditer(r"[A-Za-z0-9]", m[0])]
        if not 0 < length <= len(ends):
            continue
        written, rest = m[0][: ends[length - 1]], text[m.start() + ends[length - 1] :][:1]
        if not rest.isalnum() and numbers.is_iban(written):
            yield Span(m.start(), m.start() + len(written), "iban")


_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d| ?[.\-] ?\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_RELEASE = re.compile(
    r"(?:versi(?:on)?|release|rilis|firmware|build|upgrade|patch|revisi|rev|bab|pasal|ayat|section|chapter|chrome|windows|android|ios|\bv)\.?(?: ke| to)? {0,2}$", re.I
)  # fmt: skip
_MACHINE = re.compile(
    r"\bip\b|ipv4|server|host|alamat|address|ping|dns|port|login|router|gateway|proxy|https?:", re.I
)
_NOBODYS = frozenset({"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1"})
_SMALL = 32  # four parts below are a numbering of something, unless they are called an address


def _addresses_of_machines(text: str) -> Iterator[Span]:
    for pattern in (_IPV4, _IPV6) if text.count(".") >= 3 or text.count(":") >= 2 else ():
        for m in pattern.finditer(text):
            if _is_address(m[0], text[max(0, m.start() - 20) : m.start()]):
                yield Span(*m.span(), "ip")


def _is_address(written: str, before: str) -> bool:
    try:
        known = str(ipaddress.ip_address(written)) in _NOBODYS
    except ValueError:
        return False
    if known or len(written) < 7 or _RELEASE.search(before) or not any(c.isdigit() for c in written):
        return False
    small = ":" not in written and all(int(part) < _SMALL for part in written.split("."))
    return not small or bool(_MACHINE.search(before))


_RUN = re.compile(
    r"(?<!\d)(?<!\d[.,:/])[+(]{0,2}\d(?:[ .\-()/]{0,3}\d){5,60}(?!\d)(?![.,:]\d)(?!-[0-9a-f]{4}-)"
)
_WIDEST = 8  # parts parted by spaces that one number may have
_PREFIX = re.compile(r"([A-Za-z_]+)([ ]?[\-/.:=#]?)$")
_LABELS = re.compile(
    r".*(?:nik|ktp|npwp|bpjs|kis|hp|wa|te?le?p|tel|hub|phone|whatsapp|nomor|no|card|kartu|visa|cc|debit|rek|norek|va|sim|fax|kk|rt|me)",
    re.I,
)


def _runs_of_digits(text: str) -> Iterator[Span]:
    for m in _RUN.finditer(text):
        if not _is_code(text[max(0, m.start() - 20) : m.start()]):
            parts = [
                (p.start() + m.start(), p.end() + m.start())
                for p in re.finditer(r"[^ ]+(?: [.\-/] [^ ]+)*", m[0])
            ]
            yield from _numbers(text, parts)


def _is_code(before: str) -> bool:
    """Whether a number is the end of a code (INV-2025-…, SKU123…): letters stand at it that do not say what it is."""
    found = _PREFIX.search(before)
    if not found or " " in found[2] or found[2] in (":", "=", ".", "#"):
        return False
    return not _LABELS.fullmatch(found[1])


def _numbers(text: str, parts: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """The run as one number, or as several written side by side; a number in equal groups is never cut."""
    sizes = [stop - start for start, stop in parts]
    first, equal = 0, len(parts) > 2 and len(set(sizes[:-1])) == 1 and sizes[-1] <= sizes[0]
    while first < len(parts):
        shortest = len(parts) - 1 if equal else first
        for last in range(min(len(parts), first + _WIDEST), shortest, -1):
            start, stop = parts[first][0], parts[last - 1][1]
            start += text[start] == "(" and ")" not in text[start:stop]
            kind = numbers.kind_of(text, start, stop)
            if kind:
                yield Span(start, stop, kind)
                first = last - 1
                break
        first += len(parts) if equal else 1


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
    r"(?:(?<![A-Za-z0-9])|(?<=plat)|(?<=nopol))([A-Za-z]{1,2})([ ]{0,2}|[\-.])(\d{1,4})([ ]{0,2}|[\-.])([A-Za-z]{1,3})(?![A-Za-z0-9])"
)
_VEHICLE = re.compile(
    r"plat|nopol|polisi|mobil|motor|kendaraan|registra|vehicle|\bcar\b|truk|parkir|bernomor", re.I
)
_SERIES = re.compile(
    r"(?:seri|series|model|tipe|type|kode|code|sku|ukuran|size|versi|version|kelas|part)[ .:\-]{0,2}$", re.I
)
_UNITS = frozenset(
    [
        "CM",
        "MM",
        "KM",
        "ML",
        "CL",
        "DL",
        "KG",
        "GR",
        "MG",
        "CC",
        "GB",
        "MB",
        "KB",
        "TB",
        "GSM",
        "MAH",
        "WH",
        "W",
        "WATT",
        "V",
        "VA",
        "HZ",
        "KHZ",
        "MHZ",
        "GHZ",
        "RPM",
        "GT",
        "PCS",
        "DPI",
        "FPS",
        "PPM",
        "PSI",
        "BTU",
        "USD",
        "IDR",
        "MAX",
        "PRO",
        "NEO",
        "NG",
        "PU",
    ]
)


def _plates(text: str) -> Iterator[Span]:
    for m in _PLATE.finditer(text):
        if m[1].upper() not in _REGIONS or m[3].startswith("0"):
            continue
        before = text[max(0, m.start() - 30) : m.start()]
        if _SERIES.search(before) or before.endswith(("-", "/", "_")):
            continue
        if _VEHICLE.search(before) or _is_plate(m):
            yield Span(*m.span(), "plate")


def _is_plate(found: re.Match[str]) -> bool:
    """Without a word that says so: capitals with three or four digits."""
    glued = not (found[2] and found[4])
    if found[5] in _UNITS or not (found[1] + found[5]).isupper():
        return False
    return len(found[3]) >= (4 if glued else 3) and (not glued or len(found[5]) > 1)


_MONTHS = r"jan|feb|mar|apr|mei|may|jun|jul|agu|aug|sep|okt|oct|nov|des|dec"
_BIRTH = re.compile(
    r"(?:lahir|\bttl\b|\bborn\b|\bdob\b|birth(?:day|date)?|ulang tahun)[^\n]{0,40}?"
    rf"(?<!\d)(\d{{1,2}}[ /.\-]{{1,2}}(?:\d{{1,2}}|(?:{_MONTHS})[a-z]{{0,8}})[ /.\-]{{1,2}}\d{{2,4}}|(?:19|20)\d\d-\d\d-\d\d)(?!\d)", re.I
)  # fmt: skip


def _births(text: str) -> Iterator[Span]:
    yield from (Span(*m.span(1), "birth") for m in _BIRTH.finditer(text))


_RT = r"(?<![A-Za-z])(?i:rt)\.?(?: {0,2}\d{1,3} {0,2}[/,]? {0,2}(?i:rw)\.? {0,2}\d{1,3}| {0,2}/ {0,2}(?:(?i:rw)\.?:? {0,2})?\d{1,3}(?: {0,2}[/,\-] {0,2}\d{1,3})?| ?\d{2,3} ?/ ?\d{2,3})"
_HOUSE = r"(?i:no|nomor|blok|kav)\b\.? {0,2}\w{0,4}[ /\-]?\d{1,4}[A-Za-z]?\b(?:,? {0,2}(?i:no|nomor)\.? {0,2}\d{1,4}[A-Za-z]?\b)?"
_HOME = re.compile(
    rf"(?<![A-Za-z])(?:(?i:jl|jln|gg)\.? {{0,2}}|(?i:jalan|gang|komplek|kompleks|komp\.|perum|perumahan|apartemen|apt\.?) {{1,2}})[A-Za-z0-9][\w.'/ ]{{1,50}}?,? {{0,2}}{_HOUSE}(?:,? {{0,2}}{_RT})?"
    rf"|(?<![A-Za-z])(?:(?i:jl|jln|gg)\.? {{0,2}}|(?i:jalan|gang) {{1,2}})[A-Z][\w.' ]{{1,50}}?,? {{0,2}}{_RT}"
    rf"|(?<![A-Za-z])(?i:jl|jln|gg)\.? {{0,2}}[A-Z][\w.' ]{{1,50}}? (?:(?i:km)\.? ?)?\d{{1,4}}[A-Za-z]?(?=[ ]?(?:[,.;)\n]|$))"
    rf"|{_RT}"
    r"|(?<![\w.])\d{1,5}[A-Za-z]?\s(?:[A-Z][a-z]{1,20}\s){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Close|Crescent)(?![A-Za-z])"
)


def _homes(text: str) -> Iterator[Span]:
    yield from (Span(*m.span(), "address") for m in _HOME.finditer(text))


def _names(text: str) -> Iterator[Span]:
    yield from (Span(start, stop, "name") for start, stop in names(text))
