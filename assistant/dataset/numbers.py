"""Says whose number a run of digits is, by its length, its check digits and the words around it; reads no text."""

import re
from datetime import date

# Kemendagri's codes of the provinces, the first two digits of each NIK.
_PROVINCES = frozenset(
    [
        *range(11, 20),
        21,
        *range(31, 37),
        *range(51, 54),
        *range(61, 66),
        *range(71, 77),
        81,
        82,
        *range(91, 98),
    ]
)
_NPWP = re.compile(r"\d\d\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}")
_AMOUNT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,5}|[1-9]\d{0,2}(?:,\d{3}){2,5}")
_MONEY = re.compile(r"(?:rp|idr|usd|\$|€|£|juta|miliar|harga|total|sebesar|senilai)\.?\s{0,2}(?:…|$)")
_DATE = re.compile(
    r"(?:\d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20)\d\d|(?:19|20)\d\d[/.\-]\d{1,2}[/.\-]\d{1,2})(?: \d{1,2}[.:]?\d{0,2})?"
)
_SAYS = {
    "nik": re.compile(r"\bnik\b|\bktp\b|kependudukan|identity card|national id|\bkk\b|kartu keluarga|identitas"),
    "npwp": re.compile(r"\bnpwp\b|pajak|\btax\b"),
    "bpjs": re.compile(r"bpjs|\bkis\b|\bjkn\b|jamsostek|\bkpj\b|peserta"),
    "phone": re.compile(r"\bhp\b|\bwa\b|whatsapp|telp|telepon|telephone|phone|\bcall\b|hubungi|contact|kontak|ponsel|handphone|\bsms\b|\btel\b|mobile|nomor saya|no saya|my number"),
    "account": re.compile(r"\brek\b|rekening|norek|\baccount\b|\bacct?\b|\bbca\b|\bbri\b|\bbni\b|mandiri|\bbsi\b|cimb|permata|\bva\b|virtual account|sort code"),
    "licence": re.compile(r"\bsim\b.{0,12}$|driving licen|nomor sim|\bsim [abc]\b"),
    "passport": re.compile(r"paspor|passport"),
    "ssn": re.compile(r"\bssn\b|social security"),
}  # fmt: skip


def kind_of(written: str, around: str) -> str:
    """The kind of a number as written with the lower-case words around it; "" where it is nobody's."""
    digits, bare = re.sub(r"\D", "", written), written.strip("() +")
    if len(digits) < 7 or _DATE.fullmatch(bare) or _is_amount(bare, around):
        return ""
    if _NPWP.fullmatch(bare):
        return "npwp"
    for kind, fits in (("nik", _nik), ("phone", _phone), ("bpjs", _bpjs), ("npwp", _npwp)):
        if fits(written if kind == "phone" else bare, digits, around):
            return kind
    if is_card(digits):
        return "card"
    if re.fullmatch(r"\d{3}-\d\d-\d{4}", written) or (len(digits) == 9 and _SAYS["ssn"].search(around)):
        return "ssn"
    if 8 <= len(digits) <= 18 and _SAYS["account"].search(around):
        return "account"
    if len(digits) in (12, 14) and _SAYS["licence"].search(around):
        return "licence"
    return ""


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


def is_iban(written: str) -> bool:
    """ISO 13616: the rearranged letters and digits leave 1 when divided by 97."""
    plain = re.sub(r"[ \-]", "", written)
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _nik(written: str, digits: str, around: str) -> bool:
    return is_nik(digits) or (len(digits) == 16 and bool(_SAYS["nik"].search(around)))


def _phone(written: str, digits: str, around: str) -> bool:
    """Indonesian mobile and fixed lines, international numbers, and any number that is called one."""
    national = (
        re.sub(r"^(?:0062|620|62|0)", "0", digits)
        if written.lstrip("(").startswith(("+", "0", "6"))
        else digits
    )
    if re.fullmatch(r"08[1-9]\d{6,10}", national) and (digits[0] == "0" or digits.startswith("62")):
        return True
    if re.match(r"\(?0\d{2,3}[) \-]{1,2}\d", written) and 9 <= len(digits) <= 12:
        return True
    if re.match(r"(?:\+1[ \-.]?)?(?:\(\d{3}\) ?|\d{3}[\-.])\d{3}[\-.]\d{4}$", written):
        return True
    if written.lstrip("(").startswith(("+", "00")) and 9 <= len(digits) <= 15:
        return digits[:3] != "000"
    return (
        7 <= len(digits) <= 13 and bool(_SAYS["phone"].search(around)) and not _SAYS["account"].search(around)
    )


def _bpjs(written: str, digits: str, around: str) -> bool:
    """BPJS Kesehatan has 13 digits that begin with 000; BPJS Ketenagakerjaan 11, told by the words alone."""
    if len(digits) == 13 and digits.startswith("000"):
        return True
    return len(digits) in (11, 13) and bool(_SAYS["bpjs"].search(around))


def _npwp(written: str, digits: str, around: str) -> bool:
    """The old fifteen digits and the new sixteen, which begin with 0 for companies (PMK 112/2022)."""
    grouped = len(digits) == 15 and re.fullmatch(
        r"\d\d[ .\-]\d{3}[ .\-]\d{3}[ .\-]\d[ .\-]\d{3}[ .\-]\d{3}", written
    )
    return bool(grouped) or (len(digits) in (15, 16) and bool(_SAYS["npwp"].search(around)))


def _is_amount(written: str, around: str) -> bool:
    return bool(_AMOUNT.fullmatch(written.strip())) or bool(
        _MONEY.search(around.split(" … ")[0] + "…") and len(written) < 16
    )


def _is_day(day: int, month: int, year: int) -> bool:
    try:
        return date(year, month, day) <= date.today()
    except ValueError:
        return False
