"""Labels that two classifiers which learned from the other examples disagree with, the most doubtful first.

Held-out probabilities are compared with the given label, as in confident learning (Northcutt, Jiang and Chuang 2021): a
logistic regression and the nearest neighbours on embeddings, averaged, because each is wrong on other rows.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.dataset.checks import Data, Finding, Named

_FOLDS, _ROUNDS, _NEIGHBOURS, _SHARP = 5, 3, 15, 5.0
_FEWEST = 5  # rows of a label, below which nobody can learn it from the others
_MOST_COMPARED = 20_000  # rows up to which neighbours are sought


def check(data: Data) -> list[Finding]:
    if data.kind != "labels":
        return []
    if data.embed is None:
        return (
            [Finding("label_noise", "note", (), {"reason": Named({data.unread: 0}, "not_run")}, "not_run")]
            if data.unread
            else []
        )
    counts = Counter(e.output.strip() for e in data.examples)
    rows = [e for e in data.examples if counts[e.output.strip()] >= _FEWEST]
    labels = [e.output.strip() for e in rows]
    if len(set(labels)) < 2:
        return []
    margins = doubt(data.embed([e.input for e in rows]), labels)
    doubtful = [int(i) for i in np.argsort(margins, kind="stable") if margins[i] < 0]
    found = tuple(rows[i].id for i in doubtful)
    return [Finding("label_noise", "note", found)] if found else []


def doubt(vectors: NDArray[Any], labels: Sequence[str]) -> NDArray[np.float64]:
    """For each row how much likelier its label is than the best other one, -1 to 1; below 0 another one is likelier."""
    centred = vectors - vectors.mean(axis=0)
    centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    names, given = np.unique(np.asarray(labels), return_inverse=True)
    odds = _learned(centred, given, len(names))
    if len(labels) <= _MOST_COMPARED:
        odds = (odds + _neighbours(centred, given, len(names))) / 2
    own = odds[np.arange(len(given)), given]
    others = odds.copy()
    others[np.arange(len(given)), given] = -1
    return own - others.max(axis=1)


def _learned(vectors: NDArray[Any], given: NDArray[Any], count: int) -> NDArray[np.float64]:
    """Held-out probabilities of a logistic regression, the mean of three ways to cut the folds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    odds = np.zeros((len(given), count))
    for seed in range(_ROUNDS if len(given) <= _MOST_COMPARED else 1):
        for learn, hold in StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(vectors, given):
            model = LogisticRegression(max_iter=300).fit(vectors[learn], given[learn])
            odds[np.ix_(hold, model.classes_)] += model.predict_proba(vectors[hold])
    return odds / odds.sum(axis=1, keepdims=True)


def _neighbours(vectors: NDArray[Any], given: NDArray[Any], count: int) -> NDArray[np.float64]:
    """The labels of the fifteen nearest others, weighed by likeness."""
    odds, near = np.zeros((len(given), count)), min(_NEIGHBOURS, len(given) - 1)
    for start in range(0, len(given), 1024):
        likeness = vectors[start : start + 1024] @ vectors.T
        here = np.arange(len(likeness))
        likeness[here, here + start] = -np.inf
        nearest = np.argpartition(-likeness, near - 1, axis=1)[:, :near]
        for column in nearest.T:
            odds[here + start, given[column]] += np.exp(_SHARP * likeness[here, column])
    return odds / odds.sum(axis=1, keepdims=True)
