"""One message of your own through several arms at once, to see and not only to count."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from html import escape as safe
from threading import Lock
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import PenalaError
from assistant.evaluation.values import Case, Kind, arm_name, simplicity
from assistant.journey.contributing import Said
from assistant.retrieval import store
from assistant.ui import improving, parts, views
from assistant.ui.compare import results_view
from assistant.ui.improving import Improving
from assistant.ui.page import Part
from assistant.workspace.project import Project

if TYPE_CHECKING:
    from assistant.journey.bench import Bench
    from assistant.journey.live import Heard


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
        from assistant.journey import live

        made = [(arm_name(self.language, name), name) for name in can]
        return gr.CheckboxGroup(made, value=live.usual(can))

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
        """All answers at the same time, as they are written."""
        from assistant.journey import live

        if not (text or "").strip():
            raise PenalaError("ui_nothing_said")
        live.check(arms)
        project = self.context.project(request)
        bench, kind = self._bench(project), self._kind(project)
        yield views.bar(-1.0, self.t("compare.beginning")), []
        opened = [bench.arm(name, kind) for name in sorted(arms, key=simplicity)]
        with closing(live.talk(opened, text.strip())) as talk:
            for heard in talk:
                cards = "".join(self._card(one, str(place)) for place, one in enumerate(heard))
                said = [Said(text.strip(), one.text, one.arm, "live") for one in heard]
                yield f'<div class="p-cards p-fit">{cards}</div>', said

    def _card(self, heard: "Heard", place: str) -> str:
        """One arm's answer so far; whole, it can be put right."""
        if heard.problem:
            return results_view.live_problem(heard.arm, heard.problem.say(self.language), self.language)
        if not heard.done:
            return results_view.live_writing(heard.arm, heard.text, self.language)
        facts = self.t("compare.took_first", first=heard.first, seconds=heard.seconds)
        return results_view.live_answer(heard.arm, heard.text, facts, self.language, place)

    def _cases(self, project: Project) -> list[Case]:
        from assistant.journey import compare

        return compare.cases(project, self._bench(project).request)[0]

    def _kind(self, project: Project) -> Kind:
        from assistant.journey import live

        return live.kind(project, self._bench(project).request)

    def _possible(self, project: Project) -> list[str]:
        return self._bench(project).possible(self._kind(project))

    def _bench(self, project: Project) -> "Bench":
        """The bench on the newest version; a new run, version or index makes a new one."""
        from assistant.journey import live
        from assistant.journey.bench import Bench
        from assistant.tuning.adapters import adapters

        asked, newest = live.newest(project), next(iter(adapters(project.runs)), None)
        key = (str(project.folder), asked.test, newest.run if newest else "", str(store.generation(project)))
        with self._lock:
            if key not in self._benches:
                self._benches.clear()
                self._benches[key] = Bench(project, asked, self.context.settings)
            return self._benches[key]
