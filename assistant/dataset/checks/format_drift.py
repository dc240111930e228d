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
from assistant.dataset.similar import normal

_MOST = 0.7  # of the answers must share a form before it is the form
_FAR, _SPREAD = (
    5.0,
    0.35,
)  # robust standard deviations of the length's logarithm, and the least that one is taken for
_LIST = re.compile(r"\s*(?:[-*•]\s|\d{1,2}[.)]\s)")
_HTML = re.compile(r"</?(?:p|br|div|span|b|i|ul|li|a|h[1-6]|table|html|body|strong|em)\b[^<>]{0,200}>", re.I)
_HEADING = re.compile(r"([^\n:]{2,30}):(?:\s|$)")

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
    counts = Counter(outputs)
    usual: dict[str, str] = {}
    for label, _ in counts.most_common():
        usual.setdefault(normal(label), label)
    rows = tuple(
        e.id for e, o in zip(data.examples, outputs, strict=True) if usual[normal(o)] != o or _no_label(o)
    )
    return Finding("format_drift", "warning", rows, {}, "label")


def _no_label(output: str) -> bool:
    return len(output) > 60 or "\n" in output or output[:1] in "{[<"


def _forms(data: Data, outputs: Sequence[str]) -> list[Finding]:
    """The form that most answers share, and those that leave it."""
    forms = [_form(output) for output in outputs]
    common, times = Counter(kind for kind, _ in forms).most_common(1)[0]
    if times < _MOST * len(forms):
        return []
    other = tuple(e.id for e, (kind, _) in zip(data.examples, forms, strict=True) if kind != common)
    found = [Finding("format_drift", "warning", other, {}, common)]
    parts = Counter(names for kind, names in forms if kind == common)
    names, times = parts.most_common(1)[0]
    if names and times >= _MOST * len(forms):
        odd = tuple(
            e.id for e, (kind, n) in zip(data.examples, forms, strict=True) if kind == common and n != names
        )
        listed = {"form": ", ".join(name.split("\0")[0] for name in names)}
        found.append(Finding("format_drift", "warning", odd, listed, "keys"))
    return found


def _form(output: str) -> tuple[str, tuple[str, ...]]:
    """json, fields, list, html, code or plain; and the names within (JSON keys with the type of their value)."""
    if output[:1] in "{[":
        try:
            return "json", _keys(json.loads(output))
        except (ValueError, RecursionError):
            return "plain", ()
    if names := field_names(output):
        return ("fields", names) if len(names) > 1 else ("plain", ())
    if "```" in output:
        return "code", ()
    if _HTML.search(output):
        return "html", ()
    lines = [line for line in output.splitlines() if line.strip()]
    listed = sum(bool(_LIST.match(line)) for line in lines)
    return ("list" if listed >= 2 and listed * 2 >= len(lines) else "plain"), ()


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
    heads = [_head(e.input) for e in data.examples]
    common, times = Counter(heads).most_common(1)[0]
    found = [Finding("format_drift", "warning", twice, {}, "instructions")]
    if len(heads) >= 20 and times >= _MOST * len(heads):
        odd = tuple(e.id for e, head in zip(data.examples, heads, strict=True) if head != common)
        if common and odd:
            found.append(Finding("format_drift", "warning", odd, {"heading": common}, "heading"))
    return found


def _head(text: str) -> str:
    """The heading with which an input begins (Question: …), else nothing."""
    found = _HEADING.match(text.lstrip()[:40])
    return found[1] if found else ""
