"""Drafts from the documents: a button, a chat model if one is wanted, and how far it is."""

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from assistant import texts
from assistant.journey import drafting
from assistant.ui import addresses, parts, views
from assistant.ui.baseline import model_choice
from assistant.ui.page import Part
from assistant.workspace.project import Project


@dataclass(frozen=True)
class Drafting(Part):
    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open tab, folded."""
        t = self.t
        with gr.Accordion(t("drafts.head"), open=False):
            parts.html(f'<p class="p-small">{t("drafts.lead")}</p>')
            with gr.Row():
                model = model_choice.field(t("drafts.model"))
                count = gr.Number(
                    10, label=t("drafts.count"), precision=0, minimum=1, maximum=100, min_width=120
                )
            notice = parts.slot()
            make = gr.Button(t("drafts.make"))
            told = parts.html(classes="p-slot")
        self.on(page.load, self.models, [], [model], notice=notice)
        self.on(make.click, self.make, [model, count], [told], notice=notice, right="write", model=True)

    def models(self, request: gr.Request) -> gr.Dropdown:
        """The chat models that can draft here; or none, and sentences and headings are asked about."""
        project = self.context.project_or_none(request)
        return model_choice.dropdown(self.context.settings, project, self.t("drafts.no_model"), reads=True)

    def make(self, model: str | None, count: float, request: gr.Request) -> Iterator[str]:
        project = self.context.project(request)
        if not model:
            yield self._made(project, len(drafting.extract(project, int(count))))
            return
        yield self._working(self.t("baseline.loading"))
        opened, made = self.context.models.chat(model), 0
        for now in drafting.propose(project, opened, int(count)):
            made = len(now.made)
            yield self._working(texts.say(self.language, "retrieval.proposing.step", **now.counts))
        yield self._made(project, made)

    def _working(self, said: str) -> str:
        return f'<div class="p-shown">{views.bar(-1.0, said)}</div>'

    def _made(self, project: Project, count: int) -> str:
        """How many wait for a person, and where."""
        review = (self.t("drafts.review"), addresses.page(self.language, "data", project.id, tab="review"))
        return views.note(self.t("drafts.made", count=count), link=review)
