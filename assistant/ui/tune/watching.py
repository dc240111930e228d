"""The runs: the one under way with its curve and time left, below it all runs with what can be done about each."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import pandas as pd

from assistant import jobs
from assistant.models import catalogue
from assistant.ui import parts, theme, views
from assistant.ui.page import Part
from assistant.ui.tune import learned_view, run_view

Marks = tuple[str, ...]  # of the curves, the foot and the samples shown, so that they change only when due
_NONE: Marks = ("", "", "")


@dataclass(frozen=True)
class Runs(Part):
    def build(self, page: gr.Blocks) -> list[Any]:
        """Lay out inside the open column; where `newest` is shown."""
        t = self.t
        wanted: gr.State = gr.State("")
        marks: gr.State = gr.State(_NONE)
        now = parts.html()
        plot = gr.LinePlot(
            None, x="step", y="loss", color="split", color_map=self._colours(("curve_train", "curve_validation")), y_lim=[0, None], height=240,
            x_title=t("tune.step"), y_title=t("tune.loss"), color_title=" ", show_label=False, visible=False,
            buttons=[],
        )  # fmt: skip
        scores = gr.LinePlot(
            None, x="step", y="score", color="who", color_map=self._colours(("untuned", "tuned")), y_lim=[0, 100],
            height=200, x_title=t("tune.step"), color_title=" ", show_label=False, visible=False, buttons=[],
        )  # fmt: skip
        samples = parts.html(classes="p-slot")
        notice = parts.slot()
        foot = parts.html(clicks=True, classes="p-slot")
        listed = parts.html(clicks=True)
        timer = gr.Timer(2, active=False)
        shown = [now, plot, scores, samples, foot, listed, timer, marks]
        for event in (page.load, timer.tick):
            self.on(event, self.show, [wanted, marks], shown, notice=parts.slot(), right="see")
        for clicked in (foot, listed):
            self.on(clicked.click, self.act, [wanted], [*shown, wanted], notice=notice)
        return [*shown, wanted]

    def newest(self, request: gr.Request) -> tuple[Any, ...]:
        """What was just started, whichever run was shown before."""
        return (*self.show("", _NONE, request), "")

    def show(self, wanted: str, marks: Marks, request: gr.Request) -> tuple[Any, ...]:
        """The run, its curve and its buttons (only when they have changed), all runs; the timer while one goes on."""
        from assistant.journey import tune as tuning

        project = self.context.project_or_none(request)
        runs = [run_view.read(job) for job in tuning.runs(project)] if project else []
        run = run_view.chosen(runs, wanted)
        if project is None or run is None:
            empty = views.empty(self.t("tune.no_runs"), self.t("tune.no_runs_lead"))
            hidden = gr.LinePlot(visible=False)
            return empty, hidden, hidden, "", "", "", gr.Timer(active=False), _NONE
        points = run_view.drawn(run.points())
        drawn, offered = f"{run.id}:{len(points)}:{run.points()[-1:]}", f"{run.id}:{run.state}"
        read = f"{run.id}:{sum(e.kind in learned_view.READ for e in run.events)}"
        return (
            run_view.now(run, self.language),
            gr.skip() if drawn == marks[0] else self._plot(points, run.steps),
            gr.skip() if drawn == marks[0] else self._scores(run),
            gr.skip()
            if read == marks[2]
            else learned_view.tries(run.events, self.language)
            + learned_view.samples(run.events, self.language),
            gr.skip() if offered == marks[1] else run_view.foot(run, project, self.language),
            run_view.table(runs, run.id, _names(), self.language),
            gr.Timer(active=any(one.state == "running" for one in runs)),
            (drawn, offered, read),
        )

    def act(self, wanted: str, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Show a run, stop it (its best weights are kept), or take it up again."""
        from assistant.journey import tune as tuning

        job = tuning.run(self.context.project(request), event.id)
        if event.do == "cancel":
            job.cancel()
        elif event.do == "resume":
            self.context.check_long_work()
            jobs.resume(job)
        elif event.do == "repeat":
            self.context.check_long_work()
            job = tuning.repeat(self.context.project(request), job.id)
        elif event.do == "best":
            job = tuning.with_best(self.context.project(request), job)
        return (*self.show(job.id, _NONE, request), job.id)

    def _colours(self, names: tuple[str, str]) -> dict[str, str]:
        return {
            self.t(f"tune.{name}"): colour for name, colour in zip(names, theme.CURVES.values(), strict=True)
        }

    def _scores(self, run: run_view.Run) -> gr.LinePlot:
        """The declared metric by step; the untuned model as a level line to beat."""
        name = learned_view.metric(run.events, run.job.spec["plan"])
        points = learned_view.scored(run.events, name)
        if len(points) < 2:
            return gr.LinePlot(visible=False)
        tuned, untuned = self.t("tune.tuned"), self.t("tune.untuned")
        rows = [{"step": p.step, "score": p.score, "who": tuned} for p in points]
        rows += [{"step": p.step, "score": points[0].score, "who": untuned} for p in (points[0], points[-1])]
        title = f"{learned_view.metric_name(name, self.language)} (%)"
        return gr.LinePlot(pd.DataFrame(rows), x_lim=[0, max(1, run.steps)], y_title=title, visible=True)

    def _plot(self, points: list[run_view.Point], steps: int) -> gr.LinePlot:
        """Hidden until both curves have begun: Gradio never draws one that the first value lacks."""
        rows = [{"step": p.step, "loss": p.loss, "split": self.t(f"tune.curve_{p.split}")} for p in points]
        begun = {p.split for p in points} == set(theme.CURVES)
        frame = pd.DataFrame(rows if begun else [], columns=["step", "loss", "split"])
        return gr.LinePlot(frame if begun else None, x_lim=[0, max(1, steps)], visible=begun)


def _names() -> dict[str, str]:
    """The models' names by spec, for those of the catalogue."""
    return {entry.id: entry.name for entry in catalogue.entries()}
