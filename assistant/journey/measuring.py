"""How a run's answers are judged while it goes: the metrics of the task's kind, the declared one among them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from assistant.dataset import kinds, versions
from assistant.errors import PenalaError
from assistant.evaluation import metrics, resampling
from assistant.evaluation.values import Answered, Case, Kind
from assistant.workspace.project import Project

if TYPE_CHECKING:
    from assistant.tuning.local.watching import Watch

LOSS = "loss"
OFFERED: dict[Kind, tuple[str, ...]] = {
    "labels": ("accuracy", "macro_f1"),
    "fields": ("field_score", "form"),
    "text": ("chrf", "token_f1", "exact"),
}


def kind(project: Project, dataset: str) -> Kind:
    found: Kind = project.get("kind") or kinds.kind_of(versions.load(project, dataset))
    return found


def declared(project: Project, dataset: str, metric: str) -> str:
    """The metric by which a run's best weights are chosen: the one asked for, else the first of the task's kind.

    Raises PenalaError("no_metric")."""
    offered = OFFERED[kind(project, dataset)]
    if metric and metric not in (*offered, LOSS):
        raise PenalaError("no_metric", metric=metric, known=", ".join((*offered, LOSS)))
    return metric or offered[0]


def labels(project: Project, dataset: str) -> tuple[str, ...]:
    """What a tuned model chooses from where the task is labels: the answers it learned from; else nothing."""
    if kind(project, dataset) != "labels":
        return ()
    return tuple(sorted({e.output.strip() for e in versions.rows(project, f"{dataset}:train")}))


def watch(project: Project, dataset: str, metric: str, patience: int) -> "Watch":
    from assistant.tuning.local.watching import Watch

    inputs = {e.id: e.input for e in versions.rows(project, f"{dataset}:validation")}
    return Watch(metric, scorer(kind(project, dataset)), inputs, patience)


def scorer(kind: Kind) -> Callable[[Sequence[str], Sequence[str]], dict[str, float]]:
    """Scores answers against references, row by row: each metric that is offered for the kind, from 0 to 1."""
    if kind == "labels":
        return _labels
    return partial(_means, kind)


def _labels(references: Sequence[str], answers: Sequence[str]) -> dict[str, float]:
    cases, given = _paired(references, answers)
    right, said = metrics.labels_of(cases, given)
    counts = resampling.count(right, said, np.zeros(len(right), np.int64))
    accuracy = sum(a == b for a, b in zip(right, said, strict=True)) / len(right)
    return {"accuracy": accuracy, "macro_f1": float(counts.macro_f1(np.ones((1, 1)))[0])}


def _means(kind: Kind, references: Sequence[str], answers: Sequence[str]) -> dict[str, float]:
    columns = {c.metric: c.values for c in metrics.case_scores(kind, *_paired(references, answers))}
    return {name: sum(columns[name]) / len(columns[name]) for name in OFFERED[kind]}


def _paired(references: Sequence[str], answers: Sequence[str]) -> tuple[list[Case], list[Answered]]:
    numbered = list(enumerate(zip(references, answers, strict=True)))
    return (
        [Case(str(n), "", reference) for n, (reference, _) in numbered],
        [Answered(str(n), answer, 0.0, 0, 0) for n, (_, answer) in numbered],
    )
