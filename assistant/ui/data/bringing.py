"""Importing examples from a file: which column is what, what would come in, what stays out and why."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from assistant import interchange, texts
from assistant.dataset import importing
from assistant.dataset.importing import Columns, Import
from assistant.errors import PenalaError
from assistant.ui import parts, views
from assistant.ui.page import Part

_SHOWN = 20  # rejected rows and sample rows listed


@dataclass(frozen=True)
class Importing(Part):
    def build(self) -> None:
        """Lay out inside the open tab."""
        t = self.t
        with gr.Row(equal_height=False):
            with gr.Column(scale=5, min_width=300):
                parts.html(views.section(t("data.import"), t("data.import_lead")))
                chosen = gr.File(
                    label=t("data.file"), file_types=list(interchange.SUFFIXES), file_count="single",
                    height=150,
                )  # fmt: skip
                columns = [
                    gr.Dropdown([], label=t(f"data.map_{name}"), visible=False, interactive=True)
                    for name in ("input", "output", "source")
                ]
                notice = parts.slot()
                bring = gr.Button(t("data.bring"), variant="primary", interactive=False)
            with gr.Column(scale=7, min_width=300):
                preview = parts.html(views.empty(t("data.preview"), t("data.preview_lead")))
        self.on(chosen.upload, self.look, [chosen], [*columns, preview, bring], notice=notice, right="write")
        for column in columns:
            self.on(
                column.input, self.preview, [chosen, *columns], [preview, bring], notice=notice, right="write"
            )
        self.on(
            bring.click,
            self.bring,
            [chosen, *columns],
            [preview, chosen, bring],
            notice=notice,
            right="write",
        )

    def look(self, path: str | None) -> tuple[Any, ...]:
        """The file's columns to choose from, and what would come in as it is."""
        names = interchange.read(_file(path)).names()
        chosen = [gr.Dropdown([("–", ""), *((n, n) for n in names)], value="", visible=bool(names))] * 3
        try:
            return (*chosen, *self.preview(path, "", "", ""))
        except PenalaError as error:  # the columns are named otherwise: the user says which is which
            said = views.problem(error.say(self.language))
            return (*chosen, said, gr.Button(interactive=False))

    def preview(self, path: str | None, text: str, answer: str, source: str) -> tuple[str, gr.Button]:
        found = importing.read_file(_file(path), _columns(text, answer, source))
        return self._preview(found), gr.Button(interactive=bool(found.examples))

    def bring(
        self, path: str | None, text: str, answer: str, source: str, request: gr.Request
    ) -> tuple[Any, ...]:
        project = self.context.project(request)
        found = importing.import_file(project, _file(path), _columns(text, answer, source))
        said = texts.say(
            self.language, "dataset.imported", imported=len(found.examples), rejected=len(found.rejected)
        )
        return views.note(said) + self._rejected(found), None, gr.Button(interactive=False)

    def _preview(self, found: Import) -> str:
        said = self.t("data.would_bring", imported=len(found.examples), rejected=len(found.rejected))
        rows = [(e.input, e.output) for e in found.examples[:5]]
        table = views.table((self.t("data.column_input"), self.t("data.column_output")), rows)
        return views.section(said) + table + self._rejected(found)

    def _rejected(self, found: Import) -> str:
        if not found.rejected:
            return ""
        lines = [
            texts.say(self.language, "dataset.rejected", row=r.row, reason=str(r.reason.say(self.language)))
            for r in found.rejected[:_SHOWN]
        ]
        rest = len(found.rejected) - _SHOWN
        return views.section(self.t("data.left_out")) + views.lines(
            lines, rest, self.t("page.more", count=rest)
        )


def _file(path: str | None) -> Path:
    if not path:
        raise PenalaError("ui_no_file")
    return Path(path)


def _columns(text: str, answer: str, source: str) -> Columns:
    return Columns(text or None, answer or None, source or None)
