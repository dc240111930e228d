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
from assistant.workspace.visitors import Visitors

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

    def open_reader(self) -> None:
        """Open in the background what free text is read with, where its weights are here: the first reply needs it."""
        from assistant.advisor.explaining import open_shelf
        from assistant.models import weights
        from assistant.models.embedding import ID

        if weights.present(ID, self.settings):
            self.background.start("open embedder", lambda report: open_shelf(self.models.embedder()))

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

    @property
    def alone(self) -> bool:
        """Whether one person uses this workspace, without accounts."""
        return not self.settings.space and not self.accounts.exist()

    @property
    def visitors(self) -> Visitors:
        return Visitors(self.accounts, self.projects)

    def check_new_project(self, request: gr.Request | None) -> None:
        """Raises PenalaError (visitor_projects, visitor_room) where a visitor has enough of them."""
        if self.settings.space:
            self.visitors.check_room(self.person(request), new_project=True)

    def check_long_work(self) -> None:
        """Raises PenalaError("space_no_tuning"): on a public demo nobody may tune."""
        if self.settings.space:
            raise PenalaError("space_no_tuning")

    def person(self, request: gr.Request | None) -> Person:
        """Who asks; in a workspace without accounts its one user. Raises PenalaError("not_logged_in")."""
        if self.alone:
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
        if self.alone:
            return
        person = self.person(request)
        project = request.query_params.get("project", "") if request is not None else ""
        allowed = self.may(request, right, project) if project else right == "see" or person.steward
        if not allowed:
            raise PenalaError("no_right")
        if right != "see":
            if self.settings.space:
                self.visitors.check_room(person)
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
