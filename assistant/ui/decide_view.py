"""The right side of the decide page: facts under four headings, and the decision as a card."""

from collections.abc import Iterable, Mapping
from html import escape as safe

from assistant import texts
from assistant.advisor import citing
from assistant.advisor.decision import Decision, NextStep, approach_name, shown
from assistant.advisor.facts import Fact, is_guess
from assistant.advisor.signals import HEADINGS, HYBRID, UNKNOWN, Checklist, Signal
from assistant.ui import addresses, views
from assistant.ui.context import speaker

_STRENGTH = {"clear": 4, "fair": 3, "slight": 2, "close": 1, "thin": 0, "guess": 0}


def facts_panel(facts: Mapping[str, Fact], checklist: Checklist, language: str) -> str:
    """Four headings; under each its facts as chips (a click edits, hover shows the user's words)."""
    t = speaker(language)
    blocks = [
        _heading(heading, [s for s in checklist.signals.values() if s.heading == heading], facts, language)
        for heading in HEADINGS
    ]
    hint = t("decide.facts_hint") if facts else t("decide.facts_empty")
    return f'<div class="p-facts">{"".join(blocks)}<p class="p-small">{safe(hint)}</p></div>'


def _heading(heading: str, signals: list[Signal], facts: Mapping[str, Fact], language: str) -> str:
    there = [signal for signal in signals if signal.name in facts]
    known = [s for s in there if facts[s.name].origin != "assumed" and facts[s.name].value != UNKNOWN]
    title = texts.say(language, f"advisor.headings.{heading}")
    chips = "".join(_chip(signal, facts[signal.name], language) for signal in there)
    count = f'<span class="p-count">{len(known)}/{len(signals)}</span>'
    return f'<section><h3>{safe(title)} {count}</h3><div class="p-chips">{chips}</div></section>'


def _chip(signal: Signal, fact: Fact, language: str) -> str:
    """The fact; its tooltip says where it comes from, in the user's own words."""
    origin = texts.say(language, f"advisor.origins.{'guess' if is_guess(fact) else fact.origin}")
    tip = f"{origin}: “{fact.quote}”" if fact.quote else origin
    kind = "p-open" if fact.value == UNKNOWN or fact.origin == "assumed" else ""
    return (
        f'<button type="button" class="p-chip {kind}" data-do="edit" data-id="{safe(signal.name)}" title="{safe(tip)}">'
        f"<small>{safe(signal.title.say(language))}</small>{safe(shown(signal, fact.value, language))}</button>"
    )


def answers(signal: Signal | None, language: str) -> str:
    """The current question's answers as buttons; nothing when no question is open."""
    if signal is None:
        return ""
    t = speaker(language)
    made = [views.action(a.label.say(language), "answer", a.code, "p-answer") for a in signal.choices]
    made.append(views.action(t("decide.do_not_know"), "answer", UNKNOWN, "p-answer p-quiet"))
    label = safe(t("decide.answers"))
    return (
        f'<div class="p-shown p-answers p-card-less" role="group" aria-label="{label}">{"".join(made)}</div>'
    )


def decision_card(
    decision: Decision | None, settled: bool, checklist: Checklist, project: str, language: str
) -> str:
    """The approach, how sure it is, why, what to watch, what would change it, and the next step."""
    t = speaker(language)
    if decision is None:
        return views.empty(t("decide.no_decision"), t("decide.no_decision_lead"))
    state = t("decide.settled") if settled else t("decide.so_far")
    page, record = (
        addresses.download("record", project, f"decision.{kind}", language) for kind in ("html", "md")
    )
    return (
        f'<div class="p-card p-decision"><span class="p-small">{safe(state)}</span>'
        f"<h2>{safe(approach_name(decision.approach, language))}</h2>{_confidence(decision)}"
        f"{_reasons(decision, checklist, language)}{_scores(decision, language)}"
        f"{_listed(t('decide.risks'), (r.text for r in decision.risks))}"
        f"{_listed(t('decide.would_change'), (c.text for c in decision.would_change))}"
        f"{_next(decision, project, language)}"
        f'<div class="p-foot">{views.link(t("decide.record_page"), page, "p-action p-quiet")}'
        f"{views.link(t('decide.record'), record, 'p-action p-quiet')}</div></div>"
    )


def _confidence(decision: Decision) -> str:
    """Words first; the dots are the same said once more for the eye."""
    filled = _STRENGTH.get(decision.confidence, 0)
    dots = "".join(f'<i class="{"p-on" if n < filled else ""}"></i>' for n in range(4))
    return f'<p class="p-sure"><span aria-hidden="true">{dots}</span>{safe(decision.confidence_text)}</p>'


def _reasons(decision: Decision, checklist: Checklist, language: str) -> str:
    lines = []
    for reason in decision.reasons[:3]:
        source = checklist.sources.get(reason.source)
        quote = f"<q>{safe(reason.quote)}</q>" if reason.quote else ""
        named = _source(citing.named(source, language), source.link) if source else ""
        lines.append(f"<li>{safe(reason.text)} {quote}{named}</li>")
    title = safe(texts.say(language, "ui.decide.reasons"))
    return f'<h4>{title}</h4><ol class="p-reasons">{"".join(lines)}</ol>'


def _source(named: str, link: str | None) -> str:
    words = safe(named)
    if link and link.startswith("https://"):
        return (
            f'<a class="p-source" href="{safe(link)}" target="_blank" rel="noopener noreferrer">{words}</a>'
        )
    return f'<span class="p-source">{words}</span>'


def _scores(decision: Decision, language: str) -> str:
    """Every approach's points as thin bars, folded away."""
    most = max((abs(v) for v in decision.scores.values()), default=1.0) or 1.0
    rows = "".join(
        f'<tr><td>{safe(approach_name(name, language))}</td><td><span class="p-thin"><i style="width:'
        f'{100 * max(0.0, value) / most:.0f}%"></i></span></td><td class="p-right">{texts.number(language, value, 1)}</td></tr>'
        for name, value in sorted(decision.scores.items(), key=lambda pair: -pair[1])
    )
    title = safe(texts.say(language, "ui.decide.scores"))
    return f'<details><summary>{title}</summary><table class="p-grid">{rows}</table>{_weights(decision, language)}</details>'


def _weights(decision: Decision, language: str) -> str:
    """Which fact gave the chosen approach and its closest rival how many points."""
    first, second = decision.approach, decision.runner_up
    lead = ("rag", "fine_tune") if first == HYBRID else (first,)
    shares = [
        (w.text, sum(w.effects.get(a, 0.0) for a in lead), w.effects.get(second, 0.0))
        for w in decision.weights
    ]
    t = speaker(language)
    heads = (t("decide.fact"), approach_name(first, language), approach_name(second, language))
    cells = [(text, _points(a, language), _points(b, language)) for text, a, b in shares if a or b]
    lead_words = t("decide.closest", runner=heads[2], points=texts.number(language, decision.margin, 1))
    return f'<p class="p-small">{safe(lead_words)}</p>{views.table(heads, cells, right=(1, 2))}'


def _points(value: float, language: str) -> str:
    return f"{'+' if value > 0 else ''}{texts.number(language, value, 1)}" if value else "–"


def _listed(title: str, found: Iterable[str]) -> str:
    lines = "".join(f"<li>{safe(text)}</li>" for text in found)
    return (
        f"<details><summary>{safe(title)}</summary><ul class='p-lines'>{lines}</ul></details>"
        if lines
        else ""
    )


def _next(decision: Decision, project: str, language: str) -> str:
    """The first next step as the one accented link, the others below it."""
    if not decision.next_steps:
        return ""
    t = speaker(language)
    first, *others = decision.next_steps
    go = views.link(
        t("decide.go", step=t(f"step.{first.page}")),
        addresses.page(language, first.page, project, **first.settings),
        "p-action p-button p-main",
    )
    more = "".join(f"<li>{safe(step.text)} {_page_link(step, project, language)}</li>" for step in others)
    rest = f'<ul class="p-lines">{more}</ul>' if more else ""
    return f"<h4>{safe(t('decide.next'))}</h4><p>{safe(first.text)}</p><div>{go}</div>{rest}"


def _page_link(step: NextStep, project: str, language: str) -> str:
    """A quiet link to the step's page, opened with what the step needs; none to the page one is on."""
    if step.page == "decide":
        return ""
    address = addresses.page(language, step.page, project, **step.settings)
    return views.link(speaker(language)(f"step.{step.page}"), address, "p-plain")
