"""An estimate as CSV for spreadsheets: every row of it, or what it rests on; names and numbers as programs read them."""

from assistant.advisor.estimate import cost_table
from assistant.advisor.estimate.assumptions import Range
from assistant.advisor.estimate.project_costs import ProjectCosts
from assistant.ui import spreadsheet

_SPANS = ("once_usd", "month_usd", "training_hours", "memory_gb", "people_hours")


def rows(found: ProjectCosts, language: str) -> str:
    """A line a way and model, the shortlist marked; an empty cell is not known."""
    heads = ("way", "provider", "model", *(f"{name}_{end}" for name in _SPANS for end in ("low", "high")))
    more = ("shortlist", "possible", "reason", "closing", "platform", "unknown", "old_source", "sources")
    shown = found.shown
    lines = []
    for row in found.estimate.rows:
        spans = (row.once, row.month, row.hours, row.memory, row.people)
        ends = [end for span in spans for end in _ends(span)]
        sources = "; ".join(f"{c.source} {c.date or ''}".strip() for c in row.sources)
        told = (row in shown, row.available, row.reason or "", row.closing, row.relevant)
        named = (cost_table.way(row.path, language), row.provider_name, row.model_name)
        lines.append((*named, *ends, *told, ", ".join(row.unknown), row.stale, sources))
    return spreadsheet.written((*heads, *more), lines)


def assumptions(found: ProjectCosts, language: str) -> str:
    """A line a quantity: what counts, where it comes from, and what would count without the user's own numbers."""
    heads = ("name", "meaning", "low", "high", "origin", "source", "date", "assumed_low", "assumed_high")
    lines = []
    for row in cost_table.assumption_rows(found.estimate, found.knowledge, language):
        assumed = _ends(getattr(found.assumed, str(row["name"])))
        told = tuple(row[key] for key in ("name", "text", "low", "high", "origin", "source", "date"))
        lines.append((*told, *assumed))
    return spreadsheet.written(heads, lines)


def _ends(span: Range | None) -> tuple[float | None, float | None]:
    return (None, None) if span is None else (span.low, span.high)
