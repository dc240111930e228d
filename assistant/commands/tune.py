"""`penala tune`, `jobs`, `cancel`, `resume`: tuning runs from the command line."""

import json
import sys
from typing import Any

from assistant import texts
from assistant.commands import Call, finished
from assistant.jobs import Event, Job, follow
from assistant.jobs import resume as resume_job
from assistant.journey import choices, hosted, hosted_words, readiness
from assistant.journey import tune as tuning


def tune(call: Call) -> int:
    """Start a run on a frozen version and, unless --detach, show it to its end."""
    project, asked = call.project, call.arguments
    model = asked.model or choices.base(project, call.settings)
    dataset = readiness.version_to_train(project, asked.dataset, model, call.settings, asked.override)
    if hosted.is_hosted(model):
        return _at_provider(call, dataset, model)
    names = ("epochs", "rank", "rate", "batch", "seed", "layers", "start")
    changes = tuple((n, getattr(asked, n)) for n in names if getattr(asked, n) is not None)
    request = tuning.Request(
        dataset, model, asked.method, asked.preset, asked.passages, changes, asked.override or ""
    )
    return _shown(call, tuning.start(project, request))


def _at_provider(call: Call, dataset: str, model: str) -> int:
    """Show what would be sent and what it costs; start it only with the sum confirmed."""
    asked = call.arguments
    numbers = {"epochs": asked.epochs, "adapter_size": asked.rank, "rate_multiplier": asked.rate}
    ready = hosted.prepare(
        call.project, dataset, model, asked.bucket or "", call.settings, call.language, **numbers
    )
    confirmed = asked.confirm
    if confirmed is None or asked.dry_run:
        call.say("\n".join(hosted_words.lines(ready, call.language)))
    if asked.dry_run:
        return call.show(hosted_words.to_json(ready), json.dumps(ready.request, ensure_ascii=False, indent=1))
    if confirmed is None and sys.stdin.isatty():
        confirmed = input(texts.say(call.language, "tuning.hosted_confirm", sum=ready.cost.token))
    return _shown(call, hosted.start(call.project, ready, confirmed or ""))


def jobs(call: Call) -> int:
    """The project's runs with their states."""
    rows = [_row(job) for job in (*tuning.runs(call.project), *hosted.runs(call.project))]
    lines = [f"{row['run']}  {_state(call, row['state'])}  {row['model']}  {row['dataset']}" for row in rows]
    return call.show_rows(rows, "\n".join(lines) or texts.say(call.language, "tuning.no_runs"))


def cancel(call: Call) -> int:
    """Ask a run to stop; it keeps the best weights so far."""
    job = _named(call)
    job.cancel()
    return call.show(_row(job), texts.say(call.language, "tuning.cancel_asked", run=job.id))


def resume(call: Call) -> int:
    """Go on from the newest whole checkpoint."""
    return _shown(call, resume_job(_named(call)))


def _named(call: Call) -> Job:
    """The run by its id, here or at a provider. Raises PenalaError("no_run")."""
    at_provider = {job.id: job for job in hosted.runs(call.project)}
    return at_provider.get(call.arguments.id) or tuning.run(call.project, call.arguments.id)


def _shown(call: Call, job: Job) -> int:
    if call.arguments.detach:
        return call.show(_row(job), texts.say(call.language, "tuning.detached", run=job.id))
    try:
        for event in follow(job):
            if call.arguments.json:
                call.show({"event": event.kind, "at": event.at, **event.values})
            elif line := _line(event, call.language):
                call.say(line)
    except KeyboardInterrupt:
        call.say(texts.say(call.language, "tuning.detached", run=job.id))
        raise
    return _ended(call, job)


def _ended(call: Call, job: Job) -> int:
    """The last line and the exit code. Raises the error that a failed run ended with."""
    row = _row(job)
    call.show(row, _state(call, row["state"]))
    if row["state"] == "failed":
        finished(call, job)
    if row["state"] == "interrupted":
        call.say(texts.say(call.language, "tuning.interrupted", run=job.id))
        return 1
    return 0


def _row(job: Job) -> dict[str, Any]:
    spec, done = job.spec, job.last("finished") or {}
    return {
        "run": job.id, "state": job.state(), "adapter": done.get("adapter"), "metrics": done.get("metrics", {}),
        "seconds": done.get("seconds"), "model": spec["plan"]["model"], "dataset": spec["dataset"],
    }  # fmt: skip


def _state(call: Call, state: str) -> str:
    return texts.say(call.language, f"tuning.state.{state}")


def _line(event: Event, language: str) -> str:
    if event.kind == "failed":
        return ""  # said once, at the end
    if event.kind != "metric":
        return tuning.told(event, language)
    v = event.values
    if v["split"] == "validation":
        return texts.say(language, "tuning.validation_line", step=v["step"], loss=v["loss"])
    if v["step"] % 5:
        return ""
    left = texts.say(language, "tuning.seconds", seconds=v["seconds_left"])
    return texts.say(
        language, "tuning.training_line", step=v["step"], steps=v["steps"], loss=v["loss"], left=left
    )
