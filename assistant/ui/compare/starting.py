"""The form that starts a comparison, and the bar while it runs."""

from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant.dataset import versions
from assistant.errors import PenalaError
from assistant.evaluation.values import arm_name
from assistant.retrieval import questions
from assistant.tuning.adapters import adapters
from assistant.ui import parts
from assistant.ui.compare import job_view
from assistant.ui.page import Part
from assistant.workspace.project import Project

_QUESTIONS = "questions"


@dataclass(frozen=True)
class Started:
    """The form that folds, and the events after which there may be a new result."""

    form: gr.Accordion
    changes: list[Any]


@dataclass(frozen=True)
class Starting(Part):
    def build(self, page: gr.Blocks) -> Started:
        """Lay out inside the open page: the form, which folds, and how far the job is, which does not."""
        t = self.t
        with gr.Accordion(t("compare.start_head"), open=True, elem_classes="p-panel") as form:
            parts.html(f'<p class="p-small">{safe(t("compare.start_lead"))}</p>')
            with gr.Row():
                test = gr.Dropdown([], label=t("compare.test"), interactive=True, min_width=220)
                run = gr.Dropdown([], label=t("compare.run"), interactive=True, min_width=180)
                limit = gr.Number(
                    40, label=t("compare.limit"), info=t("compare.limit_why"), precision=0, minimum=0, min_width=180
                )  # fmt: skip
            arms = gr.CheckboxGroup([], label=t("compare.arms"))
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                start = gr.Button(t("compare.start"), variant="primary")
        progress = parts.html(clicks=True, classes="p-slot")
        timer = gr.Timer(2, active=False)
        self.on(page.load, self.choices, [], [test, run, arms], notice=notice)
        for field in (test, run):
            self.on(field.input, self.arms, [test, run], [arms], notice=notice, right="see")
        watched = [progress, timer]
        self.on(page.load, self.watch, [], watched, notice=parts.slot())
        self.on(progress.click, self.act, [], watched, notice=notice)
        changes = [
            self.on(timer.tick, self.watch, [], watched, notice=parts.slot()),
            self.on(start.click, self.start, [test, run, arms, limit], watched, notice=notice),
        ]
        return Started(form, changes)

    def choices(self, request: gr.Request) -> tuple[gr.Dropdown, gr.Dropdown, gr.CheckboxGroup]:
        """What can be tested (the test split of each version, the questions), with which run, in which ways."""
        project = self.context.project_or_none(request)
        if project is None:
            return gr.Dropdown([]), gr.Dropdown([]), gr.CheckboxGroup([])
        made = [
            (self.t("compare.test_split", version=v.name), f"{v.name}:test")
            for v in reversed(versions.all_versions(project))
        ]
        if questions.questions(project):
            made.append((self.t("compare.test_questions"), _QUESTIONS))
        runs = [(self.t("compare.run_newest"), ""), *((a.run, a.run) for a in adapters(project.runs))]
        test = made[0][1] if made else None
        return gr.Dropdown(made, value=test), gr.Dropdown(runs, value=""), self._arms(project, test, "")

    def arms(self, test: str | None, run: str | None, request: gr.Request) -> gr.CheckboxGroup:
        return self._arms(self.context.project(request), test, run or "")

    def _arms(self, project: Project, test: str | None, run: str) -> gr.CheckboxGroup:
        """The ways of answering that can run on that test, all ticked."""
        if not test:
            return gr.CheckboxGroup([])
        from assistant.journey import compare

        asked = compare.Request(test, (), run or None)
        try:
            _, kind = compare.cases(project, asked)
        except PenalaError:  # a version without test rows: said when it is started, not while choosing
            return gr.CheckboxGroup([])
        can = compare.Bench(project, asked, self.context.settings).possible(kind)
        return gr.CheckboxGroup(
            [(arm_name(self.language, name), name) for name in can], value=compare.usual(can)
        )

    def start(
        self, test: str | None, run: str | None, arms: list[str], limit: float | None, request: gr.Request
    ) -> tuple[str, gr.Timer]:
        """Start it as a job; the page may be closed meanwhile."""
        from assistant.journey import compare

        if not test:
            raise PenalaError("ui_nothing_to_test")
        if not arms:
            raise PenalaError("ui_no_arms")
        asked = compare.Request(test, tuple(arms), run or None, int(limit or 0) or None)
        compare.start(self.context.project(request), asked)
        return self.watch(request)

    def watch(self, request: gr.Request) -> tuple[str, gr.Timer]:
        """The newest comparison while it runs, or how it ended where it did not finish."""
        from assistant.journey import compare

        project = self.context.project_or_none(request)
        job = next(iter(compare.comparisons(project)), None) if project else None
        if job is None:
            return "", gr.Timer(active=False)
        state = job.state()
        if state == "running":
            return job_view.running(job, self.language), gr.Timer(active=True)
        if state == "finished":
            return "", gr.Timer(active=False)
        return job_view.ended(job, state, self.language), gr.Timer(active=False)

    def act(self, event: gr.EventData, request: gr.Request) -> tuple[str, gr.Timer]:
        from assistant import jobs
        from assistant.journey import compare

        found = [j for j in compare.comparisons(self.context.project(request)) if j.id == event.id]
        for job in found:
            if event.do == "cancel":
                job.cancel()
            else:
                jobs.resume(job)
        return self.watch(request)
