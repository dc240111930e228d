"""Answers that refuse; a model learns from too many of them to refuse where it should not."""

from assistant.dataset.checks import Data, Finding
from assistant.dataset.lists import lists


def check(data: Data) -> list[Finding]:
    if data.kind == "labels":
        return []
    words = lists()
    rows = tuple(e.id for e in data.examples if _refuses(e.output, words.refusals))
    if not rows:
        return []
    share = len(rows) / len(data.examples)
    values: dict[str, object] = {"share": round(100 * share), "most": round(100 * words.most_refusals)}
    if share > words.most_refusals:
        return [Finding("refusals", "warning", rows, values)]
    return [Finding("refusals", "note", rows, values, "few")]


def _refuses(answer: str, phrases: tuple[str, ...]) -> bool:
    said = answer[:600].lower().replace("’", "'")
    return any(phrase in said for phrase in phrases)
