"""A tuning run as HTML and numbers for the curve: how far it is, what it has learned, and how to repeat it."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape as safe
from typing import Any

from assistant import texts
from assistant.errors import PenalaError
from assistant.jobs import Event, Job, State
from assistant.tuning.plan import plan
from assistant.ui import addresses, views
from assistant.ui.context import speaker
from assistant.ui.tune import learned_view
from assistant.workspace.project import Project

_KINDS = {
    "running": "",
    "finished": "p-good",
    "failed": "p-bad",
    "cancelled": "p-warn",
    "interrupted": "p-warn",
}
_NOTES = 6  # sentences of the run that are shown
_DRAWN = 300  # training points that are drawn; more would slow the page and not be seen
_CHANGEABLE = (
    "epochs",
    "rank",
    "rate",
    "batch",
    "seed",
    "layers",
    "metric",
    "patience",
    "replay",
    "temperature",
)


@dataclass(frozen=True)
class Point:
    """One measurement while training."""

    step: int
    split: str  # train or validation
    loss: float
    accuracy: float = 0.0  # share of the answers' tokens written right; validation only
    score: float = 0.0  # what the best step is chosen by first: the declared metric, or less loss


@dataclass(frozen=True)
class Run:
    """A job as it is now: read once, shown in several places."""

    job: Job
    state: State
    events: tuple[Event, ...]

    @property
    def id(self) -> str:
        return self.job.id

    def last(self, kind: str) -> Mapping[str, Any]:
        return next((e.values for e in reversed(self.events) if e.kind == kind), {})

    @property
    def steps(self) -> int:
        """How many there will be, once that is known."""
        return int(self.last("metric").get("steps", 0))

    def points(self) -> list[Point]:
        """Losses in the order of the steps; a step that was repeated after a resume counts once."""
        found = [e.values for e in self.events if e.kind == "metric"]
        declared = self.job.spec["plan"].get("metric", "")
        known = {(v["split"], v["step"]): _point(v, declared) for v in found}
        return sorted(known.values(), key=lambda p: p.step)


def _point(values: Mapping[str, Any], metric: str) -> Point:
    score = -values["loss"] if metric == "loss" else values.get("scores", {}).get(metric, 0.0)
    return Point(values["step"], values["split"], values["loss"], values.get("accuracy", 0.0), score)


def read(job: Job) -> Run:
    return Run(job, job.state(), tuple(job.events()))


def chosen(runs: Sequence[Run], wanted: str) -> Run | None:
    """The run to show: the one asked for, else the newest that is under way, else the newest."""
    asked = [run for run in runs if run.id == wanted]
    busy = [run for run in runs if run.state == "running"]
    return next(iter([*asked, *busy, *runs]), None)


def drawn(points: Sequence[Point]) -> list[Point]:
    """The points worth drawing: every validation, and so many of training."""
    train = [p for p in points if p.split == "train"]
    every = len(train) // _DRAWN + 1
    kept = {p.step for p in train[::every]} | {p.step for p in train[-1:]}
    return [p for p in points if p.split != "train" or p.step in kept]


def now(run: Run, language: str) -> str:
    """The run in words: its state, how far it is and how long it still takes, and the curve's last values."""
    t = speaker(language)
    early = views.tag(t("tune.stopped"), "p-warn") if run.last("finished").get("stopped") else ""
    head = f"<h3>{safe(t('tune.run', run=run.id))} {state_tag(run, language)}{early}</h3>"
    moving = progress(run, language) if run.state == "running" else ""
    quiet = [e for e in run.events if e.kind == "note" and not learned_view.is_warning(e)]
    notes = list(dict.fromkeys(told(e, language) for e in quiet))
    listed = views.lines(notes[-_NOTES:]) if notes else ""
    name = learned_view.metric(run.events, run.job.spec["plan"])
    score = learned_view.sentence(learned_view.scored(run.events, name), name, language)
    said = [text for text in (losses(run.points(), language), score) if text]
    curve = "".join(f"<p>{safe(text)}</p>" for text in said)
    wrong = learned_view.warnings(run.events, language)
    curve += views.lines(spent(run, language)) if run.state == "finished" else ""
    kind = " p-running" if run.state == "running" else ""
    return f'<div class="p-card{kind}">{head}{moving}{failure(run, language)}{wrong}{curve}{listed}</div>'


def spent(run: Run, language: str) -> list[str]:
    """What the run took, once it has ended: memory and electricity."""
    from assistant.journey import electricity

    done = run.last("finished")
    memory, told = done.get("peak_bytes"), done.get("electricity")
    lines = [texts.say(language, "tuning.spent_memory", memory=memory / 1e9)] if memory else []
    return [*lines, electricity.said(told, language)] if told else lines


def failure(run: Run, language: str) -> str:
    """Why it failed; where the reason is not one of ours, the log has it."""
    failed = run.last("failed")
    if run.state != "failed" or not failed:
        return ""
    return views.problem(PenalaError(failed["code"], **failed["values"]).say(language))


def progress(run: Run, language: str) -> str:
    """A bar over the steps with speed and time left; before the first step, what is being prepared."""
    t = speaker(language)
    measured = run.last("metric")
    if not measured:
        going = run.last("progress")
        stage, total = going.get("stage"), going.get("total", 0)
        share = going["done"] / total if total > 1 else -1.0
        return views.bar(share, texts.say(language, stage) if stage else t("tune.beginning"))
    timed: Mapping[str, Any] = next(
        (e.values for e in reversed(run.events) if e.kind == "metric" and "seconds_left" in e.values), {}
    )
    said = t("tune.progress", step=measured["step"], steps=measured["steps"])
    if timed:
        left = views.duration(timed["seconds_left"], language)
        said = t("tune.progress_timed", progress=said, speed=round(timed["tokens_per_second"]), left=left)
    return views.bar(measured["step"] / max(1, measured["steps"]), said)


def losses(points: Sequence[Point], language: str) -> str:
    """The curve in a sentence: the last value on each side, and the step whose weights are kept."""
    t = speaker(language)
    ends = {p.split: p for p in points}
    said = [
        t("tune.loss_at", split=t(f"tune.curve_{split}"), loss=_loss(p.loss, language), step=p.step)
        for split, p in sorted(ends.items())
    ]
    learned = [p for p in points if p.split == "validation" and p.step > 0]
    if learned:
        best = max(
            learned, key=lambda p: (p.score, p.accuracy, -p.loss)
        )  # the first of equals, as training keeps it
        share = texts.number(language, 100 * best.accuracy, 1)
        said.append(t("tune.kept", share=share, step=best.step))
    return f"{t('tune.loss')}: {'; '.join(said)}." if said else ""


def _loss(value: float, language: str) -> str:
    return texts.number(language, value, 3)


def told(event: Event, language: str) -> str:
    from assistant.journey import tune as tuning

    return tuning.told(event, language)


def state_tag(run: Run, language: str) -> str:
    from assistant.journey import tune as tuning

    if ahead := tuning.ahead(run.events, run.state):
        return views.tag(texts.say(language, "tuning.queued", ahead=ahead), "p-warn")
    return views.tag(texts.say(language, f"tuning.state.{run.state}"), _KINDS[run.state])


def foot(run: Run, project: Project, language: str) -> str:
    """What can be done with the run: stop it, go on, read its log, compare its result, repeat it by command."""
    t = speaker(language)
    made = []
    if run.state == "running":
        made.append(views.action(t("tune.stop"), "cancel", run.id, "p-button"))
    elif run.state != "finished":
        made.append(views.action(t("tune.resume"), "resume", run.id, "p-button"))
    if (run.job.folder / "adapter" / "card.json").exists():
        address = addresses.page(language, "compare", project.id)
        made.append(views.link(t("tune.compare"), address, "p-action p-button"))
    if run.last("best"):
        made.append(views.action(t("tune.use_best"), "best", run.id, "p-button"))
    if run.state == "finished":
        made.append(views.action(t("tune.repeat"), "repeat", run.id))
    if (run.job.folder / "record.json").exists():
        made.append(views.link(t("tune.record"), addresses.download("run", project.id, run.id, language)))
    log = addresses.download("log", project.id, run.id, language)
    made.append(views.link(t("tune.log"), log))
    recorded = views.note(t("tune.recorded")) if project.get("recorded") else ""
    typed = f"<details><summary>{safe(t('tune.command'))}</summary><pre class='p-pre'>{safe(command(run, project))}</pre></details>"
    return f'<div class="p-card p-shown">{recorded}<div class="p-links">{" ".join(made)}</div>{typed}</div>'


def command(run: Run, project: Project) -> str:
    """What to type to start the same run again."""
    spec, made = run.job.spec, run.job.spec["plan"]
    usual = plan(made["model"], made["method"], made["preset"])
    words = ["penala", "tune", "--project", str(project.folder), "--dataset", spec["dataset"]]
    words += ["--model", made["model"], "--preset", made["preset"]]
    words += ["--method", made["method"]] if made["method"] != "lora" else []
    words += ["--continue", made["start"]] if made.get("start") else []
    words += ["--name", spec["name"]] if spec.get("name") else []
    search = spec.get("search") or {}
    words += ["--pilot", str(spec["pilot"])] if spec.get("pilot") else []
    if search:
        words += ["--search", *(["--tries", str(search["tries"])] if search["tries"] else ["--budget", f"{search['minutes']:g}"])]  # fmt: skip
    for name in _CHANGEABLE:
        if made.get(name, getattr(usual, name)) != getattr(usual, name):
            words += [f"--{name}", str(made[name])]
    for source in made.get("mix", ()):
        words += ["--mix", source]
    return shlex.join([*words, "--passages"] if made["passages"] else words)


def table(runs: Iterable[Run], shown: str, names: Mapping[str, str], language: str) -> str:
    """All runs, the newest first; a click on one shows it."""
    t = speaker(language)
    heads = ("run", "state", "model", "version", "validation", "minutes")
    right = ("validation", "minutes")
    head = "".join(f"<th{_right(name in right)}>{safe(t(f'tune.column_{name}'))}</th>" for name in heads)
    body = "".join(_row(run, run.id == shown, names, language) for run in runs)
    return (
        f'<div class="p-card">{views.section(t("tune.runs"))}<div class="p-scroll"><table class="p-grid p-runs"><thead>'
        f"<tr>{head}</tr></thead><tbody>{body}</tbody></table></div></div>"
    )


def _row(run: Run, shown: bool, names: Mapping[str, str], language: str) -> str:
    t = speaker(language)
    spec, done = run.job.spec, run.last("finished")
    made = spec["plan"]
    facts = [
        *([spec["name"]] if spec.get("name") else []),
        texts.say(language, f"tuning.method.{made['method']}"),
        t(f"tune.preset_{made['preset']}"),
        *[t(f"tune.{name}") for name, yes in _remarks(run) if yes],
    ]
    model = f"{safe(names.get(made['model'], made['model']))}<small>{safe(', '.join(facts))}</small>"
    loss = _loss(done["metrics"]["validation_loss"], language) if _learned(done) else "–"
    score = done.get("metrics", {}).get(made.get("metric") or "")
    if score is not None and score >= 0:
        name = learned_view.metric_name(made["metric"], language)
        loss += f"<small>{safe(name)} {texts.number(language, 100 * score, 1)} %</small>"
    minutes = texts.number(language, done["seconds"] / 60, 1) if done else "–"
    name = views.action(run.id, "show", run.id, label=t("tune.show_run", run=run.id))
    cells = (name, state_tag(run, language), model, safe(spec["dataset"]), loss, minutes)
    body = "".join(f"<td{_right(n > 3)}>{cell}</td>" for n, cell in enumerate(cells))
    kind = ' class="p-chosen"' if shown else ""
    return f"<tr{kind}>{body}</tr>"


def _remarks(run: Run) -> tuple[tuple[str, bool], ...]:
    made, done = run.job.spec["plan"], run.last("finished")
    spec = run.job.spec
    return (
        ("is_pilot", bool(spec.get("pilot"))), ("is_search", bool(spec.get("search"))),
        ("with_passages", made["passages"]), ("stopped", bool(done.get("stopped"))),
    )  # fmt: skip


def _learned(done: Mapping[str, Any]) -> bool:
    """Whether the run ended with a validation loss; one stopped before the first has none."""
    return bool(done) and done["metrics"].get("validation_loss") is not None


def _right(yes: bool) -> str:
    return ' class="p-right"' if yes else ""
