"""The runs: the one under way with its curve and time left, below it all runs with what can be done about each."""

from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr
import pandas as pd

from assistant import jobs, texts
from assistant.jobs import Event, Job
from assistant.ui import parts, theme, views
from assistant.ui.page import Part

_KINDS = {
    "running": "",
    "finished": "p-good",
    "failed": "p-bad",
    "cancelled": "p-warn",
    "interrupted": "p-warn",
}
_NOTES = 6


@dataclass(frozen=True)
class Runs(Part):
    def build(self, page: gr.Blocks) -> list[Any]:
        """Lay out inside the open column; where `show` is shown."""
        t = self.t
        seen: gr.State = gr.State("")
        now = parts.html()
        plot = gr.LinePlot(
            None, x="step", y="loss", color="split", color_map=self._colours(), y_lim=[0, None], height=240,
            x_title=t("tune.step"), y_title=t("tune.loss"), color_title=" ", show_label=False, visible=False,
            buttons=[],
        )  # fmt: skip
        notice = parts.slot()
        listed = parts.html(clicks=True)
        timer = gr.Timer(2, active=False)
        shown = [now, plot, listed, timer, seen]
        for event in (page.load, timer.tick):
            self.on(event, self.show, [seen], shown, notice=parts.slot())
        self.on(listed.click, self.act, [seen], shown, notice=notice)
        return shown

    def show(self, seen: str, request: gr.Request) -> tuple[Any, ...]:
        """The newest run, its curve (only when it has grown), all runs, and the timer while one is under way."""
        from assistant.journey import tune as tuning

        project = self.context.project_or_none(request)
        found = tuning.runs(project) if project else []
        if project is None or not found:
            empty = views.empty(self.t("tune.no_runs"), self.t("tune.no_runs_lead"))
            return empty, gr.LinePlot(visible=False), "", gr.Timer(active=False), ""
        newest = found[0]
        points = [e.values for e in newest.events() if e.kind == "metric"]
        mark = f"{newest.id}:{len(points)}"
        plot = gr.skip() if mark == seen else self._plot(points)
        busy = any(job.state() == "running" for job in found)
        listed = f'<div class="p-list">{"".join(self._run(job) for job in found)}</div>'
        return self._now(newest), plot, listed, gr.Timer(active=busy), mark

    def act(self, seen: str, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Stop a run, keeping its best weights, or take an interrupted one up again."""
        from assistant.journey import tune as tuning

        job = tuning.run(self.context.project(request), event.id)
        if event.do == "cancel":
            job.cancel()
        elif event.do == "resume":
            jobs.resume(job)
        return self.show(seen, request)

    def _colours(self) -> dict[str, str]:
        return {self.t(f"tune.curve_{name}"): colour for name, colour in theme.CURVES.items()}

    def _plot(self, points: list[dict[str, Any]]) -> gr.LinePlot:
        frame = pd.DataFrame(
            [
                {"step": p["step"], "loss": p["loss"], "split": self.t(f"tune.curve_{p['split']}")}
                for p in points
            ],
            columns=["step", "loss", "split"],
        )
        return gr.LinePlot(frame, visible=bool(points))

    def _now(self, job: Job) -> str:
        """The newest run in words: state, how far, how long still, and the last losses."""
        events, state = job.events(), job.state()
        head = f"<h3>{safe(self.t('tune.run', run=job.id))} {self._state(state)}</h3>"
        moving = self._progress(events) if state == "running" else ""
        notes = [line for e in events if e.kind in ("note", "failed") and (line := self._told(e))]
        listed = views.lines(notes[-_NOTES:]) if notes else ""
        return f'<div class="p-card">{head}{moving}<p>{safe(self._losses(events))}</p>{listed}</div>'

    def _progress(self, events: list[Event]) -> str:
        last = next(
            (e for e in reversed(events) if e.kind in ("metric", "progress") and "seconds_left" in e.values),
            None,
        )
        if last is None:
            stage = next((e for e in reversed(events) if e.kind == "progress"), None)
            return views.bar(-1.0, self._told(stage) if stage else self.t("tune.beginning"))
        v = last.values
        left = views.duration(v["seconds_left"], self.language)
        said = self.t("tune.progress", step=v["step"], steps=v["steps"], left=left)
        return views.bar(v["step"] / max(1, v["steps"]), said)

    def _losses(self, events: list[Event]) -> str:
        """The curve's text twin: the newest loss on each side."""
        newest = {e.values["split"]: e.values["loss"] for e in events if e.kind == "metric"}
        said = [
            f"{self.t(f'tune.curve_{name}')}: {texts.number(self.language, loss, 3)}"
            for name, loss in newest.items()
        ]
        return f"{self.t('tune.loss')} · {' · '.join(said)}" if said else ""

    def _told(self, event: Event) -> str:
        from assistant.journey import tune as tuning

        return tuning.told(event, self.language)

    def _state(self, state: str) -> str:
        return views.tag(texts.say(self.language, f"tuning.state.{state}"), _KINDS[state])

    def _run(self, job: Job) -> str:
        spec, state = job.spec, job.state()
        done = job.last("finished") or {}
        facts = [spec["plan"]["model"], spec["dataset"], self.t(f"tune.preset_{spec['plan']['preset']}")]
        if done:
            loss = texts.number(self.language, done["metrics"]["validation_loss"], 3)
            facts += [self.t("tune.validation", loss=loss), views.duration(done["seconds"], self.language)]
        buttons = ""
        if state == "running":
            buttons = views.action(self.t("tune.stop"), "cancel", job.id)
        elif state in ("interrupted", "failed", "cancelled"):
            buttons = views.action(self.t("tune.resume"), "resume", job.id)
        return (
            f'<div class="p-item"><div><h3>{safe(job.id)}</h3><p>{safe(" · ".join(facts))}</p></div>'
            f'<div>{self._state(state)}</div><div class="p-wide p-links">{buttons}</div></div>'
        )
