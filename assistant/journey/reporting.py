"""Gathers what a report says beside the comparison (decision, data, training, how to repeat it) and writes it."""

import json
from pathlib import Path

from assistant import jobs, texts
from assistant.dataset import versions
from assistant.errors import PenalaError
from assistant.evaluation import report
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.drawing import Point
from assistant.evaluation.report import Background, Fact
from assistant.evaluation.values import arm_name, metric_name
from assistant.journey import compare
from assistant.tuning.adapters import Adapter, Card
from assistant.tuning.environment import environment
from assistant.workspace.project import Project

Job = jobs.Job


def write(project: Project, language: str, out: Path | None, identity: str | None = None) -> Path:
    """The report of a comparison (the newest of the task if none is named), beside it or at `out`."""
    job = _job(project, identity)
    path = out or job.folder / f"report-{language}.html"
    background = _background(project, job, language)
    return report.write(compare.saved(project, job.id), background, language, path)


def table(found: Comparison, language: str) -> str:
    """The comparison as lines for a terminal: each arm's primary metric, then the verdict."""
    lines = []
    for arm in found.arms:
        m = arm.metric(found.primary)
        value, low, high = (texts.number(language, v, 3) for v in (m.value, m.low, m.high))
        name = f"{arm_name(language, arm.name)}: {metric_name(language, m.name)}"
        lines.append(
            f"{name} {value} [{low} – {high}], n = {m.n}, {texts.number(language, arm.seconds, 2)} s"
        )
    return "\n".join([*lines, found.verdict.say(language), found.verdict.next_step.say(language)])


def _job(project: Project, identity: str | None) -> Job:
    finished = [job for job in compare.comparisons(project) if job.state() == "finished"]
    if identity:
        finished = [job for job in finished if job.id == identity]
    task = [job for job in finished if job.spec["request"]["test"] != "questions"]
    if not finished:
        raise PenalaError("nothing_compared")
    return (task or finished)[0]


def _background(project: Project, job: Job, language: str) -> Background:
    request = job.spec["request"]
    tuned = compare.chosen_adapter(project, compare.Request(**request))
    card = tuned.card if tuned else None
    return Background(
        project=project.get("name", project.id),
        decision=_decision(project, language),
        data=_data(project, request["test"], language),
        training=_training(card, language) if card else (),
        losses=_losses(tuned) if tuned else (),
        commands=_commands(project, request, card),
        versions=[Fact(name, value) for name, value in environment().items()],
        hashes=_hashes(project, request["test"], card),
    )


def _decision(project: Project, language: str) -> list[Fact]:
    with project.database() as db:
        row = db.execute("SELECT approach, at FROM decisions ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        return []
    name = texts.say(language, f"advisor.approaches.{row['approach']}")
    return [Fact(texts.say(language, "journey.report.decision"), f"{name} ({row['at'][:10]})")]


def _data(project: Project, test: str, language: str) -> list[Fact]:
    if test == "questions":
        return []
    found = versions.version(project, test.split(":")[0])
    rows = versions.load(project, found.name)
    facts = [Fact(texts.say(language, "journey.report.version"), f"{found.name} ({found.at[:10]})")]
    for split in ("train", "validation", "test"):
        count = texts.number(language, sum(e.split == split for e in rows))
        facts.append(Fact(texts.say(language, f"journey.report.{split}"), count))
    return facts


def _training(card: Card, language: str) -> list[Fact]:
    def fact(key: str, value: object) -> Fact:
        return Fact(texts.say(language, f"journey.report.{key}"), str(value))

    return [
        fact("base", card.base), fact("method", card.plan["method"]), fact("preset", card.plan["preset"]),
        fact("epochs", card.plan["epochs"]), fact("rows", texts.number(language, card.rows)),
        fact("minutes", texts.number(language, card.seconds / 60, 1)),
        fact("validation_loss", "–" if card.validation_loss is None else texts.number(language, card.validation_loss, 3)),
    ]  # fmt: skip


def _losses(tuned: Adapter) -> list[Point]:
    events = Job(tuned.folder.parent).events()
    metrics = [e.values for e in events if e.kind == "metric"]
    return [Point(int(v["step"]), float(v["loss"]), str(v["split"])) for v in metrics]


def _commands(project: Project, request: dict[str, object], card: Card | None) -> list[str]:
    """What a colleague types to repeat it."""
    where = f"--project {project.id}"
    if card is None:
        return [f"penala compare {where} --test {request['test']}"]
    p = card.plan
    tune = f"penala tune {where} --dataset {card.dataset} --model {card.base} --method {p['method']} --preset {p['preset']} --seed {p['seed']}"
    again = f"penala compare {where} --test {request['test']} --run {card.run}"
    return [f"{tune} --passages" if card.passages else tune, again, f"penala report {where}"]


def _hashes(project: Project, test: str, card: Card | None) -> list[Fact]:
    found = []
    if test != "questions":
        version = versions.version(project, test.split(":")[0])
        found.append(Fact(f"datasets/{version.name}.jsonl (sha256)", version.hash))
    if card:
        found.append(Fact(card.base, card.base_fingerprint))
        found.append(Fact("prompt", json.loads(card.prompt)["instructions"]))
    return found
