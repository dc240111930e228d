"""Has a chat model judge a project's comparison; the judge is a service or a large model, and optional."""

from collections.abc import Callable, Sequence
from typing import Any

from assistant.errors import PenalaError
from assistant.evaluation import judging, slices, voting
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.judging import Agreement, Judged
from assistant.journey import choices, compare
from assistant.models.registry import open_model
from assistant.settings import Settings
from assistant.workspace.project import Project

PAIRS = 50  # unless told otherwise; each is asked about twice
_SMALLEST = 1_000_000_000  # parameters, below which a model only guesses which answer is better


def run(
    project: Project,
    identity: str,
    spec: str,
    settings: Settings,
    limit: int = PAIRS,
    arms: Sequence[str] = (),
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Judged:
    """Judge at most `limit` pairs of two arms (the best tuned and the best other one unless two are named), those that
    people judged first, and save it beside the comparison. Raises PenalaError: judge_small, judge_which_two,
    judge_nothing, and what opening or asking the model raises."""
    found = compare.saved(project, identity)
    both = tuple(sorted(arms or [arm.name for arm in slices.rivals(found) or ()]))
    if len(both) != 2 or any(all(arm.name != name for arm in found.arms) for name in both):
        raise PenalaError("judge_which_two", known=", ".join(arm.name for arm in found.arms))
    by_people = {(v.case, v.pair) for v in voting.votes(project, identity)}
    pairs = [pair for pair in voting.pairs(found) if pair[1] == both]
    if not pairs:
        raise PenalaError("judge_nothing")
    model = open_model(spec, settings)
    if model.parameters and model.parameters < _SMALLEST:
        raise PenalaError("judge_small", model=model.name)
    chosen = sorted(pairs, key=lambda pair: pair not in by_people)[: max(1, limit)]
    judged = judging.judge(model, found, chosen, choices.language(project), report)
    judging.save(judged, project.comparisons / identity)
    return judged


def people(project: Project, identity: str, found: Comparison, judged: Judged) -> Agreement | None:
    """How often the judge says what people say of this comparison."""
    groups = {case.id: case.group for case in found.cases}
    return judging.agreement(judged, voting.votes(project, identity), groups)


def to_json(project: Project, identity: str, judged: Judged) -> dict[str, Any]:
    found = compare.saved(project, identity)
    agreed = people(project, identity, found, judged)
    return {
        "comparison": identity, "judge": judged.judge, "asked": judged.asked, "swayed": judged.swayed,
        "left": judged.left, "decisive": judged.decisive, "unclear": judged.unclear,
        "pairs": [
            {
                "a": p.a, "b": p.b, "wins": p.wins, "losses": p.losses, "ties": p.ties, "difference": p.difference.value,
                "low": p.difference.low, "high": p.difference.high, "outcome": p.outcome,
            }
            for p in judging.preferred(judged, found)
        ],
        "people": None if agreed is None else {
            "same": agreed.same.value, "low": agreed.same.low, "high": agreed.same.high, "n": agreed.same.n,
            "kappa": agreed.kappa,
        },
    }  # fmt: skip
