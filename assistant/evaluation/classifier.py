"""The arm that is no language model: logistic regression on embeddings; knows nothing of the test cases.

Its one setting, the strength of the regularisation C, is chosen by cross-validation on the training rows
alone, whole sources to one fold.
"""

import hashlib
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assistant.errors import PenalaError
from assistant.evaluation.statistics import group_codes
from assistant.evaluation.values import Answered, Case
from assistant.models.values import Embedder

STRENGTHS = (0.1, 1.0, 10.0, 100.0, 1000.0)
_FOLDS = 5


@dataclass(frozen=True)
class ClassifierArm:
    """Answers with one of the training rows' labels. Fits when it is first asked.

    Raises PenalaError("no_training_rows") without a row, or with a label missing.
    """

    inputs: Sequence[str]
    labels: Sequence[str]
    embedder: Embedder
    groups: Sequence[str] | None = None
    seed: int = 0
    name: str = "classifier"

    def __post_init__(self) -> None:
        if not self.inputs or len(self.inputs) != len(self.labels):
            raise PenalaError("no_training_rows")

    @cached_property
    def fingerprint(self) -> str:
        import sklearn

        digest = hashlib.sha256(
            f"chances {self.embedder.fingerprint} {sklearn.__version__} {self.seed}".encode()
        )
        for row in zip(self.inputs, self.labels, self.groups or self.inputs, strict=True):
            digest.update(repr(row).encode())
        return digest.hexdigest()[:16]

    def answer(self, cases: Sequence[Case]) -> list[Answered]:
        model = self._model
        began = time.perf_counter()
        vectors = self.embedder.queries([case.input for case in cases])
        chances = model.predict_proba(vectors)
        seconds = (time.perf_counter() - began) / max(1, len(cases))
        names = [str(name) for name in model.classes_]
        return [
            Answered(
                case.id, names[int(row.argmax())], seconds, self.embedder.count(case.input), 0,
                chances={name: round(float(p), 4) for name, p in zip(names, row, strict=True)},
            )
            for case, row in zip(cases, chances, strict=True)
        ]  # fmt: skip

    @cached_property
    def strength(self) -> float:
        """The C that was right most often on held-back training rows; 1.0 where there are too few to ask."""
        from sklearn.model_selection import GridSearchCV

        splits = self._splits()
        if not splits:
            return 1.0
        search = GridSearchCV(_regression(1.0), {"C": list(STRENGTHS)}, cv=splits, scoring="accuracy")
        search.fit(self._vectors, list(self.labels))
        return float(search.best_params_["C"])

    def _splits(self) -> list[Any]:
        """Folds that keep a source whole, each with two labels or more to learn from."""
        from sklearn.model_selection import StratifiedGroupKFold

        code = group_codes(self.groups, len(self.inputs))
        folds = min(_FOLDS, int(code.max()) + 1)
        if folds < 2 or len(set(self.labels)) < 2:
            return []
        cut = StratifiedGroupKFold(folds, shuffle=True, random_state=self.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a label rarer than the folds is no reason to stop
            try:
                splits = list(cut.split(self._vectors, list(self.labels), code))
            except ValueError:  # every label is rarer than the folds
                return []
        return [s for s in splits if len(s[1]) and len({self.labels[i] for i in s[0]}) > 1]

    @cached_property
    def _vectors(self) -> Any:
        return self.embedder.queries(list(self.inputs))  # one sort of text on both sides, as e5 asks for

    @cached_property
    def _model(self) -> Any:
        if len(set(self.labels)) == 1:
            from sklearn.dummy import DummyClassifier

            return DummyClassifier(strategy="most_frequent").fit(self._vectors, list(self.labels))
        return _regression(self.strength).fit(self._vectors, list(self.labels))


def _regression(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=2000)
