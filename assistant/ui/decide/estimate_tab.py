"""The estimate tab of the decide page: what each way would cost, and the numbers behind it to be changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.advisor.estimate import own_numbers, project_costs
from assistant.advisor.estimate.project_costs import ProjectCosts
from assistant.ui import parts, theme
from assistant.ui.decide import assumption_form, estimate_view
from assistant.ui.page import Part

_FIRST_OPEN = ("use",)
_BAR = 26  # px a bar of the plot
_REST = 96  # px of its axis and legend


@dataclass(frozen=True)
class EstimateTab(Part):
    def build(self, tab: gr.Tab) -> None:
        """Lay out inside the open tab; it is worked out when the tab is opened and when the form is saved."""
        t = self.t
        head, heard, table = parts.html(), parts.html(), parts.html()
        with gr.Column(visible=False, elem_classes="p-panel") as frame:
            words = parts.html()
            plot = gr.BarPlot(
                None, x="usd", y="way", color="part", color_map=self._colours(), x_title=t("estimate.usd"),
                y_title=" ", color_title=" ", tooltip="none", show_label=False, container=False, buttons=[],
            )  # fmt: skip
        rest = parts.html()
        with gr.Accordion(t("estimate.form"), open=False, visible=False) as folded:
            form = parts.form()
        notice = parts.slot()
        shown = [head, heard, table, frame, words, plot, rest, folded, form]
        self.on(tab.select, self.show, [], shown, notice=notice)
        self.on(form.submit, self.save, [], shown, notice=notice)

    def show(self, request: gr.Request) -> tuple[Any, ...]:
        """The estimate as the project stands; without a project nothing, as the page says so."""
        project = self.context.project_or_none(request)
        if project is None:
            return "", "", "", gr.Column(visible=False), "", None, "", gr.Accordion(visible=False), ""
        found = project_costs.of(project, self.language)
        form = assumption_form.form(found, {}, _FIRST_OPEN, "", self.language)
        return *self._shown(found, project.id), form

    def save(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Keep the numbers that can be taken, say at its field what is wrong with the others, and work out anew."""
        project = self.context.project(request)
        before = project_costs.of(project, self.language)
        fields, opened = _texts(event.fields), [str(name) for name in event.open]
        given, drafts = assumption_form.taken(before, fields, str(event.reset), self.language)
        if given != before.given:
            own_numbers.keep(project, given)
        found = project_costs.of(project, self.language)
        changed = sum(given.get(name) != before.given.get(name) for name in {*given, *before.given})
        said = self.t("estimate.saved", count=changed) if changed else self.t("estimate.nothing_new")
        said = self.t("estimate.partly", count=changed, wrong=len(drafts)) if drafts else said
        return *self._shown(found, project.id), assumption_form.form(
            found, drafts, opened, said, self.language
        )

    def _shown(self, found: ProjectCosts, project: str) -> tuple[Any, ...]:
        """All but the form. Images and sound have no figures here, so none are shown."""
        language, counted = self.language, found.media != "only"
        frame = estimate_view.frame(found, language) if counted else None
        return (
            estimate_view.head(found, language),
            estimate_view.notes(found, language),
            estimate_view.table(found, language) if counted else "",
            gr.Column(visible=frame is not None),
            estimate_view.plot_words(found, language) if counted else "",
            None if frame is None else self._plot(found),
            estimate_view.rest(found, project, language) if counted else "",
            gr.Accordion(visible=counted),
        )

    def _plot(self, found: ProjectCosts) -> gr.BarPlot:
        """Bars from 0, since a bar plot cuts its axis at the smallest value otherwise."""
        bars, end = sum(row.month is not None for row in found.shown), estimate_view.edge(found)
        return gr.BarPlot(
            estimate_view.frame(found, self.language),
            x_lim=[0, end],
            x_axis_format="~s" if end >= 1000 else "~f",  # 2k: a comma would read as decimals in Indonesian
            height=_REST + _BAR * bars,
        )

    def _colours(self) -> dict[str, str]:
        low, high = self.t("estimate.to_low"), self.t("estimate.to_high")
        return {low: theme.SPAN["low"], high: theme.SPAN["high"]}


def _texts(fields: object) -> dict[str, str]:
    """What a browser sent as fields, with anything that is no text left out."""
    given = fields if isinstance(fields, Mapping) else {}
    return {name: value for name, value in given.items() if isinstance(value, str)}
