"""Adds up what the facts say for each approach and applies the gates; knows nothing of words or reasons."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.advisor.signals import APPROACHES, HYBRID, Checklist, Values


@dataclass(frozen=True)
class Tally:
    """Scores after the gates, the approach they lead to, and how far it is ahead (margin, in points)."""

    scores: Mapping[str, float]
    approach: str
    runner_up: str
    margin: float
    gates: tuple[str, ...]  # names of the gates that changed something
    held_back: float  # points that a block took away

    @property
    def lead(self) -> tuple[str, ...]:
        """The scored approaches behind the chosen one: both parts of the hybrid."""
        return ("rag", "fine_tune") if self.approach == HYBRID else (self.approach,)


def tally(values: Values, checklist: Checklist, sure: Values | None = None) -> Tally:
    """Sum the effects, apply the gates, choose: the highest score, the simpler way on a tie. Gates open and shut by
    the `sure` values alone, where they are given.

    With nothing that counts, the choice is not_ready. Rules: knowledge/checklist.yaml, gates and hybrid.
    """
    scores = dict.fromkeys(APPROACHES, 0.0)
    counted = False
    for name, value in values.items():
        answer = checklist.signals[name].answer(value)
        if answer is not None and answer.effects:
            counted = True
            _add(scores, answer.effects)
    held = []
    known = values if sure is None else sure
    for gate in checklist.gates:
        if gate.effects and checklist.hold(gate.when, known):
            counted = True
            held.append(gate.name)
            _add(scores, gate.effects)
    blocked: set[str] = set()
    held_back = 0.0
    for gate in checklist.gates:
        shut = checklist.hold(gate.when, known) if gate.when else not checklist.hold(gate.requires, known)
        if gate.blocks and shut:
            blocked.add(gate.blocks)
            if scores[gate.blocks] > 0:
                held.append(gate.name)
                held_back += scores[gate.blocks]
                scores[gate.blocks] = 0.0
    if not counted:
        return Tally(scores, "not_ready", "prompting", 0.0, tuple(held), held_back)
    approach, runner_up, margin = _choose(scores, blocked, values, checklist)
    return Tally(scores, approach, runner_up, margin, tuple(held), held_back)


def _add(scores: dict[str, float], effects: Mapping[str, float]) -> None:
    for approach, points in effects.items():
        scores[approach] += points


def _choose(
    scores: Mapping[str, float], blocked: set[str], values: Values, checklist: Checklist
) -> tuple[str, str, float]:
    order = sorted(
        (a for a in APPROACHES if a not in blocked), key=lambda a: -scores[a]
    )  # stable: ties keep order
    first, second = order[0], order[1]
    hybrid = checklist.hybrid
    if "fine_tune" not in blocked and checklist.hold(hybrid.when, values):
        weaker = min(scores["rag"], scores["fine_tune"])
        others = max(scores["not_llm"], scores["not_ready"])
        if weaker >= hybrid.least and weaker > others:
            return HYBRID, first, min(weaker - hybrid.least, weaker - others)
    return first, second, scores[first] - scores[second]
