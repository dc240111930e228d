"""Which examples the table shows: words and split, and folded away status, tag, author and origin."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant import texts
from assistant.dataset import examples
from assistant.dataset.examples import SPLITS, Filter
from assistant.ui.page import Part

STATUSES = ("accepted", "draft", "rejected")


@dataclass(frozen=True)
class Filters(Part):
    def build(self) -> list[Any]:
        """Lay out; the fields in the order that `sought` takes them."""
        t = self.t
        splits = [(t("data.all_splits"), ""), *((t(f"data.split_{name}"), name) for name in SPLITS)]
        statuses = [*((t(f"data.status_{name}"), name) for name in STATUSES), (t("data.all_splits"), "")]
        with gr.Row(elem_classes="p-filters"):
            words = gr.Textbox(
                "", label=t("data.search"), placeholder=t("data.search_hint"), max_lines=1, scale=4
            )
            split = gr.Dropdown(splits, value="", label=t("data.split"), scale=1, min_width=170)
        with gr.Accordion(t("data.more_filters"), open=False), gr.Row():
            status = gr.Dropdown(statuses, value="accepted", label=t("data.status"), min_width=130)
            others = [gr.Dropdown([""], value="", label=t(f"data.{name}"), min_width=130) for name in _OTHERS]
        return [words, split, status, *others]

    def sought(self, words: str, split: str, status: str, tag: str, author: str, origin: str) -> Filter:
        return Filter(words.strip(), split, status, tag or "", author or "", origin or "")  # type: ignore[arg-type]

    def choices(self, tag: str, author: str, origin: str, request: gr.Request) -> list[gr.Dropdown]:
        """What tag, author and origin can be set to now; what is set stays."""
        project = self.context.project_or_none(request)
        known = examples.choices(project) if project else examples.Choices((), (), ())
        every = (self.t("data.all_splits"), "")
        named = texts.keys(self.language)
        listed = [
            [(value, value) for value in known.tags],
            [(value, value) for value in known.authors],
            [(named.get(f"ui.data.origin_{value}", value), value) for value in known.origins],
        ]
        chosen = (tag or "", author or "", origin or "")
        return [
            gr.Dropdown([every, *values], value=value if value in {v for _, v in values} else "")
            for values, value in zip(listed, chosen, strict=True)
        ]


_OTHERS = ("tag", "author", "origin")
