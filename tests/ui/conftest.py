"""A workspace, one project in it, and a visit to one of its pages, for the pages' tests without a browser."""

from types import SimpleNamespace

import pytest

from assistant.settings import Settings
from assistant.ui.context import Context, open_context
from assistant.workspace.project import Project


@pytest.fixture
def context(tmp_path) -> Context:
    return open_context(Settings(home=tmp_path, weights=tmp_path / "weights"))


@pytest.fixture
def project(context) -> Project:
    return context.projects.create("Balasan", "id")


@pytest.fixture
def request_(project) -> SimpleNamespace:
    """The request of the one user of a workspace without accounts."""
    return SimpleNamespace(query_params={"project": project.id}, cookies={}, headers={})
