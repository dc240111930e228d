"""The first page: projects, new ones, samples, and what this machine can do."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from assistant.ui import addresses, cards, parts, views
from assistant.ui.context import Context, Say, speaker
from assistant.ui.header import Header
from assistant.ui.machine import machine
from assistant.ui.wiring import wire

_GO = "(address) => { if (address) window.location.assign(address); }"


@dataclass(frozen=True)
class HomePage:
    context: Context
    language: str

    @property
    def t(self) -> Say:
        return speaker(self.language)

    def build(self) -> gr.Blocks:
        t = self.t
        with gr.Blocks(title="Penala", analytics_enabled=False) as page:
            Header(self.context, self.language, "home").build(page)
            parts.html(views.lead(t("home.title"), t("home.lead")))
            notice = parts.slot()
            go = gr.Textbox(visible=False)
            with parts.two_columns():
                with gr.Column(scale=7, min_width=320):
                    cards_ = parts.html(clicks=True)
                    trash = parts.html(clicks=True, classes="p-slot")
                    samples = parts.html(cards.samples(self.language), clicks=True)
                with gr.Column(scale=4, min_width=300):
                    self._new(go)
                    self._import(go)
                    here = parts.html()
            self._wire(page, cards_, trash, samples, here, notice, go)
        return page

    def _new(self, go: gr.Textbox) -> None:
        t = self.t
        with parts.panel():
            parts.html(views.section(t("home.new"), t("home.new_lead")))
            name = gr.Textbox(label=t("home.name"), placeholder=t("home.name_example"), max_lines=1)
            choices = [(t("language.id"), "id"), (t("language.en"), "en")]
            speech = gr.Radio(choices, value=self.language, label=t("home.project_language"))
            notice = parts.slot()
            create = gr.Button(t("home.create"), variant="primary")
        for event in (create.click, name.submit):
            wire(event, self.create, [name, speech], [go], notice=notice, language=self.language)

    def _import(self, go: gr.Textbox) -> None:
        t = self.t
        with parts.panel():
            parts.html(views.section(t("home.import"), t("home.import_lead")))
            notice = parts.slot()
            zipped = gr.UploadButton(t("home.choose_zip"), file_types=[".zip"], file_count="single")
        wire(
            zipped.upload,
            self.bring,
            [zipped],
            [go],
            notice=notice,
            language=self.language,
            show_progress="full",
        )

    def _wire(
        self, page: gr.Blocks, listed: gr.HTML, trash: gr.HTML, samples: gr.HTML, here: gr.HTML, notice: gr.HTML,
        go: gr.Textbox,
    ) -> None:  # fmt: skip
        def on(event: object, handler: object, outputs: list[object]) -> None:
            wire(event, handler, [], outputs, notice=notice, language=self.language)  # type: ignore[arg-type]

        on(page.load, self.show, [listed, trash])
        on(page.load, self.show_machine, [here])
        on(listed.click, self.act, [listed, trash])
        on(trash.click, self.act, [listed, trash])
        on(samples.click, self.start_sample, [go])
        go.change(None, go, None, js=_GO, api_visibility="private")

    def show(self) -> tuple[str, str]:
        """The project cards, and what was deleted."""
        return cards.projects(self.context.projects, self.language), cards.trash(
            self.context.projects, self.language
        )

    def show_machine(self) -> str:
        return cards.machine_lines(machine(), self.context.settings, self.language)

    def create(self, name: str, language: str) -> str:
        """A new project; the address of its first page."""
        project = self.context.projects.create(name, language)
        return addresses.page(self.language, "decide", project.id)

    def bring(self, path: str) -> str:
        project = self.context.projects.bring(Path(path))
        return addresses.page(self.language, "decide", project.id)

    def act(self, event: gr.EventData) -> tuple[str, str]:
        """A click inside the cards: delete, or undo it."""
        if event.do == "delete":
            self.context.projects.delete(event.id)
        elif event.do == "restore":
            self.context.projects.restore(event.id)
        elif event.do == "purge":
            self.context.projects.purge(event.id)
        return self.show()

    def start_sample(self, event: gr.EventData) -> str:
        from assistant.journey import samples

        project = samples.create(self.context.projects, event.id)
        return addresses.page(self.language, "decide", project.id)
