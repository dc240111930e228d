"""Scores the answers of one arm against the references, by task kind; knows nothing of other arms.

| kind      | primary         | beside it                                     |
|-----------|-----------------|-----------------------------------------------|
| labels    | accuracy        | macro_f1, precision and recall a class        |
| fields    | field_score     | form (all fields, in order, none else)        |
| text      | chrf            | token_f1, exact                               |
| questions | contains_answer | token_f1, refusal_right (says so if unknown), |
|           |                 | and QUESTION_DETAILS                          |
"""

import math
from collections.abc import Callable, Sequence

from assistant.errors import PenalaError
from assistant.evaluation import resampling, wording
from assistant.evaluation.statistics import mean_interval
from assistant.evaluation.values import Answered, ArmResult, Case, CaseScores, ClassScore, Kind, Metric

METRICS: dict[Kind, tuple[str, ...]] = {
    "labels": ("accuracy", "macro_f1"),
    "fields": ("field_score", "form"),
    "text": ("chrf", "token_f1", "exact"),
    "questions": ("contains_answer", "token_f1", "refusal_right"),
}
# Beside the metrics on which arms are compared; each over the questions it applies to: refusal_precision over those
# that were declined, refusal_recall over those without an answer.
QUESTION_DETAILS = ("exact", "chrf", "refusal_precision", "refusal_recall", "support", "founded")
LEAKED = "_with_leaked"  # the suffix of a metric over all cases, those seen in training too

Refuses = Callable[[str], bool]
_NA = math.nan


def primary(kind: Kind) -> str:
    """The one metric that a verdict of this kind rests on, declared before any answer is seen."""
    return METRICS[kind][0]


def check(kind: Kind, cases: Sequence[Case]) -> None:
    """Raises PenalaError: nothing_to_compare, case_id_twice, no_reference, reference_without_fields."""
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


def case_scores(
    kind: Kind, cases: Sequence[Case], answers: Sequence[Answered], refuses: Refuses | None = None
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
        return _field_columns(cases, texts_)
    if kind == "text":
        return _columns(METRICS["text"], [_text_row(c, t) for c, t in zip(cases, texts_, strict=True)])
    refused = [a.refused or bool(refuses and refuses(a.text)) for a in answers]
    found = [_question_row(c, a, r) for c, a, r in zip(cases, answers, refused, strict=True)]
    columns = _columns((*METRICS["questions"], *QUESTION_DETAILS), found)
    return tuple(c for c in columns if c.metric in METRICS["questions"] or not all(map(math.isnan, c.values)))


def measure(
    name: str,
    fingerprint: str,
    kind: Kind,
    cases: Sequence[Case],
    answers: Sequence[Answered],
    leaked: frozenset[str] = frozenset(),
    refuses: Refuses | None = None,
) -> ArmResult:
    """One arm's result. Metrics are over the cases whose input was not in training; where some were, each
    metric is given once more over all cases, with the suffix `_with_leaked`."""
    scores = case_scores(kind, cases, answers, refuses)
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
        rows = [i for i in which if not math.isnan(column.values[i])]
        if rows:
            got = mean_interval([column.values[i] for i in rows], [cases[i].group for i in rows])
            found.append(Metric(column.metric, got.value, got.low, got.high, got.n))
    if kind == "labels":
        found.insert(1, _macro_f1([cases[i] for i in which], [answers[i] for i in which]))
    return found


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


def _field_columns(cases: Sequence[Case], given: Sequence[str]) -> tuple[CaseScores, ...]:
    """field_score and form, then `field:NAME` for each field of the references."""
    free = wording.free_names([case.reference for case in cases])
    found = [wording.field_scores(t, c.reference, free) for c, t in zip(cases, given, strict=True)]
    names = list(dict.fromkeys(name for row in found for name in row))
    rows = [
        (
            sum(row.values()) / len(row),
            float(wording.in_form(text, case.reference)),
            *(row.get(name, _NA) for name in names),
        )
        for case, text, row in zip(cases, given, found, strict=True)
    ]
    return _columns((*METRICS["fields"], *(f"field:{name}" for name in names)), rows)


def _text_row(case: Case, text: str) -> tuple[float, ...]:
    reference = case.reference
    return (
        wording.chrf(text, reference),
        wording.token_f1(text, reference),
        float(wording.same(text, reference)),
    )


def _question_row(case: Case, answer: Answered, refused: bool) -> tuple[float, ...]:
    text, right = answer.text, case.accepted
    declined = float(not right) if refused else _NA
    support = _NA if answer.support is None else answer.support
    founded = _NA if answer.founded is None else float(answer.founded)
    if not right:
        return _NA, _NA, float(refused), _NA, _NA, declined, float(refused), support, founded
    found = float(any(wording.contains(text, one) for one in right))
    f1, chrf = (max(score(text, one) for one in right) for score in (wording.token_f1, wording.chrf))
    exact = float(any(wording.same(text, one) for one in right))
    return found, f1, float(not refused), exact, chrf, declined, _NA, support, founded


def _columns(names: Sequence[str], rows: Sequence[tuple[float, ...]]) -> tuple[CaseScores, ...]:
    return tuple(
        CaseScores(name, values) for name, values in zip(names, zip(*rows, strict=True), strict=True)
    )
