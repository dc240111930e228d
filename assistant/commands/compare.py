"""`penala compare` and `penala report`: every arm on the same held-out cases or message, and the page for stakeholders."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant import jobs, texts
from assistant.commands import Call, finished
from assistant.dataset import versions
from assistant.errors import PenalaError
from assistant.evaluation import judging, robustness
from assistant.evaluation.values import Arm, arm_name
from assistant.journey import compare as comparing
from assistant.journey import contributing, forgetting, reporting
from assistant.journey import judge as judges
from assistant.journey import live as chatting
from assistant.journey.bench import Bench
from assistant.journey.contributing import Said
from assistant.workspace.project import Project


def compare(call: Call) -> int:
    """Run the comparison as a job, show its progress, print its result."""
    asked = call.arguments
    request = comparing.Request(
        test=asked.test or _newest_test(call.project),
        arms=tuple(name.strip() for name in asked.arms.split(",")) if asked.arms else (),
        run=asked.tuned_run, limit=asked.limit, model=asked.model, primary=asked.primary, margin=asked.margin / 100,
        target=asked.target / 100,
        probe=not asked.no_probe, otherwise=asked.otherwise,
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
    lines = [reporting.table(found, call.language)]
    if comparing.request(job).folded:
        lines.append(texts.say(call.language, "journey.report.folds"))
    if kept := forgetting.saved(job.folder):
        value["forgetting"] = kept.to_json(call.language)
        lines += kept.say(call.language)
    if held := robustness.load(job.folder):
        value["otherwise"] = [h.to_json() for h in held]
        lines += robustness.told(held, call.language)
    return call.show({"comparison": job.id, **value}, "\n".join(lines))


def live(call: Call) -> int:
    """One message (- for one a line on stdin) through several arms at once; each answer is printed when it is whole.
    With --better, the answer of --of becomes an example with that answer instead."""
    asked = call.arguments
    request = chatting.newest(call.project, asked.tuned_run, asked.model)
    kind = chatting.kind(call.project, request)
    bench = Bench(call.project, request, call.settings)
    names = (
        [name.strip() for name in asked.arms.split(",")]
        if asked.arms
        else chatting.usual(bench.possible(kind))
    )
    chatting.check(names)
    arms = Bench(call.project, replace(request, arms=tuple(names)), call.settings).arms(kind)
    if asked.better and asked.of not in names:
        raise PenalaError("live_of_which", arm=asked.of, known=", ".join(names))
    for message in call.queries(asked.message):
        for heard in _answers(call, arms, message):
            if asked.better and heard.arm == asked.of:
                said = Said(message, heard.text, heard.arm, "live")
                made = contributing.improve(call.project, asked.person, said, message, asked.better)
                call.say(
                    texts.say(
                        call.language, f"ui.improve.{'saved_held' if made.split else 'saved'}", id=made.id
                    )
                )
    return 0


def _answers(call: Call, arms: Sequence[Arm], message: str) -> list[chatting.Heard]:
    """Every arm's whole answer, each printed as soon as it is there."""
    whole: list[chatting.Heard] = []
    for heard in chatting.talk(arms, message):
        for one in heard:
            if one.done and all(one.arm != before.arm for before in whole):
                whole.append(one)
                _show(call, one)
    return whole


def _show(call: Call, heard: chatting.Heard) -> None:
    facts = texts.say(call.language, "ui.compare.took_first", first=heard.first, seconds=heard.seconds)
    problem = str(heard.problem.say(call.language)) if heard.problem else ""
    value = {
        "arm": heard.arm, "answer": heard.text, "first": heard.first, "seconds": heard.seconds, "problem": problem,
    }  # fmt: skip
    call.show(value, f"{arm_name(call.language, heard.arm)} ({facts})\n{problem or heard.text.strip()}\n")


def judge(call: Call) -> int:
    """A chat model's choice between two arms' answers, and how far it can be trusted."""
    asked = call.arguments
    identity = reporting.finished(call.project, asked.comparison).id
    arms = tuple(name.strip() for name in asked.arms.split(",")) if asked.arms else ()
    judged = judges.run(
        call.project, identity, asked.model, call.settings, asked.limit, arms,
        lambda done, total: call.say(f"{done}/{total}"),
    )  # fmt: skip
    found = comparing.saved(call.project, identity)
    people = judges.people(call.project, identity, found, judged)
    lines = judging.told(judged, found, people, call.language)
    return call.show(judges.to_json(call.project, identity, judged), "\n".join(lines))


def report(call: Call) -> int:
    """Write the report of the newest comparison (Markdown where --out ends in .md, else HTML); print where it is."""
    path: Path = reporting.write(call.project, call.language, call.arguments.out, call.settings)
    return call.show({"path": str(path)}, str(path))


def _newest_test(project: Project) -> str:
    made = versions.all_versions(project)
    if not made:
        raise PenalaError("no_version_yet")
    return f"{made[-1].name}:test"
