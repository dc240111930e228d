"""`penala project …`: projects as folders and zips."""

from typing import Any

from assistant import texts
from assistant.commands import Call
from assistant.errors import PenalaError
from assistant.jobs import jobs_in
from assistant.journey import samples
from assistant.workspace import archive
from assistant.workspace.project import Project, create_project
from assistant.workspace.projects import Projects, describe


def new(call: Call) -> int:
    """Create a project in the workspace, or in --project DIR; with --sample it starts filled."""
    asked = call.arguments
    chosen = samples.sample(asked.sample) if asked.sample else None
    language = chosen.language if chosen else call.language
    if asked.project:
        project = create_project(asked.project, asked.name, language)
    else:
        project = Projects(call.settings).create(asked.name, language)
    if chosen:
        samples.fill(project, chosen)
    return call.show(_row(project), str(project.folder))


def list_all(call: Call) -> int:
    """The workspace's projects."""
    projects = Projects(call.settings)
    rows = [_row(project) for project in projects.all()]
    lines = [f"{row['id']}  {row['name']}  {row['folder']}" for row in rows] or [_say(call, "no_projects")]
    lines += [_say(call, "in_trash", id=gone.id, name=gone.name) for gone in projects.trash()]
    return call.show_rows(rows, "\n".join(lines))


def export(call: Call) -> int:
    """Pack the project into a zip."""
    path = archive.pack(call.project, call.arguments.file)
    return call.show({"path": str(path)}, str(path))


def import_file(call: Call) -> int:
    """Unpack a zip as a new project: in the workspace, or in --project DIR."""
    asked = call.arguments
    if asked.project:
        project = archive.unpack(asked.file, asked.project)
    else:
        project = Projects(call.settings).bring(asked.file)
    return call.show(_row(project), str(project.folder))


def delete(call: Call) -> int:
    """Move a project of the workspace to the trash; `restore` undoes it until `purge`."""
    identity, projects = _id(call), Projects(call.settings)
    project = projects.open(identity)
    for folder in (project.runs, project.comparisons):
        for job in jobs_in(folder):
            if job.state() == "running":
                raise PenalaError("project_busy", name=identity, job=job.id)
    projects.delete(identity)
    return call.show({"deleted": identity}, texts.say(call.language, "journey.deleted", id=identity))


def restore(call: Call) -> int:
    """Take a project back from the trash."""
    project = Projects(call.settings).restore(call.arguments.id)
    return call.show(_row(project), str(project.folder))


def purge(call: Call) -> int:
    """Empty the trash for good."""
    gone = Projects(call.settings).purge()
    return call.show({"purged": gone}, _say(call, "purged", count=gone))


def _id(call: Call) -> str:
    if call.arguments.id:
        return str(call.arguments.id)
    folder = call.project.folder
    if folder.parent != call.settings.projects.resolve():
        raise PenalaError("not_in_workspace", folder=str(folder))
    return folder.name


def _row(project: Project) -> dict[str, Any]:
    found = describe(project)
    return {
        "id": found.id, "name": found.name, "language": found.language, "created": found.created,
        "folder": str(found.folder), "damaged": found.damaged,
    }  # fmt: skip


def _say(call: Call, key: str, **values: object) -> str:
    return texts.say(call.language, f"workspace.{key}", **values)
