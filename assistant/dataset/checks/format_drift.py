"""Answers that leave the form of the others (JSON keys, lines, layout, length, a label's spelling), and inputs that are
laid out otherwise than the requests which the model will serve."""

import json
import math
import re
import statistics
from collections import Counter
from collections.abc import Sequence

from assistant.dataset.checks import Data, Finding
from assistant.dataset.kinds import field_names
from assistant.dataset.lists import TAG
from assistant.dataset.similar import normal

_ODD = 0.05  # of the answers have a part that belongs to none
_MOST = 0.7  # of the answers must share a form before it is the form
_FAR, _SPREAD = (
    5.0,
    0.35,
)  # robust standard deviations of the length's logarithm, and the least that one is taken for
_TIMES = 4  # as many rows have the label that an odd one means
_LONG = 60  # letters, beyond which nothing is a label
_BARE = ("plain", (), 0, False)  # a label on one line
_NAMES = frozenset({"label", "sentimen", "sentiment", "kategori", "category", "class", "kelas", "answer", "jawaban", "intent", "output"})  # fmt: skip
_WORDS, _FIGURE = re.compile(r"\w+"), re.compile(r"\d")
_LIST = re.compile(r"\s*(?:[-*•]\s|\d{1,2}[.)]\s)")
_SPEAKERS = {"User", "Assistant"}  # the turns of a conversation, of which there may be more or fewer
_HEADING = re.compile(r"^ {0,3}([^\s:][^\n:]{1,29}):(?=\s|$)", re.M)  # at the beginning of a line

_TYPES = ((str, "text"), (list, "list"), (dict, "object"))


def check(data: Data) -> list[Finding]:
    outputs = [e.output.strip() for e in data.examples]
    if not outputs:
        return []
    found = (
        [_labels(data, outputs)]
        if data.kind == "labels"
        else [*_forms(data, outputs), _lengths(data, outputs)]
    )
    return [finding for finding in [*found, *_layouts(data)] if finding and finding.rows]


def _labels(data: Data, outputs: Sequence[str]) -> Finding:
    """Answers that are no label, or a label written in another way than most."""
    usual, shape = usually(outputs), {o: _shape(o) for o in set(outputs)}  # labels repeat
    shapes = Counter(shape[o] for o in outputs)
    common, times = shapes.most_common(1)[0]
    regular = {common}
    if times < _MOST * len(outputs):
        regular = {_BARE, *(one for one, count in shapes.items() if count >= _ODD * len(outputs))}
    rows = tuple(
        e.id
        for e, o in zip(data.examples, outputs, strict=True)
        if usual.get(o, o) != o or len(o) > _LONG or shape[o] not in regular
    )
    return Finding("format_drift", "warning", rows, {}, "label")


def usually(outputs: Sequence[str]) -> dict[str, str]:
    """The answers that seem to mean a label which is usually written otherwise, and how; "" where nobody can tell."""
    counts, first = Counter(outputs), dict[str, str]()
    for label, _ in counts.most_common():
        first.setdefault(normal(label), label)
    found = {o: first[normal(o)] for o in counts if first[normal(o)] != o}
    words = {label: _WORDS.findall(normal(label)) for label in first.values()}
    for odd in words:
        common = [label for label in words if counts[label] >= _TIMES * counts[odd] and words[label]]
        meant = [label for label in common if _within(words[label], words[odd])]
        slips = [] if meant else [label for label in common if _slipped(normal(odd), normal(label))]
        if meant or slips:
            sure = len(slips) == 1 or (len(meant) == 1 and {*words[odd]} - {*words[meant[0]]} <= _NAMES)
            found[odd] = (meant or slips)[0] if sure else ""
    return {o: found.get(label, label) for o, label in found.items()}


def _within(few: Sequence[str], many: Sequence[str]) -> bool:
    return len(few) < len(many) and any(
        few == many[at : at + len(few)] for at in range(len(many) - len(few) + 1)
    )


def _slipped(odd: str, label: str) -> bool:
    """Whether one letter parts them, and not at the beginning, where it may turn the sense (typical, atypical)."""
    from rapidfuzz.distance import OSA

    short, long = sorted((odd, label), key=len)
    return len(short) >= 5 and odd.isascii() and not _FIGURE.search(odd) and not long.endswith(short) and OSA.distance(odd, label) == 1  # fmt: skip


def _shape(output: str) -> tuple[object, ...]:
    """What the labels of one project share however they differ: form, names within, lines, and whether a bracket opens."""
    kind, names = form(output)
    return kind, names, 0 if kind in ("json", "list") else output.count("\n"), output[:1] in "{[<"


def _forms(data: Data, outputs: Sequence[str]) -> list[Finding]:
    """The form that most answers share, and those that leave it."""
    forms = [form(output) for output in outputs]
    common, times = Counter(kind for kind, _ in forms).most_common(1)[0]
    if times < _MOST * len(forms):
        return []
    other = tuple(e.id for e, (kind, _) in zip(data.examples, forms, strict=True) if kind != common)
    found = [Finding("format_drift", "warning", other, {}, common)]
    parts = Counter(names for kind, names in forms if kind == common)
    names, times = parts.most_common(1)[0]
    if common in ("json", "fields"):
        kept = fitting(parts, len(forms))
        odd = tuple(
            e.id
            for e, (kind, n) in zip(data.examples, forms, strict=True)
            if kind == common and n not in kept
        )
        listed = {"form": ", ".join(name.split("\0")[0] for name in names)}
        found.append(Finding("format_drift", "warning", odd, listed, "keys"))
    return found


def fitting(parts: Counter[tuple[str, ...]], answers: int) -> set[tuple[str, ...]]:
    """The sets of parts that are in order among so many answers: the usual one, or, where there is none since some may be
    missing, those without a part that hardly any answer has, and with all parts that nearly every answer has."""
    total, times = parts.total(), Counter[str]()
    if not parts or parts.most_common(1)[0][1] >= _MOST * answers:
        return {names for names, _ in parts.most_common(1)}
    for names, count in parts.items():
        times.update(dict.fromkeys(names, count))
    needed = {name for name, count in times.items() if count > (1 - _ODD) * total}
    return {
        names for names in parts if needed <= {*names} and all(times[name] >= _ODD * total for name in names)
    }


def form(output: str) -> tuple[str, tuple[str, ...]]:
    """json, fields, list, html, code or plain; and the names within (JSON keys with the type of their value)."""
    if output[:1] in "{[":
        try:
            return "json", _keys(json.loads(output, object_pairs_hook=_members))
        except (ValueError, RecursionError):
            return "plain", ()
    if names := field_names(output):
        return ("fields", names) if len(names) > 1 else ("plain", ())
    if "```" in output:
        return "code", ()
    if TAG.search(output):
        return "html", ()
    lines = [line for line in output.splitlines() if line.strip()]
    listed = sum(bool(_LIST.match(line)) for line in lines)
    return ("list" if listed >= 2 and listed * 2 >= len(lines) else "plain"), ()


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; a member that is there twice shows as one more."""
    found = dict[str, object]()
    for name, value in pairs:
        found[f"{name} (2)" if name in found else name] = value
    return found


def _keys(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return ("[]",)
    if not isinstance(value, dict):
        return ()
    return tuple(sorted(f"{key}\0{_type(v)}" for key, v in value.items()))


def _type(value: object) -> str:
    """A JSON value's type; whole and broken numbers are one, and null fits all."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "null")


def _lengths(data: Data, outputs: Sequence[str]) -> Finding | None:
    """Answers far longer or shorter than the others: median and median deviation of the logarithm, so that the odd ones
    do not decide (Iglewicz and Hoaglin 1993)."""
    if len(outputs) < 20:
        return None
    logs = [math.log(len(output) + 1) for output in outputs]
    middle = statistics.median(logs)
    spread = max(_SPREAD, 1.4826 * statistics.median(abs(x - middle) for x in logs))
    rows = tuple(e.id for e, x in zip(data.examples, logs, strict=True) if abs(x - middle) > _FAR * spread)
    return Finding("format_drift", "note", rows, {"usual": round(math.exp(middle) - 1)}, "length")


def _layouts(data: Data) -> list[Finding]:
    """Inputs that carry the instructions which each request gets anyway, or that lack the heading of the others."""
    start = normal(data.instructions)[:60]
    twice = tuple(
        e.id
        for e, form in zip(data.examples, data.like.keys, strict=True)
        if len(start) > 20 and start in form
    )
    return [Finding("format_drift", "warning", twice, {}, "instructions"), *_headings(data)]


def _headings(data: Data) -> list[Finding]:
    """Inputs without the headings of nearly all others (Context: … Question: …), or with them in another order."""
    if len(data.examples) < 20:
        return []
    heads = [list(dict.fromkeys(_HEADING.findall(e.input))) for e in data.examples]
    counts = Counter(name for names in heads for name in names)
    usual = {n for n, times in counts.items() if times >= _MOST * len(heads) and n not in _SPEAKERS}
    laid = [tuple(name for name in names if name in usual) for names in heads]
    common, times = Counter(laid).most_common(1)[0]
    if not common or times < _MOST * len(heads):
        return []
    odd = tuple(e.id for e, names in zip(data.examples, laid, strict=True) if names != common)
    values = {"heading": ", ".join(f"{name}:" for name in common)}
    return [Finding("format_drift", "warning", odd, values, "heading")]
