"""Says whose number a run of digits is, by its length, its check digits and the words beside it; finds none in a text."""

import re
from datetime import date

# Kemendagri's codes of the provinces, the first two digits of each NIK.
_PROVINCES = frozenset(
    [*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82, *range(91, 98)]
)  # fmt: skip
# ISO 13616 registry: the letters and digits of an IBAN, by country.
_IBANS = {
    code: int(length)
    for length, codes in (line.split(" ", 1) for line in (
        "15 NO", "16 BE", "18 DK FI FO GL NL SD", "19 MK SI", "20 AT BA EE KZ LT LU XK", "21 CH HR LI LV", "22 BG BH CR DE GB GE IE ME RS VA",
        "23 AE GI IL IQ OM SO TL", "24 AD CZ ES MD PK RO SA SE SK TN VG", "25 LY PT ST", "26 IS TR", "27 BI DJ FR GR IT MC MR SM",
        "28 AL AZ BY CY DO GT HU LB NI PL SV", "29 BR EG PS QA UA", "30 JO KW MU", "31 MT SC", "32 LC", "33 RU",
    ))
    for code in codes.split()
}  # fmt: skip
_NPWP = re.compile(  # the old fifteen digits as they are grouped
    r"\d\d ?[ .\-] ?\d{3} ?[ .\-] ?\d{3} ?[ .\-] ?\d ?[ .\-] ?\d{3} ?[ .\-] ?\d{3}"
)
_AMOUNT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,5}|[1-9]\d{0,2}(?:,\d{3}){2,5}")
_FRACTION = re.compile(r"\d{1,3}\.\d{4,14}")
_DATE = re.compile(
    r"(?:\d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20)\d\d|(?:19|20)\d\d[/.\-]\d{1,2}[/.\-]\d{1,2})(?: \d{1,2}[.:]?\d{0,2})?"
    r"|(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d"
)
# What a number is said to be; `other` is nobody's.
_SAID = re.compile(
    r"(?P<nik>nik(?![a-z])|\bno ?ktp|ktp(?![a-z])|kependudukan|identity card|national id|\bid number|\bkk\b|kartu keluarga|identitas)"
    r"|(?P<npwp>npwp|wajib pajak|\bpajak\b|\btax\b)"
    r"|(?P<bpjs>bpjs|\bkis\b|\bjkn\b|jamsostek|\bkpj\b|peserta)"
    r"|(?P<phone>\bhp(?![a-z])|\bwa(?![a-z])|whatsapp|\bte?lp|telepon|telephone|phone|\bcall\b|hubungi|\bhub\b|contact|kontak|ponsel|handphone|\bsms\b|\btel\b|mobile|nomor saya|no saya|my number|\bfaks\b|\bfax\b)"
    r"|(?P<licence>\bsim\b|driving licen)"
    r"|(?P<passport>paspor|passport)"
    r"|(?P<ssn>\bssn\b|social security)"
    r"|(?P<account>\brek\b|rekening|norek|\baccount\b|\bacct?\b|\bbca\b|\bbri\b|\bbni\b|mandiri|\bbsi\b|cimb|permata|\bva\b|virtual account|sort code)"
    r"|(?P<other>\b(?:pesanan|order|resi|invoice|faktur|tic?ket|transaksi|transaction|voucher|booking|barcode|kode|code|serial|seri|model|sku|isbn|issn|imei|timestamp|ts|referensi|reference|ref|po|inv|antrian|versi|version|rev|build|kolom|pos)(?: (?:number|no|nomor|id))?\b"
    r"|\brp\b|\bidr\b|\busd\b|[$€£]|juta|miliar|harga|total|sebesar|senilai)"
)  # fmt: skip
_SENTENCE = re.compile(r"(?<!\bno)(?<!lp)(?<!\btel)(?<!\brek)(?<!\bhub)[.?!;\n]\s")
_FAR, _BESIDE = 25, 6  # letters between a number and what it is said to be: a person's, nobody's


def kind_of(text: str, start: int, stop: int) -> str:
    """The kind of the number text[start:stop]; "" where it is nobody's."""
    written = text[start:stop]
    digits, bare = re.sub(r"\D", "", written), written.strip("() +-/.")
    if len(digits) < 7 or any(form.fullmatch(bare) for form in (_DATE, _AMOUNT, _FRACTION)):
        return ""
    label = _said(text[max(0, start - 45) : start].lower(), text[stop : stop + 25].lower())
    if label == "other":
        return ""
    return _formed(written, bare, digits, label) or _called(written, digits, label)


def _formed(written: str, bare: str, digits: str, label: str) -> str:
    """The kind that its form shows, where what it is called says nothing else."""
    if _NPWP.fullmatch(bare):
        return "npwp"
    if is_nik(digits):
        return "nik"
    if label in _LENGTHS and len(digits) in _LENGTHS[label]:
        return label
    if _phone(written, digits):
        return "phone"
    if len(digits) == 13 and digits.startswith("000"):  # BPJS Kesehatan
        return "bpjs"
    return "card" if is_card(digits) else ""


# The lengths by which a number is what it is called. PMK 112/2022: NPWP of 15 digits, the new ones of 16.
_LENGTHS = {"nik": (16,), "npwp": (15, 16), "bpjs": (11, 13)}
_LONGER = {"phone": range(7, 14), "ssn": range(9, 10), "account": range(8, 19), "licence": (12, 14)}


def _called(written: str, digits: str, label: str) -> str:
    """The kind that the words beside it say, where its length can be."""
    if re.fullmatch(r"\d{3}-\d\d-\d{4}", written):
        return "ssn"
    firm = re.fullmatch(r"1500\d{3}", digits)  # a call centre
    return label if len(digits) in _LONGER.get(label, ()) and not firm else ""


def _said(before: str, after: str) -> str:
    """What the lower-case words before a number, else those after it, say that it is; "" where they say nothing."""
    near = _SENTENCE.split(before)[-1]
    for m in reversed(list(_SAID.finditer(near))):
        gap, other = near[m.end() :], m.lastgroup == "other"
        if len(gap) > (_BESIDE if other else _FAR) or (other and any(c.isdigit() for c in gap)):
            break
        return m.lastgroup or ""
    found = _SAID.search(_SENTENCE.split(after)[0])
    return (found.lastgroup or "") if found and found.lastgroup != "other" else ""


def is_nik(digits: str) -> bool:
    """Sixteen digits with a province, a regency, and a birth date on which a person can have been born.

    Women's days are counted from 41 (Permendagri 102/2019).
    """
    if len(digits) != 16 or int(digits[:2]) not in _PROVINCES or digits[2:4] == "00" or digits[12:] == "0000":
        return False
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    day -= 40 if day > 40 else 0
    return any(_is_day(day, month, century + year) for century in (1900, 2000))


def is_card(digits: str) -> bool:
    """A payment card: a known issuer's first digits, its length, and Luhn's check digit (ISO/IEC 7812)."""
    issuers = (
        (r"4", (13, 16, 19)), (r"5[1-5]|2(?:2[2-9]|[3-6]|7[01])", (16,)), (r"3[47]", (15,)), (r"3(?:0[0-5]|[68])", (14,)),
        (r"6(?:011|4[4-9]|5)", (16, 19)), (r"35(?:2[89]|[3-8])", (16,)), (r"62|81", (16, 17, 18, 19)), (r"50|5[6-9]|6[013789]", (16,)),
    )  # fmt: skip
    known = any(len(digits) in lengths and re.match(first, digits) for first, lengths in issuers)
    return known and len(set(digits)) > 1 and _luhn(digits)


def iban_length(country: str) -> int:
    """The letters and digits that an IBAN of a country has, 0 where it has none."""
    return _IBANS.get(country.upper(), 0)


def is_iban(written: str) -> bool:
    """ISO 13616: the country's length, and the rearranged letters and digits leave 1 when divided by 97."""
    plain = re.sub(r"[^A-Za-z0-9]", "", written)
    if len(plain) != iban_length(plain[:2]):
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _phone(written: str, digits: str) -> bool:
    """Indonesian mobile and fixed lines, American and international numbers."""
    first = written.lstrip("(")[:1]
    national = re.sub(r"^(?:0062|620|62|0)0?", "0", digits) if first in "+06" else digits
    if re.fullmatch(r"08[1-9]\d{6,10}", national) and (digits[0] == "0" or digits.startswith("62")):
        return True
    if re.match(r"\(?0[2-9]\d{1,2}[) .\-]{1,2}\d", written) and 9 <= len(digits) <= 12:
        return True
    if re.match(r"(?:\+1[ \-.]?)?(?:\(\d{3}\) ?|\d{3}[\-.])\d{3}[\-.]\d{4}$", written):
        return True
    return (first == "+" or bool(re.match(r"\(?00[1-9]\d", written))) and 9 <= len(digits) <= 15


def _is_day(day: int, month: int, year: int) -> bool:
    try:
        return date(year, month, day) <= date.today()
    except ValueError:
        return False
