"""Rows that say who someone is or how to reach them; what could be stolen with (NIK, cards, keys) blocks."""

from collections import Counter

from assistant.dataset.checks import Data, Finding, Named
from assistant.dataset.personal import GRAVE, find


def check(data: Data) -> list[Finding]:
    grave, plain = list[str](), list[str]()
    known: dict[str, frozenset[str]] = {}  # labels repeat
    kinds: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for e in data.examples:
        found = set[str]().union(*(_kinds(known, text) for text in (e.input, e.output, e.rejected) if text))
        if found:
            heavy = bool(found & GRAVE)
            (grave if heavy else plain).append(e.id)
            kinds[heavy].update(found)
    findings = [
        Finding("personal_data", "blocking", tuple(grave), {"kinds": _named(kinds[True])}, "grave"),
        Finding("personal_data", "warning", tuple(plain), {"kinds": _named(kinds[False])}),
    ]
    return [finding for finding in findings if finding.rows]


def _kinds(known: dict[str, frozenset[str]], text: str) -> frozenset[str]:
    if text not in known:
        known[text] = frozenset(span.kind for span in find(text))
    return known[text]


def _named(counts: Counter[str]) -> Named:
    return Named(dict(counts.most_common()), "personal")
