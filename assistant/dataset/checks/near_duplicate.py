"""Inputs that differ from an earlier one in little; equal ones are another check's."""

from assistant.dataset.checks import Data, Finding


def check(data: Data) -> list[Finding]:
    rows = tuple(dict.fromkeys(data.examples[later].id for _, later in data.near))
    return [Finding("near_duplicate", "note", rows)] if rows else []
