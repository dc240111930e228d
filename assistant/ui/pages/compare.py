"""The compare page: the verdict first, then the form, then numbers, the arms live, the cases and the report."""

from dataclasses import dataclass

import gradio as gr

from assistant.ui.compare.live import Live
from assistant.ui.compare.results import Results
from assistant.ui.compare.starting import Starting
from assistant.ui.compare.voting_tab import VotingTab
from assistant.ui.page import Part


@dataclass(frozen=True)
class ComparePage(Part):
    def build(self) -> gr.Blocks:
        results = Results(self.context, self.language)
        with self.opened("compare") as page:
            head = results.head()
            started = Starting(self.context, self.language).build(page)
            with gr.Tabs():
                results.build(page, head, started)
                with gr.Tab(self.t("compare.tab_vote")) as tab:
                    VotingTab(self.context, self.language).build(page, head.which, tab)
                with gr.Tab(self.t("compare.live")):
                    Live(self.context, self.language).build(page)
        return page
