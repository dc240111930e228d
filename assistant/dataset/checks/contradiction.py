"""One input with two different answers: no model can learn both."""

from collections import defaultdict

from assistant.dataset.checks import Data, Finding
from assistant.dataset.similar import normal


def check(data: Data) -> list[Finding]:
    answers: dict[str, set[str]] = defaultdict(set)
    for e in data.examples:
        answers[normal(e.input)].add(normal(e.output))
    rows = tuple(e.id for e in data.examples if len(answers[normal(e.input)]) > 1)
    return [Finding("contradiction", "blocking", rows)] if rows else []
