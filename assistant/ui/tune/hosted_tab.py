"""Runs at a provider: what would be sent and what it costs, started only with the sum typed in, and how they stand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape as safe
from threading import Lock
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant import jobs, texts
from assistant.dataset import versions
from assistant.errors import PenalaError
from assistant.jobs import Job
from assistant.ui import parts, views
from assistant.ui.page import Part

if TYPE_CHECKING:
    from assistant.journey.hosted import Prepared

_LOOKS_SECONDS = 5


@dataclass(frozen=True)
class HostedRuns(Part):
    """Keeps what was priced last, so that starting it does not build the same export again."""

    _lock: Lock = field(default_factory=Lock, compare=False)
    _priced: dict[tuple[object, ...], "Prepared"] = field(default_factory=dict, compare=False)

    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open tab."""
        t = self.t
        with parts.two_columns():
            with gr.Column(scale=5, min_width=320), parts.panel():
                parts.html(views.section(t("hosted.head"), t("hosted.lead")))
                door = parts.html(classes="p-slot")
                dataset = gr.Dropdown([], label=t("tune.dataset"))
                model = gr.Dropdown(self._models(), label=t("tune.model"), info=t("hosted.model_why"))
                bucket = gr.Textbox(label=t("hosted.bucket"), info=t("hosted.bucket_why"), max_lines=1)
                epochs = gr.Number(
                    None, label=t("tune.epochs"), info=t("hosted.epochs_why"), precision=0, minimum=0
                )
                notice = parts.slot()
                look = gr.Button(t("hosted.look"), elem_classes="p-save")
                ready = parts.html(classes="p-slot")
                typed = gr.Textbox(
                    label=t("hosted.sum"), info=t("hosted.sum_why"), max_lines=1, visible=False
                )
                start = gr.Button(t("hosted.start"), variant="primary", visible=False)
            with gr.Column(scale=6, min_width=320):
                said = parts.slot()
                listed = parts.html(clicks=True)
        timer = gr.Timer(_LOOKS_SECONDS, active=False)
        form = [dataset, model, bucket, epochs]
        self.on(page.load, self.choices, [], [door, dataset], notice=notice)
        for event in (page.load, timer.tick):
            self.on(event, self.show, [], [listed, timer], notice=said)
        self.on(look.click, self.look, form, [ready, typed, start], notice=notice)
        for one in form:  # what was priced is no longer what would start
            self.on(one.input, self.changed, [], [ready, typed, start], notice=notice, right="see")
        self.on(start.click, self.start, [*form, typed], [ready, typed, start, listed, timer], notice=notice)
        self.on(listed.click, self.act, [], [listed, timer], notice=said)

    def _models(self) -> list[tuple[str, str]]:
        from assistant.journey import hosted

        return [(name, spec) for spec, name in hosted.tunable(self.language)]

    def choices(self, request: gr.Request) -> tuple[str, gr.Dropdown]:
        """What this machine lacks to reach the provider, and the frozen versions."""
        from assistant.models.gemini import vertex_place

        door = "" if vertex_place() else views.note(self.t("hosted.no_place"))
        project = self.context.project_or_none(request)
        made = [v.name for v in reversed(versions.all_versions(project))] if project else []
        return door, gr.Dropdown(made, value=made[0] if made else None)

    def look(
        self, dataset: str | None, model: str | None, bucket: str, epochs: float | None, request: gr.Request
    ) -> tuple[str, gr.Textbox, gr.Button]:
        """The request as it would be sent, its cost, and what to know; nothing leaves this machine."""
        from assistant.journey import hosted_words

        ready = self._prepared(dataset, model, bucket, epochs, request)
        said = hosted_words.lines(ready, self.language)
        body = safe(json.dumps(ready.request, ensure_ascii=False, indent=1))
        shown = (
            f'<div class="p-shown"><p>{safe(said[0])}</p><p><b>{safe(said[1])}</b></p>'
            f"{views.lines(line.removeprefix('- ') for line in said[2:])}"
            f"<details><summary>{safe(self.t('hosted.request'))}</summary><pre class='p-code'>{body}</pre></details></div>"
        )
        hint = self.t("hosted.sum_hint", sum=ready.cost.token)
        return shown, gr.Textbox("", visible=True, placeholder=hint), gr.Button(visible=True)

    def changed(self) -> tuple[str, gr.Textbox, gr.Button]:
        return "", gr.Textbox("", visible=False), gr.Button(visible=False)

    def start(
        self, dataset: str | None, model: str | None, bucket: str, epochs: float | None, typed: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:  # fmt: skip
        """Start the run: its own process uploads, asks and watches."""
        from assistant.journey import hosted, readiness

        project = self.context.project(request)
        ready = self._prepared(dataset, model, bucket, epochs, request)
        readiness.version_to_train(project, ready.dataset, str(model), self.context.settings, None)
        self.context.check_long_work()
        hosted.start(project, ready, typed)
        return (*self.changed(), *self.show(request))

    def _prepared(
        self, dataset: str | None, model: str | None, bucket: str, epochs: float | None, request: gr.Request
    ) -> "Prepared":
        from assistant.journey import hosted

        if not dataset or not model:
            raise PenalaError("ui_nothing_chosen")
        project, passes = self.context.project(request), int(epochs) if epochs else None
        key = (str(project.folder), versions.version(project, dataset).hash, model, bucket, passes)
        with self._lock:
            if key not in self._priced:
                self._priced.clear()
                self._priced[key] = hosted.prepare(
                    project, dataset, model, bucket, self.context.settings, self.language, epochs=passes
                )
            return self._priced[key]

    def show(self, request: gr.Request) -> tuple[str, gr.Timer]:
        """All runs at providers; the timer goes while one is under way."""
        from assistant.journey import hosted

        project = self.context.project_or_none(request)
        found = hosted.runs(project) if project else []
        active = any(job.state() == "running" for job in found)
        return self._listed(found), gr.Timer(active=active)

    def act(self, event: gr.EventData, request: gr.Request) -> tuple[str, gr.Timer]:
        """Ask the provider to stop a run, or watch one again."""
        from assistant.journey import hosted

        known = {job.id: job for job in hosted.runs(self.context.project(request))}
        job = known.get(str(event.id))
        if job and event.do == "cancel":
            job.cancel()
        elif job and event.do == "resume":
            jobs.resume(job)
        return self.show(request)

    def _listed(self, found: Sequence[Job]) -> str:
        if not found:
            return views.empty(self.t("hosted.none"), self.t("hosted.none_lead"))
        return f'<div class="p-list">{"".join(self._run(job) for job in found)}</div>'

    def _run(self, job: Job) -> str:
        from assistant.journey import tune as tuning

        state, spec, done = job.state(), job.spec, job.last("finished") or {}
        words = texts.say(self.language, f"tuning.state.{state}")
        kind = {"finished": "p-good", "failed": "p-bad", "interrupted": "p-warn"}.get(state, "")
        said = [line for e in job.events() if (line := tuning.told(e, self.language))][-3:]
        if done.get("model"):
            said.append(self.t("hosted.model_is", model=done["model"]))
        do = {"running": "cancel", "interrupted": "resume", "failed": "resume"}.get(state)
        button = views.action(self.t(f"hosted.{do}"), do, job.id, "p-quiet") if do else ""
        head = f"<b>{safe(job.id)}</b> {views.tag(words, kind)} {safe(spec['plan']['model'])} · {safe(spec['dataset'])}"
        return f'<div class="p-item"><p>{head}</p>{views.lines(said)}<div class="p-foot">{button}</div></div>'
