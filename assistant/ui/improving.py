"""A small form that turns an answer somewhere on the pages into an example with the answer it should have been."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.dataset import examples
from assistant.errors import PenalaError
from assistant.evaluation.values import arm_name
from assistant.journey import contributing
from assistant.journey.contributing import Said
from assistant.ui import addresses, parts, views
from assistant.ui.context import speaker
from assistant.ui.page import Part
from assistant.ui.who import person

DO = "improve"  # what a button that opens the form is called (see views.action)
# The keyboard goes to the corrected answer, but only when the form was just asked for.
_FOCUS = f"""() => setTimeout(() => {{
  if (document.activeElement?.dataset?.do !== '{DO}') return;
  [...document.querySelectorAll('.p-improve textarea')].filter((one) => one.offsetParent)[2]?.focus();
}}, 150)"""


def button(language: str, id: str, name: str) -> str:
    """A quiet button that opens the form on the answer `id`; `name` is what a screen reader adds."""
    t = speaker(language)
    return f"<div>{views.action(t('improve.do'), DO, id, 'p-quiet', t('improve.do_named', name=name))}</div>"


@dataclass(frozen=True)
class Improving(Part):
    def build(self) -> list[Any]:
        """Lay out, closed; where what `open` returns goes."""
        t = self.t
        said: gr.State = gr.State(None)
        with parts.panel(visible=False) as panel, gr.Column(elem_classes="p-improve"):
            head = parts.html()
            question = gr.Textbox(label=t("improve.question"), lines=2, max_lines=8)
            given = gr.Textbox(label=t("improve.given"), lines=2, max_lines=8, interactive=False)
            better = gr.Textbox(label=t("improve.better"), lines=4, max_lines=14)
            with gr.Row():
                tags = gr.Textbox(label=t("collect.tags"), max_lines=1, min_width=220)
                note = gr.Textbox(label=t("collect.note"), max_lines=2, min_width=220)
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                save = gr.Button(t("improve.save"), variant="primary", elem_classes="p-save")
                close = gr.Button(t("improve.close"))
        done = parts.slot()
        self.on(
            save.click,
            self.save,
            [said, question, better, tags, note],
            [panel, said, done],
            notice=notice,
            right="write",
        )
        self.on(close.click, self.close, [], [panel, said], notice=notice, right="see")
        return [panel, said, head, question, given, better, tags, note, done]

    def listen(self, clicked: gr.HTML, handler: Any, inputs: list[Any], shown: list[Any]) -> None:
        """Open the form when one of our buttons inside `clicked` is pressed; `handler` says by which answer."""
        opened = self.on(clicked.click, handler, inputs, shown, notice=parts.slot(), right="write")
        opened.then(None, None, None, js=_FOCUS, api_visibility="private")

    def open(self, said: Said, ideal: str = "") -> tuple[Any, ...]:
        """The form filled: with the ideal answer where one is known, else with the answer that was given."""
        lead = self.t("improve.lead", arm=arm_name(self.language, said.arm))
        head = views.section(self.t("improve.head"), lead)
        return (
            gr.Column(visible=True),
            said,
            head,
            said.question,
            said.answer,
            ideal or said.answer,
            "",
            "",
            "",
        )

    def nothing(self) -> tuple[Any, ...]:
        """Another button was pressed."""
        return tuple(gr.skip() for _ in range(9))

    def close(self) -> tuple[gr.Column, None]:
        return gr.Column(visible=False), None

    def save(
        self, said: Said | None, question: str, better: str, tags: str, note: str, request: gr.Request
    ) -> tuple[gr.Column, None, str]:
        """Keep it as an example, and say where it went."""
        if said is None:
            raise PenalaError("ui_nothing_chosen")
        project, who = self.context.project(request), person(self.context, request)
        made = contributing.improve(project, who, said, question, better, note, examples.tags_of(tags))
        told = self.t(f"improve.{'saved_held' if made.split else 'saved'}", id=made.id)
        link = (self.t("improve.see"), addresses.page(self.language, "data", project.id))
        return gr.Column(visible=False), None, views.note(told, link=link)
