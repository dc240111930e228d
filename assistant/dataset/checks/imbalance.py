"""Labels of which one crowds out the others, or that have too few rows to be learned."""

from collections import Counter

from assistant.dataset.checks import Data, Finding, learned, surplus
from assistant.dataset.lists import lists

CROWDED = 0.8


def check(data: Data) -> list[Finding]:
    if data.kind != "labels":
        return []
    fewest = lists().amount.each_label
    counts = Counter(e.output.strip() for e in data.examples)
    rare = {name for name, n in counts.items() if n < fewest}
    found = _crowded(Counter(e.output.strip() for e in learned(data.examples)))
    if rare:
        rows = tuple(e.id for e in data.examples if e.output.strip() in rare)
        named = {"labels": ", ".join(sorted(name[:40] for name in rare)[:10]), "fewest": fewest}
        found.append(Finding("imbalance", "note", rows, named, "rare"))
    return found


def _crowded(counts: Counter[str]) -> list[Finding]:
    """`spare`: how many rows with the label can go for the others to be heard; 0 where too few would be left to tune on."""
    total = counts.total()
    label, most = counts.most_common(1)[0] if counts else ("", 0)
    if most <= CROWDED * total:
        return []
    gone = surplus(most, total, CROWDED)
    spare = gone if total - gone >= lists().amount.aim[0] else 0
    values = {"label": label, "share": round(100 * most / total), "spare": spare}
    return [Finding("imbalance", "warning", (), values)]
