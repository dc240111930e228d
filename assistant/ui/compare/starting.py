"""The form that starts a comparison, and the bar while it runs."""

from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant.dataset import splits, versions
from assistant.errors import PenalaError
from assistant.evaluation.metrics import METRICS
from assistant.evaluation.statistics import MARGIN
from assistant.evaluation.values import arm_name, metric_name
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
            with gr.Row():
                primary = gr.Dropdown(
                    [], label=t("compare.primary"), info=t("compare.primary_why"), interactive=True, min_width=220
                )  # fmt: skip
                margin = gr.Number(
                    100 * MARGIN, label=t("compare.margin"), info=t("compare.margin_why"), min_width=180, minimum=1, maximum=49
                )  # fmt: skip
                target = gr.Number(
                    0, label=t("compare.target"), info=t("compare.target_why"), min_width=180, minimum=0, maximum=100
                )  # fmt: skip
            probe = gr.Checkbox(True, label=t("compare.probe"), info=t("compare.probe_why"))
            otherwise = gr.Checkbox(False, label=t("compare.otherwise"), info=t("compare.otherwise_why"))
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                start = gr.Button(t("compare.start"), variant="primary")
        progress = parts.html(clicks=True, classes="p-slot")
        timer = gr.Timer(2, active=False)
        self.on(page.load, self.choices, [], [test, run, arms, primary], notice=notice)
        for field in (test, run):
            self.on(field.input, self.arms, [test, run], [arms, primary], notice=notice, right="see")
        watched = [progress, timer]
        self.on(page.load, self.watch, [], watched, notice=parts.slot())
        self.on(progress.click, self.act, [], watched, notice=notice)
        changes = [
            self.on(timer.tick, self.watch, [], watched, notice=parts.slot()),
            self.on(
                start.click,
                self.start,
                [test, run, arms, limit, primary, margin, target, probe, otherwise],
                watched,
                notice=notice,
            ),
        ]
        return Started(form, changes)

    def choices(self, request: gr.Request) -> tuple[gr.Dropdown, gr.Dropdown, gr.CheckboxGroup, gr.Dropdown]:
        """What can be tested (the test split of each version, the questions), with which run, in which ways."""
        project = self.context.project_or_none(request)
        if project is None:
            return gr.Dropdown([]), gr.Dropdown([]), gr.CheckboxGroup([]), gr.Dropdown([])
        made = [
            (self.t("compare.test_split", version=v.name), f"{v.name}:test")
            for v in reversed(versions.all_versions(project))
        ]
        if made:
            newest = versions.all_versions(project)[-1].name
            made.append((self.t("compare.test_folds", version=newest, folds=splits.FOLDS), f"{newest}:folds"))
        if questions.questions(project):
            made.append((self.t("compare.test_questions"), _QUESTIONS))
        runs = [
            (self.t("compare.run_newest"), ""),
            *((f"{a.run} {a.card.name}".strip(), a.run) for a in adapters(project.runs)),
        ]
        test = made[0][1] if made else None
        return gr.Dropdown(made, value=test), gr.Dropdown(runs, value=""), *self._arms(project, test, "")

    def arms(
        self, test: str | None, run: str | None, request: gr.Request
    ) -> tuple[gr.CheckboxGroup, gr.Dropdown]:
        return self._arms(self.context.project(request), test, run or "")

    def _arms(self, project: Project, test: str | None, run: str) -> tuple[gr.CheckboxGroup, gr.Dropdown]:
        """The ways of answering that can run on that test, the usual ones ticked; what the verdict can rest on."""
        from assistant.journey import bench, compare

        asked = compare.Request(test or "", (), run or None)
        try:
            kind = compare.cases(project, asked)[1] if test else None
        except PenalaError:  # a version without test rows: said when it is started, not while choosing
            kind = None
        if kind is None:
            return gr.CheckboxGroup([]), gr.Dropdown([])
        can = bench.Bench(project, asked, self.context.settings).possible(kind)
        ticks = gr.CheckboxGroup(
            [(arm_name(self.language, name), name) for name in can], value=bench.usual(can)
        )
        metrics = [(metric_name(self.language, name), name) for name in METRICS[kind]]
        return ticks, gr.Dropdown(metrics, value=metrics[0][1])

    def start(
        self, test: str | None, run: str | None, arms: list[str], limit: float | None, primary: str | None,
        margin: float | None, target: float | None, probe: bool, otherwise: bool,
        request: gr.Request,
    ) -> tuple[str, gr.Timer]:  # fmt: skip
        """Start it as a job; the page may be closed meanwhile."""
        from assistant.journey import asked_otherwise, compare

        if not test:
            raise PenalaError("ui_nothing_to_test")
        if not arms:
            raise PenalaError("ui_no_arms")
        asked = compare.Request(
            test, tuple(arms), run or None, int(limit or 0) or None,
            primary=primary or "", margin=(margin or 0) / 100, target=(target or 0) / 100,
            probe=probe, otherwise=asked_otherwise.CASES if otherwise else 0,
        )  # fmt: skip
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
