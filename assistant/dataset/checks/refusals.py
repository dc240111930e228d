"""Answers that refuse; a model learns from too many of them to refuse where it should not."""

from assistant.dataset.checks import Data, Finding, learned, surplus
from assistant.dataset.lists import lists, refuses


def check(data: Data) -> list[Finding]:
    if data.kind == "labels":
        return []
    words = lists()
    rows = tuple(e.id for e in data.examples if refuses(e.output))
    if not rows:
        return []
    taught = learned(data.examples)
    count = len({*rows}.intersection(e.id for e in taught))
    share = count / max(1, len(taught))
    values: dict[str, object] = {"share": round(100 * share), "most": round(100 * words.most_refusals)}
    if share > words.most_refusals:
        spare = surplus(count, len(taught), words.most_refusals)
        return [Finding("refusals", "warning", rows, {**values, "spare": spare})]
    return [Finding("refusals", "note", rows, values, "few")]
