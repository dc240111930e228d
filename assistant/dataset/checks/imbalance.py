"""Labels of which one crowds out the others, or that have too few rows to be learned."""

from collections import Counter

from assistant.dataset.checks import Data, Finding
from assistant.dataset.lists import lists

CROWDED = 0.8


def check(data: Data) -> list[Finding]:
    if data.kind != "labels":
        return []
    fewest = lists().amount.each_label
    counts = Counter(e.output.strip() for e in data.examples)
    label, most = counts.most_common(1)[0]
    rare = {name for name, n in counts.items() if n < fewest}
    found = []
    if most > CROWDED * len(data.examples):
        share = round(100 * most / len(data.examples))
        found.append(Finding("imbalance", "warning", (), {"label": label, "share": share}))
    if rare:
        rows = tuple(e.id for e in data.examples if e.output.strip() in rare)
        named = {"labels": ", ".join(sorted(name[:40] for name in rare)[:10]), "fewest": fewest}
        found.append(Finding("imbalance", "note", rows, named, "rare"))
    return found
