"""The loop over time: each finished comparison with the data version and the run it was about; knows no page."""

from dataclasses import dataclass

from assistant import texts
from assistant.errors import PenalaError
from assistant.evaluation import slices
from assistant.evaluation.values import Metric, Outcome, metric_name
from assistant.jobs import Job
from assistant.journey import compare
from assistant.workspace.project import Project


@dataclass(frozen=True)
class Round:
    """One turn of the loop. `tuned` and `other`: the best tuned arm's and the best other arm's main metric, None where
    there was none; `outcome` of the first against the second."""

    comparison: str
    at: str
    test: str
    run: str
    metric: str
    tuned: Metric | None
    other: Metric | None
    outcome: Outcome | None
    verdict: str


def rounds(project: Project) -> list[Round]:
    """Oldest first. A comparison whose files are damaged is left out."""
    found = []
    for job in reversed(compare.comparisons(project)):
        if job.state() != "finished":
            continue
        try:
            found.append(_round(project, job))
        except PenalaError:
            continue
    return found


def _round(project: Project, job: Job) -> Round:
    kept = compare.saved(project, job.id)
    tuned, other = slices.best(kept)
    return Round(
        job.id, kept.at, job.spec["request"]["test"], job.spec["request"].get("run") or "", kept.primary,
        tuned.metric(kept.primary) if tuned else None, other.metric(kept.primary) if other else None,
        kept.pair(tuned.name, other.name).outcome if tuned and other else None, kept.verdict.outcome,
    )  # fmt: skip


def cells(r: Round, language: str) -> list[str]:
    """One turn as a row of words: day, comparison, cases, run, the best tuned and the best other arm, what it showed."""
    outcome = texts.say(language, f"evaluation.outcomes.{r.outcome}") if r.outcome else "–"
    metric = metric_name(language, r.metric)
    return [
        r.at[:10], r.comparison, r.test, r.run or "–", metric, _points(r.tuned, language), _points(r.other, language), outcome,
    ]  # fmt: skip


def _points(m: Metric | None, language: str) -> str:
    if m is None:
        return "–"
    value, low, high = (texts.number(language, 100 * x, 1) for x in (m.value, m.low, m.high))
    return f"{value} ({low} – {high})"
