"""From a frozen version of the examples to a tuned adapter: rows, a job, and the worker's part of it."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import jobs, texts
from assistant.dataset import examples, versions
from assistant.errors import PenalaError
from assistant.jobs import Job, Journal
from assistant.journey import choices, passages
from assistant.models.embedding import open_embedder
from assistant.settings import Settings
from assistant.tuning import adapters
from assistant.tuning.plan import Plan, plan
from assistant.tuning.rows import Row, read_rows, write_rows
from assistant.workspace import lock
from assistant.workspace.project import Project, open_project

WORKER = "assistant.journey.worker"


@dataclass(frozen=True)
class Request:
    """What the user chose on the page or the command line."""

    dataset: str
    model: str
    method: str = "lora"
    preset: str = "balanced"
    passages: bool = False
    changes: tuple[tuple[str, Any], ...] = ()
    override: str = ""  # why it was started although the checks said no; stays with the run


def start(project: Project, request: Request) -> Job:
    """Start a run as a job. Raises PenalaError for a plan, version or model that cannot be used."""
    chosen = plan(
        request.model, request.method, request.preset, passages=request.passages, **dict(request.changes)
    )
    if choices.is_remote(chosen.model):
        raise PenalaError("not_tunable", model=chosen.model)
    if chosen.start:
        _check_start(project, chosen)
    versions.load(project, request.dataset)  # says so now, not in the job, when there is no such version
    run = jobs.new_id(project.runs)
    spec = {"project": str(project.folder), "dataset": request.dataset, "plan": chosen.to_json()}
    spec |= {"override": request.override.strip()} if request.override.strip() else {}
    job = jobs.start(project.runs / run, "tune", spec, WORKER)
    with project.database() as db:
        db.execute("INSERT INTO jobs VALUES (?, 'tune', ?, datetime())", (run, f"runs/{run}"))
    return job


def _check_start(project: Project, chosen: Plan) -> None:
    """Raises PenalaError: no_adapter, start_misfit where the earlier run tuned another model or in another way."""
    before = adapters.adapter(project.runs, chosen.start).card
    same = ("method", "rank", "layers")
    if before.base != chosen.model or any(before.plan.get(n, 0) != getattr(chosen, n) for n in same):
        said = f"{before.base}, {before.plan['method']}, rank {before.plan['rank']}"
        raise PenalaError("start_misfit", run=chosen.start, was=said)


def runs(project: Project) -> list[Job]:
    """The project's tuning runs, newest first."""
    return jobs.jobs_in(project.runs)


def run(project: Project, run_id: str) -> Job:
    """One run. Raises PenalaError("no_run") naming the runs there are."""
    found = {job.id: job for job in runs(project)}
    if run_id not in found:
        raise PenalaError("no_run", run=run_id, known=", ".join(found) or "-")
    return found[run_id]


def work(spec: dict[str, Any], journal: Journal, settings: Settings) -> dict[str, Any]:
    """The worker's part: wait for the accelerator, make the rows once, train, save the adapter."""
    project, chosen = open_project(Path(spec["project"])), Plan(**spec["plan"])
    if reason := spec.get("override"):
        journal.add("note", key="tuning.overridden", reason=reason)
    began = time.monotonic()
    with _accelerator(settings, journal):
        rows = _rows(project, spec["dataset"], chosen, settings, journal)
        from assistant.models.local import open_chat
        from assistant.tuning.local.train import Origin, train

        journal.add("progress", done=0, total=1, stage="tuning.stage.loading")
        chat = open_chat(chosen.model, settings)
        version = versions.version(project, spec["dataset"])
        origin = Origin(
            journal.folder.name, version.name, version.hash, choices.tuning_prompt(project).to_json()
        )
        stop = journal.folder / "cancel"
        before = adapters.adapter(project.runs, chosen.start).folder if chosen.start else None
        card = train(journal.folder, chosen, origin, rows, chat, journal.add, stop.exists, before)
    return {
        "run": journal.folder.name,
        "adapter": str(journal.folder / "adapter"),
        "metrics": {"validation_loss": card.validation_loss, "best_step": card.best_step},
        "seconds": round(time.monotonic() - began, 1),
        "stopped": card.stopped,
    }


class _accelerator:
    """One training at a time on this machine; the others wait their turn and say so."""

    def __init__(self, settings: Settings, journal: Journal) -> None:
        self.path, self.journal = settings.home / "accelerator.lock", journal

    def __enter__(self) -> None:
        told = False
        while True:
            try:
                self.lock = lock.held(self.path, "accelerator_busy")
                return self.lock.__enter__()
            except PenalaError:
                if not told:
                    self.journal.add("note", key="tuning.waiting")
                    told = True
                self.journal.check()
                time.sleep(1.0)

    def __exit__(self, *error: Any) -> None:
        self.lock.__exit__(*error)


def _rows(
    project: Project, dataset: str, chosen: Plan, settings: Settings, journal: Journal
) -> dict[str, list[Row]]:
    """The run's training and validation rows, made at first and read back on resume."""
    folder = journal.folder / "rows"
    if not (folder / "validation.jsonl").exists():
        journal.add("progress", done=0, total=1, stage="tuning.stage.rows")
        for part in ("train", "validation"):
            kept = versions.rows(project, f"{dataset}:{part}")
            write_rows(folder / f"{part}.jsonl", _make(project, kept, chosen, settings))
    return {part: read_rows(folder / f"{part}.jsonl") for part in ("train", "validation")}


def _make(project: Project, kept: list[examples.Example], chosen: Plan, settings: Settings) -> list[Row]:
    prompt = choices.tuning_prompt(project)
    plain = [tuple(prompt.messages(example.input)) for example in kept]
    layouts: list[tuple[Any, ...]] = [(messages,) for messages in plain]
    if chosen.passages:
        found = passages.for_training(project, [e.input for e in kept], open_embedder(settings), chosen.seed)
        layouts = [
            (messages, tuple(prompt.messages(example.input, shown))) if shown else (messages,)
            for messages, example, shown in zip(plain, kept, found, strict=True)
        ]
    return [Row(e.id, layout, e.output) for e, layout in zip(kept, layouts, strict=True)]


def told(event: jobs.Event, language: str) -> str:
    """An event as a line for people; empty for those that only feed a curve."""
    if event.kind == "note":
        values = {k: v for k, v in event.values.items() if k != "key"}
        return texts.say(language, event.values["key"], **values)
    if event.kind == "failed":
        return str(PenalaError(event.values["code"], **event.values["values"]).say(language))
    if event.kind == "progress":
        return texts.say(language, event.values["stage"])
    ended = event.kind in ("finished", "cancelled", "resumed")
    return texts.say(language, f"tuning.event.{event.kind}") if ended else ""
