"""Fields, folded away, for the documents and the language that an answer may come from."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.retrieval import index
from assistant.retrieval.scope import LANGUAGES, Scope
from assistant.ui.page import Part


@dataclass(frozen=True)
class ScopeFields(Part):
    def build(self, notice: gr.HTML) -> list[Any]:
        """Lay out; the fields in the order that `scope` takes them."""
        t = self.t
        languages = [
            (t("baseline.any_language"), ""),
            *((t(f"baseline.in_{name}"), name) for name in LANGUAGES),
        ]
        with gr.Accordion(t("baseline.scope"), open=False) as folded, gr.Row():
            documents: gr.Dropdown = gr.Dropdown(
                [], value=[], multiselect=True, label=t("baseline.scope_documents"), min_width=260, scale=2
            )
            language = gr.Dropdown(languages, value="", label=t("baseline.scope_language"), min_width=170)
        self.on(folded.expand, self.choices, [documents], [documents], notice=notice, right="see")
        return [documents, language]

    def choices(self, chosen: list[str], request: gr.Request) -> gr.Dropdown:
        """The documents that can be searched now; those chosen stay, unless they are gone."""
        project = self.context.project_or_none(request)
        found = index.documents(project) if project else []
        names = list(dict.fromkeys(d.name for d in found if d.status == "ready"))
        return gr.Dropdown(names, value=[name for name in chosen or [] if name in names])


def scope(documents: list[str] | None, language: str | None) -> Scope:
    return Scope(tuple(documents or ()), language or None)
