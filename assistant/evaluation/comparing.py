"""One comparison from arms and cases to a verdict, and its files; knows nothing of projects or models."""

import hashlib
import json
import math
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.evaluation import metrics, resampling, running, statistics, verdict, wording
from assistant.evaluation.statistics import Difference
from assistant.evaluation.values import (
    Answered,
    Arm,
    ArmResult,
    Case,
    CaseScores,
    ClassScore,
    Kind,
    Metric,
    Pair,
    Phrase,
    Verdict,
)
from assistant.workspace import files
from assistant.workspace.database import now

_FORMAT = 1


@dataclass(frozen=True)
class Comparison:
    """Several arms on the same cases. `leaked` are ids of cases whose input was in the training rows: the
    metrics, pairs and verdict leave them out."""

    kind: Kind
    primary: str
    margin: float
    seed: int
    at: str
    cases: tuple[Case, ...]
    leaked: tuple[str, ...]
    arms: tuple[ArmResult, ...]
    pairs: tuple[Pair, ...]
    verdict: Verdict
    target: float = 0.0  # what was declared good enough; 0 for nothing

    @property
    def cases_hash(self) -> str:
        """Changes when a case or its reference does."""
        return hashlib.sha256(repr(self.cases).encode("utf-8", "replace")).hexdigest()

    @property
    def per_case(self) -> str:
        """The metric by which single cases are judged: the primary one, or accuracy where that is macro-F1."""
        return "accuracy" if self.primary == "macro_f1" else self.primary

    def arm(self, name: str) -> ArmResult:
        return next(a for a in self.arms if a.name == name)

    def pair(self, a: str, b: str, metric: str | None = None) -> Pair:
        """Arm a against arm b on the metric (the primary one if none is named)."""
        wanted = metric or self.primary
        both = [q for p in self.pairs if p.metric == wanted for q in (p, p.turned())]
        return next(q for q in both if (q.a, q.b) == (a, b))

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The command line's contract; `p` is Holm-adjusted, seconds, tokens and cost are means an answer."""
        return {
            "arms": {arm.name: _arm_json(arm) for arm in self.arms},
            "pairs": [
                {
                    "a": p.a, "b": p.b, "metric": p.metric, "difference": p.difference,
                    "low": p.low, "high": p.high, "p": p.p, "outcome": p.outcome,
                }
                for p in self.pairs
            ],
            "verdict": {
                "outcome": self.verdict.outcome,
                "text": self.verdict.say(language),
                "next_step": self.verdict.next_step.say(language),
            },
        }  # fmt: skip


def compare(
    arms: Sequence[Arm],
    cases: Sequence[Case],
    kind: Kind,
    training_inputs: Collection[str],
    cache: Path,
    report: running.Report | None = None,
    *,
    seed: int = 0,
    margin: float = statistics.MARGIN,
    declared: str = "",
    target: float = 0.0,
    aids: metrics.Aids = metrics.NO_AIDS,
    batch: int = running.BATCH,
) -> Comparison:
    """Run all arms on all cases (answers are kept in `cache`), score, compare and judge.

    `declared`: the metric the verdict rests on, the kind's own where none is; `margin`: the difference that matters;
    `target`: the value of that metric that is good enough.
    `report(done, total, arm)` is called after each batch. Raises PenalaError: nothing_to_compare, case_id_twice,
    no_reference, reference_without_fields, columns_swapped, all_cases_leaked, no_arms, arm_name_twice,
    same_arm_twice, arm_broken, unknown_primary, margin_out_of_range, target_out_of_range.
    """
    metrics.check(kind, cases)
    check_declared(kind, declared, margin, target)
    leaked = find_leaked(cases, training_inputs)
    if len(leaked) == len(cases):
        raise PenalaError("all_cases_leaked", cases=len(cases))
    answers = running.run(arms, cases, cache, report, seed, batch)
    results = tuple(
        metrics.measure(arm.name, arm.fingerprint, kind, cases, given, leaked, aids)
        for arm, given in zip(arms, answers, strict=True)
    )
    primary = _primary(kind, results, declared)
    pairs = pairs_of(results, kind, cases, leaked, primary, margin)
    found = verdict.decide(results, pairs, primary, margin, target)
    return Comparison(
        kind, primary, margin, seed, now(), tuple(cases),
        tuple(c.id for c in cases if c.id in leaked), results, pairs, found, target,
    )  # fmt: skip


def check_declared(kind: Kind, primary: str, margin: float, target: float) -> None:
    """Raises PenalaError: unknown_primary, margin_out_of_range, target_out_of_range."""
    metrics.primary(kind, primary)
    if not 0 < margin < 0.5:
        raise PenalaError("margin_out_of_range")
    if not 0 <= target <= 1:
        raise PenalaError("target_out_of_range")


def find_leaked(cases: Sequence[Case], training_inputs: Collection[str]) -> frozenset[str]:
    """Ids of the cases whose input, normalised, is one of the training rows'."""
    known = {wording.normalise(text) or text.strip() for text in training_inputs}
    return frozenset(c.id for c in cases if (wording.normalise(c.input) or c.input.strip()) in known)


def pairs_of(
    results: Sequence[ArmResult],
    kind: Kind,
    cases: Sequence[Case],
    leaked: Collection[str],
    primary: str,
    margin: float = statistics.MARGIN,
) -> tuple[Pair, ...]:
    """Every two arms on every metric, the primary first, without the leaked cases.

    Holm's correction runs over the pairs of the primary metric, which was declared beforehand, and apart
    from it over all pairs of the other metrics together.
    """
    names = [primary, *(name for name in metrics.METRICS[kind] if name != primary and results[0].has(name))]
    clean = [i for i, case in enumerate(cases) if case.id not in leaked]
    found = [
        (a, b, name, difference(a, b, name, cases, clean))
        for name in names
        for i, a in enumerate(results)
        for b in results[:i]
    ]
    first = [row for row in found if row[2] == primary]
    rest = [row for row in found if row[2] != primary]
    adjusted = statistics.holm([d.p for *_, d in first]) + statistics.holm([d.p for *_, d in rest])
    return tuple(
        Pair(
            a.name, b.name, name, d.value, d.low, d.high, p,
            statistics.outcome(d, p, margin), d.n, d.groups, d.spread,
        )
        for (a, b, name, d), p in zip([*first, *rest], adjusted, strict=True)
    )  # fmt: skip


def difference(
    a: ArmResult, b: ArmResult, name: str, cases: Sequence[Case], which: Sequence[int]
) -> Difference:
    """Arm a minus arm b on the metric over the cases at these places. Raises ValueError where it applies to none."""
    if name == "macro_f1":
        right, first = metrics.labels_of([cases[i] for i in which], [a.answers[i] for i in which])
        _, second = metrics.labels_of([cases[i] for i in which], [b.answers[i] for i in which])
        return resampling.macro_f1_difference(right, first, second, [cases[i].group for i in which])
    x, y = a.column(name), b.column(name)
    rows = [i for i in which if not math.isnan(x[i]) and not math.isnan(y[i])]
    return statistics.paired([x[i] for i in rows], [y[i] for i in rows], [cases[i].group for i in rows])


def _primary(kind: Kind, results: Sequence[ArmResult], declared: str) -> str:
    """The declared metric; where no case bears on it (only unanswerable questions), the first that is."""
    wanted = (metrics.primary(kind, declared), metrics.primary(kind), *metrics.METRICS[kind][::-1])
    return next(name for name in wanted if results[0].has(name))


def _arm_json(arm: ArmResult) -> dict[str, Any]:
    return {
        "metrics": {m.name: {"value": m.value, "low": m.low, "high": m.high, "n": m.n} for m in arm.metrics},
        "seconds": arm.seconds, "tokens": arm.tokens, "cost": arm.cost, "fingerprint": arm.fingerprint,
    }  # fmt: skip


def save(comparison: Comparison, folder: Path) -> None:
    """Write answers.jsonl (a line an arm and case, with its scores) and comparison.json, in this order."""
    lines = [
        json.dumps(row, ensure_ascii=False) for arm in comparison.arms for row in _rows(comparison.cases, arm)
    ]
    files.write(folder / "answers.jsonl", "\n".join(lines).encode("utf-8", "replace") + b"\n")
    body = asdict(comparison)
    for arm in body["arms"]:
        del arm["answers"], arm["scores"]
    for pair in body["pairs"]:
        pair["spread"] = None if math.isnan(pair["spread"]) else pair["spread"]
    text = json.dumps({"format": _FORMAT, **body}, ensure_ascii=False, indent=1)
    files.write(folder / "comparison.json", text.encode("utf-8", "replace"))


def load(folder: Path) -> Comparison:
    """The comparison saved in `folder`. Raises PenalaError: no_comparison, comparison_damaged."""
    try:
        body = json.loads((folder / "comparison.json").read_text("utf-8"))
        lines = (folder / "answers.jsonl").read_text("utf-8").split("\n")
        return _comparison(body, [json.loads(line) for line in lines if line])
    except FileNotFoundError as error:
        raise PenalaError("no_comparison", comparison=folder.name) from error
    except (ValueError, TypeError, KeyError) as error:
        raise PenalaError("comparison_damaged", comparison=folder.name) from error


def _rows(cases: Sequence[Case], arm: ArmResult) -> list[dict[str, Any]]:
    """Answers with what they answer; a score that does not apply is left out, as JSON has no NaN."""
    return [
        {
            "arm": arm.name, **asdict(answer), "input": case.input, "reference": case.reference,
            "scores": {s.metric: s.values[i] for s in arm.scores if not math.isnan(s.values[i])},
        }
        for i, (case, answer) in enumerate(zip(cases, arm.answers, strict=True))
    ]  # fmt: skip


def _comparison(body: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Comparison:
    by_arm: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_arm.setdefault(row["arm"], []).append(row)
    judged = body["verdict"]
    return Comparison(
        body["kind"], body["primary"], body["margin"], body["seed"], body["at"],
        tuple(Case(**{**c, "answers": tuple(c["answers"])}) for c in body["cases"]),
        tuple(body["leaked"]),
        tuple(_arm(arm, by_arm[arm["name"]]) for arm in body["arms"]),
        tuple(Pair(**{**p, "spread": math.nan if p["spread"] is None else p["spread"]}) for p in body["pairs"]),
        Verdict(
            judged["outcome"], judged["recommended"],
            tuple(Phrase(**phrase) for phrase in judged["text"]), Phrase(**judged["next_step"]),
        ),
        body.get("target", 0.0),
    )  # fmt: skip


def _arm(body: dict[str, Any], rows: Sequence[dict[str, Any]]) -> ArmResult:
    names = list(dict.fromkeys(name for row in rows for name in row["scores"]))
    answers = tuple(
        Answered(**{f: row[f] for f in Answered.__dataclass_fields__ if f in row}) for row in rows
    )
    scores = tuple(
        CaseScores(name, tuple(row["scores"].get(name, math.nan) for row in rows)) for name in names
    )
    kept = {key: body[key] for key in ("name", "fingerprint", "seconds", "tokens", "cost")}
    return ArmResult(
        **kept, answers=answers, scores=scores,
        metrics=tuple(Metric(**m) for m in body["metrics"]),
        classes=tuple(ClassScore(**c) for c in body["classes"]),
    )  # fmt: skip
