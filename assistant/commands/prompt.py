"""`penala prompt`: the versions of the project's prompts, and two of them on the same cases."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant import jobs
from assistant.commands import Call, finished
from assistant.errors import PenalaError
from assistant.journey import choices, prompt_lab
from assistant.journey.prompt_lab import Side
from assistant.retrieval import prompts
from assistant.retrieval.prompts import PromptVersion


def show(call: Call) -> int:
    """Every version, oldest first."""
    found = prompts.versions(call.project, call.arguments.kind)
    return call.show_rows([_version(v) for v in found], "\n\n".join(_shown(v) for v in found))


def add(call: Call) -> int:
    """A prompt from a file (or - for stdin) as the next version; the first is the one to beat."""
    asked, project = call.arguments, call.project_made_if_absent()
    schema = _read(asked.schema) if asked.schema else ""
    made = choices.prompt_of(
        project, _read(asked.file), asked.kind, asked.system or "", schema, asked.examples
    )
    kept = prompts.add(project, asked.kind, made, asked.note)
    return call.show(_version(kept), _shown(kept))


def compare(call: Call) -> int:
    """Two versions on the evaluation questions, or on the test examples; waits and shows progress."""
    asked, project = call.arguments, call.project
    job = prompt_lab.start(project, asked.kind, (asked.first, asked.second), asked.limit, asked.model)
    for event in jobs.follow(job):
        if event.kind == "progress":
            call.say(f"{event.values['stage']}: {event.values['done']}/{event.values['total']}")
    finished(call, job)
    found = prompt_lab.read(project, job, call.settings)
    said = prompt_lab.outcome(found, call.language)
    value = {
        "comparison": job.id, "versions": [_side(found.first), _side(found.second)],
        "pair": {k: v for k, v in asdict(found.pair).items() if k not in ("spread", "groups")},
        "text": said,
    }  # fmt: skip
    lines = [f"{name}: {one} | {other}" for name, one, other in prompt_lab.rows(found, call.language)]
    return call.show(value, "\n".join([said, *lines]))


def _read(path: Path) -> str:
    if str(path) == "-":
        return sys.stdin.read()
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PenalaError("prompt_file", name=path.name) from error


def _version(v: PromptVersion) -> dict[str, Any]:
    p = v.prompt
    return {
        "kind": v.kind, "version": v.version, "system": p.system, "instructions": p.instructions,
        "examples": p.examples, "schema": p.schema, "note": v.note, "at": v.at,
    }  # fmt: skip


def _shown(v: PromptVersion) -> str:
    return "\n".join(
        part
        for part in (f"{v.version}  {v.note}", v.prompt.system, v.prompt.instructions, v.prompt.schema)
        if part
    )


def _side(side: Side) -> dict[str, Any]:
    cost = side.cost
    return {
        "version": side.version,
        "metrics": {m.name: {"value": m.value, "low": m.low, "high": m.high, "n": m.n} for m in side.metrics},
        "tokens_in": round(side.tokens_in, 1), "tokens_out": round(side.tokens_out, 1),
        "usd_per_thousand": [cost.usd.low, cost.usd.high] if cost.usd and not cost.own else None,
        "own_machine": cost.own, "price_dated": cost.dated,
    }  # fmt: skip
