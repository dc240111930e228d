"""The data page: are the examples fit to train on, and everything that makes them so."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.ui import parts
from assistant.ui.data import checking, collecting, exporting, reviewing
from assistant.ui.data.augmenting import Augmenting
from assistant.ui.data.bringing import Importing
from assistant.ui.data.checking import Checks
from assistant.ui.data.collecting import Collecting
from assistant.ui.data.drafting import Drafting
from assistant.ui.data.exporting import Exporting
from assistant.ui.data.freezing import Versions
from assistant.ui.data.people import People
from assistant.ui.data.reviewed import Reviewed
from assistant.ui.data.reviewing import Reviewing
from assistant.ui.data.table import ExamplesTable, Refresh
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
                with gr.Tab(t("data.tab_examples"), id="examples") as first:
                    refresh = table.build(page)
                with gr.Tab(t("collect.tab"), id=collecting.TAB):
                    Collecting(self.context, self.language).build(page)
                    Drafting(self.context, self.language).build(page)
                with gr.Tab(t("review.tab"), id=reviewing.TAB) as review:
                    self._review(page, review)
                with gr.Tab(t("data.tab_import")):
                    brought = importing.build()
                with gr.Tab(t("data.tab_checks"), id=checking.TAB) as second:
                    found = checks.build(banner)
                    Augmenting(self.context, self.language).build(page, found)
                with gr.Tab(t("data.tab_versions")) as third:
                    frozen = versions.build()
                with gr.Tab(t("export.tab"), id=exporting.TAB) as out:
                    self._exports(page, out, refresh)
                with gr.Tab(t("people.tab")) as last:
                    known = people.build()
            rows = self.on(found.click, self.rows, [], [tabs, *refresh.asked], notice=notice, right="see")
            self.on(rows.then, table.show, refresh.asked, refresh.shown, notice=notice, right="see")
            self.on(page.load, self.opening, [], [tabs], notice=notice)
            self.on(first.select, table.show, refresh.asked, refresh.shown, notice=notice)
            for event in (page.load, first.select, second.select, brought.then):
                meanwhile = "always_last"  # a change that comes while the checks run is checked after
                self.on(
                    event,
                    checks.show,
                    [],
                    [banner, found],
                    notice=notice,
                    right="see",
                    trigger_mode=meanwhile,
                )
            self.on(third.select, versions.show, [], frozen, notice=notice)
            self.on(last.select, people.show, [], known, notice=notice)
        return page

    def _exports(self, page: gr.Blocks, tab: gr.Tab, refresh: Refresh) -> None:
        """Exports of what the table shows."""
        exports, notice = Exporting(self.context, self.language), parts.slot()
        sought, *_ = refresh.asked
        asked, shown = exports.build(sought)
        self.on(page.load, exports.arrive, asked, shown, notice=notice)
        self.on(tab.select, exports.show, asked, shown, notice=notice)

    def _review(self, page: gr.Blocks, tab: gr.Tab) -> None:
        """The queue, and beside it what reviewing has led to, which each decision may change."""
        queue, figures = Reviewing(self.context, self.language), Reviewed(self.context, self.language)
        with parts.two_columns():
            with gr.Column(scale=6, min_width=300):
                turn, judged = queue.build()
            with gr.Column(scale=6, min_width=300):
                view, settled = figures.build()
        with parts.two_columns():
            with gr.Column(scale=6, min_width=300):
                bulk = figures.build_bulk()
            with gr.Column(scale=6, min_width=300):
                rules, kept = figures.build_rules()
        decided = (settled, bulk, kept)
        notice = parts.slot()
        for event in (page.load, tab.select):
            self.on(event, queue.show, [], turn.shown(), notice=notice)
            self.on(event, figures.rules, [], rules, notice=notice)
        for event in (page.load, tab.select, *(done.then for done in decided)):
            self.on(event, figures.show, [], view, notice=notice, right="see")
        for done in judged:
            self.on(done.then, figures.follow, [turn.held], view, notice=notice, right="see")
        for done in decided:
            self.on(done.then, queue.show, [], turn.shown(), notice=notice, right="see")

    def rows(self, event: gr.EventData, request: gr.Request) -> tuple[Any, Any, Any]:
        """From a finding to its rows in the table, from the first."""
        wanted = Checks(self.context, self.language).rows(event, request)
        return (gr.Tabs(selected="examples"), wanted, 0) if wanted else (gr.skip(), gr.skip(), gr.skip())

    def opening(self, request: gr.Request) -> gr.Tabs:
        """The tab that the address names: a contributor's address opens on the form, a reviewer's on the queue, a link to the checks or exports there."""
        wanted = request.query_params.get("tab", "")
        return (
            gr.Tabs(selected=wanted)
            if wanted in (collecting.TAB, reviewing.TAB, checking.TAB, exporting.TAB)
            else gr.skip()
        )
