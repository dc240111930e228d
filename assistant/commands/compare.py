"""`penala compare` and `penala report`: every arm on the same held-out cases, and the page for stakeholders."""

import json
from pathlib import Path
from typing import Any

from assistant import jobs
from assistant.commands import Call, finished
from assistant.dataset import versions
from assistant.errors import PenalaError
from assistant.evaluation.values import arm_name
from assistant.journey import compare as comparing
from assistant.journey import reporting
from assistant.workspace.project import Project


def compare(call: Call) -> int:
    """Run the comparison as a job, show its progress, print its result."""
    asked = call.arguments
    request = comparing.Request(
        test=asked.test or _newest_test(call.project),
        arms=tuple(name.strip() for name in asked.arms.split(",")) if asked.arms else (),
        run=asked.tuned_run, limit=asked.limit, model=asked.model,
    )  # fmt: skip
    job = comparing.start(call.project, request)
    for event in jobs.follow(job):
        if event.kind == "progress":
            v = event.values
            call.say(f"{arm_name(call.language, v['stage'])}: {v['done']}/{v['total']}")
    return _ended(call, job)


def _ended(call: Call, job: jobs.Job) -> int:
    finished(call, job)
    found = comparing.saved(call.project, job.id)
    value: dict[str, Any] = json.loads(json.dumps(found.to_json(call.language)))
    return call.show({"comparison": job.id, **value}, reporting.table(found, call.language))


def report(call: Call) -> int:
    """Write the HTML report of the newest comparison; print where it is."""
    path: Path = reporting.write(call.project, call.language, call.arguments.out)
    return call.show({"path": str(path)}, str(path))


def _newest_test(project: Project) -> str:
    made = versions.all_versions(project)
    if not made:
        raise PenalaError("no_version_yet")
    return f"{made[-1].name}:test"
