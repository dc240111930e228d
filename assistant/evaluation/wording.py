"""Compares texts as people would, in any language: normalisation, token overlap, fields; no metric's name here."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

_THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
_NO_MINUS = re.compile(r"(?<=\S)-|-(?!\d)")  # all but the minus of a number
_HEAD = re.compile(
    r"^[ \t]*(?:[-*•][ \t]+)?\**(?P<name>[^\W\d_][\w /()&-]{0,39}?)\**[ \t]*:\**(?=\s|$)[ \t]*(?P<rest>.*)$"
)
_FENCE = re.compile(r"^```\w*\s*(.*?)\s*```$", re.DOTALL)
LONG = 6.0  # words a value has on average from which on it is free text


def normalise(text: str) -> str:
    """Lower case, one space between words, no punctuation; 1.500 and 1,500 are 1500. No word is dropped.

    Kept because they carry meaning: currency and comparison signs, %, and a minus before a number.
    """
    plain = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text).casefold())
    plain = _NO_MINUS.sub(" ", plain.replace("\N{MINUS SIGN}", "-"))
    return " ".join("".join(c if _counts(c) else " " for c in plain).split())


def _counts(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LNM" or category == "Sc" or character in "+<>=%-"


def label(text: str) -> str:
    """A label as compared: lower case, one space between words, no quotes or stops around it."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(" .,;:!?\"'`*()[]“”‘’")


def same(text: str, reference: str) -> bool:
    """Whether two texts are equal once normalised (as written where nothing but signs is left)."""
    first, second = normalise(text), normalise(reference)
    return first == second if first or second else text.split() == reference.split()


def contains(text: str, answer: str) -> bool:
    """Whether the answer's words stand in the text, whole and in a row."""
    wanted = normalise(answer)
    if not wanted:
        return bool(answer.strip()) and answer.strip() in text
    return f" {wanted} " in f" {normalise(text)} "


def token_f1(text: str, reference: str) -> float:
    """Token overlap F1 as in SQuAD (Rajpurkar et al. 2016), without dropping any language's articles."""
    got, wanted = normalise(text).split(), normalise(reference).split()
    if not got or not wanted:
        return float(same(text, reference))
    shared = sum((Counter(got) & Counter(wanted)).values())
    return 2 * shared / (len(got) + len(wanted))


def chrf(text: str, reference: str) -> float:
    """chrF2 (Popović 2015) of one sentence by sacrebleu, in 0..1."""
    if text.split() == reference.split():
        return 1.0
    if not text.strip() or not reference.strip():
        return 0.0
    return float(min(1.0, _chrf().sentence_score(text, [reference]).score / 100))


@cache
def _chrf() -> Any:
    from sacrebleu.metrics import CHRF

    return CHRF()


def rouge_l(text: str, reference: str) -> float:
    """ROUGE-L F1 (Lin 2004): the longest common subsequence of words, normalised as elsewhere and not stemmed."""
    from rapidfuzz.distance import LCSseq

    got, wanted = normalise(text).split(), normalise(reference).split()
    if not got or not wanted:
        return float(same(text, reference))
    return 2 * LCSseq.similarity(got, wanted) / (len(got) + len(wanted))


def json_object(text: str) -> dict[str, Any] | None:
    """The JSON object that the whole text is, in a ``` fence or not; None where it is none."""
    try:
        found = json.loads(_FENCE.sub(r"\1", text.strip()))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def follows(text: str, schema: str) -> bool:
    """Whether the text is JSON that the JSON Schema accepts."""
    from jsonschema import ValidationError, validate

    try:
        validate(json.loads(_FENCE.sub(r"\1", text.strip())), json.loads(schema))
    except (ValueError, RecursionError, ValidationError):
        return False
    return True


def fields(text: str) -> list[tuple[str, str]]:
    """The members of a JSON object, or the lines "Name: value"; in order. Lines without a name go on with the value
    above; a member that is no text is written as JSON.

    A name starts with a letter, has at most 40 characters and is followed by a colon and a space or the
    line's end (so 10:30 and https:// are none). Text before the first name is a field named "".
    """
    members = json_object(text)
    if members is not None:
        return [
            (name, v if isinstance(v, str) else json.dumps(v, ensure_ascii=False))
            for name, v in members.items()
        ]
    found: list[tuple[str, list[str]]] = []
    for line in text.strip().splitlines():
        head = _HEAD.match(line)
        if head:
            found.append((head["name"].strip(), [head["rest"]]))
        elif found:
            found[-1][1].append(line)
        elif line.strip():
            found.append(("", [line]))
    return [(name, "\n".join(lines).strip()) for name, lines in found]


def values_by_name(text: str, names: Sequence[str]) -> dict[str, str]:
    """The value of each known name (normalised); an unknown head belongs to the value above. First one counts."""
    known, found, current = set(names), {}, ""
    for name, value in fields(text):
        key = normalise(name)
        if key in known and key not in found:
            found[key], current = value, key
        elif current and key not in known:
            found[current] += f"\n{name}: {value}" if name else f"\n{value}"
        else:
            current = ""
    return found


def in_form(text: str, reference: str) -> bool:
    """Whether the text has the reference's fields in its order, filled where it is, and no other."""
    got, wanted = fields(text), fields(reference)
    if json_object(reference) is not None:  # whose members have no order
        if json_object(text) is None:
            return False
        got, wanted = sorted(got), sorted(wanted)
    if [normalise(name) for name, _ in got] != [normalise(name) for name, _ in wanted]:
        return False
    return all(value or not right for (_, value), (_, right) in zip(got, wanted, strict=True))


def free_names(references: Sequence[str]) -> frozenset[str]:
    """The fields whose values are free text: LONG words or more on average over all references."""
    words: dict[str, list[int]] = {}
    for reference in references:
        for name, value in fields(reference):
            words.setdefault(normalise(name), []).append(len(value.split()))
    return frozenset(name for name, counts in words.items() if sum(counts) / len(counts) >= LONG)


def field_scores(text: str, reference: str, free: frozenset[str]) -> dict[str, float]:
    """A score in 0..1 for each of the reference's fields: chrF for free text, else right or wrong."""
    wanted: dict[str, str] = {}
    for name, value in fields(reference):
        wanted.setdefault(normalise(name), value)
    got = values_by_name(text, list(wanted))
    return {
        name: chrf(got.get(name, ""), value)
        if name in free
        else float(name in got and same(got[name], value))
        for name, value in wanted.items()
    }
