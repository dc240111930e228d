"""Where an arm wins and loses: the main metric over parts of the cases; knows no project and no page."""

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation import comparing, metrics, resampling, statistics
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.statistics import Difference, Interval
from assistant.evaluation.values import TUNED, ArmResult, Case, Outcome, sort_of
from assistant.workspace import files

FEWEST = 5  # cases; a smaller part says nothing
MOST = 12  # parts of one way of cutting; the largest are shown
CLUSTERS = 6
_PER_CLUSTER = 12  # cases
_FILE = "slices.json"


@dataclass(frozen=True)
class Slice:
    """A part of the cases. `by`: label, length, language, document, tag or cluster; `name`: which part of that."""

    by: str
    name: str
    cases: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """One part: each arm's value, and what the one arm is against the other there (p Holm-adjusted over all parts)."""

    part: Slice
    values: Mapping[str, Interval]
    difference: Difference | None
    outcome: Outcome


def cut(
    cases: Sequence[Case],
    *,
    labels: bool,
    language_of: Callable[[str], str],
    tags: Mapping[str, Sequence[str]],
    embed: Callable[[Sequence[str]], NDArray[Any]] | None,
) -> list[Slice]:
    """Every part of at least FEWEST cases; a way of cutting that leaves a single part says nothing and is left out.

    `tags`: a case's tags by its id. Clusters are made of what embedded inputs mean, and named by their own words."""
    ways: dict[str, list[tuple[str, str]]] = {
        "label": [(c.reference.strip(), c.id) for c in cases] if labels else [],
        "length": _by_length(cases),
        "language": [(language_of(c.input) or "?", c.id) for c in cases],
        "document": [(c.group, c.id) for c in cases if c.group],
        "tag": [(tag, c.id) for c in cases for tag in tags.get(c.id, ())],
        "cluster": _clusters(cases, embed) if embed and len(cases) >= 2 * _PER_CLUSTER else [],
    }
    return [part for by, rows in ways.items() for part in _parts(by, rows, len(cases))]


def _parts(by: str, rows: Sequence[tuple[str, str]], n: int) -> list[Slice]:
    members: dict[str, list[str]] = {}
    for name, case in rows:
        members.setdefault(name, []).append(case)
    kept = sorted((m for m in members.items() if FEWEST <= len(m[1]) < n), key=lambda m: (-len(m[1]), m[0]))
    return [Slice(by, name, tuple(ids)) for name, ids in kept[:MOST]]


def _by_length(cases: Sequence[Case]) -> list[tuple[str, str]]:
    """Thirds by the number of words."""
    words = [len(c.input.split()) for c in cases]
    low, high = np.quantile(words, [1 / 3, 2 / 3])
    return [
        ("short" if w <= low else "long" if w > high else "middle", c.id)
        for c, w in zip(cases, words, strict=True)
    ]


def _clusters(cases: Sequence[Case], embed: Callable[[Sequence[str]], NDArray[Any]]) -> list[tuple[str, str]]:
    from sklearn.cluster import KMeans

    count = min(CLUSTERS, len(cases) // _PER_CLUSTER)
    found = KMeans(count, n_init=4, random_state=0).fit_predict(embed([c.input for c in cases]))
    names = _own_words([c.input for c in cases], found.tolist(), count)
    return [(names[k], c.id) for c, k in zip(cases, found.tolist(), strict=True)]


def _own_words(texts: Sequence[str], cluster: Sequence[int], count: int) -> list[str]:
    """Three words a cluster that its texts have more often than the others', for a name."""
    inside = [Counter[str]() for _ in range(count)]
    for text, k in zip(texts, cluster, strict=True):
        inside[k].update({w for w in text.casefold().split() if len(w) > 3 and w.isalpha()})
    everywhere = sum(inside, Counter[str]())
    sizes = Counter(cluster)
    names = []
    for k, words in enumerate(inside):
        by_lift = sorted(words, key=lambda w: (-(words[w] ** 2) / everywhere[w] / sizes[k], w))
        names.append(", ".join(by_lift[:3]) or f"{k + 1}")
    return [f"{name} ({k + 1})" if names.count(name) > 1 else name for k, name in enumerate(names)]


def best(found: Comparison) -> tuple[ArmResult | None, ArmResult | None]:
    """The tuned arm and the other arm that are best on the main metric; None where there is none."""
    able = _best_first(found)
    tuned = [a for a in able if sort_of(a.name) in TUNED]
    plain = [a for a in able if sort_of(a.name) not in TUNED]
    return next(iter(tuned), None), next(iter(plain), None)


def rivals(found: Comparison) -> tuple[ArmResult, ArmResult] | None:
    """The two arms worth setting against each other: the best tuned one and the best other one; where no arm or every
    arm is tuned, the best and the next."""
    tuned, plain = best(found)
    if tuned and plain:
        return tuned, plain
    able = _best_first(found)
    return (able[0], able[1]) if len(able) > 1 else None


def _best_first(found: Comparison) -> list[ArmResult]:
    able = [a for a in found.arms if a.has(found.primary)]
    return sorted(able, key=lambda a: -a.metric(found.primary).value)


def measure(found: Comparison, parts: Sequence[Slice]) -> list[Measured]:
    """Each part on the main metric, without leaked cases, `rivals` set against each other. A part that fell below
    FEWEST is left out."""
    place = {case.id: i for i, case in enumerate(found.cases)}
    pair, rows = rivals(found), []
    for part in parts:
        which = [place[one] for one in part.cases if one in place and one not in found.leaked]
        values = {a.name: v for a in found.arms if (v := _value(found, a, which))}
        if any(v.n >= FEWEST for v in values.values()):
            rows.append((part, values, _difference(found, pair, which) if pair else None))
    adjusted = iter(statistics.holm([d.p for *_, d in rows if d]))
    return [
        Measured(part, values, d, statistics.outcome(d, next(adjusted), found.margin) if d else "cannot_tell")
        for part, values, d in rows
    ]


def _value(found: Comparison, arm: ArmResult, which: Sequence[int]) -> Interval | None:
    if found.primary == "macro_f1":
        asked, answers = [found.cases[i] for i in which], [arm.answers[i] for i in which]
        groups = [case.group for case in asked]
        return resampling.macro_f1_interval(*metrics.labels_of(asked, answers), groups) if which else None
    return metrics.mean_over(arm.column(found.primary), found.cases, which)


def _difference(
    found: Comparison, pair: tuple[ArmResult, ArmResult], which: Sequence[int]
) -> Difference | None:
    columns = [arm.column(found.per_case) for arm in pair]
    if sum(not any(math.isnan(column[i]) for column in columns) for i in which) < FEWEST:
        return None
    return comparing.difference(*pair, found.primary, found.cases, which)


def save(parts: Sequence[Slice], folder: Path) -> None:
    files.write(
        folder / _FILE, json.dumps([asdict(p) for p in parts], ensure_ascii=False).encode("utf-8", "replace")
    )


def load(folder: Path) -> list[Slice]:
    """The parts kept beside a comparison; none where it has none or the file is damaged."""
    try:
        return [
            Slice(p["by"], p["name"], tuple(p["cases"]))
            for p in json.loads((folder / _FILE).read_text("utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []
