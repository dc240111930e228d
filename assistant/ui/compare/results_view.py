"""A comparison as HTML: the verdict first, the arms as dots with intervals and as a table, differences, cases."""

import math
from collections.abc import Sequence
from html import escape as safe

from assistant import texts
from assistant.errors import Sentence
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.values import ArmResult, Pair, arm_name, metric_name, simplicity, sort_of
from assistant.ui import improving, theme, views
from assistant.ui.context import speaker


def verdict(found: Comparison, language: str) -> str:
    """The sentence that matters, and what to do next."""
    return (
        f'<div class="p-shown p-verdict"><p>{safe(found.verdict.say(language))}</p>'
        f'<p class="p-small">{safe(found.verdict.next_step.say(language))}</p></div>'
    )


def arms(found: Comparison, language: str) -> str:
    """One line an arm: its main metric as a dot on 0 to 100 with the interval as a thin bar, and as numbers."""
    t = speaker(language)
    ordered = sorted((a for a in found.arms if a.has(found.primary)), key=lambda a: simplicity(a.name))
    heads = ("arm", "plot", "points", "interval", "n", "seconds", "tokens")
    head = "".join(f'<th class="p-h-{name}">{safe(t(f"compare.{name}"))}</th>' for name in heads)
    body = "".join(_arm(found, arm, language) for arm in ordered)
    about = t(
        "compare.measured",
        metric=metric_name(language, found.primary),
        n=ordered[0].metric(found.primary).n if ordered else 0,
    )
    return (
        f'<div class="p-scroll"><table class="p-grid p-arms"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        f'<p class="p-small">{safe(about)}</p>'
    )


def _arm(found: Comparison, arm: ArmResult, language: str) -> str:
    m = arm.metric(found.primary)
    value, low, high = (texts.number(language, 100 * x, 1) for x in (m.value, m.low, m.high))
    chosen = " p-chosen" if arm.name == found.verdict.recommended else ""
    return (
        f'<tr class="{chosen}"><td><span class="p-dot" style="background:{_colour(arm.name)}"></span>{safe(arm_name(language, arm.name))}</td>'
        f'<td>{_range(m.low, m.value, m.high, _colour(arm.name))}</td><td class="p-right">{value}</td>'
        f'<td class="p-right">{low} – {high}</td><td class="p-right">{texts.number(language, m.n)}</td><td class="p-right">{texts.number(language, arm.seconds, 2)}</td>'
        f'<td class="p-right">{texts.number(language, arm.tokens)}</td></tr>'
    )


def _range(low: float, value: float, high: float, colour: str) -> str:
    """The interval as a thin bar with a dot at the value; 0 is left, 1 right."""
    left, width = 100 * low, 100 * (high - low)
    return (
        f'<span class="p-range"><i style="left:{left:.1f}%;width:{width:.1f}%;background:{colour}"></i>'
        f'<b style="left:{100 * value:.1f}%;background:{colour}"></b></span>'
    )


def _colour(arm: str) -> str:
    return theme.ARMS.get(sort_of(arm), theme.OTHER_ARM)


def metrics(found: Comparison, language: str) -> str:
    """Every metric of every arm, in points with the interval."""
    names = list(dict.fromkeys(m.name for arm in found.arms for m in arm.metrics))
    heads = (texts.say(language, "ui.compare.arm"), *(metric_name(language, name) for name in names))
    rows = [
        (arm_name(language, arm.name), *(_points(arm, name, language) for name in names))
        for arm in sorted(found.arms, key=lambda a: simplicity(a.name))
    ]
    return views.table(heads, rows, right=range(1, len(heads)))


def _points(arm: ArmResult, name: str, language: str) -> str:
    if not arm.has(name):
        return "–"
    m = arm.metric(name)
    value, low, high = (texts.number(language, 100 * x, 1) for x in (m.value, m.low, m.high))
    return f"{value}\n({low} – {high})"


def pairs(found: Comparison, language: str) -> str:
    """Every two arms on the main metric, said from the higher one."""
    t = speaker(language)
    heads = tuple(
        t(f"compare.{name}") for name in ("arm", "against", "difference", "interval", "p", "outcome")
    )
    seen = [p if p.difference >= 0 else p.turned() for p in found.pairs if p.metric == found.primary]
    rows = [_pair(p, language) for p in sorted(seen, key=lambda p: -p.difference)]
    return views.table(heads, rows, right=(2, 3, 4))


def _pair(p: Pair, language: str) -> tuple[str, ...]:
    difference, low, high = (texts.number(language, 100 * x, 1) for x in (p.difference, p.low, p.high))
    outcome = texts.say(language, f"evaluation.outcomes.{p.outcome}")
    return (
        arm_name(language, p.a), arm_name(language, p.b), difference, f"{low} – {high}",
        texts.number(language, p.p, 3), outcome,
    )  # fmt: skip


def order(found: Comparison, by: str) -> list[int]:
    """The cases by what is worth reading first: "worst" on the best arm, "changed" most between arms, "order"."""
    scores = {arm.name: column for arm in found.arms if (column := arm.column(found.per_case))}
    every = range(len(found.cases))
    if by == "order" or not scores:
        return list(every)
    if by == "changed":
        return sorted(every, key=lambda i: -_spread([column[i] for column in scores.values()]))
    best = max((a for a in found.arms if a.name in scores), key=lambda a: a.metric(found.primary).value).name
    return sorted(every, key=lambda i: scores[best][i] if not math.isnan(scores[best][i]) else 2.0)


def _spread(values: Sequence[float]) -> float:
    known = [v for v in values if not math.isnan(v)]
    return max(known) - min(known) if known else 0.0


def case(found: Comparison, index: int, place: str, language: str) -> str:
    """One case, `place` saying which of how many: its input, the ideal answer, and what each arm said, side by side."""
    t = speaker(language)
    one = found.cases[index]
    leaked = views.tag(t("compare.leaked"), "p-warn") if one.id in found.leaked else ""
    ideal = " / ".join(one.accepted) or t("compare.no_answer")
    answers = "".join(
        _answer(found, arm, index, language) for arm in sorted(found.arms, key=lambda a: simplicity(a.name))
    )
    return (
        f'<div class="p-case"><p class="p-small">{safe(place)} · {safe(one.id)} {leaked}</p><div class="p-asked">{safe(one.input)}</div>'
        f'<div class="p-answered"><p class="p-small">{safe(t("compare.ideal"))}</p><div class="p-text">{safe(ideal)}</div></div>'
        f'<div class="p-cards p-fit">{answers}</div></div>'
    )


def _answer(found: Comparison, arm: ArmResult, index: int, language: str) -> str:
    said = arm.answers[index]
    column = arm.column(found.per_case)
    score = column[index] if column else math.nan
    points = "" if math.isnan(score) else texts.number(language, 100 * score, 0)
    return live_answer(arm.name, said.text, points, language, arm.name)


def live_answer(arm: str, text: str, facts: str, language: str, id: str) -> str:
    """One arm's answer as a card in its colour, with a button to put the answer `id` right."""
    shown = safe(text.strip() or texts.say(language, "ui.compare.nothing"))
    button = improving.button(language, id, arm_name(language, arm))
    return _card(arm, safe(facts), f'<div class="p-text">{shown}</div>{button}', language)


def live_writing(arm: str, text: str, language: str) -> str:
    """One arm's answer while it is written."""
    waiting = texts.say(language, "ui.compare.writing_now" if text else "ui.compare.thinking")
    return _card(arm, safe(waiting), f'<div class="p-text" aria-busy="true">{safe(text)}</div>', language)


def live_problem(arm: str, said: Sentence, language: str) -> str:
    """Why one arm has no answer."""
    return _card(arm, "", views.problem(said), language)


def _card(arm: str, facts: str, body: str, language: str) -> str:
    return (
        f'<article class="p-card p-arm" style="border-top-color:{_colour(arm)}"><p class="p-small">'
        f'{safe(arm_name(language, arm))}<span class="p-right">{facts}</span></p>{body}</article>'
    )
