"""The tune page: here, start a run left and watch the runs right; or at a provider."""

from dataclasses import dataclass

import gradio as gr

from assistant.ui import parts
from assistant.ui.page import Part
from assistant.ui.tune.hosted_tab import HostedRuns
from assistant.ui.tune.shipping_tab import Shipping
from assistant.ui.tune.starting import Starting
from assistant.ui.tune.watching import Runs


@dataclass(frozen=True)
class TunePage(Part):
    def build(self) -> gr.Blocks:
        runs = Runs(self.context, self.language)
        with self.opened("tune") as page, gr.Tabs():
            with gr.Tab(self.t("tune.tab_here")), parts.two_columns():
                with gr.Column(scale=6, min_width=320, render=False) as right:
                    shown = runs.build(page)
                with gr.Column(scale=5, min_width=320):
                    Starting(self.context, self.language).build(page, shown, runs.newest)
                right.render()
            with gr.Tab(self.t("ship.tab")):
                Shipping(self.context, self.language).build(page)
            with gr.Tab(self.t("hosted.tab")):
                HostedRuns(self.context, self.language).build(page)
        return page
