"""One message of your own through several arms at once, to see and not only to count."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

import gradio as gr

from assistant.errors import PenalaError
from assistant.evaluation.values import Case, arm_name
from assistant.ui import parts, views
from assistant.ui.compare import results_view
from assistant.ui.page import Part
from assistant.workspace.project import Project

if TYPE_CHECKING:
    from assistant.journey.compare import Bench


@dataclass(frozen=True)
class Live(Part):
    """Keeps the last project's models open between messages, and no others."""

    _lock: Lock = field(default_factory=Lock, compare=False)
    _benches: dict[tuple[str, ...], "Bench"] = field(default_factory=dict, compare=False)

    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open panel."""
        t = self.t
        parts.html(views.section(t("compare.live"), t("compare.live_lead")))
        arms = gr.CheckboxGroup([], label=t("compare.arms"))
        text = gr.Textbox("", label=t("compare.message"), lines=2, max_lines=8)
        notice = parts.slot()
        with gr.Row(elem_classes="p-buttons"):
            ask = gr.Button(t("compare.ask"), elem_classes="p-save")
        answers = parts.html()
        self.on(page.load, self.choices, [], [arms], notice=notice)
        self.on(ask.click, self.ask, [text, arms], [answers], notice=notice, model=True)

    def choices(self, request: gr.Request) -> gr.CheckboxGroup:
        project = self.context.project_or_none(request)
        can = self._bench(project).possible("text") if project else []
        return gr.CheckboxGroup(
            [(arm_name(self.language, name), name) for name in can], value=can[:1] + can[-1:]
        )

    def ask(self, text: str, arms: list[str], request: gr.Request) -> Iterator[str]:
        """Each arm's answer as soon as it is there."""
        if not (text or "").strip():
            raise PenalaError("ui_nothing_said")
        if not arms:
            raise PenalaError("ui_no_arms")
        bench = self._bench(self.context.project(request))
        made: list[str] = []
        for name in arms:
            yield self._shown(made, views.bar(-1.0, arm_name(self.language, name)))
            said = bench.arm(name, "text").answer([Case("live", text.strip(), "")])[0]
            facts = self.t("compare.took", seconds=said.seconds)
            made.append(results_view.live_answer(name, said.text, facts, self.language))
        yield self._shown(made, "")

    def _shown(self, made: list[str], working: str) -> str:
        return f'<div class="p-cards">{"".join(made)}</div>{working}'

    def _bench(self, project: Project) -> "Bench":
        """The bench on the newest version; a new run or version makes a new one."""
        from assistant.dataset import versions
        from assistant.journey import compare
        from assistant.tuning.adapters import adapters

        made = versions.all_versions(project)
        newest = next(iter(adapters(project.runs)), None)
        test = f"{made[-1].name}:test" if made else "questions"
        key = (str(project.folder), test, newest.run if newest else "")
        with self._lock:
            if key not in self._benches:
                self._benches.clear()
                self._benches[key] = compare.Bench(project, compare.Request(test), self.context.settings)
            return self._benches[key]
