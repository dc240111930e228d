"""The checks on the data page: shows what they found, does their remedies, takes them back, and leads to the rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant import texts
from assistant.dataset import examples, mending
from assistant.dataset.checks import Report
from assistant.dataset.examples import Filter
from assistant.ui import parts, views
from assistant.ui.data import augmenting
from assistant.ui.data.findings_view import View
from assistant.ui.page import Part
from assistant.ui.who import person
from assistant.workspace.project import Project

TAB = "checks"
_CHANGES = ("mend", "undo")


@dataclass(frozen=True)
class Checks(Part):
    def build(self, banner: gr.HTML) -> gr.HTML:
        """Lay out inside the open tab; where `show` is shown, under the page's `banner`."""
        notice = parts.slot()
        told = parts.html(classes="p-slot")
        found = parts.html(views.empty(self.t("data.checking"), self.t("data.checking_lead")), clicks=True)
        with gr.Accordion(self.t("checks.groups_head"), open=False):
            groups = gr.Textbox(
                "", label=self.t("checks.groups"), info=self.t("checks.groups_why"), max_lines=2
            )
            keep = gr.Button(self.t("checks.groups_keep"), size="sm")
        self.on(keep.click, self.compare, [groups], [told, banner, found], notice=notice, right="write")
        self.on(found.click, self.act, [], [told, banner, found], notice=notice, right="write")
        self.on(found.click, self.deep, [], [told, banner, found], notice=notice, right="see", model=True)
        return found

    def show(self, request: gr.Request) -> tuple[str, str]:
        """The banner above the tabs, and the whole list."""
        project = self.context.project_or_none(request)
        return self._shown(project) if project else ("", "")

    def act(self, event: gr.EventData, request: gr.Request) -> Any:
        """Do a remedy or take the newest one back; what was done is said with its number of rows."""
        if event.do not in _CHANGES:
            return gr.skip(), gr.skip(), gr.skip()
        from assistant.journey import choices, readiness

        project, settings = self.context.project(request), self.context.settings
        if event.do == "undo":
            done, key = mending.undo(project), "undone"
        else:
            who, model = person(self.context, request), choices.base(project, settings)
            check, _, variant = str(event.id).partition("/")
            done, key = readiness.mend(project, model, settings, check, who, variant), "mended"
        said = self.t(f"checks.{key}", check=self.t(f"checks.name.{done.check}"), count=len(done.rows))
        return views.note(said), *self._shown(project)

    def compare(self, written: str, request: gr.Request) -> Any:
        """Compare labels between the groups of people that were named."""
        from assistant.journey import readiness

        project = self.context.project(request)
        readiness.set_groups(project, written)
        return "", *self._shown(project)

    def deep(self, event: gr.EventData, request: gr.Request) -> Iterator[Any]:
        """Read the examples for their meaning, which takes a minute or more, and check again."""
        if event.do != "deep":
            yield gr.skip(), gr.skip(), gr.skip()
            return
        project = self.context.project(request)
        yield f'<div class="p-shown">{views.bar(-1.0, self.t("checks.reading"))}</div>', gr.skip(), gr.skip()
        self._report(project, "all")
        yield "", *self._shown(project)

    def rows(self, event: gr.EventData, request: gr.Request) -> Filter | None:
        """The rows of the finding whose button was pressed; None for any other button."""
        if event.do != "rows":
            return None
        check, _, variant = str(event.id).partition("/")
        report = self._report(self.context.project(request))
        ids = next((f.rows for f in report.findings if (f.check, f.variant) == (check, variant)), ())
        return Filter(ids=ids)

    def _shown(self, project: Project) -> tuple[str, str]:
        every = examples.all_examples(project)
        undo = mending.last(project)
        paraphrase = views.action(self.t("augment.make"), augmenting.DO, "")
        view = View(self.t, self.language, project.id, {e.id: e for e in every}, paraphrase)
        if not every:
            return "", views.empty(self.t("data.none"), self.t("data.none_yet"))
        report = self._report(project)
        return view.banner(report), view.all(report, undo)

    def _report(self, project: Project, how: Any = "known") -> Report:
        from assistant.journey import choices, readiness

        settings = self.context.settings
        return readiness.report(project, choices.base(project, settings), settings, how)


def sheet(project: Project, report: Report, language: str) -> str:
    """The findings as CSV, one line a row concerned, cells inert in a spreadsheet."""
    import csv
    import io

    from assistant.dataset.cells import inert

    known, out = {e.id: e for e in examples.every(project)}, io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("check", "severity", "message", "remedy", "id", "input", "output"))
    for f in report.findings:
        severity = texts.say(language, f"dataset.severity.{f.severity}")
        head = (f.check, severity, f.say(language), f.remedy(language))
        for id in f.rows or ("",):
            e = known.get(id)
            cells = (id, e.input if e else "", e.output if e else "")
            writer.writerow([inert(str(cell)) for cell in (*head, *cells)])
    return out.getvalue()
