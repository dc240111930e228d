"""One input with two different answers: no model can learn both, though long ones may only be worded differently."""

from collections import defaultdict

from assistant.dataset.checks import Data, Finding
from assistant.dataset.similar import normal

_SHORT = 80  # letters; two such answers to one input are two decisions, longer ones may say the same


def check(data: Data) -> list[Finding]:
    answers: dict[str, set[str]] = defaultdict(set)
    for e in data.examples:
        answers[normal(e.input)].add(normal(e.output))
    torn = [e for e in data.examples if normal(e.input) and len(answers[normal(e.input)]) > 1]
    short = tuple(e.id for e in torn if all(len(a) <= _SHORT for a in answers[normal(e.input)]))
    long = tuple(e.id for e in torn if e.id not in set(short))
    found = [
        Finding("contradiction", "blocking", short),
        Finding("contradiction", "warning", long, variant="wording"),
    ]
    return [finding for finding in found if finding.rows]
