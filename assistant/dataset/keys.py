"""Finds keys, tokens, passwords and pins in a text, by the form that a service gives them or by the word before them."""

import re
from collections.abc import Iterator

# The prefixes that the services publish for their own scanners (GitHub secret scanning patterns; each vendor's documents).
_FORMS = (
    r"sk-[A-Za-z0-9_\-]{16,250}|gsk_[A-Za-z0-9]{30,100}|xai-[A-Za-z0-9]{30,120}|pplx-[A-Za-z0-9]{30,80}|r8_[A-Za-z0-9]{30,60}"
    r"|hf_[A-Za-z0-9]{20,100}|nvapi-[\w\-]{40,120}|AIza[0-9A-Za-z_\-]{30,45}|ya29\.[\w\-]{20,250}|GOCSPX-[\w\-]{20,60}"
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|glpat-[\w\-]{16,100}|npm_[A-Za-z0-9]{30,60}"
    r"|xox[abeoprs]-[A-Za-z0-9\-]{10,250}|xapp-[A-Za-z0-9\-]{20,250}|[srp]k_(?:live|test)_[A-Za-z0-9]{10,200}|whsec_[A-Za-z0-9+/=]{20,100}"
    r"|SG\.[\w\-]{16,64}\.[\w\-]{16,128}|dop_v1_[0-9a-f]{40,80}|shp(?:at|ca|pa|ss)_[0-9a-f]{20,64}|sq0(?:atp|csp)-[\w\-]{20,60}"
    r"|dckr_pat_[\w\-]{20,60}|figd_[\w\-]{20,80}|tvly-[A-Za-z0-9\-]{20,60}|lsv2_[a-z]{2}_[0-9a-f_]{20,80}|pcsk_\w{30,100}|ATATT3[\w\-=]{40,250}"
    r"|(?:SB-)?Mid-(?:server|client)-[\w\-]{16,60}|xnd_[a-z_]{4,24}_[A-Za-z0-9]{20,100}|key-[0-9a-f]{32}|(?:SK|AC)[0-9a-f]{32}"
    r"|eyJ[\w\-]{8,2000}\.[\w\-]{8,4000}(?:\.[\w\-]{4,2000})?|\d{8,10}:AA[\w\-]{30,40}"
)
_KEY = re.compile(rf"(?<![A-Za-z0-9])(?:{_FORMS})")
_BLOCK = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,8000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"
)
_IN_ADDRESS = re.compile(r"\b[a-z][a-z+]{1,15}://[^\s:/@]{1,64}:([^\s@/]{1,128})@")
_NAMED = re.compile(
    r"(?<![A-Za-z])(?:api[ _\-]?key|(?:client[ _\-]?)?secret(?:[ _\-]?key)?|access[ _\-]?(?:key|token)|account[ _\-]?key|auth[ _\-]?token|token|bearer|kunci api|pass(?:word|wd|code)|kata sandi|sandi|pin)"
    r"(?:nya| saya| kamu| anda)?\s{0,2}(?:[:=]|is\b|adalah\b)?\s{0,2}[\"'`]?([^\s\"'`,;]{4,250})", re.I
)  # fmt: skip
_PASSWORD = re.compile(r"(?:password|passwd|sandi)", re.I)
_PIN = re.compile(
    r"(?<![A-Za-z])(?:pin|cvv|cvc|otp)(?: (?:atm|kartu|card|code))?(?:nya| saya| number)?\s{0,2}(?:[:=]|is\b|adalah\b)?\s{0,2}(\d{3,8})(?![\d.,:/-]*\d)", re.I
)  # fmt: skip


def keys(text: str) -> Iterator[tuple[int, int]]:
    """Where each one is, or what can be one."""
    yield from (m.span() for m in _KEY.finditer(text) if not m[0].startswith("sk-") or _mixed(m[0][3:]))
    if "PRIVATE KEY" in text:
        yield from (m.span() for m in _BLOCK.finditer(text))
    if "://" in text:
        yield from (m.span(1) for m in _IN_ADDRESS.finditer(text))
    for m in _NAMED.finditer(text):
        word = m[1].rstrip(".!?)")
        if _random_looking(word, 6 if _PASSWORD.search(m[0]) else 12):
            yield m.start(1), m.start(1) + len(word)
    yield from (m.span(1) for m in _PIN.finditer(text))


def _mixed(word: str) -> bool:
    """Digits, or small letters and capitals: what tells a key from a name with dashes (sk-outline-variant-large)."""
    return any(c.isdigit() for c in word) or not (word.islower() or word.isupper())


def _random_looking(word: str, fewest: int) -> bool:
    """Letters and digits mixed as no word mixes them."""
    return len(word) >= fewest and any(c.isdigit() for c in word) and any(c.isalpha() for c in word)
