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
from assistant.ui.background import Background
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
    models: Models
    background: Background

    def project(self, request: gr.Request) -> Project:
        """The project that the page's address names. Raises PenalaError("ui_no_project")."""
        found = self.project_or_none(request)
        if found is None:
            raise PenalaError("ui_no_project")
        return found

    def project_or_none(self, request: gr.Request) -> Project | None:
        id = request.query_params.get("project", "")
        try:
            return self.projects.open(id) if id else None
        except PenalaError:
            return None


def open_context(settings: Settings) -> Context:
    return Context(settings, Projects(settings), Models(settings), Background())


def speaker(language: str) -> Say:
    """`say` for the pages' own words in one language: t("home.title")."""
    return partial(_say, language)


def _say(language: str, key: str, /, **values: object) -> str:
    return texts.say(language, f"ui.{key}", **values)
