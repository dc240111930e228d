"""How well the evaluation questions' answers are found, and at which step each missed one was lost, on the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape as safe

import gradio as gr

from assistant import texts
from assistant.errors import PenalaError
from assistant.retrieval import missed, questions
from assistant.retrieval.missed import Finding, Retrieved
from assistant.ui import parts, views
from assistant.ui.page import Part

_STEPS = ("parse", "chunk", "rank", "answer")


@dataclass(frozen=True)
class MissedView(Part):
    def build(self) -> None:
        """Lay out below the questions."""
        t = self.t
        with parts.panel():
            parts.html(views.section(t("baseline.missed_head"), t("baseline.missed_lead")))
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                look = gr.Button(t("baseline.missed_look"))
        shown = parts.html(classes="p-slot")
        self.on(
            look.click, self.look, [], [shown], notice=notice, right="see", model=True, show_progress="full"
        )

    def look(self, request: gr.Request) -> str:
        """Raises PenalaError("no_cases_in") where no question has an answer."""
        project = self.context.project(request)
        found = missed.findings(project, questions.questions(project), self.context.models.embedder())
        if not found:
            raise PenalaError("no_cases_in", test="questions")
        groups = missed.groups(found)
        rows = [row for group, each in groups.items() for row in self._rows(group, each)]
        heads = (self.t("baseline.missed_group"), "n", "hit@1", "hit@5", "MRR", "nDCG")
        table = views.table(heads, rows, right=range(1, len(heads)))
        lost = "".join(self._step(step, [f for f in found if f.lost == step]) for step in _STEPS)
        none = "" if any(f.lost for f in found) else views.note(self.t("baseline.missed_none"))
        return f'<div class="p-shown p-card">{table}{lost}{none}</div>'

    def _rows(self, group: str, each: Mapping[str, Retrieved]) -> list[tuple[str, ...]]:
        head = texts.say(self.language, f"retrieval.group.{group}")
        return [
            (
                f"{head}: {name}" if name else head if group == "all" else f"{head}: –",
                texts.number(self.language, r.n),
                *(texts.number(self.language, value, 3) for value in (r.hit_1, r.hit_5, r.mrr, r.ndcg)),
            )
            for name, r in each.items()
        ]

    def _step(self, step: str, found: list[Finding]) -> str:
        """The questions lost at one step, with what to do about it."""
        if not found:
            return ""
        title = self.t(f"baseline.missed_{step}", count=len(found))
        items = views.lines(f.question.question for f in found)
        way = safe(self.t(f"baseline.missed_{step}_way"))
        return f'<div class="p-lost"><h3>{safe(title)}</h3><p class="p-small">{way}</p>{items}</div>'
