"""Reads what a message takes back of facts already on record, which alone give it its meaning; keeps nothing."""

import re
from collections.abc import Mapping, Sequence

from assistant.advisor.facts import Fact, is_guess
from assistant.advisor.hearing import media
from assistant.advisor.hearing.quantities import quantities
from assistant.advisor.signals import UNKNOWN, Checklist

_NOT_THIS = re.compile(r"\b(?:not|bukan|instead of|rather than|alih-alih)\W+(?:\w+\W+){0,2}$")

_BRIEF = 12  # words; a longer message tells of something else as well
_RIGHT = re.compile(
    r"\b(actually|correction|sorry|i meant?|scratch that|ralat|koreksi|maaf|maksud\w*|sebenarnya|sebenernya|eh|ternyata)\b"
)
_PERIODS = {
    "daily": re.compile(r"\b(daily|every ?day|each day|harian|(se)?tiap hari|sehari)\b"),
    "weekly": re.compile(r"\b(weekly|every week|each week|mingguan|(se)?tiap (minggu|pekan)|seminggu)\b"),
    "monthly": re.compile(
        r"\b(monthly|quarterly|every (month|quarter)|bulanan|(se)?tiap (bulan|kuartal)|sebulan)\b"
    ),
    "yearly": re.compile(r"\b(yearly|annually|every year|once a year|tahunan|(se)?tiap tahun|setahun)\b"),
}
_DENIED = re.compile(
    r"\b(tidak|tdk|tak|ga|gak|nggak|bukan|belum|no|not|never|without|tanpa|n.t)\W+(\w+\W+){0,2}$"
)
_FIT_NOW = {
    "no_rights": re.compile(
        r"\b(have|has|got|gave|given|with) (\w+ ){0,2}(consent|permission|licen[cs]e|rights?)\b|\ballowed (now|after all)\b"
        r"|\b(udah|sudah|ternyata|punya|dapat|dapet|ada) (\w+ ){0,2}(izin|ijin|persetujuan|lisensi)(nya)?\b|\b(izin|ijin)nya (udah|sudah) (ada|keluar|dapat|dapet)"
    ),
    "leaky": re.compile(
        r"\b(rebuilt|fresh|separated|deduplicated|held out)\b|\b(new|clean) test (set|data)\b"
        r"|\b(data|set|soal) uji(nya)? .{0,20}\b(baru|dipisah\w*|diganti|dibuat ulang|bersih)\b|\b(udah|sudah) (dipisah\w*|dibersihkan|dibuat ulang)\b"
    ),
    "contradictory": re.compile(
        r"\b(resolved|settled|agreed|aligned|adjudicated|sepakat|disepakati|diselaraskan|disamakan)\b"
    ),
}


def corrections(
    text: str, known: Mapping[str, Fact], heard: Sequence[Fact], checklist: Checklist
) -> list[Fact]:
    """A number in place of one on record ("800, not 1200"), another period ("monthly, not weekly"), text in place of
    sound or pictures, data that are fit to use after all; `heard` is what the message says by itself."""
    tells = any(f.signal == "task_type" and not is_guess(f) and f.value != "vision_audio" for f in heard)
    mended = [
        *_numbers(text, known),
        *_text_now(text, known, checklist),
        *_period(text, known),
        *_righted(text, known),
    ]
    return [fact for fact in mended if not (tells and fact.signal == "task_type")]


def _numbers(text: str, known: Mapping[str, Fact]) -> list[Fact]:
    found = list(quantities(text))
    if len(found) != 2:
        return []
    denied = [one for one in found if _NOT_THIS.search(text[: one.start].casefold())]
    if len(denied) != 1:
        return []
    new = next(one for one in found if one is not denied[0])
    wrong = [n for n, f in known.items() if isinstance(f.value, int) and f.value == round(denied[0].value)]
    return [Fact(wrong[0], round(new.value), text.strip(), "said")] if len(wrong) == 1 else []


def _period(text: str, known: Mapping[str, Fact]) -> list[Fact]:
    """Another period for facts that change, where one is on record and the message is short and holds no number."""
    old, plain = known.get("knowledge_change"), text.casefold()
    if old is None or is_guess(old) or len(plain.split()) > _BRIEF or re.search(r"\d", plain):
        return []
    hits = [(code, match) for code, pattern in _PERIODS.items() for match in pattern.finditer(plain)]
    denied = {code for code, match in hits if _NOT_THIS.search(plain[: match.start()])}
    told = {code for code, _ in hits} - denied
    if not (denied or _RIGHT.search(plain)) or len(told) != 1 or old.value in told:
        return []
    return [Fact("knowledge_change", told.pop(), text.strip(), "said")]


def _righted(text: str, known: Mapping[str, Fact]) -> list[Fact]:
    """Data that were called unfit and are so no more: what state they are in is open again."""
    old, plain = known.get("data_quality"), text.casefold()
    pattern = _FIT_NOW.get(str(old.value)) if old and not is_guess(old) else None
    match = pattern.search(plain) if pattern else None
    if match is None or _DENIED.search(plain[: match.start()]):
        return []
    return [Fact("data_quality", UNKNOWN, text.strip(), "said")]


def _text_now(text: str, known: Mapping[str, Fact], checklist: Checklist) -> list[Fact]:
    values = {name: fact.value for name, fact in known.items() if not is_guess(fact)}
    if not checklist.hold(checklist.media.when, values) or not media.is_text_now(text):
        return []
    made = [Fact("input_kind", "text", text.strip(), "said")]
    if values.get("task_type") == "vision_audio":
        made.append(Fact("task_type", "unknown", text.strip(), "said"))
    return made
