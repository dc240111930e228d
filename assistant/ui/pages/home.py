"""The first page: projects, new ones, samples, and what this machine can do."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from assistant.errors import PenalaError
from assistant.ui import addresses, cards, parts, views
from assistant.ui.machine import machine
from assistant.ui.page import Part
from assistant.workspace.project import Project

_GO = "(address) => { if (address) window.location.assign(address); }"


@dataclass(frozen=True)
class HomePage(Part):
    def build(self) -> gr.Blocks:
        with self.opened("home") as page:
            notice = parts.slot()
            go = gr.Textbox(visible=False)
            with parts.two_columns():
                with gr.Column(scale=7, min_width=320):
                    listed = parts.html(clicks=True)
                    trash = parts.html(clicks=True, classes="p-slot")
                    samples = parts.html(cards.samples(self.language), clicks=True)
                with gr.Column(scale=4, min_width=300):
                    self._new(go)
                    self._import(go)
                    here = parts.html()
            self.on(page.load, self.show, [], [listed, trash], notice=notice)
            self.on(page.load, self.show_machine, [], [here], notice=notice)
            self.on(listed.click, self.act, [], [listed, trash], notice=notice, right="see")
            self.on(trash.click, self.act, [], [listed, trash], notice=notice, right="see")
            self.on(samples.click, self.start_sample, [], [go], notice=notice, right="see")
            go.change(None, go, None, js=_GO, api_visibility="private")
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
            self.on(event, self.create, [name, speech], [go], notice=notice, right="see")

    def _import(self, go: gr.Textbox) -> None:
        t = self.t
        with parts.panel():
            parts.html(views.section(t("home.import"), t("home.import_lead")))
            notice = parts.slot()
            zipped = gr.UploadButton(t("home.choose_zip"), file_types=[".zip"], file_count="single")
        self.on(zipped.upload, self.bring, [zipped], [go], notice=notice, right="see", show_progress="full")

    def show(self, request: gr.Request) -> tuple[str, str]:
        """The cards of the visitor's projects, and what was deleted."""
        listed = cards.projects(self.context.own_projects(request), self.language)
        gone = [one for one in self.context.projects.trash() if self.context.may(request, "own", one.id)]
        return listed, cards.trash(gone, self.language)

    def show_machine(self) -> str:
        return cards.machine_lines(machine(), self.context.settings, self.language)

    def create(self, name: str, language: str, request: gr.Request) -> str:
        """A new project; the address of its first page."""
        self.context.check_new_project(request)
        return self._decide(self._owned(self.context.projects.create(name, language), request))

    def bring(self, path: str, request: gr.Request) -> str:
        self.context.check_new_project(request)
        return self._decide(self._owned(self.context.projects.bring(Path(path)), request))

    def act(self, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        """A click inside the cards: delete, undo it, or make it final. Raises PenalaError("no_right")."""
        if not self.context.may(request, "own", event.id):
            raise PenalaError("no_right")
        if event.do == "delete":
            self.context.projects.delete(event.id)
        elif event.do == "restore":
            self.context.projects.restore(event.id)
        elif event.do == "purge":
            self.context.projects.purge(event.id)
            self.context.accounts.forget_project(event.id)
        return self.show(request)

    def start_sample(self, event: gr.EventData, request: gr.Request) -> str:
        """A project from a sample; its documents are indexed while the first page is read."""
        from assistant.journey import documents, samples

        self.context.check_new_project(request)
        if recorded := samples.recording(event.id):
            project = self._owned(self.context.projects.bring(recorded), request)
            project.set("recorded", True)
            return self._decide(project)
        project = self._owned(samples.create(self.context.projects, event.id), request)
        documents.start(project, [samples.sample(event.id).folder / "documents"])
        return self._decide(project)

    def _owned(self, project: Project, request: gr.Request) -> Project:
        """Whoever makes a project owns it."""
        if not self.context.alone:
            person = self.context.person(request)
            self.context.accounts.set_role(project.id, person.name, "owner", by=person.name)
        return project

    def _decide(self, project: Project) -> str:
        return addresses.page(self.language, "decide", project.id)
