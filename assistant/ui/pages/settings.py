"""What this machine offers: models and their weights, terms to accept, memory, accelerator, keys."""

from dataclasses import dataclass
from functools import partial

import gradio as gr

from assistant.models import catalogue, weights
from assistant.ui import models_view, parts, views
from assistant.ui.background import Report
from assistant.ui.cards import machine_rows
from assistant.ui.chosen_model import ChosenModel
from assistant.ui.machine import machine
from assistant.ui.page import Part


@dataclass(frozen=True)
class SettingsPage(Part):
    def build(self) -> gr.Blocks:
        t = self.t
        with self.opened("settings") as page:
            notice = parts.slot()
            timer = gr.Timer(1, active=False)
            with parts.two_columns():
                with gr.Column(scale=7, min_width=320):
                    parts.html(views.section(t("settings.models"), t("settings.models_lead")))
                    listed = parts.html(clicks=True)
                with gr.Column(scale=4, min_width=300):
                    ChosenModel(self.context, self.language).build(page)
                    here = parts.html()
                    parts.html(models_view.ways(self.language))
            for event in (page.load, timer.tick):
                self.on(event, self.show, [], [listed, timer], notice=notice, right="see")
            self.on(page.load, self.show_machine, [], [here], notice=notice)
            self.on(listed.click, self.act, [], [listed, timer], notice=notice)
        return page

    def show(self) -> tuple[str, gr.Timer]:
        """The models; the timer runs only while something is being fetched."""
        listed, busy = models_view.models(self.context, self.language)
        return listed, gr.Timer(active=busy)

    def show_machine(self) -> str:
        words = views.rows(machine_rows(self.t, machine(), self.context.settings))
        return f'<div class="p-card">{views.section(self.t("machine.title"))}{words}</div>'

    def act(self, event: gr.EventData) -> tuple[str, gr.Timer]:
        """A click inside the list: fetch weights, accepting their terms where the button said so."""
        entry = catalogue.entry(event.id)
        accepted = (entry.terms,) if event.do == "accept" and entry.terms else ()
        self.context.background.start(f"fetch:{entry.id}", partial(self._fetch, entry.id, accepted))
        return self.show()

    def _fetch(self, model: str, accepted: tuple[str, ...], report: Report) -> None:
        weights.ensure(model, self.context.settings, report, accepted)
