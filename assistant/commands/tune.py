"""`penala tune`, `jobs`, `cancel`, `resume`: tuning runs from the command line."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from assistant import texts
from assistant.commands import Call, finished
from assistant.jobs import Event, Job, follow
from assistant.jobs import resume as resume_job
from assistant.journey import choices, electricity, estimating, hosted, hosted_words, readiness
from assistant.journey import tune as tuning
from assistant.tuning.plan import Plan


def tune(call: Call) -> int:
    """Start a run on a frozen version and, unless --detach, show it to its end."""
    project, asked = call.project, call.arguments
    if asked.repeat:
        return _shown(call, tuning.repeat(project, asked.repeat))
    model = asked.model or choices.base(project, call.settings)
    dataset = readiness.version_to_train(project, asked.dataset, model, call.settings, asked.override)
    if hosted.is_hosted(model):
        return _at_provider(call, dataset, model)
    names = (
        "epochs", "rank", "rate", "batch", "seed", "layers", "start", "metric", "patience", "replay", "mix",
        "temperature",
    )  # fmt: skip
    changes = tuple((n, getattr(asked, n)) for n in names if getattr(asked, n) is not None)
    minutes = (asked.budget or 30.0) if asked.search and not asked.tries else 0.0
    request = tuning.Request(
        dataset, model, asked.method, asked.preset, asked.passages, changes, asked.override or "", asked.name or "",
        asked.pilot, minutes, asked.tries if asked.search else 0,
    )  # fmt: skip
    if asked.estimate:
        return _estimated(call, dataset, tuning.planned(request))
    return _shown(call, tuning.start(project, request))


def _estimated(call: Call, dataset: str, plan: Plan) -> int:
    """Time, memory, disk and electricity of the run, which is not started."""
    found = estimating.estimated(call.project, dataset, plan, call.settings)
    told = electricity.reckoned(call.project, (found.seconds_low, found.seconds_high), found.gpu)
    text = texts.say(
        call.language, "tuning.estimate_line", low=round(found.seconds_low), high=round(found.seconds_high),
        seconds=round(found.seconds), memory=found.memory / 1e9, disk=round(found.disk / 1e6),
    )  # fmt: skip
    return call.show({**asdict(found), **told}, f"{text}\n{electricity.said(told, call.language)}")


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
    lines = [
        f"{row['run']}  {_state(call, row)}  {row['model']}  {row['dataset']}  {row['name']}".rstrip()
        for row in rows
    ]
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
    call.show(row, _state(call, row))
    if row["state"] == "failed":
        finished(call, job)
    if row["state"] == "interrupted":
        call.say(texts.say(call.language, "tuning.interrupted", run=job.id))
        return 1
    return 0


def _row(job: Job) -> dict[str, Any]:
    spec, done, state = job.spec, job.last("finished") or {}, job.state()
    ahead = tuning.ahead(job.events(), state)
    return {
        "run": job.id, "state": state, "adapter": done.get("adapter"), "metrics": done.get("metrics", {}),
        "seconds": done.get("seconds"), "model": spec["plan"]["model"], "dataset": spec["dataset"],
        "name": spec.get("name", ""), **({"ahead": ahead} if ahead else {}),
    }  # fmt: skip


def _state(call: Call, row: dict[str, Any]) -> str:
    if ahead := row.get("ahead"):
        return texts.say(call.language, "tuning.queued", ahead=ahead)
    return texts.say(call.language, f"tuning.state.{row['state']}")


def _line(event: Event, language: str) -> str:
    if event.kind == "failed":
        return ""  # said once, at the end
    if event.kind != "metric":
        return tuning.told(event, language)
    v = event.values
    if v["split"] == "validation":
        return _validated(v, language)
    if v["step"] % 5:
        return ""
    left = texts.say(language, "tuning.seconds", seconds=v["seconds_left"])
    return texts.say(
        language, "tuning.training_line", step=v["step"], steps=v["steps"], loss=v["loss"], left=left
    )


def _validated(v: Mapping[str, Any], language: str) -> str:
    """Validation loss and, where answers were scored, the kind's first metrics."""
    scores = v.get("scores") or {}
    if not scores:
        return texts.say(language, "tuning.validation_line", step=v["step"], loss=v["loss"])
    said = ", ".join(
        f"{texts.say(language, f'evaluation.metrics.{name}.name')} {texts.number(language, 100 * value, 1)} %"
        for name, value in scores.items()
    )
    line = texts.say(language, "tuning.validation_line", step=v["step"], loss=v["loss"])
    return f"{line}, {said}"
