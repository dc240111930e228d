"""The runs: the one under way with its curve and time left, below it all runs with what can be done about each."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import pandas as pd

from assistant import jobs
from assistant.models import catalogue
from assistant.ui import parts, theme, views
from assistant.ui.page import Part
from assistant.ui.tune import run_view

Marks = tuple[str, str]  # of the curve and of the foot that the page shows, so that they change only when due


@dataclass(frozen=True)
class Runs(Part):
    def build(self, page: gr.Blocks) -> list[Any]:
        """Lay out inside the open column; where `newest` is shown."""
        t = self.t
        wanted: gr.State = gr.State("")
        marks: gr.State = gr.State(("", ""))
        now = parts.html()
        plot = gr.LinePlot(
            None, x="step", y="loss", color="split", color_map=self._colours(), y_lim=[0, None], height=240,
            x_title=t("tune.step"), y_title=t("tune.loss"), color_title=" ", show_label=False, visible=False,
            buttons=[],
        )  # fmt: skip
        notice = parts.slot()
        foot = parts.html(clicks=True, classes="p-slot")
        listed = parts.html(clicks=True)
        timer = gr.Timer(2, active=False)
        shown = [now, plot, foot, listed, timer, marks]
        for event in (page.load, timer.tick):
            self.on(event, self.show, [wanted, marks], shown, notice=parts.slot(), right="see")
        for clicked in (foot, listed):
            self.on(clicked.click, self.act, [wanted], [*shown, wanted], notice=notice)
        return [*shown, wanted]

    def newest(self, request: gr.Request) -> tuple[Any, ...]:
        """What was just started, whichever run was shown before."""
        return (*self.show("", ("", ""), request), "")

    def show(self, wanted: str, marks: Marks, request: gr.Request) -> tuple[Any, ...]:
        """The run, its curve and its buttons (only when they have changed), all runs; the timer while one goes on."""
        from assistant.journey import tune as tuning

        project = self.context.project_or_none(request)
        runs = [run_view.read(job) for job in tuning.runs(project)] if project else []
        run = run_view.chosen(runs, wanted)
        if project is None or run is None:
            empty = views.empty(self.t("tune.no_runs"), self.t("tune.no_runs_lead"))
            return empty, gr.LinePlot(visible=False), "", "", gr.Timer(active=False), ("", "")
        points = run_view.drawn(run.points())
        drawn, offered = f"{run.id}:{len(points)}:{run.points()[-1:]}", f"{run.id}:{run.state}"
        return (
            run_view.now(run, self.language),
            gr.skip() if drawn == marks[0] else self._plot(points, run.steps),
            gr.skip() if offered == marks[1] else run_view.foot(run, project, self.language),
            run_view.table(runs, run.id, _names(), self.language),
            gr.Timer(active=any(one.state == "running" for one in runs)),
            (drawn, offered),
        )

    def act(self, wanted: str, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Show a run, stop it (its best weights are kept), or take it up again."""
        from assistant.journey import tune as tuning

        job = tuning.run(self.context.project(request), event.id)
        if event.do == "cancel":
            job.cancel()
        elif event.do == "resume":
            jobs.resume(job)
        return (*self.show(job.id, ("", ""), request), job.id)

    def _colours(self) -> dict[str, str]:
        return {self.t(f"tune.curve_{name}"): colour for name, colour in theme.CURVES.items()}

    def _plot(self, points: list[run_view.Point], steps: int) -> gr.LinePlot:
        """Hidden until both curves have begun: Gradio never draws one that the first value lacks."""
        rows = [{"step": p.step, "loss": p.loss, "split": self.t(f"tune.curve_{p.split}")} for p in points]
        begun = {p.split for p in points} == set(theme.CURVES)
        frame = pd.DataFrame(rows if begun else [], columns=["step", "loss", "split"])
        return gr.LinePlot(frame if begun else None, x_lim=[0, max(1, steps)], visible=begun)


def _names() -> dict[str, str]:
    """The models' names by spec, for those of the catalogue."""
    return {entry.id: entry.name for entry in catalogue.entries()}
