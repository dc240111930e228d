"""The same input and answer more than once; the first is kept, the others are listed."""

from assistant.dataset.checks import Data, Finding


def check(data: Data) -> list[Finding]:
    seen: set[tuple[str, str]] = set()
    rows = []
    for e, *key in zip(data.examples, data.like.keys, data.answers, strict=True):
        if tuple(key) in seen:
            rows.append(e.id)
        seen.add((key[0], key[1]))
    left_out = [row.id for row in data.left_out if row.code == "row_repeated"]
    found = [
        Finding("exact_duplicate", "warning", tuple(rows)),
        Finding("exact_duplicate", "note", tuple(left_out), variant="left_out"),
    ]
    return [finding for finding in found if finding.rows]
