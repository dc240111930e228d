"""The checklist's last heading answered from a comparison: quality, cost a month, extension, and what was advised."""

from dataclasses import dataclass

from assistant import texts
from assistant.advisor import memory
from assistant.advisor.estimate import project_costs
from assistant.advisor.estimate.assumptions import Range
from assistant.advisor.estimate.token_prices import thousand
from assistant.evaluation import slices
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.values import ArmResult, arm_name, metric_name, simplicity, sort_of
from assistant.jobs import Job
from assistant.journey import bench, choices, compare
from assistant.settings import Settings
from assistant.tuning.adapters import Adapter, adapters
from assistant.workspace.project import Project

_ADVISED = {
    "prompting": ("prompt", "few_shot", "whole_document"),
    "rag": ("rag",),
    "fine_tune": ("tuned",),
    "rag_plus_fine_tune": ("tuned_rag",),
    "not_llm": ("classifier",),
}


@dataclass(frozen=True)
class Benefit:
    """A question of the checklist and its answer in sentences."""

    question: str
    answer: str


@dataclass(frozen=True)
class Monthly:
    """What one arm takes a month: `usd` None where no price is known; hours of this machine where it is one's own."""

    arm: str
    usd: Range | None
    hours: Range


def of(project: Project, job: Job, found: Comparison, language: str, settings: Settings) -> list[Benefit]:
    """In the checklist's order; what cannot be said from this comparison is said so or left out."""
    request = compare.request(job)
    tuned = bench.chosen_adapter(project, request)
    spec = request.model or (tuned.card.base if tuned else choices.model(project, settings))
    answers = {
        "quality": _quality(found, language),
        "cost": _cost(project, found, spec, tuned, language),
        "extend": _extend(project, tuned, language),
        "advised": _advised(project, found, language),
    }
    return [
        Benefit(texts.say(language, f"journey.benefits.{name}.question"), answer)
        for name, answer in answers.items()
        if answer
    ]


def _quality(found: Comparison, language: str) -> str:
    tuned, other = slices.best(found)
    if tuned is None or other is None:
        return texts.say(language, "journey.benefits.quality.untuned")
    p = found.pair(tuned.name, other.name)
    points = [texts.number(language, 100 * x, 1) for x in (p.difference, p.low, p.high)]
    return texts.say(
        language, f"journey.benefits.quality.{p.outcome}", arm=arm_name(language, p.a), other=arm_name(language, p.b),
        metric=metric_name(language, p.metric), difference=points[0], low=points[1], high=points[2], n=p.n,
    )  # fmt: skip


def monthly(found: Comparison, spec: str, answers: Range) -> list[Monthly]:
    """Each arm at that many answers a month; tokens and seconds are those measured here. The arms that ask a model are
    priced as `spec`; the classifier runs here."""
    rows = []
    for arm in sorted(found.arms, key=lambda a: simplicity(a.name)):
        read, written = _tokens(arm)
        cost = thousand("" if arm.name == "classifier" else spec, read, written)
        usd = None if cost.usd is None else (cost.usd * answers).over(1000)
        rows.append(Monthly(arm.name, usd, (answers * arm.seconds).over(3600)))
    return rows


def _tokens(arm: ArmResult) -> tuple[float, float]:
    n = max(1, len(arm.answers))
    return sum(a.tokens_in for a in arm.answers) / n, sum(a.tokens_out for a in arm.answers) / n


def _cost(project: Project, found: Comparison, spec: str, tuned: Adapter | None, language: str) -> str:
    assumed = project_costs.of(project, language).estimate.assumptions
    volume = assumed.requests_per_day * assumed.days_per_month
    rows = monthly(found, spec, volume)
    origin = "told" if assumed.requests_per_day.origin != "assumed" else "assumed"
    head = texts.say(language, f"journey.benefits.cost.{origin}", volume=_between(volume, language, 0))
    said = "; ".join(f"{arm_name(language, r.arm)}: {_taken(r, language)}" for r in rows)
    return " ".join(filter(None, (head, f"{said}.", _pays_back(found, tuned, volume, language))))


def _taken(row: Monthly, language: str) -> str:
    if row.usd is None:
        return texts.say(language, "journey.benefits.cost.unknown")
    if row.usd.high > 0:
        return texts.say(language, "journey.benefits.cost.usd", usd=_between(row.usd, language, 2))
    return texts.say(language, "journey.benefits.cost.hours", hours=_between(row.hours, language, 1))


def _pays_back(found: Comparison, adapter: Adapter | None, volume: Range, language: str) -> str:
    """After how many answers the training time is won back, against the best arm that is not tuned; on one machine
    both are hours of it, so no price is needed."""
    tuned, other = slices.best(found)
    if adapter is None or tuned is None or other is None:
        return ""
    saved = other.seconds - tuned.seconds
    names = {"arm": arm_name(language, tuned.name), "other": arm_name(language, other.name)}
    minutes = texts.number(language, adapter.card.seconds / 60, 1)
    if saved <= 0:
        return texts.say(language, "journey.benefits.cost.never", minutes=minutes, **names)
    after = adapter.card.seconds / saved
    months = Range(after, after).over(volume) if volume.low > 0 else None
    return texts.say(
        language, "journey.benefits.cost.after", minutes=minutes, answers=texts.number(language, round(after)),
        months=_between(months, language, 1) if months else "?", **names,
    )  # fmt: skip


def _extend(project: Project, tuned: Adapter | None, language: str) -> str:
    if tuned is None:
        return ""
    size = sum(f.stat().st_size for f in tuned.folder.glob("*.safetensors")) / 1e6
    same = sum(a.card.base == tuned.card.base for a in adapters(project.runs))
    return texts.say(
        language, "journey.benefits.extend.answer", base=tuned.card.base, size=texts.number(language, size, 1),
        run=tuned.run, count=same,
    )  # fmt: skip


def _advised(project: Project, found: Comparison, language: str) -> str:
    """What the interview advised last, against what the comparison recommends."""
    made = memory.decisions(project)
    if not made:
        return ""
    advised = texts.say(language, f"advisor.approaches.{made[0].approach}")
    day, chosen = made[0].at[:10], found.verdict.recommended
    expected = _ADVISED.get(made[0].approach, ())
    if not chosen or not expected:
        return texts.say(language, "journey.benefits.advised.open", advised=advised, day=day)
    if not any(sort_of(a.name) in expected for a in found.arms):
        return texts.say(language, "journey.benefits.advised.missing", advised=advised, day=day)
    key = "borne_out" if sort_of(chosen) in expected else "otherwise"
    return texts.say(
        language, f"journey.benefits.advised.{key}", advised=advised, day=day, arm=arm_name(language, chosen)
    )


def _between(r: Range, language: str, digits: int) -> str:
    ends = dict.fromkeys(texts.number(language, x, digits) for x in (r.low, r.high))
    return "–".join(ends)
