"""`penala backup` and `penala restore`: the whole workspace as one verified file, and back."""

from typing import Any

from assistant import jobs, texts
from assistant.commands import Call
from assistant.errors import PenalaError
from assistant.workspace import backup, restoring
from assistant.workspace.backup import Backup
from assistant.workspace.projects import Projects


def back_up(call: Call) -> int:
    """Write a backup, read it all back, then say what it holds."""
    path = call.arguments.file or backup.default_path(call.settings)
    return _told(call, backup.back_up(call.settings, path), "backed_up")


def restore(call: Call) -> int:
    """Check a backup, then put it in the place of the workspace; what was here is kept."""
    asked = call.arguments
    if asked.check:
        return _told(call, backup.verify(asked.file), "backup_whole")
    for project in Projects(call.settings).all():
        for folder in (project.runs, project.comparisons):
            for job in jobs.jobs_in(folder):
                if job.state() == "running":
                    raise PenalaError("restore_busy", name=project.id, job=job.id)
    done = restoring.restore(call.settings, asked.file, asked.replace)
    if done.aside:
        return _told(call, done.backup, "restored_over", aside=str(done.aside))
    return _told(call, done.backup, "restored")


def _told(call: Call, found: Backup, key: str, **more: Any) -> int:
    value = {
        "path": str(found.path),
        "made": found.made,
        "projects": found.projects,
        "files": found.files,
        "bytes": found.bytes,
    }
    said = {**value, "made": f"{found.made[:16]} UTC", "size": round(found.bytes / 1e6, 1), **more}
    return call.show({**value, **more}, texts.say(call.language, f"workspace.{key}", **said))
