"""Adding documents as a job: many files take longer than a page should wait."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant import jobs
from assistant.jobs import Job, Journal
from assistant.journey.tune import WORKER
from assistant.models.embedding import open_embedder
from assistant.retrieval import index
from assistant.settings import Settings
from assistant.workspace.project import Project, open_project


def start(project: Project, paths: Sequence[Path]) -> Job:
    """Start adding files and folders. A path is read when its turn comes, so it must stay until then."""
    folder = project.folder / "indexing"
    spec = {"project": str(project.folder), "paths": [str(path) for path in paths]}
    return jobs.start(folder / jobs.new_id(folder), "index", spec, WORKER)


def newest(project: Project) -> Job | None:
    """The last job that added documents."""
    return next(iter(jobs.jobs_in(project.folder / "indexing")), None)


def work(spec: dict[str, Any], journal: Journal, settings: Settings) -> dict[str, Any]:
    project = open_project(Path(spec["project"]))
    paths = [Path(path) for path in spec["paths"]]
    reports = index.add(project, paths, open_embedder(settings), journal.progress)
    documents = [
        {
            "name": r.name, "status": r.status, "pages": r.pages, "chunks": r.chunks,
            "reason": {language: r.reason(language) for language in ("id", "en")},
        }
        for r in reports
    ]  # fmt: skip
    return {"documents": documents}
