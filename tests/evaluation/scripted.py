"""Arms and cases for these tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.evaluation.values import Answered, Case


@dataclass
class ScriptedArm:
    """Answers by a function of the case; counts what it was asked."""

    name: str
    say: Callable[[Case], str]
    fingerprint: str = ""
    seconds: float = 0.5
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fingerprint = self.fingerprint or f"print of {self.name}"

    def answer(self, cases: Sequence[Case]) -> list[Answered]:
        self.asked += [case.id for case in cases]
        return [Answered(case.id, self.say(case), self.seconds, 10, 5) for case in cases]


def right(case: Case) -> str:
    return case.reference


def right_but(*wrong: int) -> Callable[[Case], str]:
    """Right except on the cases of those numbers."""
    return lambda case: "something else entirely" if int(case.id[1:]) in wrong else case.reference


def label_cases(n: int, groups: int = 0) -> list[Case]:
    names = ("positif", "negatif", "netral")
    return [
        Case(f"c{i}", f"ulasan nomor {i}", names[i % 3], f"g{i % groups}" if groups else "") for i in range(n)
    ]
