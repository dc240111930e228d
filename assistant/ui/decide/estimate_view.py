"""An estimate as HTML and as the frame of its one plot: what it means, what to hear first, the shortlist, the rest."""

from collections.abc import Sequence
from html import escape as safe

import pandas as pd

from assistant import texts
from assistant.advisor import citing
from assistant.advisor.estimate import cost_table
from assistant.advisor.estimate.assumptions import Assumptions, Range
from assistant.advisor.estimate.bill import Row
from assistant.advisor.estimate.project_costs import ProjectCosts
from assistant.advisor.estimate.providers import Note
from assistant.advisor.signals import Source
from assistant.ui import addresses, views
from assistant.ui.context import speaker

_DOORS = {"closed": "p-bad", "closing": "p-warn", "open": "p-good"}
_HEARD = 3  # notes that stand open; the rest is folded
_RIGHT = frozenset(cost_table.COLUMNS) - {"way", "model"}


def head(found: ProjectCosts, language: str) -> str:
    """What the figures mean and rest on; for a task of images or sound, what they leave out."""
    t, a = speaker(language), found.estimate.assumptions
    told = []
    if found.media:
        told.append(views.note(t(f"estimate.media_{found.media}")))
    if not found.facts:
        told.append(f'<p class="p-small">{safe(t("estimate.no_facts"))}</p>')
    elif found.media != "only":
        told.append(f'<p class="p-small">{safe(_basis(a, language))}</p>')
    return views.section(t("estimate.title"), t("estimate.meaning")) + "".join(told)


def _basis(a: Assumptions, language: str) -> str:
    volume, examples = a.requests_per_day, a.examples
    return texts.say(
        language,
        "ui.estimate.basis",
        volume=cost_table.span(volume, language),
        said=_origin(volume, language),
        examples=cost_table.span(examples, language),
        held=_origin(examples, language),
    )


def notes(found: ProjectCosts, language: str) -> str:
    """What the user must hear about providers, closed doors first; without a named platform, all doors that close."""
    t = speaker(language)
    lines = [_note(note, found, language) for note in found.notes]
    if not lines:
        return ""
    title = t("estimate.heard") if found.named else t("estimate.doors")
    first, rest = lines[:_HEARD], lines[_HEARD:]
    more = _folded(t("page.more", count=len(rest)), f'<ul class="p-heard">{"".join(rest)}</ul>', bool(rest))
    return f'<div class="p-card"><h3>{safe(title)}</h3><ul class="p-heard">{"".join(first)}</ul>{more}</div>'


def _note(note: Note, found: ProjectCosts, language: str) -> str:
    t = speaker(language)
    name = found.knowledge.provider(note.provider).name.say(language)
    tag = views.tag(t(f"estimate.door_{note.state}"), _DOORS.get(note.state, ""))
    old = f"{views.tag(t('estimate.old'), 'p-warn')} " if note.stale else ""
    link = source(found.knowledge.sources[note.source], note.date, language)
    return f"<li>{tag} {old}<b>{safe(name)}.</b> {safe(note.text)} {link}</li>"


def table(found: ProjectCosts, language: str) -> str:
    """The shortlist, numbered as in the plot: way, with whom, money, time, memory, people."""
    t, rows = speaker(language), found.shown
    if not rows:
        return views.empty(t("estimate.none"), t("estimate.none_lead"))
    heads, cells = cost_table.table(rows, language)
    kinds = [' class="p-right"' if name in _RIGHT else "" for name in cost_table.COLUMNS]
    head_ = "".join(f'<th scope="col"{k}>{safe(text)}</th>' for k, text in zip(kinds, heads, strict=True))
    body = "".join(
        _line(number, row, line, kinds, language)
        for number, (row, line) in enumerate(zip(rows, cells, strict=True), 1)
    )
    return (
        f'<div class="p-scroll" tabindex="0" role="region" aria-label="{safe(t("estimate.table"))}">'
        f'<table class="p-grid p-costs"><thead><tr><th></th>{head_}</tr></thead><tbody>{body}</tbody></table></div>'
        f'<p class="p-small">{safe(t("estimate.short"))}</p>'
    )


def _line(number: int, row: Row, line: Sequence[str], kinds: Sequence[str], language: str) -> str:
    t = speaker(language)
    marks = [("closing", row.closing), ("old", row.stale)]
    tags = "".join(f" {views.tag(t(f'estimate.{name}'), 'p-warn')}" for name, on in marks if on)
    cells = [
        f"<td{kind}>{safe(text)}{tags if column == 'model' else ''}</td>"
        for column, kind, text in zip(cost_table.COLUMNS, kinds, line, strict=True)
    ]
    return f'<tr><td class="p-right p-number">{number}</td>{"".join(cells)}</tr>'


def frame(found: ProjectCosts, language: str) -> pd.DataFrame | None:
    """The months of the shortlist as two bars laid end to end: up to the low end, and from there to the high end.

    Gradio drops a bar that does not end inside the axis, so those are cut at its edge; `plot_words` says which.
    """
    t = speaker(language)
    low, rest, end = t("estimate.to_low"), t("estimate.to_high"), edge(found)
    lines = []
    for number, row in enumerate(found.shown, 1):
        if row.month is not None:
            label = f"{number:2} {cost_table.way(row.path, language)}"
            start, stop = min(row.month.low, end), min(row.month.high, end)
            lines += [(label, start, low), (label, stop - start, rest)]
    return pd.DataFrame(lines, columns=["way", "usd", "part"]) if lines else None


def edge(found: ProjectCosts) -> float:
    """How far the plot goes, US$: as far as the dearer half goes without a jump to more than three times as much.

    One way that costs a hundred times the others would hide them all; its bar runs past the edge instead.
    """
    highs = sorted(row.month.high for row in found.shown if row.month is not None)
    dearer = highs[len(highs) // 2 :]
    end = dearer[0] if dearer else 0.0
    for high in dearer:
        if high > 3 * end:
            break
        end = high
    return 1.02 * end or 1.0


def plot_words(found: ProjectCosts, language: str) -> str:
    """How to read the plot, which bars it cuts, and which rows it leaves out."""
    t, end, rows = speaker(language), edge(found), list(enumerate(found.shown, 1))
    cut = [str(number) for number, row in rows if row.month is not None and row.month.high > end]
    absent = [str(number) for number, row in rows if row.month is None]
    more = [
        t(f"estimate.{name}", rows=", ".join(numbers))
        for name, numbers in (("cut", cut), ("not_drawn", absent))
        if numbers
    ]
    return views.section(t("estimate.plot"), " ".join([t("estimate.plot_lead"), *more]))


def rest(found: ProjectCosts, project: str, language: str) -> str:
    """Below the plot: from when tuning pays, remarks, what is not possible, old sources, the files to keep."""
    t, rows = speaker(language), found.shown
    remarks = list(dict.fromkeys(note for row in rows for note in row.notes))
    old = [line.removeprefix("- ") for line in cost_table.stale_lines(rows, found.knowledge, language)]
    shut = [line.removeprefix("- ") for line in cost_table.shut_lines(found.shut, language)]
    folded = "".join(
        _folded(t(f"estimate.{name}", count=len(lines)), views.lines(lines), bool(lines))
        for name, lines in (("remarks", remarks), ("shut", shut), ("stale", old))
    )
    checked = texts.say(
        language,
        "costs.checked",
        date=day(found.knowledge.dated, language),
        version=found.knowledge.version,
    )
    links = " ".join(
        views.link(t(f"estimate.{name}_csv"), addresses.download("estimate", project, name, language))
        for name in ("rows", "assumptions")
    )
    return (
        f'<div class="p-card">{_break_even(found, language)}{folded}<p class="p-small">{safe(checked)}</p>'
        f'<div class="p-links">{links}</div></div>'
    )


def _break_even(found: ProjectCosts, language: str) -> str:
    pairs = cost_table.break_evens_of(found.estimate, found.shown)
    t = speaker(language)
    title = f"<h3>{safe(t('estimate.break_even'))}</h3>"
    if not pairs:
        return f"{title}<p>{safe(t('estimate.no_break_even'))}</p>"
    lines = views.lines(cost_table.break_even_lines(pairs, language))
    return f"{title}<p>{safe(texts.say(language, 'costs.break_even'))}</p>{lines}"


def source(one: Source, dated: str | None, language: str) -> str:
    """A source as a link with its date."""
    when = day(dated, language) if dated else texts.say(language, "costs.undated")
    words = safe(f"{citing.named(one, language)}, {when}")
    if one.link and one.link.startswith("https://"):
        address = safe(one.link)
        return f'<a class="p-source" href="{address}" target="_blank" rel="noopener noreferrer">{words}</a>'
    return f'<span class="p-source">{words}</span>'


def _origin(value: Range, language: str) -> str:
    return texts.say(language, f"costs.origins.{value.origin}")


def day(dated: str, language: str) -> str:
    """ "2026-09-25", "2026-09" or "2026" as people write it."""
    year, *rest_ = dated.split("-")
    if not rest_:
        return year
    month = texts.say(language, f"ui.month.m{int(rest_[0])}")
    return " ".join([*(str(int(number)) for number in rest_[1:2]), month, year])


def _folded(title: str, html: str, wanted: bool) -> str:
    return f"<details><summary>{safe(title)}</summary>{html}</details>" if wanted else ""
