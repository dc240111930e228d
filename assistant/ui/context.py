"""What the pages share: settings, projects and models that are opened once; composes, computes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

import gradio as gr

from assistant import texts
from assistant.errors import PenalaError
from assistant.settings import Settings
from assistant.ui import gate
from assistant.ui.background import Background
from assistant.workspace.accounts import Accounts
from assistant.workspace.people import ALONE, Person, Right, may
from assistant.workspace.project import Project
from assistant.workspace.projects import Projects

if TYPE_CHECKING:
    from assistant.models.values import ChatModel, Embedder

Say = Callable[..., str]


@dataclass(frozen=True)
class Models:
    """Opens each model at its first use and keeps it; many visitors may ask at once."""

    settings: Settings
    _lock: Lock = field(default_factory=Lock)
    _open: dict[str, object] = field(default_factory=dict)

    def embedder(self) -> "Embedder":
        from assistant.models.embedding import open_embedder

        with self._lock:
            if "embedder" not in self._open:
                self._open["embedder"] = open_embedder(self.settings)
            return self._open["embedder"]  # type: ignore[return-value]

    def chat(self, spec: str) -> "ChatModel":
        from assistant.models.registry import open_model

        with self._lock:
            if spec not in self._open:
                self._drop_chat()
                self._open[spec] = open_model(spec, self.settings)
            return self._open[spec]  # type: ignore[return-value]

    def _drop_chat(self) -> None:
        """One chat model in memory at a time: the next one needs its room."""
        for spec in [name for name in self._open if name != "embedder"]:
            del self._open[spec]


@dataclass(frozen=True)
class Context:
    """What a page is given."""

    settings: Settings
    projects: Projects
    accounts: Accounts
    models: Models
    background: Background

    def project(self, request: gr.Request) -> Project:
        """The project that the page's address names. Raises PenalaError("ui_no_project")."""
        found = self.project_or_none(request)
        if found is None:
            raise PenalaError("ui_no_project")
        return found

    def project_or_none(self, request: gr.Request) -> Project | None:
        """As `project`, or None; one in which the visitor is no member does not exist for them."""
        id = request.query_params.get("project", "")
        try:
            return self.projects.open(id) if id and self.may(request, "see", id) else None
        except PenalaError:
            return None

    def person(self, request: gr.Request | None) -> Person:
        """Who asks; in a workspace without accounts its one user. Raises PenalaError("not_logged_in")."""
        if not self.accounts.exist():
            return ALONE
        found = self.accounts.who(request.cookies.get(gate.COOKIE, "")) if request is not None else None
        if found is None:
            raise PenalaError("not_logged_in")
        return found

    def may(self, request: gr.Request | None, right: Right, project: str) -> bool:
        """Whether who asks has that right in the project named by its id."""
        person = self.person(request)
        return person.steward or may(self.accounts.role(person, project), right)

    def allow(self, request: gr.Request | None, right: Right, action: str) -> None:
        """Let a handler run, and note it if it may change something.

        Outside a project anyone who is logged in may look, and only the steward may change what is everyone's.
        Raises PenalaError: not_logged_in, no_right.
        """
        if not self.accounts.exist():
            return
        person = self.person(request)
        project = request.query_params.get("project", "") if request is not None else ""
        allowed = self.may(request, right, project) if project else right == "see" or person.steward
        if not allowed:
            raise PenalaError("no_right")
        if right != "see":
            self.accounts.note(person.name, action, project)

    def own_projects(self, request: gr.Request | None) -> list[Project]:
        """The projects that who asks may see."""
        return [project for project in self.projects.all() if self.may(request, "see", project.id)]


def open_context(settings: Settings) -> Context:
    return Context(settings, Projects(settings), Accounts(settings.home), Models(settings), Background())


def speaker(language: str) -> Say:
    """`say` for the pages' own words in one language: t("home.title")."""
    return partial(_say, language)


def _say(language: str, key: str, /, **values: object) -> str:
    return texts.say(language, f"ui.{key}", **values)
