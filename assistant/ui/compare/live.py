"""One message of your own through several arms at once, to see and not only to count."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape as safe
from threading import Lock
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import PenalaError
from assistant.evaluation.values import Case, Kind, arm_name
from assistant.journey.contributing import Said
from assistant.retrieval import store
from assistant.ui import improving, parts, views
from assistant.ui.compare import results_view
from assistant.ui.improving import Improving
from assistant.ui.page import Part
from assistant.workspace.project import Project

if TYPE_CHECKING:
    from assistant.journey.compare import Bench

_MOST = 4  # side by side; more cannot be read


@dataclass(frozen=True)
class Live(Part):
    """Keeps the last project's models open between messages, and no others."""

    _lock: Lock = field(default_factory=Lock, compare=False)
    _benches: dict[tuple[str, ...], "Bench"] = field(default_factory=dict, compare=False)

    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open tab."""
        t = self.t
        with parts.panel():
            parts.html(f'<p class="p-small">{safe(t("compare.live_lead"))}</p>')
            arms = gr.CheckboxGroup([], label=t("compare.live_arms"))
            text = gr.Textbox("", label=t("compare.message"), lines=3, max_lines=10)
            ideal = parts.html(classes="p-slot")
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                ask = gr.Button(t("compare.ask"), elem_classes="p-save")
                pick = gr.Button(t("compare.pick"))
        answers = parts.html(clicks=True)
        said: gr.State = gr.State([])
        form = Improving(self.context, self.language)
        form.listen(answers, self.improve, [said], form.build())
        self.on(page.load, self.choices, [], [arms], notice=notice, right="see")
        self.on(pick.click, self.pick, [], [text, ideal, answers], notice=notice, right="see")
        self.on(text.input, self.typed, [], [ideal], notice=notice, right="see")
        self.on(ask.click, self.ask, [text, arms], [answers, said], notice=notice, right="see", model=True)

    def choices(self, request: gr.Request) -> gr.CheckboxGroup:
        project = self.context.project_or_none(request)
        can = self._possible(project) if project else []
        made = [(arm_name(self.language, name), name) for name in can]
        return gr.CheckboxGroup(made, value=list(dict.fromkeys(can[:1] + can[-1:])))

    def pick(self, request: gr.Request) -> tuple[str, str, str]:
        """Any test case, with its ideal answer to hold the others against."""
        case = random.choice(self._cases(self.context.project(request)))
        ideal = " / ".join(case.accepted) or self.t("compare.no_answer")
        shown = (
            f'<p class="p-small">{safe(self.t("compare.ideal"))}</p><div class="p-text">{safe(ideal)}</div>'
        )
        return case.input, f'<div class="p-shown p-answered">{shown}</div>', ""

    def typed(self) -> str:
        """A message of one's own has no ideal answer."""
        return ""

    def improve(self, said: list[Said], event: gr.EventData) -> tuple[Any, ...]:
        """One of the answers into the form that puts it right."""
        form = Improving(self.context, self.language)
        return form.open(said[int(event.id)]) if event.do == improving.DO else form.nothing()

    def ask(self, text: str, arms: list[str], request: gr.Request) -> Iterator[tuple[str, list[Said]]]:
        """Each arm's answer as soon as it is there."""
        if not (text or "").strip():
            raise PenalaError("ui_nothing_said")
        if not arms:
            raise PenalaError("ui_no_arms")
        if len(arms) > _MOST:
            raise PenalaError("ui_too_many_arms", most=_MOST)
        project = self.context.project(request)
        bench, kind = self._bench(project), self._kind(project)
        made: list[str] = []
        answers: list[Said] = []
        for name in arms:
            yield self._shown(made, views.bar(-1.0, arm_name(self.language, name))), answers
            said = bench.arm(name, kind).answer([Case("live", text.strip(), "")])[0]
            facts = self.t("compare.took", seconds=said.seconds)
            made.append(results_view.live_answer(name, said.text, facts, self.language, str(len(answers))))
            answers.append(Said(text.strip(), said.text, name, "live"))
        yield self._shown(made, ""), answers

    def _cases(self, project: Project) -> list[Case]:
        from assistant.journey import compare

        return compare.cases(project, self._bench(project).request)[0]

    def _kind(self, project: Project) -> Kind:
        """The kind of the project's cases; of none where there are none yet."""
        from assistant.journey import compare

        try:
            return compare.cases(project, self._bench(project).request)[1]
        except PenalaError:
            return "text"

    def _possible(self, project: Project) -> list[str]:
        return self._bench(project).possible(self._kind(project))

    def _shown(self, made: list[str], working: str) -> str:
        return f'<div class="p-cards p-fit">{"".join(made)}</div>{working}'

    def _bench(self, project: Project) -> "Bench":
        """The bench on the newest version; a new run, version or index makes a new one."""
        from assistant.dataset import versions
        from assistant.journey import compare
        from assistant.tuning.adapters import adapters

        made = versions.all_versions(project)
        newest = next(iter(adapters(project.runs)), None)
        test = f"{made[-1].name}:test" if made else "questions"
        key = (str(project.folder), test, newest.run if newest else "", str(store.generation(project)))
        with self._lock:
            if key not in self._benches:
                self._benches.clear()
                self._benches[key] = compare.Bench(project, compare.Request(test), self.context.settings)
            return self._benches[key]
