"""Whether there are enough examples to learn from and to test with.

20 is the floor of the hosted services, 100 to 500 the working aim (knowledge/sources.yaml: seed002, oai_sft);
with 20 test rows only very large differences show.
"""

from collections import Counter

from assistant.dataset.checks import Data, Finding

FLOOR, AIM, TEST = 20, 100, 20


def check(data: Data) -> list[Finding]:
    total = len(data.examples)
    if total < FLOOR:
        return [Finding("amount", "blocking", (), {"total": total, "floor": FLOOR, "aim": AIM}, "floor")]
    found = []
    if total < AIM:
        found.append(Finding("amount", "warning", (), {"total": total, "aim": AIM}))
    splits = Counter(e.split for e in data.examples)
    if splits["train"] and splits["test"] < TEST:
        found.append(Finding("amount", "warning", (), {"test": splits["test"], "floor": TEST}, "test"))
    return found
