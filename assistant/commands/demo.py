"""`penala demo`: the whole journey on a sample project, headless, on the models that are here."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant import jobs
from assistant.advisor import checklist
from assistant.advisor.session import Session
from assistant.commands import Call, finished
from assistant.commands.upkeep import fetch
from assistant.dataset import examples
from assistant.journey import choices, compare, freezing, readiness, reporting, samples, tune
from assistant.models.embedding import open_embedder
from assistant.workspace.project import Project, create_project
from assistant.workspace.projects import Projects


def demo(call: Call) -> int:
    """Decide, build the baseline, check the data, tune and compare; one object a stage, then a summary."""
    sample = next(s for s in samples.samples() if s.language == call.language)
    model = call.arguments.model or sample.about["base_model"]
    for name in ("multilingual-e5-small", *(() if choices.is_remote(model) else (model,))):
        fetch(call, name, call.arguments.accept_terms)
    project = _project(call, sample)
    project.set("model", model)
    began, summary = time.monotonic(), {}
    for stage, value in _stages(call, project, sample, model):
        summary[stage] = value.pop("summary")
        _print(call, {"stage": stage, "seconds": round(time.monotonic() - began, 1), **value}, summary[stage])
    seconds = round(time.monotonic() - began, 1)
    _print(
        call,
        {"stage": "summary", "project": str(project.folder), "seconds": seconds, **summary},
        str(seconds),
    )
    return 0


def _project(call: Call, sample: samples.Sample) -> Project:
    """The folder of --project, or a new project in the workspace."""
    folder = call.arguments.project
    if folder is None:
        return samples.create(Projects(call.settings), sample.id)
    project = create_project(folder, sample.about["title"], sample.language)
    samples.fill(project, sample)
    return project


def _stages(
    call: Call, project: Project, sample: samples.Sample, model: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    settings = replace(call.settings, language=sample.language)
    yield "decide", _decide(call, project, sample)
    embedder = open_embedder(settings)
    samples.add_documents(project, embedder, lambda done, total, stage: None)
    yield "baseline", _compared(call, project, compare.Request("questions", model=model))
    found = readiness.report(project, model, settings)
    version = freezing.freeze(project, settings, "demo")
    data = {"ready": found.ready, "version": version.name, "rows": len(examples.all_examples(project))}
    yield "data", {**data, "summary": f"{version.name}: {data['rows']}, {found.ready}"}
    yield "tune", _tuned(call, project, version.name, model)
    yield "compare", _compared(call, project, compare.Request(f"{version.name}:test"))
    path = reporting.write(project, call.language, None, call.settings)
    yield "report", {"path": str(path), "summary": str(path)}


def _decide(call: Call, project: Project, sample: samples.Sample) -> dict[str, Any]:
    session = Session(project, checklist.load(), None, call.language)
    turn = None
    for line in sample.interview:
        if "say" in line:
            turn = session.say(line["say"])
        elif "set" in line:
            for signal, value in line["set"].items():
                turn = session.set(signal, value)
    turn = session.end()
    return {"decision": turn.to_json()["decision"], "summary": turn.to_json()["decision"]["approach"]}


def _tuned(call: Call, project: Project, version: str, model: str) -> dict[str, Any]:
    request = tune.Request(version, model, preset=call.arguments.preset, passages=True)
    job = tune.start(project, request)
    for event in jobs.follow(job):
        v = event.values
        if event.kind == "metric" and (v["split"] == "validation" or v["step"] % 10 == 0):
            call.say(f"{v['split']} {v['step']}/{v['steps']} loss {v['loss']}")
    done = finished(call, job)
    return {**done, "summary": f"{done['run']}: {done['metrics']}"}


def _compared(call: Call, project: Project, request: compare.Request) -> dict[str, Any]:
    job = compare.start(project, request)
    for event in jobs.follow(job):
        if event.kind == "progress":
            v = event.values
            call.say(f"{v['stage']}: {v['done']}/{v['total']}")
    finished(call, job)
    found = compare.saved(project, job.id)
    return {**found.to_json(call.language), "summary": found.verdict.say(call.language)}


def _print(call: Call, value: dict[str, Any], text: str) -> None:
    if call.arguments.json:
        print(json.dumps(value, ensure_ascii=False), flush=True)
    else:
        print(f"[{value['stage']}] {text}", flush=True)
