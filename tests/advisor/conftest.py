"""A project and a session without an embedder."""

from pathlib import Path

import pytest

from assistant.advisor import checklist as knowledge
from assistant.advisor.session import Session
from assistant.advisor.signals import Checklist
from assistant.workspace.project import Project, create_project


@pytest.fixture(scope="session")
def checklist() -> Checklist:
    return knowledge.load()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "project", "Toko", "id")


@pytest.fixture
def session(project: Project, checklist: Checklist) -> Session:
    return Session(project, checklist, None, "en")
