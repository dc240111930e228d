"""The examples as a table of fifty rows at a time, and one example large to read and mend."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape as safe
from typing import Any

import gradio as gr

from assistant.dataset import examples
from assistant.dataset.examples import SPLITS, Example, Filter, Step
from assistant.errors import PenalaError
from assistant.ui import parts, views
from assistant.ui.data import provenance
from assistant.ui.data.filtering import Filters
from assistant.ui.page import Part
from assistant.ui.who import person
from assistant.workspace.project import Project

ROWS = 50
Cells = list[list[str]]
View = tuple[Cells, str, int, list[Example]]


@dataclass(frozen=True)
class Editor:
    """The fields of the one example shown large; `known` is that example as it was read, None for a new one."""

    known: gr.State
    head: gr.HTML
    input: gr.Textbox
    output: gr.Textbox
    source: gr.Textbox
    tags: gr.Textbox
    note: gr.Textbox

    def fields(self) -> list[Any]:
        return [self.known, self.input, self.output, self.source, self.tags, self.note]

    def shown(self) -> list[Any]:
        return [self.known, self.head, self.input, self.output, self.source, self.tags, self.note]


@dataclass(frozen=True)
class Refresh:
    """What `ExamplesTable.show` is asked with, and where its answer goes."""

    asked: list[Any]
    shown: list[Any]


@dataclass(frozen=True)
class ExamplesTable(Part):
    def build(self, page: gr.Blocks) -> Refresh:
        """Lay out inside the open tab; what to ask `show` with, and where its answer goes."""
        notice = parts.slot()
        start = gr.Number(0, visible=False, precision=0)
        sought, rows = gr.State(Filter()), gr.State([])
        filters = Filters(self.context, self.language)
        fields = filters.build()
        table = self._table()
        with gr.Row(elem_classes="p-pager"):
            back = gr.Button(self.t("data.previous"), size="sm", scale=0, min_width=100)
            pager = parts.html(classes="p-pager-words")
            on = gr.Button(self.t("data.next"), size="sm", scale=0, min_width=100)
        asked, shown = [sought, start], [table, pager, start, rows]
        editor = self._editor(asked, shown)
        self.on(page.load, self.show, asked, shown, notice=notice)
        self.on(page.load, filters.choices, fields[3:], fields[3:], notice=notice)
        words, *others = fields
        for event in (words.submit, words.blur, *(one.input for one in others)):
            self.on(event, self.first, fields, [sought, *shown], notice=notice, right="see")
        self.on(back.click, self.back, asked, shown, notice=notice, right="see")
        self.on(on.click, self.forth, asked, shown, notice=notice, right="see")
        self.on(table.input, self.edit_cells, [table, rows, *asked], shown, notice=notice, right="write")
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
            known: gr.State = gr.State(None)
            head = parts.html(self._head())
            with gr.Row():
                text = gr.Textbox(label=t("data.input"), lines=5, max_lines=14, min_width=280)
                answer = gr.Textbox(label=t("data.output"), lines=5, max_lines=14, min_width=280)
            with gr.Row():
                source = gr.Textbox(
                    label=t("data.source"), info=t("data.source_why"), max_lines=1, min_width=220
                )
                tags = gr.Textbox(
                    label=t("collect.tags"), info=t("collect.tags_why"), max_lines=1, min_width=220
                )
                note = gr.Textbox(label=t("data.note"), info=t("data.note_why"), max_lines=1, min_width=220)
            notice = parts.slot()
            undo = parts.html(clicks=True, classes="p-slot")
            gone: gr.State = gr.State(None)
            with gr.Row(elem_classes="p-buttons"):
                save = gr.Button(t("data.save"), variant="primary", elem_classes="p-save")
                fresh = gr.Button(t("data.new"))
                delete = gr.Button(t("data.delete"))
        editor = Editor(known, head, text, answer, source, tags, note)
        self.on(
            save.click, self.save, [*editor.fields(), *asked], [*editor.shown(), *shown], notice=notice,
            right="write",
        )  # fmt: skip
        self.on(fresh.click, self.new, [], editor.shown(), notice=notice, right="see")
        removed = [*editor.shown(), gone, undo]
        self.on(delete.click, self.delete, [known, *asked], [*removed, *shown], notice=notice, right="write")
        self.on(undo.click, self.undo, [gone, *asked], [gone, undo, *shown], notice=notice, right="write")
        return editor

    def show(self, sought: Filter, start: float, request: gr.Request) -> View:
        """One page of the table, the words under it, where it starts, and its examples as they were read."""
        project = self.context.project_or_none(request)
        if project is None:
            return [], "", 0, []
        begin = max(0, int(start))
        found, total = examples.page(project, begin, ROWS, sought)
        if begin >= total > 0:  # the last row of the last page was deleted
            begin = (total - 1) // ROWS * ROWS
            found, total = examples.page(project, begin, ROWS, sought)
        cells = [[e.id, e.input, e.output, e.source, self._split_name(e.split)] for e in found]
        told = f'<div class="p-small">{self.t("data.rows_found")}</div>' if sought.ids else ""
        return cells, self._pager(begin, len(found), total) + told, begin, found

    def _pager(self, begin: int, count: int, total: int) -> str:
        if not total:
            return views.empty(self.t("data.none"), self.t("data.none_lead"))
        words = self.t("data.rows", first=begin + 1, last=begin + count, total=total)
        return f'<div class="p-small">{words}</div>'

    def first(
        self, words: str, split: str, status: str, tag: str, author: str, origin: str, request: gr.Request
    ) -> tuple[Any, ...]:
        """The filter as it was just set, and the first page of what fits it."""
        sought = Filters(self.context, self.language).sought(words, split, status, tag, author, origin)
        return (sought, *self.show(sought, 0, request))

    def back(self, sought: Filter, start: float, request: gr.Request) -> View:
        return self.show(sought, start - ROWS, request)

    def forth(self, sought: Filter, start: float, request: gr.Request) -> View:
        return self.show(sought, start + ROWS, request)

    def edit_cells(
        self, cells: Cells, rows: list[Example], sought: Filter, start: float, request: gr.Request
    ) -> View:
        """Save the rows that differ from those shown; the browser sends the whole table, perhaps twice.

        Raises PenalaError("example_changed") when someone else changed such a row meanwhile.
        """
        project = self.context.project(request)
        known = {e.id: e for e in rows}
        for row in cells:
            read = known.get(row[0]) if row else None
            made = self._edited(read, row) if read else None
            if read and made and made != read:
                _keep(project, read, made)
        return self.show(sought, start, request)

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

    def choose(self, event: gr.SelectData, request: gr.Request) -> tuple[Any, ...]:
        """A click in the table: that example, large."""
        wanted = str(event.row_value[0]) if event.row_value else ""
        project = self.context.project(request)
        return self._fill(examples.find(project, wanted), project)

    def new(self) -> tuple[Any, ...]:
        return self._fill(None)

    def save(
        self, known: Example | None, text: str, answer: str, source: str, tags: str, note: str,
        sought: Filter, start: float, request: gr.Request,
    ) -> tuple[Any, ...]:  # fmt: skip
        """Keep the example that is shown large, then show an empty one."""
        if not text.strip() or not answer.strip():
            raise PenalaError("example_incomplete")
        project = self.context.project(request)
        made = replace(
            known or Example("", "", "", author=person(self.context, request)), input=text.strip(),
            output=answer.strip(), source=source.strip(), tags=examples.tags_of(tags), note=note.strip(),
        )  # fmt: skip
        if known:
            examples.change(project, known, _becomes(made))
        else:
            examples.add_all(project, [made])
        return (*self._fill(None), *self.show(sought, start, request))

    def delete(
        self, known: Example | None, sought: Filter, start: float, request: gr.Request
    ) -> tuple[Any, ...]:
        """Delete the example that is shown large; it can be brought back from the line that says so."""
        if known is None:
            raise PenalaError("ui_nothing_chosen")
        examples.delete(self.context.project(request), [known.id])
        said = safe(self.t("data.deleted", id=known.id))
        line = f"<p>{said}</p>{views.action(self.t('data.undo'), 'undo', known.id)}"
        shown = f'<div class="p-shown p-item">{line}</div>'
        return (*self._fill(None), Step(known, None), shown, *self.show(sought, start, request))

    def undo(self, gone: Step | None, sought: Filter, start: float, request: gr.Request) -> tuple[Any, ...]:
        if gone:
            examples.undo(self.context.project(request), gone)
        return (None, "", *self.show(sought, start, request))

    def _fill(self, e: Example | None, project: Project | None = None) -> tuple[Any, ...]:
        if e is None or project is None:
            return None, self._head(), "", "", "", "", ""
        head = views.section(self.t("data.example", id=e.id)) + provenance.html(project, e, self.language)
        return e, head, e.input, e.output, e.source, ", ".join(e.tags), e.note

    def _head(self) -> str:
        return views.section(self.t("data.new_head"), self.t("data.new_lead"))


def _becomes(made: Example) -> Callable[[Example], Example]:
    return lambda _: made


def _keep(project: Project, read: Example, made: Example) -> None:
    """Save an edit; one that was saved before, because the browser sent it twice at once, is no conflict."""
    try:
        examples.change(project, read, _becomes(made))
    except PenalaError:
        found = examples.find(project, read.id)
        if found is None or replace(found, revision=made.revision) != made:
            raise
