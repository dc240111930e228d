"""The compare page: the verdict first, then the numbers, the cases, the report, and the arms live."""

from dataclasses import dataclass

import gradio as gr

from assistant.ui import parts
from assistant.ui.compare.live import Live
from assistant.ui.compare.results import Results
from assistant.ui.compare.starting import Starting
from assistant.ui.page import Part


@dataclass(frozen=True)
class ComparePage(Part):
    def build(self) -> gr.Blocks:
        with self.opened("compare") as page:
            Results(self.context, self.language).build(page)
            with parts.panel():
                Starting(self.context, self.language).build(page)
            with parts.panel():
                Live(self.context, self.language).build(page)
        return page
