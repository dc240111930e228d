"""The finished comparisons: pick one, read its verdict, its numbers and its cases, take its report along."""

from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant.evaluation.comparing import Comparison
from assistant.ui import addresses, parts, views
from assistant.ui.compare import results_view
from assistant.ui.page import Part
from assistant.workspace.project import Project

_ORDERS = ("worst", "changed", "order")


@dataclass(frozen=True)
class Results(Part):
    def build(self, page: gr.Blocks) -> None:
        """Lay out below the form."""
        t = self.t
        notice = parts.slot()
        count = gr.State(0)
        which = gr.Dropdown([], label=t("compare.which"), interactive=True, visible=False)
        verdict = parts.html(views.empty(t("compare.none"), t("compare.none_lead")))
        timer = gr.Timer(3)
        with gr.Tabs(visible=False) as tabs:
            with gr.Tab(t("compare.tab_numbers")):
                numbers = parts.html()
            with gr.Tab(t("compare.tab_cases")):
                case = self._cases(which, notice)
            with gr.Tab(t("compare.tab_report")):
                report = parts.html()
        shown = [verdict, numbers, report]
        listed = [which, tabs, count, *shown]
        for event in (page.load, timer.tick):
            self.on(event, self.list, [count], listed, notice=notice)
        self.on(which.input, self.show, [which], shown, notice=notice)
        self.on(which.change, self.case, [which, case[0]], case[1:], notice=notice)

    def _cases(self, which: gr.Dropdown, notice: gr.HTML) -> list[Any]:
        t = self.t
        with gr.Row(elem_classes="p-filters"):
            by = gr.Radio(
                [(t(f"compare.by_{name}"), name) for name in _ORDERS], value="worst", label=t("compare.by")
            )
        place = gr.Number(0, visible=False, precision=0)
        shown = parts.html()
        with gr.Row(elem_classes="p-buttons"):
            back, forth = gr.Button(t("compare.previous")), gr.Button(t("compare.next"))
        self.on(by.change, self.case, [which, by], [place, shown], notice=notice)
        self.on(back.click, self.back, [which, by, place], [place, shown], notice=notice)
        self.on(forth.click, self.forth, [which, by, place], [place, shown], notice=notice)
        return [by, place, shown]

    def list(self, count: int, request: gr.Request) -> tuple[Any, ...]:
        """The finished comparisons, the newest open; nothing changes while none has been added."""
        from assistant.journey import compare

        project = self.context.project_or_none(request)
        done = [j for j in compare.comparisons(project) if j.state() == "finished"] if project else []
        if project is None or len(done) == count:
            return tuple(gr.skip() for _ in range(6))
        made = [(self._name(project, job.id, job.spec["request"]["test"]), job.id) for job in done]
        newest = done[0].id
        which = gr.Dropdown(made, value=newest, visible=True)
        return which, gr.Tabs(visible=True), len(done), *self._show(project, newest)

    def _name(self, project: Project, id: str, test: str) -> str:
        what = self.t("compare.test_questions") if test == "questions" else test
        return f"{id} · {what} · {views.moment(self._open(project, id).at, self.language)}"

    def show(self, which: str, request: gr.Request) -> tuple[str, str, str]:
        return self._show(self.context.project(request), which)

    def _show(self, project: Project, which: str) -> tuple[str, str, str]:
        found = self._open(project, which)
        folded = "".join(
            f"<details><summary>{safe(self.t(f'compare.{name}'))}</summary>{html}</details>"
            for name, html in (
                ("all_metrics", results_view.metrics(found, self.language)),
                ("differences", results_view.pairs(found, self.language)),
            )
        )
        numbers = f'<div class="p-card">{results_view.arms(found, self.language)}{folded}</div>'
        return results_view.verdict(found, self.language), numbers, self._report(project, which)

    def _report(self, project: Project, which: str) -> str:
        links = [
            views.link(
                self.t("compare.report_in", language=self.t(f"language.{code}")),
                addresses.download("report", project.id, which, code),
                "p-action p-button",
            )
            for code in ("id", "en")
        ]
        head = views.section(self.t("compare.report"), self.t("compare.report_lead"))
        return f'<div class="p-card">{head}<div class="p-links">{" ".join(links)}</div></div>'

    def case(self, which: str | None, by: str, request: gr.Request) -> tuple[int, str]:
        """The first case in the chosen order."""
        return self._case(which, by, 0, request)

    def back(self, which: str | None, by: str, place: float, request: gr.Request) -> tuple[int, str]:
        return self._case(which, by, int(place) - 1, request)

    def forth(self, which: str | None, by: str, place: float, request: gr.Request) -> tuple[int, str]:
        return self._case(which, by, int(place) + 1, request)

    def _case(self, which: str | None, by: str, place: int, request: gr.Request) -> tuple[int, str]:
        if not which:
            return 0, ""
        found = self._open(self.context.project(request), which)
        order = results_view.order(found, by)
        place = max(0, min(place, len(order) - 1))
        said = self.t("compare.case_of", number=place + 1, total=len(order))
        return place, f'<p class="p-small">{said}</p>' + results_view.case(found, order[place], self.language)

    def _open(self, project: Project, which: str) -> Comparison:
        from assistant.journey import compare

        return compare.saved(project, which)
