"""Which chat model answers for the open project: chosen from what is here or by its spec, and tried out; knows no page."""

import time
from dataclasses import dataclass
from html import escape as safe

import gradio as gr

from assistant import texts
from assistant.models.values import Decoding, Message
from assistant.ui import parts, views
from assistant.ui.page import Part


@dataclass(frozen=True)
class ChosenModel(Part):
    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open column; without a project there is nothing to choose for."""
        t = self.t
        with parts.panel() as panel:
            parts.html(views.section(t("settings.chosen"), t("settings.chosen_lead")))
            model = gr.Dropdown(
                [], label=t("settings.chosen_label"), info=t("settings.chosen_info"), allow_custom_value=True
            )
            with gr.Row(elem_classes="p-buttons"):
                keep = gr.Button(t("settings.choose"), variant="primary")
                test = gr.Button(t("settings.try"))
            said, notice = parts.slot(), parts.slot()
        self.on(page.load, self.show, [], [model, panel], notice=notice)
        self.on(keep.click, self.choose, [model], [said], notice=notice)
        self.on(test.click, self.test, [model], [said], notice=notice, model=True, show_progress="full")
        model.change(lambda: ("", ""), None, [said, notice], api_visibility="private", show_progress="hidden")

    def show(self, request: gr.Request) -> tuple[gr.Dropdown, gr.Column]:
        """The chat models that are here, the project's own chosen."""
        from assistant.journey import choices
        from assistant.models import registry

        project = self.context.project_or_none(request)
        if project is None:
            return gr.Dropdown([]), gr.Column(visible=False)
        settings = self.context.settings
        own, usual = project.get("model") or "", choices.recommended(choices.language(project), settings)
        ready = [(m.name, m.spec) for m in registry.found(settings) if m.ready and m.kind == "chat"]
        name = next((name for name, spec in ready if spec == usual), usual)
        made = [(self.t("settings.usual", model=name), ""), *ready]
        if own and own not in [spec for _, spec in ready]:
            made.append((own, own))
        return gr.Dropdown(made, value=own), gr.Column(visible=True)

    def choose(self, spec: str | None, request: gr.Request) -> str:
        """Keep it, and say what it is used for from now on."""
        from assistant.journey import choices

        project, settings = self.context.project(request), self.context.settings
        choices.choose(project, spec or "", settings)
        chosen = choices.model(project, settings)
        kind = "sends" if choices.is_remote(chosen) and not _stays(chosen) else "stays"
        return views.note(self.t(f"settings.chosen_{kind}", model=chosen))

    def test(self, spec: str | None, request: gr.Request) -> str:
        """One short question to the model, with its answer and time; nothing is kept."""
        from assistant.journey import choices

        project, settings = self.context.project(request), self.context.settings
        chosen = (spec or "").strip() or choices.recommended(choices.language(project), settings)
        model, began = self.context.models.chat(chosen), time.perf_counter()
        asked = Message("user", self.t("settings.test_question"))
        [reply] = model.generate([[asked]], Decoding(max_tokens=24))
        took = texts.number(self.language, time.perf_counter() - began, 1)
        words = self.t("settings.answered", seconds=took)
        return f'<div class="p-shown p-notice" role="status">{safe(words)} <q>{safe(reply.text.strip()[:300])}</q></div>'


def _stays(spec: str) -> bool:
    """Whether a service runs on this very machine."""
    return spec.startswith("ollama:") or any(
        name in spec for name in ("@http://127.0.0.1", "@http://localhost")
    )
