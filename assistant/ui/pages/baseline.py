"""The baseline page: documents left; right asking with citations, the prompt, the evaluation questions."""

from dataclasses import dataclass

import gradio as gr

from assistant.ui import parts
from assistant.ui.baseline.asking import AskingTab
from assistant.ui.baseline.documents import Documents
from assistant.ui.baseline.prompt_tab import PromptTab
from assistant.ui.baseline.questions_tab import QuestionsTab
from assistant.ui.page import Part


@dataclass(frozen=True)
class BaselinePage(Part):
    def build(self) -> gr.Blocks:
        t = self.t
        with self.opened("baseline") as page, parts.two_columns():
            with gr.Column(scale=4, min_width=300):
                Documents(self.context, self.language).build(page)
            with gr.Column(scale=7, min_width=320), gr.Tabs():
                with gr.Tab(t("baseline.tab_ask")):
                    AskingTab(self.context, self.language).build(page)
                with gr.Tab(t("baseline.tab_prompt")):
                    PromptTab(self.context, self.language).build(page)
                with gr.Tab(t("baseline.tab_questions")):
                    QuestionsTab(self.context, self.language).build(page)
        return page
