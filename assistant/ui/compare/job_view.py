"""A comparison's job as HTML: how far each arm is, how it ended, and how to repeat it; knows no result."""

import shlex
from html import escape as safe

from assistant.errors import PenalaError
from assistant.evaluation.values import arm_name
from assistant.jobs import Job
from assistant.ui import views
from assistant.ui.context import speaker
from assistant.workspace.project import Project


def running(job: Job, language: str) -> str:
    """One line an arm with a thin bar, in the order in which they are asked; and the way to stop."""
    t = speaker(language)
    seen = {
        str(e.values["stage"]): (int(e.values["done"]), int(e.values["total"]))
        for e in job.events()
        if e.kind == "progress"
    }
    named = list(dict.fromkeys([*job.spec["request"]["arms"], *seen]))
    current = list(seen)[-1:]
    said = t("compare.asking", arm=arm_name(language, current[0])) if current else t("compare.beginning")
    rows = [(arm_name(language, arm), _arm(seen.get(arm), language)) for arm in named]
    stop = views.action(t("compare.stop"), "cancel", job.id, "p-button")
    return (
        f'<div class="p-shown p-card p-running"><h3>{safe(t("compare.running", id=job.id))}</h3>'
        f'<p role="status">{safe(said)}</p>{views.rows(rows)}<div class="p-links">{stop}</div></div>'
    )


def _arm(progress: tuple[int, int] | None, language: str) -> str:
    if progress is None:
        return f'<span class="p-small">{safe(speaker(language)("compare.waiting"))}</span>'
    return views.share(*progress, language)


def ended(job: Job, state: str, language: str) -> str:
    """Why there is no result, and the way on; answers given so far are kept."""
    t = speaker(language)
    failed = job.last("failed")
    again = views.action(t("compare.resume"), "resume", job.id, "p-button")
    if state == "failed" and failed:
        said = views.problem(PenalaError(failed["code"], **failed["values"]).say(language))
    else:
        said = views.note(t(f"compare.{state}"))
    return f'<div class="p-shown p-list">{said}<div>{again}</div></div>'


def command(job: Job, project: Project) -> str:
    """What to type to make the same comparison again."""
    from assistant.journey import compare

    asked = compare.words(compare.request(job))
    return shlex.join(["penala", "compare", "--project", str(project.folder), *asked])
