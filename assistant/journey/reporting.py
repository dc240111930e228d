"""Gathers what a report says beside the comparison (decision, data, training, how to repeat it) and writes it."""

import json
import shlex
from dataclasses import replace
from pathlib import Path

from assistant import jobs, texts
from assistant.advisor import memory
from assistant.dataset import versions
from assistant.errors import PenalaError
from assistant.evaluation import judging, preferences, report, robustness, slices, voting
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.drawing import Point
from assistant.evaluation.report import Background, Fact
from assistant.evaluation.values import arm_name, metric_name
from assistant.journey import bench, benefits, compare, forgetting, freezing, history, judge
from assistant.settings import Settings
from assistant.tuning.adapters import Adapter, Card
from assistant.tuning.environment import environment
from assistant.workspace.project import Project

Job = jobs.Job


def write(
    project: Project, language: str, out: Path | None, settings: Settings, identity: str | None = None
) -> Path:
    """The report of a comparison (the newest of the task if none is named), beside it or at `out`; Markdown where
    that ends in .md."""
    job = finished(project, identity)
    path = out or job.folder / f"report-{language}.html"
    found = compare.saved(project, job.id)
    return report.write(found, _background(project, job, found, language, settings), language, path)


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


def finished(project: Project, identity: str | None) -> Job:
    """The finished comparison of that id; the newest of the task where none is named, else the newest.

    Raises PenalaError("nothing_compared")."""
    done = [job for job in compare.comparisons(project) if job.state() == "finished"]
    if identity:
        done = [job for job in done if job.id == identity]
    task = [job for job in done if job.spec["request"]["test"] != "questions"]
    if not done:
        raise PenalaError("nothing_compared")
    return (task or done)[0]


def _background(
    project: Project, job: Job, found: Comparison, language: str, settings: Settings
) -> Background:
    request = compare.request(job)
    tuned = bench.chosen_adapter(project, request)
    cast = voting.votes(project, job.id)
    groups = {case.id: case.group for case in found.cases}
    card, judged = tuned.card if tuned else None, judging.load(job.folder)
    return Background(
        project=project.get("name", project.id),
        decision=_decision(project, language),
        data=_data(project, request.test, language),
        training=_training(card, language) if card else (),
        losses=_losses(tuned) if tuned else (),
        commands=_commands(project, request, card),
        risks=[texts.say(language, "journey.report.folds")] if request.folded else (),
        kept=forgetting.saved(job.folder),
        held=robustness.load(job.folder),
        versions=[Fact(name, value) for name, value in environment().items()],
        hashes=_hashes(project, request.test, card),
        benefits=[Fact(b.question, b.answer) for b in benefits.of(project, job, found, language, settings)],
        parts=slices.measure(found, slices.load(job.folder)),
        preferred=preferences.preferred(cast, groups, found.margin),
        judged=judging.told(judged, found, judge.people(project, job.id, found, judged), language)
        if judged
        else (),
        voters=len({v.voter for v in cast}),
        rounds=_rounds(project, language),
        appendix=_appendix(project, request.test, language),
    )


def _rounds(project: Project, language: str) -> list[list[str]]:
    """The loop so far, where there is more than one turn of it."""
    made = history.rounds(project)
    return [history.cells(r, language) for r in made] if len(made) > 1 else []


def _appendix(project: Project, test: str, language: str) -> list[tuple[str, str]]:
    """The whole record of the decision, and the datasheet of the version."""
    title = texts.say(language, "journey.report.record")
    newest = [made.record.get("markdown", {}).get(language) for made in memory.decisions(project)[:1]]
    found = [(title, text) for text in newest if text]
    if test != "questions":
        version = versions.version(project, test.split(":")[0]).name
        found.append(
            (texts.say(language, "journey.report.datasheet"), freezing.sheet(project, version, language))
        )
    return found


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


def _commands(project: Project, request: compare.Request, card: Card | None) -> list[str]:
    """What a colleague types to repeat it, with the run that was the newest then named."""
    where = f"--project {project.id}"
    if card is None:
        return [f"penala compare {where} {shlex.join(compare.words(request))}"]
    p = card.plan
    tune = f"penala tune {where} --dataset {card.dataset} --model {card.base} --method {p['method']} --preset {p['preset']} --seed {p['seed']}"
    again = f"penala compare {where} {shlex.join(compare.words(replace(request, run=card.run)))}"
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
