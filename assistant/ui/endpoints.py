"""The public endpoints under /api/v1: five functions for other programs, each call with a key; all else is closed."""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.errors import PenalaError
from assistant.settings import LANGUAGES
from assistant.ui.context import Context
from assistant.ui.gate import bearer
from assistant.ui.wiring import sentence
from assistant.workspace.people import Right
from assistant.workspace.project import Project

PATH = "/api/v1"
log = logging.getLogger("penala")


@dataclass(frozen=True)
class Endpoints:
    """Each method is one endpoint and answers as the command of its name does with --json."""

    context: Context

    def build(self) -> gr.Blocks:
        with gr.Blocks(title="Penala API v1", analytics_enabled=False) as app:
            for call in (self.advise, self.explain, self.search, self.ask, self.check):
                gr.api(_told(call), api_name=call.__name__, concurrency_id="model", concurrency_limit=1)
        return app.queue(max_size=64, api_open=False)

    def advise(
        self, request: gr.Request, project: str, turn: dict[str, Any], language: str = "id"
    ) -> dict[str, Any]:
        """One turn of the interview: {"say": "…"}, {"set": {"signal": value}} or {"end": true}."""
        from assistant.advisor import checklist
        from assistant.advisor.session import Session
        from assistant.journey import shapes

        opened = self._project(project, "own", request)
        session = Session(opened, checklist.load(), self.context.models.embedder(), _known(language))
        return shapes.turn(session, turn, str(turn), 1).to_json()

    def explain(self, request: gr.Request, question: str, language: str = "id") -> dict[str, Any]:
        """An answer from the guides, with sources, or a refusal."""
        from assistant.advisor import explaining

        self._person(request)
        return explaining.explain(question, self.context.models.embedder(), _known(language)).to_json()

    def search(self, request: gr.Request, project: str, query: str, k: int = 5) -> dict[str, Any]:
        """The best passages of a project's documents."""
        from assistant.journey import shapes
        from assistant.retrieval import search as searching

        opened, most = self._project(project, "see", request), max(1, min(int(k), 50))
        found = searching.search(opened, query, self.context.models.embedder(), most)
        return {"results": [shapes.passage(p) for p in found]}

    def ask(
        self, request: gr.Request, project: str, question: str, model: str = "", language: str = "id"
    ) -> dict[str, Any]:
        """An answer from the documents with citations, or a refusal; without a model the best sentence is quoted."""
        from assistant.journey import choices, shapes
        from assistant.journey.question_arm import QuestionArm
        from assistant.models import registry
        from assistant.models.values import Decoding

        opened, models = self._project(project, "see", request), self.context.models
        if model and model not in {one.spec for one in registry.found(self.context.settings)}:
            raise PenalaError("no_model", model=model, known="-")  # no key makes this server call an address
        chat = models.chat(model) if model else None
        prompt = choices.question_prompt(opened)
        arm = QuestionArm("rag", opened, chat, prompt, Decoding(), _known(language), models.embedder())
        [said] = arm.say([question])
        return shapes.answer(said, arm.name, arm.fingerprint, _known(language))

    def check(self, request: gr.Request, project: str, language: str = "id") -> dict[str, Any]:
        """Whether a project's examples are fit to train on, and each check's findings."""
        from assistant.journey import choices, readiness, shapes

        opened, settings = self._project(project, "see", request), self.context.settings
        report = readiness.report(opened, choices.base(opened, settings), settings)
        return {
            "ready": report.ready,
            "findings": [shapes.finding(f, _known(language)) for f in report.findings],
        }

    def _person(self, request: gr.Request) -> Any:
        person = self.context.accounts.key_owner(bearer(request.headers.get("authorization", "")))
        if person is None:
            raise PenalaError("not_logged_in")
        return person

    def _project(self, id: str, right: Right, request: gr.Request) -> Project:
        """Raises PenalaError: not_logged_in, and api_no_project for one that is not there or is no business of theirs."""
        from assistant.workspace.people import may

        person = self._person(request)
        if not (person.steward or may(self.context.accounts.role(person, id), right)):
            raise PenalaError("api_no_project")
        try:
            return self.context.projects.open(id)
        except PenalaError as error:
            raise PenalaError("api_no_project") from error  # no_project would name the server's folder


def _told(call: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its mistakes as sentences in both languages' choice; what was not foreseen goes to the log."""

    @functools.wraps(call)
    def answered(*given: Any, **named: Any) -> Any:
        try:
            return call(*given, **named)
        except Exception as error:
            language = str(named.get("language") or "en")
            raise gr.Error(str(sentence(error, _known(language))), print_exception=False) from None

    return answered


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"
