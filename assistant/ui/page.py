"""What all pages have in common: language, words, header, and one way to connect a button."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.ui import addresses, parts, views
from assistant.ui.context import Context, Say, speaker
from assistant.ui.glossary import glossary
from assistant.ui.header import Header
from assistant.ui.wiring import asking_first, wire
from assistant.workspace.people import Right

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
            parts.html(views.lead(self.t(f"{name}.title"), self.t(f"{name}.lead")))
            if name in addresses.STEPS:
                self._gate(page)
            yield page
            parts.html(glossary(self.language, name))

    def _gate(self, page: gr.Blocks) -> None:
        """A step opened without a project says so, with the way out."""
        gate = parts.slot()
        self.on(page.load, self.no_project, [], [gate], notice=parts.slot())

    def no_project(self, request: gr.Request) -> str:
        if self.context.project_or_none(request):
            return ""
        home = (self.t("page.to_projects"), addresses.page(self.language, "home"))
        return views.note(self.t("page.no_project"), link=home)
