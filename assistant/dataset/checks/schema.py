"""Rows of imported files that could not be read as an example: broken, of another shape, with a wrong role, or with a
part missing or empty (which `empty` tells too)."""

from collections import Counter

from assistant.dataset.checks import Data, Finding, Named
from assistant.dataset.left_out import WHOLE


def check(data: Data) -> list[Finding]:
    # Rows that were read are told by the checks of repeats and contradictions.
    rows = [row for row in data.left_out if row.code not in WHOLE]
    files = Named(Counter(row.file for row in rows))
    return [Finding("schema", "warning", tuple(row.id for row in rows), {"files": files})] if rows else []
