"""Several small runs in one job: a pilot on growing parts of the data, and a search over settings; both can be resumed."""

import gc
import json
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant import texts
from assistant.jobs import Event, Journal
from assistant.journey import measuring
from assistant.settings import Settings
from assistant.tuning import halving, outlook
from assistant.tuning.halving import Setting, Try
from assistant.tuning.plan import FOUR_BITS, Plan
from assistant.tuning.rows import Row
from assistant.workspace import files
from assistant.workspace.project import Project

KINDS = ("try", "outlook", "best")  # events of this module
PILOT = 100  # examples
_PARTS = (0.25, 0.5, 1.0)
_REPEATS = 2  # other rows of the same number, below the largest, to see how much that changes
_STEPS = 24  # a small part gets more passes, so that it is not the steps that it lacks
_MORE = 100
_ANSWERED = "answers.json"


@dataclass(frozen=True)
class Result:
    """What one try reached on the validation rows, answered by its saved adapter."""

    name: str
    rows: int
    score: float
    loss: float
    seconds: float
    answers: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        return {"name": self.name, "rows": self.rows, "score": self.score, "loss": self.loss, "seconds": self.seconds}  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """What the tries of one job share."""

    project: Project
    plan: Plan
    dataset: str
    origin: Any  # tuning.local.train.Origin
    rows: dict[str, list[Row]]
    journal: Journal
    settings: Settings

    def open(self, adapter: Path | None, learning: bool = False) -> Any:
        """The model as it is served, or as a run of this method opens it."""
        from assistant.models.local import open_chat

        four_bits = learning and self.plan.method in FOUR_BITS
        return open_chat(self.plan.model, self.settings, adapter, four_bits=four_bits)

    @property
    def folder(self) -> Path:
        return self.journal.folder / "tries"

    @cached_property
    def metric(self) -> str:
        """The declared metric; where that is the loss, the task's first."""
        usual = measuring.OFFERED[measuring.kind(self.project, self.dataset)][0]
        return usual if self.plan.metric == measuring.LOSS else self.plan.metric

    @cached_property
    def score(self) -> Callable[[Sequence[str], Sequence[str]], float]:
        scorer = measuring.scorer(measuring.kind(self.project, self.dataset))
        return lambda references, answers: scorer(references, answers)[self.metric]

    def run(self, name: str, plan: Plan, rows: list[Row], done: int, total: int) -> Result:
        """Train on these rows and answer the validation rows; read back where it was done before a resume.

        Raises Cancelled when the user asked to stop."""
        from assistant.tuning.local.train import train

        known = self.known(name)
        if known:
            return known
        self.journal.progress(done, total, "tuning.stage.trying", name=name)
        began, folder = time.monotonic(), self.folder / name
        chat = self.open(None, learning=True)
        watch = measuring.watch(self.project, self.dataset, plan.metric, plan.patience)
        stop = self.journal.folder / "cancel"
        given = {"train": rows, "validation": self.rows["validation"]}
        card = train(
            folder, plan, self.origin, given, chat, self._quietly(name, done, total), stop.exists, None, watch
        )
        del chat
        gc.collect()  # the network is changed by its training; the next try must not find it
        self.journal.check()
        answers = self.answers(folder / "adapter")
        result = Result(
            name, len(rows), self.score(self.references, answers), card.validation_loss or float("inf"),
            round(time.monotonic() - began, 1), tuple(answers),
        )  # fmt: skip
        files.write(folder / _ANSWERED, json.dumps(asdict(result), ensure_ascii=False))
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
        self.journal.add("try", **result.told(), rate=plan.rate, rank=plan.rank, epochs=plan.epochs)
        return result

    def begin(self) -> None:
        """Measure the untuned model, before the first try."""
        self.journal.progress(0, 0, "tuning.stage.untuned")
        self.journal.add("try", name="untuned", rows=0, score=self.untuned, loss=None, seconds=0.0)

    def known(self, name: str) -> Result | None:
        path = self.folder / name / _ANSWERED
        if not path.exists():
            return None
        body = json.loads(path.read_text("utf-8"))
        return Result(**{**body, "answers": tuple(body["answers"])})

    def answers(self, adapter: Path | None) -> list[str]:
        """The watched rows, answered by an adapter as it is served, or by the base alone."""
        from assistant.tuning.local.watching import looks

        found = looks(self.open(adapter), self.rows["validation"], self.plan.longest, self.origin.labels)  # fmt: skip
        answers = found.answers()
        del found
        gc.collect()
        return answers

    @cached_property
    def references(self) -> list[str]:
        from assistant.tuning.local.watching import looks

        found = looks(self.open(None), self.rows["validation"], self.plan.longest, self.origin.labels)
        return [row.completion for row in found.rows]

    @cached_property
    def untuned(self) -> float:
        """The base model's own score; measured once a job."""
        path = self.folder / "untuned.json"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            files.write(path, json.dumps(self.score(self.references, self.answers(None))))
        return float(json.loads(path.read_text()))

    def part(self, count: int, seed: int) -> list[Row]:
        """So many training rows; with one seed, a larger part holds the smaller ones."""
        order = random.Random(seed).sample(range(len(self.rows["train"])), len(self.rows["train"]))
        return [self.rows["train"][i] for i in order[:count]]

    def keep(self, name: str) -> dict[str, Any]:
        """Make a try's adapter the job's own; what a finished run says of itself."""
        target = self.journal.folder / "adapter"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.folder / name / "adapter", target)
        result = self.known(name)
        assert result is not None
        score = {} if self.plan.metric == measuring.LOSS else {self.plan.metric: result.score}
        return {"adapter": str(target), "metrics": {"validation_loss": result.loss, **score}}

    def _quietly(self, name: str, done: int, total: int) -> Callable[..., None]:
        """A try's own reports: its steps as a share of the job, what goes wrong as it is, the rest not at all."""

        def report(kind: str, **values: Any) -> None:
            if kind == "metric" and values["split"] == "validation":
                share = values["step"] / max(1, values["steps"])
                self.journal.add("progress", done=done + share, total=total, stage="tuning.stage.trying", name=name, quiet=True)  # fmt: skip
            elif kind == "note" and str(values.get("key", "")).startswith(("tuning.sign.", "tuning.cause.")):
                self.journal.add(kind, **values)

        return report


def work(bench: Bench, spec: dict[str, Any]) -> dict[str, Any]:
    """A pilot or a search, as the spec asks; what the job says at its end."""
    if spec.get("pilot"):
        return pilot(bench, int(spec["pilot"]))
    return search(bench, float(spec["search"]["minutes"]), int(spec["search"]["tries"]))


def told(event: Event, language: str) -> str:
    """A try's score, what more examples would bring, or the best settings, in a sentence."""
    v = event.values
    if event.kind == "best":
        share = texts.number(language, 100 * v["share"])
        said = {name: f"{v[name]:g}" for name in ("rate", "rank", "epochs")}
        return texts.say(language, "tuning.best", **said, share=share, score=_percent(v["score"], language))
    if event.kind == "outlook":
        if v["reason"]:
            return texts.say(language, f"tuning.outlook_none.{v['reason']}", more=v["more"], rows=v["rows"])
        name = texts.say(language, f"evaluation.metrics.{v['metric']}.name")
        gain, low, high = (f"{100 * v[n]:+.1f}".replace(".", "," if language == "id" else ".") for n in ("gain", "low", "high"))  # fmt: skip
        return texts.say(language, "tuning.outlook", more=v["more"], gain=gain, low=low, high=high, metric=name, rows=v["rows"])  # fmt: skip
    if v["name"] == "untuned":
        return texts.say(language, "tuning.tried_untuned", score=_percent(v["score"], language))
    score = _percent(v["score"], language)
    said = {name: f"{v[name]:g}" for name in ("rate", "rank", "epochs")}
    return texts.say(language, "tuning.tried", rows=v["rows"], score=score, **said)


def _percent(share: float, language: str) -> str:
    return f"{texts.number(language, 100 * share, 1)} %"


def pilot(bench: Bench, examples: int) -> dict[str, Any]:
    """Runs on a quarter, a half and all of so many examples, and what more of them would bring."""
    most = min(examples, len(bench.rows["train"]))
    sizes = sorted({max(8, round(share * most)) for share in _PARTS} & set(range(most + 1)))
    wanted = [(size, n) for size in sizes for n in range(_REPEATS if size < most else 1)]
    bench.begin()
    found: dict[int, list[Result]] = {}
    for done, (size, n) in enumerate(wanted):
        steps = -(-size // bench.plan.batch)
        plan = replace(bench.plan, epochs=min(50, max(bench.plan.epochs, -(-_STEPS // steps))))
        result = bench.run(f"{size}-{n}", plan, bench.part(size, bench.plan.seed + n), done, len(wanted))
        found.setdefault(size, []).append(result)
    points = [_point(bench, size, results) for size, results in found.items()]
    more = min(_MORE, most)
    seen = outlook.outlook(points, more, len(bench.references), bench.untuned)
    bench.journal.add("outlook", **asdict(seen), metric=bench.metric, rows=most)
    return bench.keep(f"{most}-0")


def _point(bench: Bench, size: int, results: Sequence[Result]) -> outlook.Point:
    draws = outlook.resampled(bench.score, bench.references, [r.answers for r in results])
    return outlook.Point(size, tuple(r.score for r in results), draws)


def search(bench: Bench, minutes: float, tries: int) -> dict[str, Any]:
    """Successive halving over rates, passes and ranks within a budget of minutes or of tries (0: not bounded so)."""
    first = Try(halving.settings(bench.plan)[0], halving.SHARES[0])
    best: tuple[float, tuple[float, float], Try] | None = None
    bench.begin()
    if tries:
        chosen = halving.within(bench.plan, tries)
    else:  # the first try measures what a pass over all rows takes
        _tried(bench, first, 0, 1)
        chosen = halving.settings(bench.plan)[: _afforded(bench, minutes)]
    total, done = sum(halving.rounds(len(chosen))), 0

    def run(one: Try) -> tuple[float, float] | None:
        nonlocal done
        new = bench.known(one.name) is None
        if new and done and not tries and _spent(bench) + one.cost * _pass_seconds(bench) > 60 * minutes:
            bench.journal.add("note", key="tuning.budget_spent", minutes=minutes, tries=done)
            return None
        result = _tried(bench, one, done, total)
        done += 1
        return result.score, -result.loss

    for one, standing in halving.halve(chosen, run):
        if best is None or (one.share, standing) > best[:2]:
            best = (one.share, standing, one)
    assert best is not None  # the first try is always made
    winner = best[2]
    bench.journal.add("best", **asdict(winner.setting), share=winner.share, score=best[1][0])
    return bench.keep(winner.name) if winner.share == 1.0 else {"adapter": None, "metrics": {}}


def _afforded(bench: Bench, minutes: float) -> int:
    """How many settings the budget takes; decided once, so that a resumed search goes on with the same."""
    path = bench.folder / "settings.json"
    if not path.exists():
        found = halving.affordable(bench.plan, 60 * minutes / _pass_seconds(bench))
        files.write(path, json.dumps(len(found)))
    return int(json.loads(path.read_text()))


def _tried(bench: Bench, one: Try, done: int, total: int) -> Result:
    rows = bench.part(max(8, round(one.share * len(bench.rows["train"]))), bench.plan.seed)
    return bench.run(one.name, tuned(bench.plan, one.setting), rows, done, total)


def tuned(plan: Plan, setting: Setting) -> Plan:
    """The plan with a setting in it; the adapter's scale stays as it is."""
    alpha = max(1, plan.alpha * setting.rank // plan.rank)
    return replace(plan, rate=setting.rate, rank=setting.rank, alpha=alpha, epochs=setting.epochs)


def _results(bench: Bench) -> list[Result]:
    names = sorted(path.parent.name for path in bench.folder.glob(f"*/{_ANSWERED}"))
    return [result for name in names if (result := bench.known(name))]


def _spent(bench: Bench) -> float:
    """Seconds of all tries so far, those before a resume too."""
    return sum(result.seconds for result in _results(bench))


def _pass_seconds(bench: Bench) -> float:
    """What one pass over all training rows takes, by the tries so far."""
    found = _results(bench)
    passes = sum(int(r.name.split("-")[-2]) * r.rows / len(bench.rows["train"]) for r in found)
    return sum(r.seconds for r in found) / max(1e-9, passes)
