"""A comparison as CSV for spreadsheets; numbers as computers write them, so that every program reads them."""

import csv
import io
import math
from collections.abc import Iterable, Sequence

from assistant.evaluation.comparing import Comparison

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝")


def arms(found: Comparison) -> str:
    """A line an arm and metric: value, interval, cases, and what one answer takes."""
    heads = ("arm", "metric", "value", "low", "high", "n", "seconds", "tokens", "cost")
    rows = [
        (a.name, m.name, m.value, m.low, m.high, m.n, a.seconds, a.tokens, a.cost)
        for a in found.arms
        for m in a.metrics
    ]
    return _csv(heads, rows)


def answers(found: Comparison) -> str:
    """A line an arm and case: what was asked, what would be right, what was said, and its main score."""
    heads = ("case", "input", "ideal", "arm", "answer", found.primary, "seconds", "tokens_out")
    rows = []
    for arm in found.arms:
        scores = next((s.values for s in arm.scores if s.metric == found.primary), ())
        for i, (case, said) in enumerate(zip(found.cases, arm.answers, strict=True)):
            score = scores[i] if i < len(scores) and not math.isnan(scores[i]) else ""
            kept = (case.id, case.input, case.reference, arm.name, said.text, score)
            rows.append((*kept, said.seconds, said.tokens_out))
    return _csv(heads, rows)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return out.getvalue()


def _inert(cell: object) -> object:
    """A text that a spreadsheet would run as a formula gets a leading apostrophe (CWE-1236)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
