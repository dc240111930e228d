"""An arm that learns from rows, made anew for each fold of a cross-validation; knows nothing of how it is made."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.evaluation.values import Answered, Arm, Case


@dataclass(frozen=True)
class FoldedArm:
    """`arms`: one a fold, each made without that fold's rows; `fold_of`: which of them a case belongs to, by its id."""

    name: str
    arms: tuple[Arm, ...]
    fold_of: Mapping[str, int]

    @property
    def fingerprint(self) -> str:
        parts = [arm.fingerprint for arm in self.arms] + sorted(
            f"{id} {fold}" for id, fold in self.fold_of.items()
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def answer(self, cases: Sequence[Case]) -> list[Answered]:
        """Each case by its fold's arm, in the order given."""
        given: dict[str, Answered] = {}
        for fold, arm in enumerate(self.arms):
            mine = [case for case in cases if self.fold_of[case.id] == fold]
            given |= {a.case: a for a in (arm.answer(mine) if mine else [])}
        return [given[case.id] for case in cases]
