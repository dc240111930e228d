"""Importing examples from a file or from what was pasted: which column is what, what would come in, what stays out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from assistant import interchange, texts
from assistant.dataset import formats, importing
from assistant.dataset.examples import SPLITS
from assistant.dataset.importing import Columns, Import
from assistant.errors import PenalaError
from assistant.interchange import Options, Table
from assistant.ui import addresses, parts, views
from assistant.ui.page import Part

_SHOWN = 20  # rejected rows listed
_SAMPLE = 5  # examples shown before they are taken
_COLUMNS = ("input", "output", "source", "tags", "rejected")


@dataclass(frozen=True)
class Importing(Part):
    def build(self) -> Any:
        """Lay out inside the open tab; the event of an import."""
        t = self.t
        with gr.Row(equal_height=False):
            with gr.Column(scale=5, min_width=300):
                parts.html(views.section(t("data.import"), t("bring.lead")))
                # No file_types: Gradio would refuse others in English, and what is in a file says what it is.
                chosen = gr.File(label=t("data.file"), file_count="single", height=150)
                pasted = gr.Textbox(
                    label=t("bring.paste"), placeholder=t("bring.paste_hint"), lines=3, max_lines=10
                )
                read = gr.Button(t("bring.read"), size="sm")
                header = gr.Checkbox(True, label=t("bring.header"), visible=False)
                sheet = gr.Dropdown([], label=t("bring.sheet"), visible=False, interactive=True)
                speaker = gr.Dropdown([], label=t("bring.speaker"), visible=False, interactive=True)
                columns = [self._column(name) for name in _COLUMNS]
                splits = [(t("bring.split_open"), ""), *((t(f"data.split_{name}"), name) for name in SPLITS)]
                split = gr.Dropdown(splits, value="", label=t("bring.split"), info=t("bring.split_why"))
                notice = parts.slot()
                bring = gr.Button(t("data.bring"), variant="primary", interactive=False)
            with gr.Column(scale=7, min_width=300):
                preview = parts.html(views.empty(t("data.preview"), t("data.preview_lead")))
        given, options = [chosen, pasted], [header, sheet, speaker]
        shown = [*options, *columns, preview, bring]
        self.on(chosen.upload, self.fresh, given, [pasted, *shown], notice=notice)
        self.on(read.click, self.pasted, [pasted], [chosen, *shown], notice=notice)
        for option in options:
            self.on(option.input, self.look, [*given, *options], shown, notice=notice)
        for column in columns:
            self.on(column.input, self.preview, [*given, *options, *columns], [preview, bring], notice=notice)
        asked = [*given, *options, *columns, split]
        done = [*given, split, *options, *columns]
        return self.on(bring.click, self.bring, asked, [preview, *done, bring], notice=notice)

    def _column(self, name: str) -> gr.Dropdown:
        words = {"tags": "bring.map_tags", "rejected": "bring.map_rejected"}
        label = self.t(words.get(name, f"data.map_{name}"))
        return gr.Dropdown([], label=label, visible=False, interactive=True)

    def fresh(self, path: str | None, text: str) -> tuple[Any, ...]:
        """A file that was just chosen; what was pasted before goes."""
        return ("", *self.look(path, "", True, "", ""))

    def pasted(self, text: str) -> tuple[Any, ...]:
        """What was just pasted; a file chosen before goes."""
        return (None, *self.look(None, text, True, "", ""))

    def look(
        self, path: str | None, text: str, header: bool, sheet: str | None, speaker: str | None
    ) -> tuple[Any, ...]:
        """How the file was understood, to be corrected, and what would come in as it is."""
        table = self._table(path, text, header, sheet, speaker)
        options = self._options(table, header)
        try:
            found = importing.take(table, self._name(path))
        except PenalaError as error:
            if error.code != "column_missing":
                raise
            said = views.problem(error.say(self.language))  # the user says which column is which
            return (
                *options,
                *self._mapped(table, formats.guess(table.names())),
                said,
                gr.Button(interactive=False),
            )
        by_columns = found.reader.shape in ("columns", "penala")
        mapped = self._mapped(table, found.reader.columns if by_columns else None)
        return (*options, *mapped, self._preview(found), self._button(found))

    def preview(self, path: str | None, text: str, *chosen: Any) -> tuple[str, gr.Button]:
        """What would come in with these columns."""
        found = self._read(path, text, chosen)
        return self._preview(found), self._button(found)

    def bring(
        self, path: str | None, text: str, header: bool, sheet: str | None, speaker: str | None,
        input: str, output: str, source: str, tags: str, rejected: str, split: str, request: gr.Request,
    ) -> tuple[Any, ...]:  # fmt: skip
        """Take the examples."""
        project = self.context.project(request)
        chosen = (header, sheet, speaker, input, output, source, tags, rejected)
        found = importing.keep(project, self._read(path, text, chosen), split or "")
        said = texts.say(
            self.language, "dataset.imported", imported=len(found.examples), rejected=len(found.rejected)
        )
        link = ""
        if found.rejected:
            kept = importing.keep_rejects(project, found, self.language)
            address = addresses.download("left-out", project.id, kept, self.language)
            link = (
                f"<p>{views.link(self.t('bring.left_out_file'), address)} {self.t('bring.left_out_why')}</p>"
            )
        checked = views.note(self.t("bring.checked"))
        shown = views.note(said) + checked + self._notices(found) + link + self._rejected(found)
        hidden = [gr.Checkbox(visible=False), *[gr.Dropdown(visible=False)] * (2 + len(_COLUMNS))]
        return shown, None, "", "", *hidden, gr.Button(self.t("data.bring"), interactive=False)

    def _read(self, path: str | None, text: str, chosen: tuple[Any, ...]) -> Import:
        header, sheet, speaker, *columns = chosen
        named = Columns(**dict(zip(_COLUMNS, (c or None for c in columns), strict=True)))
        return importing.take(self._table(path, text, header, sheet, speaker), self._name(path), named)

    def _options(self, table: Table, header: bool) -> tuple[Any, ...]:
        """The header, the sheet and who answers: each shown where the file has such a thing."""
        return (
            gr.Checkbox(header, visible=table.kind in ("table", "excel")),
            gr.Dropdown(list(table.sheets), value=table.sheet or None, visible=len(table.sheets) > 1),
            gr.Dropdown(list(table.speakers), value=table.speaker or None, visible=bool(table.speakers)),
        )

    def _mapped(self, table: Table, found: Any) -> list[gr.Dropdown]:
        """The columns to choose from, with those that were recognised; hidden for conversations."""
        if found is None:
            return [gr.Dropdown([("–", "")], value="", visible=False)] * len(_COLUMNS)
        choices = [("–", ""), *((name, name) for name in table.names())]
        return [gr.Dropdown(choices, value=found.get(name, ""), visible=True) for name in _COLUMNS]

    def _button(self, found: Import) -> gr.Button:
        count = len(found.examples)
        return gr.Button(
            self.t("bring.bring", count=count) if count else self.t("data.bring"), interactive=count > 0
        )

    def _preview(self, found: Import) -> str:
        shape = texts.say(self.language, f"dataset.shape.{found.reader.shape}")
        said = self.t("data.would_bring", imported=len(found.examples), rejected=len(found.rejected))
        pairs = any(e.rejected for e in found.examples[:_SAMPLE])
        heads = [
            self.t("data.column_input"),
            self.t("data.column_output"),
            *([self.t("bring.worse")] if pairs else []),
        ]
        rows = [(e.input, e.output, e.rejected)[: len(heads)] for e in found.examples[:_SAMPLE]]
        return (
            views.section(said, shape)
            + self._notices(found)
            + views.table(heads, rows)
            + self._rejected(found)
        )

    def _notices(self, found: Import) -> str:
        return "".join(views.note(str(notice.say(self.language))) for notice in found.notices)

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

    def _table(
        self, path: str | None, text: str, header: bool, sheet: str | None, speaker: str | None
    ) -> Table:
        options = Options(sheet or "", header, speaker or "")
        if path:
            return interchange.read(Path(path), options)
        if not (text or "").strip():
            raise PenalaError("ui_no_file")
        return interchange.paste(text, self._name(None), options)

    def _name(self, path: str | None) -> str:
        return Path(path).name if path else self.t("bring.pasted")
