"""Test rows that training has seen: the same input, nearly the same, or the same source on both sides."""

from assistant.dataset.checks import Data, Finding
from assistant.dataset.similar import near_pairs, normal


def check(data: Data) -> list[Finding]:
    held = [e for e in data.examples if e.split in ("test", "validation")]
    train = [e for e in data.examples if e.split == "train"]
    if not held or not train:
        return []
    inputs = {normal(e.input) for e in train}
    same = tuple(e.id for e in held if normal(e.input) in inputs)
    sources = {e.source for e in train if e.source}
    shared = tuple(e.id for e in held if e.source in sources and e.id not in same)
    both = [*train, *held]
    crossing = [
        both[j].id
        for i, j in near_pairs([e.input for e in both])
        if i < len(train) <= j and both[j].id not in same
    ]
    near = tuple(dict.fromkeys(identity for identity in crossing if identity not in shared))
    found = [
        Finding("leakage", "blocking", same),
        Finding("leakage", "blocking", shared, variant="source"),
        Finding("leakage", "warning", near, variant="near"),
    ]
    return [finding for finding in found if finding.rows]
