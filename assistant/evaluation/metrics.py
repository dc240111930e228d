"""Scores the answers of one arm against the references, by task kind; knows nothing of other arms.

| kind      | primary         | beside it                                        |
|-----------|-----------------|--------------------------------------------------|
| labels    | accuracy        | macro_f1, precision and recall a class; where    |
|           |                 | chances are told: roc_auc, calibration           |
| fields    | field_score     | form (all fields, in order, none else), schema   |
| text      | chrf            | token_f1, rouge_l, exact, similarity             |
| questions | contains_answer | token_f1, refusal_right (says so if unknown),    |
|           |                 | and QUESTION_DETAILS                             |

The primary one may be declared otherwise, before the run, among METRICS of the kind. `schema` and `similarity` need
a JSON schema and an embedder.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import PenalaError
from assistant.evaluation import resampling, wording
from assistant.evaluation.statistics import Interval, mean_interval
from assistant.evaluation.values import Answered, ArmResult, Case, CaseScores, ClassScore, Kind, Metric

METRICS: dict[Kind, tuple[str, ...]] = {
    "labels": ("accuracy", "macro_f1"),
    "fields": ("field_score", "form", "schema"),
    "text": ("chrf", "token_f1", "rouge_l", "exact", "similarity"),
    "questions": ("contains_answer", "token_f1", "refusal_right"),
}
# Beside the metrics on which arms are compared; each over the questions it applies to: refusal_precision over those
# that were declined, refusal_recall over those without an answer.
QUESTION_DETAILS = (
    "exact", "chrf", "rouge_l", "similarity", "refusal_precision", "refusal_recall", "support", "founded",
)  # fmt: skip
LEAKED = "_with_leaked"  # the suffix of a metric over all cases, those seen in training too

Refuses = Callable[[str], bool]
Embed = Callable[[Sequence[str]], NDArray[Any]]  # unit vectors, a row a text
_NA = math.nan
_SWAPPED = 10  # cases, below which a few equal inputs may be chance


@dataclass(frozen=True)
class Aids:
    """What some metrics need: who tells a refusal, who reads meaning, the JSON Schema that answers should follow."""

    refuses: Refuses | None = None
    embed: Embed | None = None
    schema: str = ""


NO_AIDS = Aids()


def primary(kind: Kind, declared: str = "") -> str:
    """The one metric that a verdict of this kind rests on, declared before any answer is seen.

    Raises PenalaError("unknown_primary") for one that this kind has not."""
    if declared and declared not in METRICS[kind]:
        raise PenalaError("unknown_primary", metric=declared, known=", ".join(METRICS[kind]))
    return declared or METRICS[kind][0]


def check(kind: Kind, cases: Sequence[Case]) -> None:
    """Raises PenalaError: nothing_to_compare, case_id_twice, no_reference, reference_without_fields, columns_swapped."""
    if not cases:
        raise PenalaError("nothing_to_compare")
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise PenalaError("case_id_twice", case=case.id)
        seen.add(case.id)
        if kind != "questions" and not case.reference.strip():
            raise PenalaError("no_reference", case=case.id)
        if kind == "fields" and not any(name for name, _ in wording.fields(case.reference)):
            raise PenalaError("reference_without_fields", case=case.id)
    if kind != "questions" and _swapped(cases):
        raise PenalaError("columns_swapped", example=cases[0].input[:40])


def _swapped(cases: Sequence[Case]) -> bool:
    """Whether inputs look like labels and ideal answers like messages: a few inputs that repeat, short, each with many
    different answers. Two columns taken for each other are the likeliest reason."""
    inputs, answers = {c.input.strip() for c in cases}, {c.reference.strip() for c in cases}
    n = len(cases)
    return n >= _SWAPPED and len(inputs) <= n // 5 and len(answers) > n // 2 and max(map(len, inputs)) <= 60


def case_scores(
    kind: Kind, cases: Sequence[Case], answers: Sequence[Answered], aids: Aids = NO_AIDS
) -> tuple[CaseScores, ...]:
    """Every metric that is a mean over cases, one score a case, in the order of the cases."""
    texts_ = [a.text for a in answers]
    if kind == "labels":
        rows = [
            (float(wording.label(t) == wording.label(c.reference)),)
            for c, t in zip(cases, texts_, strict=True)
        ]
        return _columns(("accuracy",), rows)
    if kind == "fields":
        return _field_columns(cases, texts_, aids)
    alike = _similarities(cases, texts_, aids.embed)
    if kind == "text":
        found = [_text_row(c, t, s) for c, t, s in zip(cases, texts_, alike, strict=True)]
        return _known(_columns(METRICS["text"], found), ())
    refused = [a.refused or bool(aids.refuses and aids.refuses(a.text)) for a in answers]
    found = [_question_row(c, a, r, s) for c, a, r, s in zip(cases, answers, refused, alike, strict=True)]
    return _known(_columns((*METRICS["questions"], *QUESTION_DETAILS), found), METRICS["questions"])


def _known(columns: Sequence[CaseScores], always: Sequence[str]) -> tuple[CaseScores, ...]:
    """Without the metrics that apply to no case, but for those that are always told."""
    return tuple(c for c in columns if c.metric in always or not all(map(math.isnan, c.values)))


def measure(
    name: str,
    fingerprint: str,
    kind: Kind,
    cases: Sequence[Case],
    answers: Sequence[Answered],
    leaked: frozenset[str] = frozenset(),
    aids: Aids = NO_AIDS,
) -> ArmResult:
    """One arm's result. Metrics are over the cases whose input was not in training; where some were, each
    metric is given once more over all cases, with the suffix `_with_leaked`."""
    scores = case_scores(kind, cases, answers, aids)
    clean = [i for i, case in enumerate(cases) if case.id not in leaked]
    metrics = _metrics(kind, cases, answers, scores, clean)
    if leaked:
        everything = _metrics(kind, cases, answers, scores, range(len(cases)))
        metrics += [Metric(m.name + LEAKED, m.value, m.low, m.high, m.n) for m in everything]
    n = len(answers)
    return ArmResult(
        name, fingerprint, tuple(metrics),
        seconds=sum(a.seconds for a in answers) / n,
        tokens=sum(a.tokens_in + a.tokens_out for a in answers) / n,
        cost=sum(a.cost for a in answers) / n,
        answers=tuple(answers), scores=scores,
        classes=_classes([cases[i] for i in clean], [answers[i] for i in clean]) if kind == "labels" else (),
    )  # fmt: skip


def _metrics(
    kind: Kind,
    cases: Sequence[Case],
    answers: Sequence[Answered],
    scores: Sequence[CaseScores],
    which: Sequence[int],
) -> list[Metric]:
    found = []
    for column in scores:
        got = mean_over(column.values, cases, which)
        if got:
            found.append(Metric(column.metric, got.value, got.low, got.high, got.n))
    if kind == "labels":
        asked, given = [cases[i] for i in which], [answers[i] for i in which]
        found.insert(1, _macro_f1(asked, given))
        found += _of_chances(asked, given)
    return found


def mean_over(column: Sequence[float], cases: Sequence[Case], which: Sequence[int]) -> Interval | None:
    """The mean of a column of scores over the cases at these places that it applies to; None where that is none."""
    rows = [i for i in which if column and not math.isnan(column[i])]
    return mean_interval([column[i] for i in rows], [cases[i].group for i in rows]) if rows else None


def _of_chances(cases: Sequence[Case], answers: Sequence[Answered]) -> list[Metric]:
    """roc_auc and calibration, where the arm told how likely it held each label for every case."""
    told = [{wording.label(k): p for k, p in a.chances.items()} for a in answers if a.chances]
    right, groups = [wording.label(c.reference) for c in cases], [c.group for c in cases]
    if len(told) < len(cases) or len(set(right)) < 2:
        return []
    labels = sorted({*right, *(label for one in told for label in one)})
    chances = np.array([[one.get(label, 0.0) for label in labels] for one in told])
    likeliest = chances.argmax(axis=1)
    hits = [labels[best] == r for best, r in zip(likeliest, right, strict=True)]
    auc = resampling.roc_auc(right, labels, chances, groups)
    ece = resampling.calibration(hits, chances.max(axis=1).tolist(), groups)
    return [Metric(name, i.value, i.low, i.high, i.n) for name, i in (("roc_auc", auc), ("calibration", ece))]


def _macro_f1(cases: Sequence[Case], answers: Sequence[Answered]) -> Metric:
    got = resampling.macro_f1_interval(*labels_of(cases, answers), [c.group for c in cases])
    return Metric("macro_f1", got.value, got.low, got.high, got.n)


def labels_of(cases: Sequence[Case], answers: Sequence[Answered]) -> tuple[list[str], list[str]]:
    """The right and the given labels, normalised as the accuracy compares them."""
    return [wording.label(c.reference) for c in cases], [wording.label(a.text) for a in answers]


def _classes(cases: Sequence[Case], answers: Sequence[Answered]) -> tuple[ClassScore, ...]:
    from sklearn.metrics import precision_recall_fscore_support

    right, given = labels_of(cases, answers)
    names = sorted(set(right))
    table = precision_recall_fscore_support(right, given, labels=names, zero_division=0)
    return tuple(
        ClassScore(name, float(p), float(r), float(f), int(n))
        for name, p, r, f, n in zip(names, *table, strict=True)
    )


def confusion(cases: Sequence[Case], answers: Sequence[Answered]) -> tuple[list[str], NDArray[np.int64]]:
    """The labels that are right somewhere, and how often each (row) was answered with each (column); one column
    more, the last, for answers that are none of them."""
    right, given = labels_of(cases, answers)
    names = sorted(set(right))
    place = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(names), len(names) + 1), dtype=np.int64)
    for r, g in zip(right, given, strict=True):
        table[place[r], place.get(g, len(names))] += 1
    return names, table


def _field_columns(cases: Sequence[Case], given: Sequence[str], aids: Aids) -> tuple[CaseScores, ...]:
    """field_score, form and (given a schema) schema, then `field:NAME` for each field of the references."""
    free = wording.free_names([case.reference for case in cases])
    found = [wording.field_scores(t, c.reference, free) for c, t in zip(cases, given, strict=True)]
    names = list(dict.fromkeys(name for row in found for name in row))
    rows = [
        (
            sum(row.values()) / len(row),
            float(wording.in_form(text, case.reference)),
            float(wording.follows(text, aids.schema)) if aids.schema else _NA,
            *(row.get(name, _NA) for name in names),
        )
        for case, text, row in zip(cases, given, found, strict=True)
    ]
    return _known(_columns((*METRICS["fields"], *(f"field:{name}" for name in names)), rows), ())


def _text_row(case: Case, text: str, alike: float) -> tuple[float, ...]:
    reference = case.reference
    return (
        wording.chrf(text, reference),
        wording.token_f1(text, reference),
        wording.rouge_l(text, reference),
        float(wording.same(text, reference)),
        alike,
    )


def _similarities(cases: Sequence[Case], given: Sequence[str], embed: Embed | None) -> list[float]:
    """How alike each answer's meaning is to the nearest accepted one's: the cosine, moved so that 0 is what two
    unlike cases' ideal answers have on average (e5's cosines start near .8). NaN without an embedder or answer."""
    ideal = [case.accepted for case in cases]
    known = sorted({text for texts_ in ideal for text in texts_})
    if embed is None or len(known) < 2:
        return [_NA] * len(cases)
    place = {text: i for i, text in enumerate(known)}
    right, said = embed(known), embed(given)
    among = right @ right.T
    floor = float((among.sum() - np.trace(among)) / (len(known) * (len(known) - 1)))
    found = []
    for text, vector, accepted in zip(given, said, ideal, strict=True):
        if not accepted:
            found.append(_NA)
        elif not text.strip():
            found.append(0.0)
        else:
            cosine = max(float(vector @ right[place[one]]) for one in accepted)
            found.append(min(1.0, max(0.0, (cosine - floor) / max(1 - floor, 1e-6))))
    return found


def _question_row(case: Case, answer: Answered, refused: bool, alike: float) -> tuple[float, ...]:
    text, right = answer.text, case.accepted
    declined = float(not right) if refused else _NA
    support = _NA if answer.support is None else answer.support
    founded = _NA if answer.founded is None else float(answer.founded)
    if not right:
        return _NA, _NA, float(refused), _NA, _NA, _NA, _NA, declined, float(refused), support, founded
    found = float(any(wording.contains(text, one) for one in right))
    f1, chrf, rouge = (
        max(score(text, one) for one in right) for score in (wording.token_f1, wording.chrf, wording.rouge_l)
    )
    exact = float(any(wording.same(text, one) for one in right))
    return found, f1, float(not refused), exact, chrf, rouge, alike, declined, _NA, support, founded


def _columns(names: Sequence[str], rows: Sequence[tuple[float, ...]]) -> tuple[CaseScores, ...]:
    return tuple(
        CaseScores(name, values) for name, values in zip(names, zip(*rows, strict=True), strict=True)
    )
