"""The data page: are the examples fit to train on, and everything that makes them so."""

from dataclasses import dataclass

import gradio as gr

from assistant.ui import parts
from assistant.ui.data import collecting
from assistant.ui.data.bringing import Importing
from assistant.ui.data.checking import Checks
from assistant.ui.data.collecting import Collecting
from assistant.ui.data.freezing import Versions
from assistant.ui.data.people import People
from assistant.ui.data.table import ExamplesTable
from assistant.ui.page import Part


@dataclass(frozen=True)
class DataPage(Part):
    def build(self) -> gr.Blocks:
        t = self.t
        table = ExamplesTable(self.context, self.language)
        importing = Importing(self.context, self.language)
        checks = Checks(self.context, self.language)
        versions = Versions(self.context, self.language)
        people = People(self.context, self.language)
        with self.opened("data") as page:
            banner = parts.html(classes="p-slot")
            notice = parts.slot()
            with gr.Tabs() as tabs:
                with gr.Tab(t("data.tab_examples")) as first:
                    refresh = table.build(page)
                with gr.Tab(t("collect.tab"), id=collecting.TAB):
                    Collecting(self.context, self.language).build(page)
                with gr.Tab(t("data.tab_import")):
                    importing.build()
                with gr.Tab(t("data.tab_checks")) as second:
                    found = checks.build()
                with gr.Tab(t("data.tab_versions")) as third:
                    frozen = versions.build()
                with gr.Tab(t("people.tab")) as last:
                    known = people.build()
            self.on(page.load, self.opening, [], [tabs], notice=notice)
            self.on(first.select, table.show, refresh.asked, refresh.shown, notice=notice)
            for event in (page.load, second.select):
                self.on(event, checks.show, [], [banner, found], notice=notice)
            for event in (page.load, third.select):
                self.on(event, versions.show, [], [frozen], notice=notice)
            self.on(last.select, people.show, [], known, notice=notice)
        return page

    def opening(self, request: gr.Request) -> gr.Tabs:
        """The tab that the address names: a contributor's address opens on the form."""
        wanted = request.query_params.get("tab", "")
        return gr.Tabs(selected=wanted) if wanted == collecting.TAB else gr.skip()
