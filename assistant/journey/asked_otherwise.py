"""Asks a comparison's arms again, in other writing: which cases, written how, and where the result is kept."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.dataset import noise
from assistant.dataset.similar import normal
from assistant.evaluation import robustness
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.metrics import Aids
from assistant.evaluation.robustness import Held
from assistant.evaluation.values import Arm, Case

STAGE = "otherwise"  # named among the arms, as evaluation.arms.otherwise
CASES = 50  # of a comparison, unless told otherwise; each is asked up to four times more, of every arm

_WAYS: dict[str, Callable[[str, int], str]] = {
    "typing": noise.misspelt, "slang": noise.slang, "wording": noise.framed, robustness.AGAIN: lambda text, seed: text,
}  # fmt: skip


def measure(
    found: Comparison,
    arms: Sequence[Arm],
    cases: int,
    cache: Path,
    folder: Path,
    report: Callable[[int, int, str], None],
    aids: Aids,
) -> list[Held]:
    """Ask the arms so many of the cases otherwise, drawn by the comparison's seed, and save what came of it."""
    drawn = random.Random(found.seed).sample(found.cases, min(cases, len(found.cases)))
    asked = {way: _written(way, drawn, found.seed) for way in _WAYS}
    held = robustness.measure(found, arms, asked, cache, lambda done, total: report(done, total, STAGE), aids)
    robustness.save(held, folder)
    return held


def _written(way: str, cases: Sequence[Case], seed: int) -> dict[str, str]:
    """The other input of each case that reads differently that way."""
    made = {case.id: _WAYS[way](case.input, seed) for case in cases}
    same = {c.id for c in cases if normal(made[c.id]) == normal(c.input)}
    return made if way == robustness.AGAIN else {id: text for id, text in made.items() if id not in same}
