"""What a run's own numbers show while it goes: overfitting, divergence, nothing learned. Knows no model and no rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Sign = Literal["overfitting", "diverging", "not_finite", "nothing"]

_WINDOW = 5  # steps whose mean loss is compared: single batches differ too much
_SOME = 8  # steps before which nothing is expected


@dataclass(frozen=True)
class Validation:
    """One look at the validation rows; `train`: the mean training loss since the one before."""

    step: int
    loss: float
    accuracy: float  # share of the answers' tokens written right
    score: float  # of the declared metric
    train: float


def of_steps(losses: Sequence[float]) -> Sign | None:
    """diverging, when the training loss has gone up by more than one nat a token and to more than twice its lowest."""
    if len(losses) < 2 * _WINDOW:
        return None
    means = [sum(losses[i : i + _WINDOW]) / _WINDOW for i in range(len(losses) - _WINDOW + 1)]
    lowest, now = min(means), means[-1]
    return "diverging" if now > 2 * lowest and now - lowest > 1.0 else None


def of_validations(seen: Sequence[Validation]) -> Sign | None:
    """What the newest look shows beside the earlier ones; the first is the untuned model's."""
    if len(seen) < 2:
        return None
    untuned, last = seen[0], seen[-1]
    if last.loss > 1.5 * untuned.loss and last.loss - untuned.loss > 1.0 and last.train > 0.9 * untuned.loss:
        return "diverging"
    still = last.loss > 0.98 * untuned.loss and last.accuracy < untuned.accuracy + 0.01
    if last.step >= _SOME and still and last.score <= untuned.score:
        return "nothing"
    return "overfitting" if _overfits(seen[1:]) else None


def _overfits(seen: Sequence[Validation]) -> bool:
    """The last two validation losses lie more than 5 % above the lowest, while the training loss went on falling."""
    if len(seen) < 3:
        return False
    lowest = min(seen[:-2], key=lambda look: look.loss)
    return all(look.loss > 1.05 * lowest.loss and look.train < 0.9 * lowest.train for look in seen[-2:])
