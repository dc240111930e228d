"""Answers that leave the form which nearly all others keep (`Name: value` lines)."""

from collections import Counter

from assistant.dataset.checks import Data, Finding
from assistant.dataset.kinds import field_names


def check(data: Data) -> list[Finding]:
    forms = {e.id: field_names(e.output) for e in data.examples}
    if not forms:
        return []
    common, times = Counter(forms.values()).most_common(1)[0]
    if not common or times < 0.7 * len(forms):
        return []
    rows = tuple(identity for identity, form in forms.items() if form != common)
    return [Finding("schema", "warning", rows, {"form": ", ".join(common)})] if rows else []
