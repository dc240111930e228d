"""Two versions of a prompt on the same cases: answers, paired outcome, tokens and cost; knows no page."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant import texts
from assistant.advisor.estimate.token_prices import Thousand, thousand
from assistant.dataset import versions
from assistant.errors import PenalaError
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.values import Metric, Pair, metric_name
from assistant.jobs import Job
from assistant.journey import choices, compare
from assistant.retrieval import prompts
from assistant.settings import Settings
from assistant.workspace.project import Project


@dataclass(frozen=True)
class Side:
    """One version: its metrics, tokens read and written (means an answer), and what a thousand answers cost."""

    version: int
    metrics: tuple[Metric, ...]
    tokens_in: float
    tokens_out: float
    cost: Thousand


@dataclass(frozen=True)
class SideBySide:
    """`pair` says what the second version is against the first, on the metric that was declared beforehand."""

    first: Side
    second: Side
    pair: Pair
    comparison: Comparison


def start(
    project: Project, kind: str, numbers: Sequence[int], limit: int | None = None, model: str | None = None
) -> Job:
    """Both versions on the evaluation questions, or on the test examples of the newest data version, as a job.

    Raises PenalaError: prompt_same, prompt_unknown, prompt_no_cases, no_cases_in."""
    first, second = (prompts.version(project, kind, number).version for number in numbers)
    if first == second:
        raise PenalaError("prompt_same")
    frozen = versions.all_versions(project)
    if kind == "task" and not frozen:
        raise PenalaError("prompt_no_cases")
    test = "questions" if kind == "question" else f"{frozen[-1].name}:test"
    return compare.start(project, compare.Request(test, limit=limit, model=model, prompts=(first, second)))


def newest(project: Project, kind: str) -> Job | None:
    """The last one that was started for this kind of prompt."""
    found = compare.comparisons(project, of_prompts=True)
    return next(
        (j for j in found if (j.spec["request"]["test"] == "questions") == (kind == "question")), None
    )


def read(project: Project, job: Job, settings: Settings) -> SideBySide:
    """A finished one. The prices are those of the model that answered."""
    found, request = compare.saved(project, job.id), job.spec["request"]
    spec = request["model"] or choices.model(project, settings)
    first, second = (_side(found, number, spec) for number in request["prompts"])
    pair = found.pair(f"prompt:v{second.version}", f"prompt:v{first.version}")
    return SideBySide(first, second, pair, found)


def _side(found: Comparison, number: int, spec: str) -> Side:
    arm = found.arm(f"prompt:v{number}")
    count = len(arm.answers)
    tokens_in = sum(a.tokens_in for a in arm.answers) / count
    tokens_out = sum(a.tokens_out for a in arm.answers) / count
    return Side(number, arm.metrics, tokens_in, tokens_out, thousand(spec, tokens_in, tokens_out))


def outcome(found: SideBySide, language: str) -> str:
    """What the second version is against the first, in a sentence."""
    p = found.pair.turned() if found.pair.outcome == "worse" else found.pair
    shown = [texts.number(language, 100 * x, 1) for x in (abs(p.difference), p.low, p.high)]
    return texts.say(
        language, f"journey.prompts.{found.pair.outcome}", first=found.first.version, second=found.second.version,
        metric=metric_name(language, p.metric), n=p.n,
        difference=shown[0], low=shown[1], high=shown[2], p=texts.number(language, p.p, 3),
    )  # fmt: skip


def rows(found: SideBySide, language: str) -> list[tuple[str, str, str]]:
    """Each figure by its name, for the first version and for the second."""
    sides = (found.first, found.second)
    names = list(dict.fromkeys(m.name for side in sides for m in side.metrics))
    measured = [
        (metric_name(language, name), *(_points(side, name, language) for side in sides)) for name in names
    ]
    tokens = [
        (texts.say(language, f"journey.prompts.{way}"), *(texts.number(language, n, 0) for n in counts))
        for way, counts in (
            ("tokens_in", [side.tokens_in for side in sides]),
            ("tokens_out", [side.tokens_out for side in sides]),
        )
    ]
    cost = texts.say(language, "journey.prompts.cost"), *(_cost(side.cost, language) for side in sides)
    return [(name, first, second) for name, first, second in (*measured, *tokens, cost)]


def _points(side: Side, name: str, language: str) -> str:
    m = next((m for m in side.metrics if m.name == name), None)
    if m is None:
        return "–"
    value, low, high = (texts.number(language, 100 * x, 1) for x in (m.value, m.low, m.high))
    return f"{value} ({low} – {high})"


def _cost(cost: Thousand, language: str) -> str:
    if cost.own:
        return texts.say(language, "journey.prompts.own")
    if cost.usd is None:
        return texts.say(language, "journey.prompts.unknown")
    ends = dict.fromkeys(texts.number(language, usd, 3) for usd in (cost.usd.low, cost.usd.high))
    return texts.say(language, "journey.prompts.usd", usd="–".join(ends), dated=cost.dated or "?")
