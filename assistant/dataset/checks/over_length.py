"""Rows longer than the chosen model can be trained on here."""

from assistant.dataset.checks import Data, Finding


def check(data: Data) -> list[Finding]:
    rows = tuple(
        e.id
        for e in data.examples
        if len(e.input) + len(e.output) > data.longest and data.count(f"{e.input}\n{e.output}") > data.longest
    )
    return [Finding("over_length", "warning", rows, {"longest": data.longest})] if rows else []
