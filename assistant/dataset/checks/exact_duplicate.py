"""The same input and answer more than once; the first is kept, the others are listed."""

from assistant.dataset.checks import Data, Finding
from assistant.dataset.similar import normal


def check(data: Data) -> list[Finding]:
    seen: set[tuple[str, str]] = set()
    rows = []
    for e in data.examples:
        key = (normal(e.input), normal(e.output))
        if key in seen:
            rows.append(e.id)
        seen.add(key)
    return [Finding("exact_duplicate", "warning", tuple(rows))] if rows else []
