"""Turns a sample in `knowledge/samples/` into a project like any other."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import jobs
from assistant.dataset import examples, importing
from assistant.errors import PenalaError
from assistant.journey import choices, documents
from assistant.models.values import Embedder
from assistant.retrieval import index, prompts, questions
from assistant.retrieval.ready import Report
from assistant.settings import KNOWLEDGE, read_yaml
from assistant.workspace.project import Project
from assistant.workspace.projects import Projects

FOLDER = KNOWLEDGE / "samples"


@dataclass(frozen=True)
class Sample:
    """A sample project as it lies in the knowledge folder."""

    folder: Path
    about: dict[str, Any]

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def language(self) -> str:
        return str(self.about["language"])

    @property
    def interview(self) -> list[dict[str, Any]]:
        """Ready answers to the interview, one turn a line."""
        lines = (self.folder / "interview.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.strip()]


def samples() -> list[Sample]:
    found = sorted(FOLDER.glob("*/sample.yaml"))
    return [Sample(path.parent, read_yaml(path)) for path in found]


def sample(name: str) -> Sample:
    """One sample. Raises PenalaError("no_sample") naming those there are."""
    found = {s.id: s for s in samples()}
    if name not in found:
        raise PenalaError("no_sample", name=name, known=", ".join(found))
    return found[name]


def recording(name: str) -> Path | None:
    """The zip of a sample project whose journey was recorded, where there is one (on a demo Space)."""
    path = KNOWLEDGE / "recorded" / f"{sample(name).id}.zip"
    return path if path.is_file() else None


def create(projects: Projects, name: str) -> Project:
    """A new project with the sample's examples, questions and prompts; its documents are added by `add_documents`."""
    chosen = sample(name)
    project = projects.create(chosen.about["title"], chosen.language)
    fill(project, chosen)
    return project


def ready(projects: Projects) -> None:
    """On a workspace's first start, make every sample a project and index its documents in the background."""
    mark = projects.settings.home / "samples-made"
    if mark.exists():
        return
    for chosen in samples():
        started = documents.start(create(projects, chosen.id), [chosen.folder / "documents"])
        jobs.give_way(started)  # the first visitor's first reply comes first
    mark.touch()


def fill(project: Project, chosen: Sample) -> None:
    for key in ("kind", "tuning_instructions"):
        project.set(key, chosen.about[key])
    project.set("sample", chosen.id)
    note = "sample"
    prompts.add(project, "task", choices.prompt_of(project, chosen.about["current_prompt"], "task"), note)
    prompts.add(
        project, "question", choices.prompt_of(project, chosen.about["question_prompt"], "question"), note
    )
    examples.save(project, importing.read_file(chosen.folder / "examples.jsonl").examples)
    questions.add_file(project, chosen.folder / "questions.jsonl")


def add_documents(project: Project, embedder: Embedder, report: Report | None = None) -> None:
    """Index the sample's documents; a second call costs nothing."""
    folder = sample(project.get("sample")).folder / "documents"
    index.add(project, [folder], embedder, report)
