"""Inputs that differ from an earlier one in little; equal ones are another check's."""

from assistant.dataset.checks import Data, Finding
from assistant.dataset.similar import near_pairs, normal


def check(data: Data) -> list[Finding]:
    texts = [e.input for e in data.examples]
    pairs = [(i, j) for i, j in near_pairs(texts) if normal(texts[i]) != normal(texts[j])]
    rows = tuple(dict.fromkeys(data.examples[j].id for _, j in pairs))
    return [Finding("near_duplicate", "note", rows)] if rows else []
