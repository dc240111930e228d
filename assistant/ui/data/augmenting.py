"""Paraphrases for thin labels: a panel under the checks, and the button at the finding that asks for it."""

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from assistant import texts
from assistant.journey import augmenting
from assistant.journey.augmenting import Augmented
from assistant.ui import addresses, parts, views
from assistant.ui.baseline import model_choice
from assistant.ui.page import Part

DO = "augment"  # what the button at a finding is called (see views.action)
_TO_RESULT = (
    "() => setTimeout(() => document.querySelector('.p-augment')?.scrollIntoView({block: 'nearest'}), 150)"
)


@dataclass(frozen=True)
class Augmenting(Part):
    def build(self, page: gr.Blocks, findings: gr.HTML) -> None:
        """Lay out inside the open tab; `findings` holds the buttons."""
        t = self.t
        with gr.Accordion(t("augment.head"), open=False, elem_classes="p-augment") as panel:
            parts.html(f'<p class="p-small">{t("augment.lead")}</p>')
            with gr.Row():
                model = model_choice.field(t("augment.model"))
                want = gr.Number(
                    augmenting.WANT,
                    label=t("augment.want"),
                    precision=0,
                    minimum=2,
                    maximum=500,
                    min_width=120,
                )
            notice = parts.slot()
            make = gr.Button(t("augment.make"))
            told = parts.html(classes="p-slot")
        self.on(page.load, self.models, [], [model], notice=notice)
        self.on(make.click, self.make, [model, want], [told], notice=notice, right="write", model=True)
        opened = self.on(findings.click, self.open, [], [panel], notice=notice, right="see")
        opened.then(None, None, None, js=_TO_RESULT, api_visibility="private")

    def models(self, request: gr.Request) -> gr.Dropdown:
        """The chat models that can paraphrase here; or none, and it is done by rule."""
        project = self.context.project_or_none(request)
        return model_choice.dropdown(self.context.settings, project, self.t("augment.no_model"), reads=True)

    def open(self, event: gr.EventData) -> gr.Accordion:
        """The button at a finding opens the panel, where a model may be chosen."""
        return gr.Accordion(open=True) if event.do == DO else gr.skip()

    def make(self, model: str | None, want: float, request: gr.Request) -> Iterator[str]:
        project, now = self.context.project(request), Augmented(0, 0)
        yield self._working(self.t("baseline.loading"))
        opened = self.context.models.chat(model) if model else None
        for now in augmenting.augment(project, self.context.models.embedder(), int(want), (), opened):
            yield self._working(texts.say(self.language, "dataset.augmented", **now.counts))
        review = (self.t("drafts.review"), addresses.page(self.language, "data", project.id, tab="review"))
        said = self.t("augment.made", count=len(now.made), dropped=now.dropped)
        yield views.note(said, link=review)

    def _working(self, said: str) -> str:
        return f'<div class="p-shown">{views.bar(-1.0, said)}</div>'
