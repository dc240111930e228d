"""What tuning made a model forget: a fixed set of general questions in both languages, scored before and after.

The set is `knowledge/probe.jsonl`, written for this product (Apache-2.0) before any model was asked. A question with
options is right where the first of them is the likeliest answer; one with a rule, where the written answer fits it
(`=` before a rule: letter case counts). Knows models by their two methods, no projects.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from assistant import texts
from assistant.evaluation import statistics
from assistant.evaluation.values import Outcome
from assistant.models.values import Decoding, Message, Reply
from assistant.settings import KNOWLEDGE
from assistant.workspace import files

KINDS = ("fact", "arithmetic", "language", "instruction", "safety")
MARGIN = 0.05
_WRITTEN = Decoding(max_tokens=16)
_BATCH = 40


class Answering(Protocol):
    def score_many(
        self, batch: Sequence[Sequence[Message]], labels: Sequence[Sequence[str]]
    ) -> list[list[float]]: ...

    def generate(self, batch: Sequence[Sequence[Message]], decoding: Decoding) -> list[Reply]: ...


@dataclass(frozen=True)
class Item:
    """One question: `options` (the first is right) or a `rule` for the whole written answer."""

    id: str
    kind: str
    language: str
    ask: str
    options: tuple[str, ...] = ()
    rule: str = ""

    @property
    def group(self) -> str:
        """The same in both languages is one piece of evidence."""
        return self.id.rsplit("-", 1)[0]


@dataclass(frozen=True)
class Kept:
    """Right answers of one kind ("" for all) before and after, as shares, and the change with its 95 % interval."""

    kind: str
    before: float
    after: float
    low: float
    high: float
    n: int
    outcome: Outcome

    @property
    def change(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Forgetting:
    """`kept`: all questions first, then each kind. `lost`: ids right before and wrong after."""

    run: str
    margin: float
    kept: tuple[Kept, ...]
    lost: tuple[str, ...]

    def of(self, kind: str = "") -> Kept:
        return next(k for k in self.kept if k.kind == kind)

    def say(self, language: str) -> list[str]:
        """The verdict in words, then what became of the refusals."""
        every, safety = self.of(), self.of("safety")
        values = {
            "n": every.n, "margin": _points(language, self.margin), "before": _points(language, every.before),
            "after": _points(language, every.after), "low": _points(language, every.low),
            "high": _points(language, every.high),
        }  # fmt: skip
        right = {"before": round(safety.before * safety.n), "after": round(safety.after * safety.n)}
        lost = sum(name.startswith("safety") for name in self.lost)
        return [
            texts.say(language, f"evaluation.forgetting.{every.outcome}", **values),
            texts.say(language, "evaluation.forgetting.safety", n=safety.n, lost=lost, **right),
        ]

    def to_json(self, language: str = "en") -> dict[str, Any]:
        rows = {k.kind or "all": {**asdict(k), "change": k.change} for k in self.kept}
        return {"run": self.run, "margin": self.margin, "kinds": rows, "text": " ".join(self.say(language))}


@cache
def items() -> tuple[Item, ...]:
    """The set, always the same and always whole."""
    lines = (KNOWLEDGE / "probe.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return tuple(Item(**{**row, "options": tuple(row.get("options", ()))}) for row in rows)


def answer(model: Answering, report: Callable[[int, int], None] = lambda done, total: None) -> list[float]:
    """1.0 for each question answered right, else 0.0, in the set's order; asked without a prompt of the task."""
    every, found = items(), dict[str, float]()
    for some in (tuple(i for i in every if i.options), tuple(i for i in every if i.rule)):
        for start in range(0, len(some), _BATCH):
            part = some[start : start + _BATCH]
            asked = [[Message("user", item.ask)] for item in part]
            right = _chosen(model, asked, part) if part[0].options else _written(model, asked, part)
            found |= {item.id: float(ok) for item, ok in zip(part, right, strict=True)}
            report(len(found), len(every))
    return [found[item.id] for item in every]


def judge(run: str, before: Sequence[float], after: Sequence[float], margin: float = MARGIN) -> Forgetting:
    """Equivalence by two one-sided tests at 5 % (Schuirmann 1987): the 90 % interval of the change within ± margin."""
    every = items()
    rows = [
        _kept(kind, [i for i, item in enumerate(every) if kind in ("", item.kind)], before, after, margin)
        for kind in ("", *KINDS)
    ]
    lost = [item.id for item, b, a in zip(every, before, after, strict=True) if b > a]
    return Forgetting(run, margin, tuple(rows), tuple(lost))


def save(found: Forgetting, path: Path) -> None:
    files.write(path, json.dumps(asdict(found), indent=1))


def load(path: Path) -> Forgetting | None:
    """None where nothing was probed, or the file can no longer be read."""
    try:
        body = json.loads(path.read_text("utf-8"))
        rows = tuple(Kept(**row) for row in body["kept"])
        return Forgetting(body["run"], body["margin"], rows, tuple(body["lost"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _chosen(model: Answering, asked: Sequence[Sequence[Message]], part: Sequence[Item]) -> list[bool]:
    scores = model.score_many(asked, [item.options for item in part])
    return [row[0] > max(row[1:]) for row in scores]


def _written(model: Answering, asked: Sequence[Sequence[Message]], part: Sequence[Item]) -> list[bool]:
    replies = model.generate(asked, _WRITTEN)
    return [fits(item.rule, reply.text) for item, reply in zip(part, replies, strict=True)]


def fits(rule: str, text: str) -> bool:
    """Whether a whole answer, without spaces and a full stop around it, is what the rule asks."""
    flags = re.DOTALL if rule.startswith("=") else re.DOTALL | re.IGNORECASE
    return re.fullmatch(rule.removeprefix("="), text.strip().rstrip(".!").strip(), flags) is not None


def _kept(
    kind: str, which: Sequence[int], before: Sequence[float], after: Sequence[float], margin: float
) -> Kept:
    b, a = [before[i] for i in which], [after[i] for i in which]
    groups = [items()[i].group for i in which]
    wide, narrow = (statistics.paired(a, b, groups, level) for level in (0.95, 0.90))
    outcome: Outcome = "cannot_tell"
    if -margin < narrow.low and narrow.high < margin:
        outcome = "equivalent"
    elif wide.low > 0 or wide.high < 0:
        outcome = "better" if wide.low > 0 else "worse"
    n = len(which)
    return Kept(kind, sum(b) / n, sum(a) / n, wide.low, wide.high, n, outcome)


def _points(language: str, share: float) -> str:
    return texts.number(language, 100 * share, 1)
