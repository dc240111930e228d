"""A comparison as CSV for spreadsheets: its numbers, and every answer with its score."""

import math

from assistant.evaluation.comparing import Comparison
from assistant.ui import spreadsheet


def arms(found: Comparison) -> str:
    """A line an arm and metric: value, interval, cases, and what one answer takes."""
    heads = ("arm", "metric", "value", "low", "high", "n", "seconds", "tokens", "cost")
    rows = [
        (a.name, m.name, m.value, m.low, m.high, m.n, a.seconds, a.tokens, a.cost)
        for a in found.arms
        for m in a.metrics
    ]
    return spreadsheet.written(heads, rows)


def answers(found: Comparison) -> str:
    """A line an arm and case: what was asked, what would be right, what was said, and its score."""
    heads = ("case", "input", "ideal", "arm", "answer", found.per_case, "seconds", "tokens_out")
    rows = []
    for arm in found.arms:
        scores = arm.column(found.per_case)
        for i, (case, said) in enumerate(zip(found.cases, arm.answers, strict=True)):
            score = scores[i] if scores and not math.isnan(scores[i]) else ""
            kept = (case.id, case.input, case.reference, arm.name, said.text, score)
            rows.append((*kept, said.seconds, said.tokens_out))
    return spreadsheet.written(heads, rows)
