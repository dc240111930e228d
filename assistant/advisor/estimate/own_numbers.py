"""The numbers that a user sets in place of assumptions: reads them as typed, keeps them in the project; estimates nothing."""

import re
from collections.abc import Mapping

from assistant.advisor.estimate.assumptions import MOST, POSITIVE, SHARES, check
from assistant.advisor.hearing.quantities import quantities
from assistant.errors import PenalaError
from assistant.workspace.project import Project

Given = dict[str, tuple[float, float]]

_KEPT = "assumptions"  # in the project's settings: {name: [low, high]}
# "1.500" and "1,500" are thousands whichever language wrote them (as in `quantities`); "1,234.5" has both signs.
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?P<sign>[.,])\d{3})(?:(?P=sign)\d{3})*(?:(?!(?P=sign))[.,]\d+)?")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?|[.,]\d+")
_MINUS = ("-", "−", "–")


def load(project: Project) -> Given:
    """What this project sets itself. An entry that today's assumptions no longer take is passed over."""
    stored = project.get(_KEPT, {})
    kept = {name: _kept(name, raw) for name, raw in stored.items()} if isinstance(stored, dict) else {}
    return {name: both for name, both in kept.items() if both}


def keep(project: Project, given: Mapping[str, tuple[float, float]]) -> None:
    """Replace what the project sets itself. Raises PenalaError("assumption_name" or "assumption_value")."""
    for name, (low, high) in given.items():
        check(name, low, high)
    project.set(_KEPT, {name: list(ends) for name, ends in given.items()})


def read(name: str, text: str) -> float | None:
    """One end as typed, in either language's notation; None for an empty field.

    Raises PenalaError: own_number, own_negative, own_zero, own_share, own_most.
    """
    plain = "".join(text.split()).replace("_", "")
    if not plain:
        return None
    percent = name in SHARES and plain.endswith("%")
    value = number(text.strip().removesuffix("%")) if percent else number(text)
    if value is None:
        if plain.startswith(_MINUS) and number(plain[1:]) is not None:
            raise PenalaError("own_negative", text=plain[:40])
        raise PenalaError("own_number", text=text.strip()[:40])
    value = value / 100 if percent else value
    if name in SHARES and value > 1:
        raise PenalaError("own_share", text=plain[:40])
    if value > MOST:
        raise PenalaError("own_most", text=plain[:40], most=round(MOST))
    if name in POSITIVE and value == 0:
        raise PenalaError("own_zero")
    return value


def ends(name: str, low: str, high: str) -> tuple[float, float] | None:
    """Both fields of one quantity; a single number counts for both, two empty ones mean the assumed value (None).

    Raises what `read` raises, and own_order when the lower one is above the higher one.
    """
    first, last = read(name, low), read(name, high)
    if first is None or last is None:
        only = last if first is None else first
        return None if only is None else (only, only)
    if first > last:
        raise PenalaError("own_order", low=low.strip()[:40], high=high.strip()[:40])
    return first, last


def written(value: float, language: str) -> str:
    """A number as `read` takes it back, in the language's notation; at most six decimals, never three.

    Three decimals after one to three digits would read as thousands.
    """
    whole, _, rest = f"{value:,.6f}".rstrip("0").partition(".")
    text = f"{whole}.{rest}0" if len(rest) == 3 else f"{whole}.{rest}".rstrip(".")
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text


def number(text: str) -> float | None:
    """ "1.500", "0,5", "1,234.5", "10 000", "5rb", "2 juta"; None when it is not one number."""
    plain = "".join(text.split()).replace("_", "")
    found = _GROUPED.fullmatch(plain)
    if found:
        decimals = plain.replace(found["sign"], "").replace(",", ".")
        return float(decimals)
    if _PLAIN.fullmatch(plain):
        return float(plain.replace(",", "."))
    worded = text.strip()
    for one in quantities(worded):
        return one.value if (one.start, one.stop) == (0, len(worded)) else None
    return None


def _kept(name: str, raw: object) -> tuple[float, float] | None:
    if not (isinstance(raw, list) and len(raw) == 2 and all(isinstance(end, int | float) for end in raw)):
        return None
    low, high = float(raw[0]), float(raw[1])
    try:
        check(name, low, high)
    except PenalaError:
        return None
    return low, high
