"""What lies below a comparison's numbers, as HTML: where which arm wins, what it mistakes for what, how it writes."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from html import escape as safe

from assistant import texts
from assistant.dataset.languages import language_of
from assistant.evaluation import metrics, preferences, robustness, traits
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.forgetting import Forgetting
from assistant.evaluation.report import part_name
from assistant.evaluation.robustness import Held
from assistant.evaluation.slices import Measured, rivals
from assistant.evaluation.values import ArmResult, arm_name, simplicity
from assistant.evaluation.voting import Vote
from assistant.ui import views
from assistant.ui.context import speaker

_LABELS = 20  # a larger table of mistakes cannot be read: the commonest mistakes are listed instead
_MISTAKES = 12


def slices(found: Comparison, parts: Sequence[Measured], language: str) -> str:
    """A row a part: how many cases, each arm's points, and how the best tuned arm stands to the best other one."""
    if not parts:
        return ""
    t, ordered, pair = speaker(language), _ordered(found), rivals(found)
    heads = [t("compare.part"), t("compare.n"), *(arm_name(language, a.name) for a in ordered)]
    lead = ""
    if pair:
        first, second = (arm_name(language, a.name) for a in pair)
        lead = f'<p class="p-small">{safe(t("compare.slices_lead", first=first, second=second))}</p>'
        heads += [t("compare.difference"), t("compare.outcome")]
    rows = [_part(m, ordered, bool(pair), language) for m in parts]
    return lead + views.table(heads, rows, right=range(1, len(ordered) + 2 + bool(pair)))


def _part(m: Measured, ordered: Sequence[ArmResult], paired: bool, language: str) -> list[str]:
    n = max((v.n for v in m.values.values()), default=0)
    row = [part_name(language, m.part), texts.number(language, n)]
    for arm in ordered:
        value = m.values.get(arm.name)
        row.append("–" if value is None else texts.number(language, 100 * value.value, 1))
    if not paired:
        return row
    d = m.difference
    if d is None:
        return [*row, "–", "–"]
    points, low, high = (texts.number(language, 100 * x, 1) for x in (d.value, d.low, d.high))
    return [*row, f"{points}\n({low} – {high})", texts.say(language, f"evaluation.outcomes.{m.outcome}")]


def confusion(found: Comparison, language: str) -> str:
    """For labels: what each arm took for what, as a table; with many labels as its commonest mistakes."""
    if found.kind != "labels":
        return ""
    return "".join(_confusion(found, arm, language) for arm in _ordered(found))


def _confusion(found: Comparison, arm: ArmResult, language: str) -> str:
    t = speaker(language)
    kept = [i for i, case in enumerate(found.cases) if case.id not in found.leaked]
    names, table = metrics.confusion([found.cases[i] for i in kept], [arm.answers[i] for i in kept])
    columns = [*names, t("compare.no_label")]
    head = f"<h4>{safe(arm_name(language, arm.name))}</h4>"
    if len(names) <= _LABELS:
        heads = (t("compare.right_is"), *columns)
        rows = [
            (name, *(texts.number(language, int(n)) for n in row))
            for name, row in zip(names, table, strict=True)
        ]
        return head + views.table(heads, rows, right=range(1, len(heads)))
    wrong = [
        (int(table[i, j]), names[i], columns[j])
        for i in range(len(names))
        for j in range(len(columns))
        if i != j and table[i, j]
    ]
    heads = (t("compare.right_is"), t("compare.taken_for"), t("compare.n"))
    rows = [
        (right, given, texts.number(language, n)) for n, right, given in sorted(wrong, reverse=True)[:_MISTAKES]
    ]  # fmt: skip
    return head + views.table(heads, rows, right=(2,))


def writing(found: Comparison, language: str) -> str:
    """How answers are written beside the ideal ones; not for labels, which are one word each."""
    if found.kind == "labels":
        return ""
    t, ordered = speaker(language), _ordered(found)
    columns = {
        arm_name(language, a.name): traits.table(found.cases, [x.text for x in a.answers], language_of)
        for a in ordered
    }
    known = [c for c in found.cases if c.accepted]
    if known:
        ideal = traits.table(known, [c.accepted[0] for c in known], language_of)
        columns = {t("compare.ideal"): ideal} | columns
    names = [name for name in dict.fromkeys(n for column in columns.values() for n in column)]
    rows = [
        (
            texts.say(language, f"evaluation.traits.{name}"),
            *(_trait(c, name, language) for c in columns.values()),
        )
        for name in names
    ]
    lead = f'<p class="p-small">{safe(t("compare.writing_lead"))}</p>'
    return lead + views.table(("", *columns), rows, right=range(1, len(columns) + 1))


def _trait(column: dict[str, float], name: str, language: str) -> str:
    if name not in column:
        return "–"
    if name == "words":
        return texts.number(language, column[name], 0)
    return f"{texts.number(language, 100 * column[name], 0)} %"


def votes(found: Comparison, cast: Sequence[Vote], language: str) -> str:
    """What people preferred, how surely, and how steadily they judged. Nothing before anyone has voted."""
    if not cast:
        return ""
    t = speaker(language)
    groups = {case.id: case.group for case in found.cases}
    heads = [
        t(f"compare.{name}")
        for name in ("arm", "against", "vote_wins", "vote_ties", "vote_bads", "difference", "outcome")
    ]
    rows = []
    for p in preferences.preferred(cast, groups, found.margin):
        d = p.difference
        points, low, high = (texts.number(language, 100 * x, 1) for x in (d.value, d.low, d.high))
        rows.append(
            (
                arm_name(language, p.a), arm_name(language, p.b), f"{p.wins} : {p.losses}", str(p.ties), str(p.bad),
                f"{points}\n({low} – {high})", texts.say(language, f"evaluation.outcomes.{p.outcome}"),
            )
        )  # fmt: skip
    people = t("compare.vote_by", votes=sum(not v.repeat for v in cast), people=len({v.voter for v in cast}))
    return (
        f'<p class="p-small">{safe(people)}</p>{views.table(heads, rows, right=(2, 3, 4, 5))}'
        f"{_strengths(cast, language)}{_steady(cast, language)}{_why(cast, language)}"
    )


def _strengths(cast: Sequence[Vote], language: str) -> str:
    found = preferences.strengths(cast)
    if not found:
        return ""
    t = speaker(language)
    rows = [
        (
            arm_name(language, s.arm),
            "{} ({} – {})".format(
                *(texts.number(language, 100 * x, 0) for x in (s.value.value, s.value.low, s.value.high))
            ),
        )
        for s in found
    ]
    return views.table((t("compare.arm"), t("compare.vote_strength")), rows, right=(1,))


def _steady(cast: Sequence[Vote], language: str) -> str:
    s, t = preferences.steadiness(cast), speaker(language)
    said = [t("compare.vote_steady", same=s.same, repeats=s.repeats)] if s.repeats else []
    if s.decisive:
        side = "vote_leaning" if s.p < 0.05 else "vote_even"
        said.append(t(f"compare.{side}", left=s.left, decisive=s.decisive))
    return views.lines(said) if said else ""


def _why(cast: Sequence[Vote], language: str) -> str:
    """The reasons ticked for each arm that was preferred, commonest first."""
    t = speaker(language)
    by_arm: dict[str, Counter[str]] = {}
    for vote in cast:
        if vote.winner and vote.reasons and not vote.repeat:
            by_arm.setdefault(vote.winner, Counter()).update(vote.reasons)
    rows = [
        f"{arm_name(language, arm)}: "
        + ", ".join(f"{t(f'compare.reason_{name}')} ({n})" for name, n in reasons.most_common())
        for arm, reasons in sorted(by_arm.items(), key=lambda one: simplicity(one[0]))
    ]
    return views.lines(rows) if rows else ""


def forgetting(found: Forgetting | None, language: str) -> str:
    """What the tuned model still knows, in words and by kind; nothing where it was not asked."""
    if found is None:
        return ""
    said, say = found.say(language), partial(texts.say, language)
    heads = [
        say(f"evaluation.forgetting.column.{name}")
        for name in ("kind", "before", "after", "interval", "n", "outcome")
    ]
    rows = []
    for k in found.kept:
        name = f"kind.{k.kind}" if k.kind else "all"
        before, after, low, high = (
            texts.number(language, 100 * x, 1) for x in (k.before, k.after, k.low, k.high)
        )
        outcome = say(f"evaluation.outcomes.{k.outcome}")
        rows.append(
            (say(f"evaluation.forgetting.{name}"), before, after, f"{low} – {high}", str(k.n), outcome)
        )
    head = views.section(say("evaluation.forgetting.head"), say("evaluation.forgetting.lead", n=found.of().n))
    words = "".join(f"<p>{safe(sentence)}</p>" for sentence in said)
    return f'<div class="p-card">{head}{words}{views.table(heads, rows, right=(1, 2, 3, 4))}</div>'


def otherwise(held: Sequence[Held], language: str) -> str:
    """How the arms hold when asked otherwise, in words and as a table; nothing where they were not asked."""
    if not held:
        return ""
    t, say = speaker(language), partial(texts.say, language)
    heads = [
        t("compare.arm"), *(say(f"evaluation.otherwise.column.{name}") for name in ("way", "n", "before", "after")),
        t("compare.difference"), say("evaluation.otherwise.column.alike"), t("compare.outcome"),
    ]  # fmt: skip
    rows = []
    for h in held:
        before, after, change, low, high, alike, least, most = (
            texts.number(language, 100 * x, 1)
            for x in (h.before, h.after, h.change, h.low, h.high, h.alike, h.alike_low, h.alike_high)
        )
        rows.append(
            (
                arm_name(language, h.arm), say(f"evaluation.otherwise.way.{h.way}"), str(h.n), before, after,
                f"{change}\n({low} – {high})", f"{alike}\n({least} – {most})",
                say(f"evaluation.outcomes.{h.outcome}"),
            )
        )  # fmt: skip
    head = views.section(say("evaluation.otherwise.head"), say("evaluation.otherwise.lead"))
    words = "".join(f"<p>{safe(sentence)}</p>" for sentence in robustness.told(held, language))
    return f'<div class="p-card">{head}{words}{views.table(heads, rows, right=range(2, 7))}</div>'


def time(found: Comparison, language: str) -> str:
    """What an answer takes: seconds on average, for half and for 95 of 100; tokens; cost."""
    t = speaker(language)
    heads = (t("compare.arm"), t("compare.mean"), t("compare.p50"), t("compare.p95"), t("compare.tokens"))
    rows = [
        (
            arm_name(language, a.name),
            *(texts.number(language, s, 2) for s in (a.seconds, a.waited(0.5), a.waited(0.95))),
            texts.number(language, a.tokens),
        )
        for a in _ordered(found)
    ]
    lead = f'<p class="p-small">{safe(t("compare.time_lead"))}</p>'
    return lead + views.table(heads, rows, right=range(1, 5))


def _ordered(found: Comparison) -> list[ArmResult]:
    return sorted(found.arms, key=lambda a: simplicity(a.name))
