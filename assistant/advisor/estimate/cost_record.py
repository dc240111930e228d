"""The decision record's part about money: costs in short, what to know about the providers, versions; as Markdown."""

from collections.abc import Mapping
from datetime import date

from assistant import texts
from assistant.advisor import citing
from assistant.advisor.estimate import cost_table, costs, providers
from assistant.advisor.estimate.assumptions import media
from assistant.advisor.estimate.offers import Providers
from assistant.advisor.estimate.providers import Note
from assistant.advisor.facts import Fact
from assistant.advisor.signals import Checklist


def sections(
    facts: Mapping[str, Fact],
    checklist: Checklist,
    language: str,
    today: date,
    given: Mapping[str, tuple[float, float]] | None = None,
) -> list[str]:
    """Blocks to follow the record's risks: the cheapest row of each way, notices with source and date, versions.

    `given` are the user's own numbers in place of assumptions.
    """

    def say(key: str, **values: object) -> str:
        return texts.say(language, f"costs.{key}", **values)

    knowledge = providers.load()
    found = costs.estimate(facts, knowledge, checklist, today, language, given)
    a, shown = found.assumptions, cost_table.shortlist(found.rows)
    volume, examples = (cost_table.span(r, language) for r in (a.requests_per_day, a.examples))
    cells = cost_table.table(shown, language)[1]
    lines = [say("record.columns"), "|---|---|---|---|---|"]
    lines += ["| " + " | ".join((*line[:4], line[6])) + " |" for line in cells]
    even = cost_table.break_even_lines(cost_table.break_evens_of(found, shown), language)
    parts = [
        f"## {say('record.costs')}",
        say("record.basis", volume=volume, examples=examples),
        "\n".join(lines),
    ]
    parts += [say("notes.text_only")] if media(facts) else []
    parts += [say("break_even"), "\n".join(f"- {line}" for line in even)] if even else []
    old = cost_table.stale_lines(shown, knowledge, language)
    parts += [say("stale"), "\n".join(old)] if old else []
    notes = providers.status_notes(facts, language, today, knowledge)
    if notes:
        parts += [
            f"## {say('record.providers')}",
            "\n".join(_line(note, knowledge, language) for note in notes),
        ]
    return [*parts, say("checked", date=knowledge.dated, version=knowledge.version)]


def _line(note: Note, knowledge: Providers, language: str) -> str:
    source = knowledge.sources[note.source]
    dated = note.date or texts.say(language, "costs.undated")
    return f"- {note.text} ({citing.named(source, language)}, {dated})"
