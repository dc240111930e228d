"""The decision record as Markdown, for colleagues to read and repeat; computes nothing."""

from collections.abc import Mapping, Sequence
from html import escape

from assistant import texts
from assistant.advisor import citing
from assistant.advisor.decision import Decision, Reason, approach_name, shown
from assistant.advisor.facts import Fact, is_guess
from assistant.advisor.signals import HEADINGS, Checklist


def markdown(
    decision: Decision,
    facts: Mapping[str, Fact],
    said: Sequence[str],
    checklist: Checklist,
    language: str,
    name: str,
    date: str,
    costs: Sequence[str] = (),
) -> str:
    """The record in one language.

    `said` are the user's own messages, `date` is YYYY-MM-DD, `costs` ready blocks (see cost_record).
    """

    def say(key: str, **values: object) -> str:
        return texts.say(language, f"advisor.record.{key}", **values)

    parts = [
        f"# {say('title', name=name)}",
        say("made", date=date, version=decision.checklist, updated=checklist.updated),
        f"## {say('situation')}",
        "\n\n".join(f"> {_inert(text)}" for text in said if text.strip()) or say("not_told"),
        f"## {say('facts')}",
        _facts(facts, checklist, language),
        f"## {say('decision')}",
        say(
            "chosen",
            approach=approach_name(decision.approach, language),
            confidence=decision.confidence_text,
            runner_up=approach_name(decision.runner_up, language),
        ),
        f"## {say('reasons')}",
        _list([_reason(r, facts, checklist, language) for r in decision.reasons]),
    ]
    parts += [f"## {say('alternatives')}", _alternatives(decision, language)]
    if decision.risks:
        cited = [
            f"{r.text} {say('source', source=citing.cited(checklist.sources[r.source], language))}"
            for r in decision.risks
        ]
        parts += [f"## {say('risks')}", _list(cited)]
    parts += costs
    steps = [f"{texts.say(language, f'advisor.pages.{s.page}')}: {s.text}" for s in decision.next_steps]
    changes = [change.text for change in decision.would_change] or [say("no_change")]
    measured = [
        f"{m.text} {say('source', source=citing.cited(checklist.sources[m.source], language))}"
        for m in decision.measures
    ]
    parts += [f"## {say('measure')}", _list(measured)]
    parts += [f"## {say('next')}", _list(steps), f"## {say('change')}", _list(changes)]
    return "\n\n".join(parts) + "\n"


_STYLE = """
body { font: 16px/1.55 system-ui, sans-serif; color: #282825; background: #fff; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; display: block; overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #e6e4de; }
blockquote { margin: 0; padding-left: 1rem; border-left: 3px solid #aed7d8; color: #575550; }
"""


def page(text: str, language: str) -> str:
    """The record as one HTML file that needs nothing else. HTML in `text` is shown, never obeyed."""
    from markdown_it import MarkdownIt

    body = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").render(text)
    title = escape(text.splitlines()[0].lstrip("# "))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>{body}</body></html>'
    )


def _reason(reason: Reason, facts: Mapping[str, Fact], checklist: Checklist, language: str) -> str:
    """The reason, each fact it rests on with the user's words, and its source."""
    rests = []
    for name in reason.signals:
        fact, signal = facts[name], checklist.signals[name]
        value = shown(signal, fact.value, language)
        button = fact.quote in [shown(signal, fact.value, one) for one in texts.LANGUAGES]
        words = f" (“{_inert(fact.quote)}”)" if fact.quote and not button else ""
        rests.append(f"{signal.title.say(language)}: {_inert(value)}{words}")
    parts = [reason.text]
    if rests:
        parts.append(texts.say(language, "advisor.record.rests", facts="; ".join(rests)))
    cited = citing.cited(checklist.sources[reason.source], language)
    return " ".join([*parts, texts.say(language, "advisor.record.source", source=cited)])


def _facts(facts: Mapping[str, Fact], checklist: Checklist, language: str) -> str:
    lines = [texts.say(language, "advisor.record.columns"), "|---|---|---|---|"]
    order = sorted(facts, key=lambda name: (HEADINGS.index(checklist.signals[name].heading), name))
    for name in order:
        fact, signal = facts[name], checklist.signals[name]
        origin = texts.say(language, f"advisor.origins.{'guess' if is_guess(fact) else fact.origin}")
        value = _inert(shown(signal, fact.value, language))
        lines.append(f"| {signal.title.say(language)} | {value} | {_inert(fact.quote or '')} | {origin} |")
    return "\n".join(lines)


def _alternatives(decision: Decision, language: str) -> str:
    """Each other approach, the nearest first, with its distance and what would bring it ahead."""
    top, lines = decision.scores.get(decision.approach, max(decision.scores.values())), []
    for name, points in sorted(decision.scores.items(), key=lambda pair: -pair[1]):
        if name != decision.approach:
            behind = texts.number(language, max(0.0, top - points), 1)
            line = texts.say(
                language, "advisor.record.behind", approach=approach_name(name, language), points=behind
            )
            changes = [change.text for change in decision.would_change if change.approach == name]
            lines.append(" ".join([line, *changes[:1]]))
    return _list(lines)


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _inert(text: str) -> str:
    """A user's words on one line, without anything that Markdown or HTML would act on."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
    for sign in "`*_[]!#":
        plain = plain.replace(sign, f"\\{sign}")
    return plain
