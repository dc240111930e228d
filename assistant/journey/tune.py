"""From a frozen version of the examples to a tuned adapter: rows, a job, and the worker's part of it."""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant import jobs, texts
from assistant.dataset import versions
from assistant.errors import PenalaError
from assistant.jobs import Job, Journal, turns
from assistant.journey import (
    choices,
    electricity,
    estimating,
    measuring,
    recording,
    training_rows,
    trying,
)  # fmt: skip
from assistant.settings import Settings, from_environment
from assistant.tuning import adapters, energy
from assistant.tuning.halving import Setting
from assistant.tuning.plan import FOUR_BITS, Plan, plan
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
    name: str = ""  # what people call it, its domain for example
    pilot: int = 0  # examples to try first, in growing parts; 0: a whole run
    minutes: float = 0.0  # to search for settings, or so many tries; 0: no search
    tries: int = 0


def planned(request: Request) -> Plan:
    """The plan that a request comes to. Raises PenalaError: no_method, no_preset, bad_plan."""
    return plan(
        request.model, request.method, request.preset, passages=request.passages, **dict(request.changes)
    )


def start(project: Project, request: Request) -> Job:
    """Start a run as a job. Raises PenalaError for a plan, version or model that cannot be used."""
    chosen = planned(request)
    estimating.check(chosen, from_environment())
    if choices.is_remote(chosen.model):
        raise PenalaError("not_tunable", model=chosen.model)
    if chosen.start:
        _check_start(project, chosen)
    # Says so now, not in the job, when there is no such version; the measure is declared before anything is trained.
    chosen = replace(chosen, metric=measuring.declared(project, request.dataset, chosen.metric))
    training_rows.check(project, chosen)
    spec: dict[str, Any] = {"dataset": request.dataset, "plan": chosen.to_json()}
    spec |= {"override": request.override.strip()} if request.override.strip() else {}
    spec |= {"name": request.name.strip()[:60]} if request.name.strip() else {}
    spec |= {"pilot": request.pilot} if request.pilot else {}
    if request.minutes or request.tries:
        spec |= {"search": {"minutes": request.minutes, "tries": request.tries}}
    return _begin(project, spec)


def with_best(project: Project, job: Job) -> Job:
    """Start a whole run with the settings that a search found best. Raises PenalaError("no_best")."""
    best = job.last("best")
    if best is None:
        raise PenalaError("no_best", run=job.id)
    setting = Setting(best["rate"], best["rank"], best["epochs"])
    kept: dict[str, Any] = {key: job.spec[key] for key in ("dataset", "override") if key in job.spec}
    settings = trying.tuned(Plan(**job.spec["plan"]), setting)
    return _begin(project, {**kept, "plan": settings.to_json()})


def repeat(project: Project, run_id: str) -> Job:
    """Start a run once more from its record: same rows, plan, prompt and threads. Raises PenalaError: no_run,
    no_record."""
    old = run(project, run_id)
    return _begin(project, recording.repeated(old), old.folder / "rows")


def _begin(project: Project, spec: dict[str, Any], rows: Path | None = None) -> Job:
    """Start a run, on rows that were made before where there are such."""
    new = jobs.new_id(project.runs)
    if rows:
        shutil.copytree(rows, project.runs / new / "rows")
    job = jobs.start(project.runs / new, "tune", {**spec, "project": str(project.folder)}, WORKER)
    with project.database() as db:
        db.execute("INSERT INTO jobs VALUES (?, 'tune', ?, datetime())", (new, f"runs/{new}"))
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
        counted = energy.counters()
        journal.add("progress", done=0, total=1, stage="tuning.stage.rows")
        rows = training_rows.made(project, spec["dataset"], chosen, settings, journal.folder / "rows")
        from assistant.models.local import open_chat
        from assistant.tuning.local.train import Origin, train

        journal.add("progress", done=0, total=1, stage="tuning.stage.loading")
        chat = open_chat(chosen.model, settings, four_bits=chosen.method in FOUR_BITS)
        version = versions.version(project, spec["dataset"])
        for one in rows.learned if len(rows.learned) > 1 else ():
            journal.add("note", key="tuning.learns_from", source=one.source, rows=one.rows, seen=one.seen)
        learned = tuple(asdict(one) for one in rows.learned)
        labels = measuring.labels(project, version.name)
        origin = Origin(
            journal.folder.name,
            version.name,
            version.hash,
            rows.prompt,
            labels,
            learned,
            spec.get("name", ""),
        )
        parts = {"train": rows.train, "validation": rows.validation}
        recording.begin(journal.folder, spec, rows.prompt, version.hash, chat)
        if spec.get("pilot") or spec.get("search"):
            del chat  # each try opens its own
            bench = trying.Bench(project, chosen, spec["dataset"], origin, parts, journal, settings)
            found = trying.work(bench, spec)
            seconds = round(time.monotonic() - began, 1)
            return {"run": journal.folder.name, **found, "seconds": seconds, "stopped": False}
        stop = journal.folder / "cancel"
        before = adapters.adapter(project.runs, chosen.start).folder if chosen.start else None
        watch = measuring.watch(project, spec["dataset"], chosen.metric, chosen.patience)
        card = train(journal.folder, chosen, origin, parts, chat, journal.add, stop.exists, before, watch)
        recording.end(journal.folder, card)
        if repeated := spec.get("repeats"):
            recording.compare(journal, repeated)
    return {
        "run": journal.folder.name,
        "adapter": str(journal.folder / "adapter"),
        "metrics": _measures(card),
        "seconds": round(time.monotonic() - began, 1),
        "stopped": card.stopped,
        **_spent(project, journal, counted, chat.device != "cpu"),
    }


def _spent(
    project: Project, journal: Journal, counted: dict[str, tuple[int, int]], gpu: bool
) -> dict[str, Any]:
    """The memory and electricity that the run took, in all its lives."""
    seconds = electricity.worked(Job(journal.folder).events(), datetime.now(UTC))
    told = electricity.spent(project, counted, energy.counters(), seconds, gpu)
    return {"peak_bytes": energy.peak(), "electricity": told}


def _measures(card: adapters.Card) -> dict[str, Any]:
    """What the kept weights reached on the validation rows; the score under its metric's own name."""
    found = {"validation_loss": card.validation_loss, "best_step": card.best_step}
    return found if card.metric == measuring.LOSS else {**found, card.metric: card.score}


@contextmanager
def _accelerator(settings: Settings, journal: Journal) -> Iterator[None]:
    """One training at a time on this machine; the others wait their turn and say how many are before them."""
    told = 0

    def waiting(ahead: int) -> None:
        nonlocal told
        if ahead != told:
            journal.add("note", key="tuning.waiting", ahead=ahead)
            told = ahead
        journal.check()

    with turns.turn(settings.home / "accelerator", waiting):
        yield


def ahead(events: Sequence[jobs.Event], state: str) -> int:
    """How many runs are before one that waits for its turn; 0 for one that does not wait."""
    last = events[-1] if events and state == "running" else None
    waits = last is not None and last.kind == "note" and last.values.get("key") == "tuning.waiting"
    return int(last.values.get("ahead", 1)) if last and waits else 0


def told(event: jobs.Event, language: str) -> str:
    """An event as a line for people; empty for those that only feed a curve."""
    if event.kind == "note":
        values = {k: v for k, v in event.values.items() if k != "key"}
        return texts.say(language, event.values["key"], **values)
    if event.kind == "failed":
        return str(PenalaError(event.values["code"], **event.values["values"]).say(language))
    if event.kind in trying.KINDS:
        return trying.told(event, language)
    if event.kind == "progress":
        return "" if event.values.get("quiet") else texts.say(language, event.values["stage"])
    ended = event.kind in ("finished", "cancelled", "resumed")
    return texts.say(language, f"tuning.event.{event.kind}") if ended else ""
