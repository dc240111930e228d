"""How arms hold when the same is asked otherwise: misspelt, in slang, worded otherwise, once more; knows no way of
writing a text otherwise."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from assistant import texts
from assistant.evaluation import comparing, metrics, running, statistics, wording
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.statistics import Difference, Interval
from assistant.evaluation.values import Answered, Arm, Case, Kind, Outcome, arm_name, simplicity
from assistant.workspace import files

AGAIN = "again"  # the way that changes nothing: asked once more, in another order
WAYS = ("typing", "slang", "wording", AGAIN)
_FILE = "robustness.json"
_Row = tuple[str, str, float, Difference, Interval]  # arm, way, value before, change, likeness


@dataclass(frozen=True)
class Held:
    """One arm's cases asked in one other way. `before` and `after`: the main metric over these n cases as written and
    asked otherwise, both 0..1; `low` and `high`: the 95 % interval of the change; `outcome` of the change, Holm-adjusted
    over all arms and ways; `alike`: how alike the two answers are (labels: the same one, else the words they share) with
    its interval."""

    arm: str
    way: str
    before: float
    after: float
    low: float
    high: float
    n: int
    outcome: Outcome
    alike: float
    alike_low: float
    alike_high: float

    @property
    def change(self) -> float:
        return self.after - self.before

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "change": self.change}


def measure(
    found: Comparison,
    arms: Sequence[Arm],
    asked: Mapping[str, Mapping[str, str]],
    cache: Path,
    report: Callable[[int, int], None] = lambda done, total: None,
    aids: metrics.Aids = metrics.NO_AIDS,
) -> list[Held]:
    """Ask the comparison's arms again. `asked`: for each way, the other input by case id; leaked cases are left out, and
    so is a way that has fewer than statistics.FEWEST cases. Answers are kept in `cache` like all others; those of AGAIN
    beside them, since the input is the same. `report(done, total)` counts answers. Raises what the arms raise."""
    rows: list[_Row] = []
    kept = {
        way: [i for i, c in enumerate(found.cases) if c.id in inputs and c.id not in found.leaked]
        for way, inputs in asked.items()
    }
    enough = {way: which for way, which in kept.items() if len(which) >= statistics.FEWEST}
    total, done = len(arms) * sum(map(len, enough.values())), 0
    for way, which in enough.items():
        cases = [found.cases[i] for i in which]
        written = [replace(case, input=asked[way][case.id]) for case in cases]
        folder = cache / AGAIN if way == AGAIN else cache
        for arm in arms:
            told = partial(_told, report, done, total)
            [answers] = running.run([arm], written, folder, told, found.seed + 1)
            done += len(written)
            said = [found.arm(arm.name).answers[i] for i in which]
            before, after = (
                metrics.measure(arm.name, arm.fingerprint, found.kind, cases, given, aids=aids)
                for given in (said, answers)
            )
            if before.has(found.primary):
                d = comparing.difference(after, before, found.primary, cases, range(len(cases)))
                alike = _alike(found.kind, said, answers, cases)
                rows.append((arm.name, way, before.metric(found.primary).value, d, alike))
    return _judged(rows, found.margin)


def _told(report: Callable[[int, int], None], before: int, total: int, done: int, of: int, arm: str) -> None:
    report(before + done, total)


def _judged(rows: Sequence[_Row], margin: float) -> list[Held]:
    adjusted = statistics.holm([d.p for *_, d, _ in rows])
    held = [
        Held(
            arm, way, before, before + d.value, d.low, d.high, d.n, statistics.outcome(d, p, margin),
            alike.value, alike.low, alike.high,
        )
        for (arm, way, before, d, alike), p in zip(rows, adjusted, strict=True)
    ]  # fmt: skip
    return sorted(held, key=lambda h: (simplicity(h.arm), WAYS.index(h.way)))


def _alike(
    kind: Kind, before: Sequence[Answered], after: Sequence[Answered], cases: Sequence[Case]
) -> Interval:
    """How alike the answers to the same case are, whether right or wrong."""
    same = [
        float(wording.label(b.text) == wording.label(a.text))
        if kind == "labels"
        else wording.token_f1(a.text, b.text)
        for b, a in zip(before, after, strict=True)
    ]
    return statistics.mean_interval(same, [case.group for case in cases])


def told(held: Sequence[Held], language: str) -> list[str]:
    """What it comes to, in sentences: which arm suffers from what, or that none was shown to, and how steady they are."""
    number = partial(texts.number, language)
    found = []
    for h in held:
        if h.outcome == "worse":
            values = [number(100 * x, 1) for x in (-h.change, -h.high, -h.low)]
            found.append(
                texts.say(
                    language, "evaluation.otherwise.suffers", arm=arm_name(language, h.arm),
                    way=texts.say(language, f"evaluation.otherwise.when.{h.way}"),
                    points=values[0], low=values[1], high=values[2], n=h.n,
                )
            )  # fmt: skip
    if held and not found:
        sure = all(h.outcome == "equivalent" for h in held)
        found.append(texts.say(language, f"evaluation.otherwise.{'all_hold' if sure else 'none_shown'}"))
    return [one[:1].upper() + one[1:] for one in found]


def save(held: Sequence[Held], folder: Path) -> None:
    files.write(folder / _FILE, json.dumps([asdict(h) for h in held], indent=1))


def load(folder: Path) -> list[Held]:
    """What is kept beside a comparison; none where nothing was asked again or the file is damaged."""
    try:
        return [Held(**row) for row in json.loads((folder / _FILE).read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return []
