"""What all pages have in common: language, words, header, and one way to connect a button."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import gradio as gr

from assistant.ui import addresses, parts, views
from assistant.ui.context import Context, Say, speaker
from assistant.ui.glossary import glossary
from assistant.ui.header import Header
from assistant.ui.machine import machine
from assistant.ui.wiring import asking_first, wire
from assistant.workspace.people import Right
from assistant.workspace.visitors import limits

_LOOKING = ("load", "select", "tick")  # events by which a page only shows something


@dataclass(frozen=True)
class Part:
    """A page, or a part of one, in one language."""

    context: Context
    language: str

    @property
    def t(self) -> Say:
        """This language's words of the pages: t("home.title")."""
        return speaker(self.language)

    def on(
        self,
        event: Callable[..., Any],
        handler: Callable[..., Any],
        inputs: Sequence[Any] = (),
        outputs: Sequence[Any] = (),
        *,
        notice: gr.HTML,
        right: Right | None = None,
        **more: Any,
    ) -> Any:
        """Call `handler` on `event` (see wiring.wire) for who has the right; a mistake is said in `notice`.

        Unless told otherwise, opening a page or a tab needs the right to see, anything else the owner's.
        """
        needed: Right = right or ("see" if getattr(event, "event_name", "") in _LOOKING else "own")
        name = f"{type(self).__name__}.{handler.__name__}"
        asked = asking_first(handler, lambda request: self.context.allow(request, needed, name))
        return wire(event, asked, inputs, outputs, notice=notice, language=self.language, **more)

    @contextmanager
    def opened(self, name: str) -> Iterator[gr.Blocks]:
        """The page's Blocks with header and lead, what the block lays out, and the terms at the foot."""
        with gr.Blocks(title="Penala", analytics_enabled=False) as page:
            Header(self.context, self.language, name).build(page)
            if self.context.settings.space:
                self._visit(page)
            parts.html(views.lead(self.t(f"{name}.title"), self.t(f"{name}.lead")))
            if name in addresses.STEPS:
                self._gate(page)
            yield page
            parts.html(glossary(self.language, name))

    def _visit(self, page: gr.Blocks) -> None:
        """On a public demo: whose projects these are, when they go, and the way to keep one."""
        told = parts.slot()
        self.on(page.load, self.visit, [], [told], notice=parts.slot())

    def visit(self, request: gr.Request) -> str:
        """Raises PenalaError("not_logged_in")."""
        person, allowed = self.context.person(request), limits()
        until = self.context.visitors.until(person)
        left = max(0, round((until - datetime.now(UTC)).total_seconds() / 60))
        said = self.t("visit.yours", minutes=left, until=f"{until:%H:%M}", most=allowed.megabytes)
        if not machine().keys:
            said = f"{said} {self.t('visit.no_keys')}"
        project = self.context.project_or_none(request)
        take = addresses.download("archive", project.id, f"{project.id}.zip") if project else ""
        return views.note(said, link=(self.t("visit.take"), take) if take else None)

    def _gate(self, page: gr.Blocks) -> None:
        """A step opened without a project says so, with the way out."""
        gate = parts.slot()
        self.on(page.load, self.no_project, [], [gate], notice=parts.slot())

    def no_project(self, request: gr.Request) -> str:
        if self.context.project_or_none(request):
            return ""
        home = (self.t("page.to_projects"), addresses.page(self.language, "home"))
        return views.note(self.t("page.no_project"), link=home)
