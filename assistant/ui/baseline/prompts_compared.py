"""Two versions of a prompt side by side on the same cases: start it, watch it, read which is better and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant.errors import PenalaError
from assistant.jobs import Job
from assistant.retrieval import prompts
from assistant.ui import parts, views
from assistant.ui.compare import job_view, results_view
from assistant.ui.page import Part
from assistant.workspace.project import Project

_CASES = 3  # that are shown at once, those first on which the versions differ most


@dataclass(frozen=True)
class PromptsCompared(Part):
    def build(self, page: gr.Blocks, kind: gr.Radio, changes: Sequence[Any]) -> None:
        """Lay out below the versions; `changes` are the events after which there may be others to choose from."""
        t = self.t
        with parts.panel():
            parts.html(views.section(t("baseline.lab_head"), t("baseline.lab_lead")))
            with gr.Row():
                first = gr.Dropdown([], label=t("baseline.lab_first"), interactive=True, min_width=120)
                second = gr.Dropdown([], label=t("baseline.lab_second"), interactive=True, min_width=120)
                limit = gr.Number(40, label=t("compare.limit"), precision=0, minimum=0, min_width=160)
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                start = gr.Button(t("baseline.lab_start"))
        shown = parts.html(clicks=True, classes="p-slot")
        timer = gr.Timer(2, active=False)
        watched = [shown, timer]
        for change in changes:
            self.on(change.then, self.choices, [kind], [first, second], notice=parts.slot(), right="see")
            self.on(change.then, self.watch, [kind], watched, notice=parts.slot(), right="see")
        self.on(start.click, self.start, [kind, first, second, limit], watched, notice=notice)
        self.on(timer.tick, self.watch, [kind], watched, notice=parts.slot())
        self.on(shown.click, self.act, [kind], watched, notice=notice)

    def choices(self, kind: str, request: gr.Request) -> tuple[gr.Dropdown, gr.Dropdown]:
        """Every version twice: the one to beat against the newest."""
        project = self.context.project_or_none(request)
        found = [v.version for v in prompts.versions(project, kind)] if project else []
        named = [(self.t("baseline.prompt_version", number=number), number) for number in found]
        return (
            gr.Dropdown(named, value=found[0] if found else None),
            gr.Dropdown(named, value=found[-1] if found else None),
        )

    def start(
        self, kind: str, first: int | None, second: int | None, limit: float | None, request: gr.Request
    ) -> tuple[str, gr.Timer]:
        """Start it as a job; the page may be closed meanwhile."""
        from assistant.journey import prompt_lab

        project = self.context.project(request)
        if first is None or second is None or len(prompts.versions(project, kind)) < 2:
            raise PenalaError("prompt_two")
        prompt_lab.start(project, kind, (first, second), int(limit or 0) or None)
        return self.watch(kind, request)

    def watch(self, kind: str, request: gr.Request) -> tuple[str, gr.Timer]:
        """The newest one of this kind: how far it is, how it ended, or what it found."""
        from assistant.journey import prompt_lab

        project = self.context.project_or_none(request)
        job = prompt_lab.newest(project, kind) if project else None
        if project is None or job is None:
            return "", gr.Timer(active=False)
        state = job.state()
        if state == "running":
            return job_view.running(job, self.language), gr.Timer(active=True)
        if state == "finished":
            return self._found(project, job), gr.Timer(active=False)
        return job_view.ended(job, state, self.language), gr.Timer(active=False)

    def act(self, kind: str, event: gr.EventData, request: gr.Request) -> tuple[str, gr.Timer]:
        from assistant import jobs
        from assistant.journey import compare

        for job in compare.comparisons(self.context.project(request), of_prompts=True):
            if job.id == event.id:
                if event.do == "cancel":
                    job.cancel()
                else:
                    jobs.resume(job)
        return self.watch(kind, request)

    def _found(self, project: Project, job: Job) -> str:
        """The outcome, both versions figure by figure, and the cases on which they differ most."""
        from assistant.journey import prompt_lab

        t = self.t
        found = prompt_lab.read(project, job, self.context.settings)
        heads = ["", *(t("baseline.prompt_version", number=s.version) for s in (found.first, found.second))]
        table = views.table(heads, prompt_lab.rows(found, self.language), right=(1, 2))
        order = results_view.order(found.comparison, "changed")[:_CASES]
        cases = "".join(
            results_view.case(
                found.comparison, index, t("compare.case_of", number=n, total=len(order)), self.language
            )
            for n, index in enumerate(order, 1)
        )
        said = safe(prompt_lab.outcome(found, self.language))
        return (
            f'<div class="p-shown p-card p-versus"><p role="status"><strong>{said}</strong></p>{table}'
            f"<details><summary>{safe(t('baseline.lab_cases'))}</summary>{cases}</details></div>"
        )
