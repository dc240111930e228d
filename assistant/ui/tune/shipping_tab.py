"""A tuned model to take away or push to a hub, and an adapter to take in: each export is a job, listed with its proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape as safe
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gradio as gr

from assistant import jobs, texts
from assistant.errors import PenalaError
from assistant.jobs import Job
from assistant.ui import addresses, parts, views
from assistant.ui.page import Part

_LOOKS_SECONDS = 3
_KINDS = {"finished": "p-good", "failed": "p-bad", "interrupted": "p-warn", "cancelled": "p-warn"}


@dataclass(frozen=True)
class Shipping(Part):
    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open tab."""
        t = self.t
        with parts.two_columns():
            with gr.Column(scale=5, min_width=320):
                with parts.panel():
                    parts.html(views.section(t("ship.head"), t("ship.lead")))
                    run = gr.Dropdown([], label=t("ship.run"))
                    form = gr.Radio(
                        self._forms(), value="adapter", label=t("ship.form"), elem_classes="p-choices"
                    )
                    notice = parts.slot()
                    write = gr.Button(t("ship.write"), variant="primary")
                    with gr.Accordion(t("ship.hub"), open=False):
                        parts.html(f'<p class="p-small">{safe(t("ship.hub_why"))}</p>')
                        repository = gr.Textbox(
                            label=t("ship.repository"), placeholder="tim/balasan-toko", max_lines=1
                        )
                        public = gr.Checkbox(False, label=t("ship.public"))
                        push = gr.Button(t("ship.push"), elem_classes="p-save")
                with parts.panel():
                    parts.html(views.section(t("ship.take_head"), t("ship.take_lead")))
                    given = gr.File(file_count="multiple", label=t("ship.files"), height=140)
                    base = gr.Dropdown([], label=t("ship.base"), info=t("ship.base_why"))
                    taken = parts.slot()
                    take = gr.Button(t("ship.take"), elem_classes="p-save")
            with gr.Column(scale=6, min_width=320):
                listed = parts.html(clicks=True)
        timer = gr.Timer(_LOOKS_SECONDS, active=False)
        self.on(page.load, self.choices, [], [run, base], notice=notice)
        for event in (page.load, timer.tick):
            self.on(event, self.show, [], [listed, timer], notice=parts.slot())
        self.on(write.click, self.write, [run, form], [listed, timer], notice=notice)
        self.on(push.click, self.push, [run, form, repository, public], [listed, timer], notice=notice)
        self.on(take.click, self.take, [given, base], [given, run, listed, timer], notice=taken)
        self.on(listed.click, self.act, [], [listed, timer], notice=notice)

    def _forms(self) -> list[tuple[str, str]]:
        from assistant.journey.shipping import FORMS

        return [(self.t(f"ship.form_{name}"), name) for name in FORMS]

    def choices(self, request: gr.Request) -> tuple[gr.Dropdown, gr.Dropdown]:
        """The runs with an adapter, newest first, and the base models that are here."""
        from assistant.journey import choices
        from assistant.models import registry

        found = registry.found(self.context.settings)
        here = [
            (m.name, m.spec) for m in found if m.kind == "chat" and m.ready and not choices.is_remote(m.spec)
        ]
        return self._runs(request), gr.Dropdown([(self.t("ship.base_named"), ""), *here], value="")

    def _runs(self, request: gr.Request) -> gr.Dropdown:
        from assistant.tuning.adapters import adapters

        project = self.context.project_or_none(request)
        made = [(f"{a.run} · {a.card.base}", a.run) for a in adapters(project.runs)] if project else []
        return gr.Dropdown(made, value=made[0][1] if made else None)

    def write(self, run: str | None, form: str, request: gr.Request) -> tuple[str, gr.Timer]:
        """Begin to write a form of the model; the list says when it is ready and whether it is proven."""
        return self._begin(run, form, "", False, request)

    def push(
        self, run: str | None, form: str, repository: str, public: bool, request: gr.Request
    ) -> tuple[str, gr.Timer]:
        """Begin to push it to the hub with the token of this machine."""
        from assistant.tuning import hub

        name = hub.checked(repository or "", self.context.settings.offline)
        return self._begin(run, form, name, public, request)

    def _begin(
        self, run: str | None, form: str, repository: str, public: bool, request: gr.Request
    ) -> tuple[str, gr.Timer]:
        from assistant.journey import shipping

        if not run:
            raise PenalaError("ui_nothing_chosen")
        project = self.context.project(request)
        shipping.start(project, run, form, self.language, repository, public)  # type: ignore[arg-type]
        return self.show(request)

    def take(self, given: list[str] | None, base: str, request: gr.Request) -> tuple[Any, ...]:
        """Check the files and take the adapter in as a run of its own."""
        from assistant.journey import adopting

        if not given:
            raise PenalaError("ui_nothing_chosen")
        with TemporaryDirectory(prefix="penala-") as folder:
            for path in map(Path, given):
                (Path(folder) / path.name).write_bytes(path.read_bytes())
            run = adopting.adopt(self.context.project(request), Path(folder), base, self.context.settings)
        gr.Info(self.t("ship.taken", run=run))
        return (None, self._runs(request), *self.show(request))

    def show(self, request: gr.Request) -> tuple[str, gr.Timer]:
        """The exports, newest first; the timer goes while one is under way."""
        from assistant.journey import shipping

        project = self.context.project_or_none(request)
        found = shipping.exports(project) if project else []
        active = any(job.state() == "running" for job in found)
        return self._listed(found, project.id if project else ""), gr.Timer(active=active)

    def act(self, event: gr.EventData, request: gr.Request) -> tuple[str, gr.Timer]:
        """Try an export again that failed or was broken off."""
        from assistant.journey import shipping

        known = {job.id: job for job in shipping.exports(self.context.project(request))}
        if event.do == "resume" and str(event.id) in known:
            jobs.resume(known[str(event.id)])
        return self.show(request)

    def _listed(self, found: Sequence[Job], project: str) -> str:
        if not found:
            return views.empty(self.t("ship.none"), self.t("ship.none_lead"))
        return f'<div class="p-list">{"".join(self._export(job, project) for job in found)}</div>'

    def _export(self, job: Job, project: str) -> str:
        from assistant.journey import tune as tuning

        state, spec, done = job.state(), job.spec, job.last("finished") or {}
        words = views.tag(texts.say(self.language, f"tuning.state.{state}"), _KINDS.get(state, ""))
        form = self.t(f"ship.form_{spec['form']}")
        name = f"<b>{safe(spec['run'])}</b> {safe(form)}"
        said = [
            line
            for e in job.events()
            if e.kind in ("failed", "progress") and (line := tuning.told(e, self.language))
        ]
        lines = [] if done else said[-1:]
        if proof := done.get("parity"):
            lines.append(self._proof(proof))
        foot = ""
        if done.get("address"):
            lines.append(texts.say(self.language, "tuning.pushed", address=done["address"]))
        elif done:
            link = addresses.download("shipped", project, job.id, self.language)
            foot = views.link(self.t("ship.download"), link, "p-action p-button")
        if state in ("failed", "interrupted"):
            foot = views.action(self.t("ship.again"), "resume", job.id, "p-quiet")
        return f'<div class="p-item"><p>{name} {words}</p>{views.lines(lines)}<div class="p-foot">{foot}</div></div>'

    def _proof(self, proof: dict[str, Any]) -> str:
        key = "tuning.card.proven" if proof["proven"] else "tuning.card.unproven"
        share = texts.number(self.language, 100 * proof["agreement"])
        gap = texts.number(self.language, proof["largest"], 3)
        return texts.say(self.language, key, prompts=proof["prompts"], share=share, largest=gap)
