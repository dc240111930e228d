"""Rows of imported files that could not be read as an example: broken, of another shape, or with a wrong role."""

from collections import Counter

from assistant.dataset.checks import Data, Finding, Named

_ELSEWHERE = {
    "row_no_input",
    "row_no_output",
    "row_repeated",
    "row_contradicts",
}  # told by the check of that name


def check(data: Data) -> list[Finding]:
    rows = [row for row in data.left_out if row.absent or row.code not in _ELSEWHERE]
    files = Named(Counter(row.file for row in rows))
    return [Finding("schema", "warning", tuple(row.id for row in rows), {"files": files})] if rows else []
