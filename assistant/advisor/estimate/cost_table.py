"""Puts a cost estimate into words and cells, for the command, the record and the page; computes no cost."""

from collections.abc import Iterable, Sequence
from datetime import date
from math import ceil

from assistant import texts
from assistant.advisor import citing
from assistant.advisor.estimate.assumptions import NAMES, Range
from assistant.advisor.estimate.bill import Cited, Row, known
from assistant.advisor.estimate.costs import BreakEven, Estimate
from assistant.advisor.estimate.offers import Providers
from assistant.advisor.estimate.providers import Note

COLUMNS = ("way", "model", "once", "month", "hours", "memory", "people")


def table(rows: Sequence[Row], language: str) -> tuple[list[str], list[list[str]]]:
    """Column heads, and one list of cells a row, in the rows' order."""
    heads = [texts.say(language, f"costs.columns.{column}") for column in COLUMNS]
    return heads, [
        [
            way(row.path, language),
            f"{row.provider_name}: {row.model_name}",
            money(row, "once", language),
            money(row, "month", language),
            duration(row.hours, language),
            _unit("gigabytes", row.memory, language) if row.memory else "",
            _unit("hours", row.people, language),
        ]
        for row in rows
    ]


def shortlist(rows: Iterable[Row]) -> tuple[Row, ...]:
    """For each way the cheapest relevant row that can be had, one with others and one on a machine of your own.

    Rows that will stay come before those that are closing, and known amounts before unknown ones.
    """
    found: dict[tuple[str, bool], Row] = {}
    for row in rows:
        if row.available and row.relevant:
            key = (row.path, row.place == "own")
            best = found.get(key)
            if best is None or _dearness(row) < _dearness(best):
                found[key] = row
    return tuple(found.values())


def text(
    found: Estimate, notes: Sequence[Note], knowledge: Providers, today: date, language: str, everything: bool
) -> str:
    """The whole estimate for a terminal: notices, table, break-even, assumptions, old dates."""

    def say(key: str, **values: object) -> str:
        return texts.say(language, f"costs.{key}", **values)

    rows = [row for row in found.rows if row.available and (everything or row.relevant)]
    shown = rows if everything else shortlist(rows)
    blocks = [[say("title", date=str(today))]]
    if notes:
        blocks.append([say("heard"), *(f"- {note.text} {cited(note, language)}" for note in notes)])
    blocks.append([] if everything else [say("short")])
    blocks.append(_aligned(*table(shown, language)))
    remarks = dict.fromkeys(note for row in shown for note in row.notes)
    blocks.append([say("notes_title"), *(f"- {note}" for note in remarks)] if remarks else [])
    shut = [row for row in found.rows if not row.available and (everything or row.relevant)]
    blocks.append([say("closed"), *shut_lines(shut, language)] if shut else [])
    pairs = [f"- {line}" for line in break_even_lines(break_evens_of(found, shown), language)]
    blocks.append([say("break_even"), *pairs] if pairs else [])
    blocks.append([say("assumed"), *assumption_lines(found, knowledge, language)])
    old = stale_lines(shown, knowledge, language)
    blocks.append([say("stale"), *old] if old else [])
    blocks.append([say("checked", date=knowledge.dated, version=knowledge.version)])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def way(path: str, language: str) -> str:
    return texts.say(language, f"costs.paths.{path}")


def money(row: Row, when: str, language: str) -> str:
    """USD as a range; "unknown" with what is known at least, when some price is not known."""
    amount = row.once if when == "once" else row.month
    if amount is not None:
        return texts.say(language, "costs.free") if amount.high == 0 else dollars(amount, language)
    least = known(row.parts, when).low
    if least == 0:
        return texts.say(language, "costs.unknown")
    return texts.say(language, "costs.at_least", amount=dollars(Range(least, least), language))


def dollars(amount: Range, language: str) -> str:
    return "US$" + span(amount, language)


def span(amount: Range, language: str) -> str:
    """Two figures are enough for an estimate: "2.6–153", "<0.01–1.0"."""
    low, high = figure(amount.low, language), figure(amount.high, language)
    return low if low == high else f"{low}–{high}"


def figure(value: float, language: str) -> str:
    if 0 < value < 0.01:
        return "<" + texts.number(language, 0.01, 2)
    digits = 0 if value >= 10 or value == round(value) else 1 if value >= 1 else 2
    return texts.number(language, value, digits)


_CLOCK = (("hours", 1.0), ("minutes", 60.0), ("seconds", 3600.0))


def duration(hours: Range | None, language: str) -> str:
    """Hours, minutes or seconds, whichever reads best: one unit for a short span, each end its own for a long one
    ("3 min–11 h")."""
    if hours is None:
        return texts.say(language, "costs.unknown")
    if hours.high == 0:
        return texts.say(language, "costs.none")
    low, high = _clock(hours.low), _clock(hours.high)
    if low == high or hours.low == 0:
        return _unit(high[0], hours * high[1], language)
    ends = ((low, hours.low), (high, hours.high))
    return "–".join(_unit(unit, Range(end, end) * share, language) for (unit, share), end in ends)


def _clock(hours: float) -> tuple[str, float]:
    """The largest unit of which there is one or more, and how many of it are in an hour."""
    return next((one for one in _CLOCK if hours * one[1] >= 1), _CLOCK[-1])


def break_evens_of(found: Estimate, shown: Iterable[Row]) -> list[BreakEven]:
    """Only those whose tuned model is among the rows shown."""
    named = {(row.path, row.provider, row.model) for row in shown}
    return [one for one in found.break_evens if (one.path, one.provider, one.model) in named]


def break_even_lines(found: Iterable[BreakEven], language: str) -> list[str]:
    lines = []
    for one in found:
        if one.low is None:
            when = texts.say(language, "costs.never")
        elif one.high is None:
            when = texts.say(language, "costs.perhaps", low=ceil(one.low))
        elif ceil(one.low) == ceil(one.high):
            when = texts.say(language, "costs.from", low=ceil(one.low))
        else:
            when = texts.say(language, "costs.between", low=ceil(one.low), high=ceil(one.high))
        key, model = "costs.break_even_line", f"{one.provider_name}: {one.model_name}"
        lines.append(texts.say(language, key, model=model, against=one.against_name, span=when))
    return lines


def assumption_lines(found: Estimate, knowledge: Providers, language: str) -> list[str]:
    """One line an assumption: its name, what it means, its range, and where it comes from."""
    lines = []
    for name in NAMES:
        value: Range | None = getattr(found.assumptions, name)
        lines.append(
            texts.say(
                language,
                "costs.assumption",
                name=name,
                text=knowledge.assumptions[name].text.say(language),
                span=span(value, language) if value else texts.say(language, "costs.not_counted"),
                basis=_basis(value, language),
            )
        )
    return lines


def _basis(value: Range | None, language: str) -> str:
    """Where a quantity comes from; the key of its source, unless that is ourselves or the user."""
    if value is None:
        return texts.say(language, "costs.origins.assumed")
    origin = texts.say(language, f"costs.origins.{value.origin}")
    own = value.origin != "assumed" or value.source == "author"
    return origin if own else f"{origin}, {value.source}"


def assumption_rows(found: Estimate, knowledge: Providers, language: str) -> list[dict[str, object]]:
    """The same as plain values, for programs; low and high are null where nothing is counted."""
    rows: list[dict[str, object]] = []
    for name in NAMES:
        value: Range | None = getattr(found.assumptions, name)
        fact = knowledge.assumptions[name]
        rows.append(
            {
                "name": name,
                "low": value and value.low,
                "high": value and value.high,
                "origin": value.origin if value else "assumed",
                "source": value.source if value else fact.fact.source,
                "date": fact.fact.date,
                "text": fact.text.say(language),
            }
        )
    return rows


def stale_lines(rows: Iterable[Row], knowledge: Providers, language: str) -> list[str]:
    """Each source that a row rests on and that is too old, or bears no date."""
    old = dict.fromkeys(one for row in rows for one in row.sources if one.stale)
    lines = []
    for one in old:
        source = knowledge.sources[one.source]
        named = citing.named(source, language)
        dated = one.date or texts.say(language, "costs.undated")
        lines.append(texts.say(language, "costs.stale_line", source=named, date=dated))
    return lines


def cited(one: Cited | Note, language: str) -> str:
    return texts.say(
        language, "costs.cited", source=one.source, date=one.date or texts.say(language, "costs.undated")
    )


def _unit(unit: str, amount: Range, language: str) -> str:
    return texts.say(language, f"costs.{unit}", span=span(amount, language))


def _dearness(row: Row) -> tuple[bool, bool, float]:
    unpriced = row.month is None or row.once is None
    return row.closing, unpriced, known(row.parts, "month").high


def shut_lines(rows: Iterable[Row], language: str) -> list[str]:
    """One line for each reason, the models that share it together."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        named = f"{row.provider_name}: {row.model_name}"
        names = grouped.setdefault((way(row.path, language), row.reason or ""), [])
        if named not in names:
            names.append(named)
    return [
        texts.say(language, "costs.closed_line", way=path, model="; ".join(names), reason=reason)
        for (path, reason), names in grouped.items()
    ]


def _aligned(heads: list[str], cells: list[list[str]]) -> list[str]:
    lines = [heads, *cells]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
