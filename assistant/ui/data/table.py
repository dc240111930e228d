"""The examples as a table of fifty rows at a time, and one example large to read and mend."""

from dataclasses import dataclass, replace
from html import escape as safe
from typing import Any

import gradio as gr

from assistant import texts
from assistant.dataset import examples
from assistant.dataset.examples import SPLITS, Example, Filter
from assistant.errors import PenalaError
from assistant.ui import parts, views
from assistant.ui.page import Part

ROWS = 50
Cells = list[list[str]]
View = tuple[Cells, str, int]


@dataclass(frozen=True)
class Editor:
    """The fields of the one example shown large; `id` is empty for a new one."""

    id: gr.Textbox
    head: gr.HTML
    input: gr.Textbox
    output: gr.Textbox
    source: gr.Textbox
    note: gr.Textbox

    def fields(self) -> list[gr.Textbox]:
        return [self.id, self.input, self.output, self.source, self.note]

    def shown(self) -> list[Any]:
        return [self.id, self.head, self.input, self.output, self.source, self.note]


@dataclass(frozen=True)
class Refresh:
    """What `ExamplesTable.show` is asked with, and where its answer goes."""

    asked: list[Any]
    shown: list[Any]


@dataclass(frozen=True)
class ExamplesTable(Part):
    def build(self, page: gr.Blocks) -> Refresh:
        """Lay out inside the open tab; what to ask `show` with, and where its answer goes."""
        t = self.t
        notice = parts.slot()
        start = gr.Number(0, visible=False, precision=0)
        with gr.Row(elem_classes="p-filters"):
            words = gr.Textbox(
                "", label=t("data.search"), placeholder=t("data.search_hint"), max_lines=1, scale=4
            )
            splits = [(t("data.all_splits"), ""), *((t(f"data.split_{name}"), name) for name in SPLITS)]
            split = gr.Dropdown(splits, value="", label=t("data.split"), scale=1, min_width=170)
        table = self._table()
        with gr.Row(elem_classes="p-pager"):
            back = gr.Button(t("data.previous"), size="sm", scale=0, min_width=100)
            pager = parts.html(classes="p-pager-words")
            on = gr.Button(t("data.next"), size="sm", scale=0, min_width=100)
        asked, shown = [words, split, start], [table, pager, start]
        editor = self._editor(asked, shown)
        self.on(page.load, self.show, asked, shown, notice=notice)
        for event in (words.submit, words.blur, split.change):
            self.on(event, self.first, [words, split], shown, notice=notice, right="see")
        self.on(back.click, self.back, asked, shown, notice=notice, right="see")
        self.on(on.click, self.forth, asked, shown, notice=notice, right="see")
        self.on(table.input, self.edit_cells, [table, *asked], shown, notice=notice, right="write")
        self.on(table.select, self.choose, [], editor.shown(), notice=notice)
        return Refresh(asked, shown)

    def _table(self) -> gr.Dataframe:
        t = self.t
        names = ("id", "input", "output", "source", "split")
        return gr.Dataframe(
            None, headers=[t(f"data.column_{name}") for name in names], datatype="str", type="array",
            column_count=(len(names), "fixed"), interactive=True, static_columns=[0], wrap=True, max_height=520,
            column_widths=["60px", "38%", "40%", "108px", "94px"], max_chars=180, show_label=False, buttons=[],
            elem_classes="p-table",
        )  # fmt: skip

    def _editor(self, asked: list[Any], shown: list[Any]) -> Editor:
        t = self.t
        with parts.panel():
            id = gr.Textbox(visible=False)
            head = parts.html(self._head(None))
            with gr.Row():
                text = gr.Textbox(label=t("data.input"), lines=5, max_lines=14, min_width=280)
                answer = gr.Textbox(label=t("data.output"), lines=5, max_lines=14, min_width=280)
            with gr.Row():
                source = gr.Textbox(
                    label=t("data.source"), info=t("data.source_why"), max_lines=1, min_width=280
                )
                note = gr.Textbox(label=t("data.note"), info=t("data.note_why"), max_lines=1, min_width=280)
            notice = parts.slot()
            undo = parts.html(clicks=True, classes="p-slot")
            gone: gr.State = gr.State(None)
            with gr.Row(elem_classes="p-buttons"):
                save = gr.Button(t("data.save"), variant="primary", elem_classes="p-save")
                fresh = gr.Button(t("data.new"))
                delete = gr.Button(t("data.delete"))
        editor = Editor(id, head, text, answer, source, note)
        self.on(
            save.click,
            self.save,
            [*editor.fields(), *asked],
            [*editor.shown(), *shown],
            notice=notice,
            right="write",
        )
        self.on(fresh.click, self.new, [], editor.shown(), notice=notice, right="see")
        removed = [*editor.shown(), gone, undo]
        self.on(delete.click, self.delete, [id, *asked], [*removed, *shown], notice=notice, right="write")
        self.on(undo.click, self.undo, [gone, *asked], [gone, undo, *shown], notice=notice, right="write")
        return editor

    def show(self, words: str, split: str, start: float, request: gr.Request) -> View:
        """One page of the table, the words under it, and where it starts."""
        project = self.context.project_or_none(request)
        if project is None:
            return [], "", 0
        begin = max(0, int(start))
        found, total = examples.page(project, begin, ROWS, Filter(words.strip(), split))
        if begin >= total > 0:  # the last row of the last page was deleted
            begin = (total - 1) // ROWS * ROWS
            found, total = examples.page(project, begin, ROWS, Filter(words.strip(), split))
        cells = [[e.id, e.input, e.output, e.source, self._split_name(e.split)] for e in found]
        return cells, self._pager(begin, len(found), total), begin

    def _pager(self, begin: int, count: int, total: int) -> str:
        if not total:
            return views.empty(self.t("data.none"), self.t("data.none_lead"))
        words = self.t("data.rows", first=begin + 1, last=begin + count, total=total)
        return f'<div class="p-small">{words}</div>'

    def first(self, words: str, split: str, request: gr.Request) -> View:
        return self.show(words, split, 0, request)

    def back(self, words: str, split: str, start: float, request: gr.Request) -> View:
        return self.show(words, split, start - ROWS, request)

    def forth(self, words: str, split: str, start: float, request: gr.Request) -> View:
        _, total = examples.page(self.context.project(request), 0, 1, Filter(words.strip(), split))
        return self.show(words, split, start + ROWS if start + ROWS < total else start, request)

    def edit_cells(self, cells: Cells, words: str, split: str, start: float, request: gr.Request) -> View:
        """Save the rows that differ; the browser sends the whole table, perhaps twice."""
        project = self.context.project(request)
        known = {
            e.id: e for e in examples.page(project, max(0, int(start)), ROWS, Filter(words.strip(), split))[0]
        }
        edited = [self._edited(known[row[0]], row) for row in cells if row and row[0] in known]
        examples.save(project, [e for e in edited if e != known[e.id]])
        return self.show(words, split, start, request)

    def _edited(self, known: Example, row: list[str]) -> Example:
        text, answer, source, split = (str(cell or "").strip() for cell in row[1:5])
        if not text or not answer:
            raise PenalaError("example_incomplete")
        codes = {self._split_name(code).lower(): code for code in SPLITS} | {
            code: code for code in ("", *SPLITS)
        }
        if split.lower() not in codes:
            raise PenalaError("no_split", split=split, known=", ".join(map(self._split_name, SPLITS)))
        return replace(known, input=text, output=answer, source=source, split=codes[split.lower()])

    def _split_name(self, split: str) -> str:
        return self.t(f"data.split_{split}") if split else ""

    def choose(self, event: gr.SelectData, request: gr.Request) -> tuple[str, ...]:
        """A click in the table: that example, large."""
        wanted = str(event.row_value[0]) if event.row_value else ""
        return self._fill(self._find(wanted, request))

    def new(self) -> tuple[str, ...]:
        return self._fill(None)

    def save(
        self, id: str, text: str, answer: str, source: str, note: str,
        words: str, split: str, start: float, request: gr.Request,
    ) -> tuple[Any, ...]:  # fmt: skip
        """Keep the example that is shown large, then show an empty one."""
        project = self.context.project(request)
        known = self._find(id, request) if id else None
        if known:
            if not text.strip() or not answer.strip():
                raise PenalaError("example_incomplete")
            examples.save(
                project,
                [
                    replace(
                        known,
                        input=text.strip(),
                        output=answer.strip(),
                        source=source.strip(),
                        note=note.strip(),
                    )
                ],
            )
        else:
            examples.add(project, text, answer, source, note)
        return (*self._fill(None), *self.show(words, split, start, request))

    def delete(self, id: str, words: str, split: str, start: float, request: gr.Request) -> tuple[Any, ...]:
        """Delete the example that is shown large; it can be brought back from the line that says so."""
        known = self._find(id, request) if id else None
        if known is None:
            raise PenalaError("ui_nothing_chosen")
        examples.delete(self.context.project(request), [id])
        line = f"<p>{safe(self.t('data.deleted', id=id))}</p>{views.action(self.t('data.undo'), 'undo', id)}"
        shown = f'<div class="p-shown p-item">{line}</div>'
        return (*self._fill(None), known, shown, *self.show(words, split, start, request))

    def undo(
        self, gone: Example | None, words: str, split: str, start: float, request: gr.Request
    ) -> tuple[Any, ...]:
        if gone:
            examples.save(self.context.project(request), [gone])
        return (None, "", *self.show(words, split, start, request))

    def _find(self, id: str, request: gr.Request) -> Example | None:
        return examples.find(self.context.project(request), id)

    def _fill(self, e: Example | None) -> tuple[str, ...]:
        if e is None:
            return "", self._head(None), "", "", "", ""
        return e.id, self._head(e), e.input, e.output, e.source, e.note

    def _head(self, e: Example | None) -> str:
        if e is None:
            return views.section(self.t("data.new_head"), self.t("data.new_lead"))
        split = self._split_name(e.split) or self.t("data.split_none")
        origin = texts.keys(self.language).get(f"ui.data.origin_{e.origin}", e.origin)
        return views.section(self.t("data.example", id=e.id), f"{split} · {origin}")
