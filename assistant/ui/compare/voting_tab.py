"""Two answers side by side without names, judged by a key each; nobody sees the count before they have voted."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape as safe

import gradio as gr

from assistant.errors import PenalaError
from assistant.evaluation import judging, voting
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.voting import REASONS, Turn, Vote
from assistant.ui import parts, views
from assistant.ui.page import Part
from assistant.ui.who import person
from assistant.workspace.project import Project

_KEYS = {"left": "a", "right": "b", "tie": "s", "bad": "x"}


@dataclass(frozen=True)
class VotingTab(Part):
    def build(self, page: gr.Blocks, which: gr.Dropdown, tab: gr.Tab) -> None:
        """Lay out inside the open tab `tab`."""
        t = self.t
        with gr.Column(elem_classes="p-keyed"):
            reasons = gr.CheckboxGroup(
                [(t(f"compare.reason_{name}"), name) for name in REASONS], label=t("compare.reasons"), elem_classes="p-reasons"
            )  # fmt: skip
            card = parts.keyed()
            notice = parts.slot()
        with gr.Accordion(t("compare.judge_head"), open=False, elem_classes="p-panel"):
            parts.html(f'<p class="p-small">{safe(t("compare.judge_lead"))}</p>')
            with gr.Row():
                model = gr.Textbox("", label=t("compare.judge_model"), max_lines=1, min_width=220)
                most = gr.Number(50, label=t("compare.judge_pairs"), precision=0, minimum=1, min_width=140)
            told = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                ask = gr.Button(t("compare.judge_ask"))
            said = parts.html(classes="p-slot")
        self.on(ask.click, self.judge, [which, model, most], [said], notice=told, right="see", model=True)
        shown, more = [card, reasons], {"notice": notice, "right": "review"}
        self.on(tab.select, self.show, [which], shown, **more)
        self.on(which.input, self.show, [which], shown, **more)
        self.on(card.click, self.act, [which, reasons], shown, **more)

    def show(self, which: str | None, request: gr.Request) -> tuple[str, list[str]]:
        """The next pair for who is at the page."""
        if not which:
            return views.empty(self.t("compare.vote_none"), self.t("compare.vote_none_lead")), []
        return self._next(self.context.project(request), which, person(self.context, request), "")

    def judge(self, which: str | None, model: str, most: float | None, request: gr.Request) -> Iterator[str]:
        """Have a chat model judge the comparison that is open; what it says stays with the comparison."""
        from assistant.journey import judge

        if not which:
            raise PenalaError("nothing_compared")
        if not (model or "").strip():
            raise PenalaError("ui_nothing_chosen")
        project = self.context.project(request)
        yield views.bar(-1.0, self.t("compare.judge_asking"))
        judged = judge.run(project, which, model.strip(), self.context.settings, int(most or judge.PAIRS))
        found = self._open(project, which)
        people = judge.people(project, which, found, judged)
        yield f'<div class="p-shown">{views.lines(judging.told(judged, found, people, self.language))}</div>'

    def act(
        self, which: str, reasons: list[str], event: gr.EventData, request: gr.Request
    ) -> tuple[str, list[str]]:
        """A button or key: the vote is kept, and the next pair comes."""
        project, who = self.context.project(request), person(self.context, request)
        if event.do == "undo":
            back = voting.undo(project, which, who)
            return self._next(
                project, which, who, self.t("compare.vote_undone" if back else "compare.vote_first")
            )
        turn = voting.turn_of(which, self._open(project, which), who, str(event.id))
        vote = Vote(turn.case, turn.left, turn.right, who, event.do, turn.repeat, tuple(reasons or ()))
        voting.cast(project, which, vote)
        return self._next(project, which, who, self.t("compare.vote_kept"))

    def _next(self, project: Project, which: str, who: str, said: str) -> tuple[str, list[str]]:
        found = self._open(project, which)
        turn = voting.next_turn(project, which, found, who)
        done = f'<div class="p-notice" role="status">{safe(said)}</div>' if said else ""
        if turn:
            held, open_ = voting.mark(which, who, turn), voting.left(project, which, found, who)
            return done + self._card(found, turn, held, open_), []
        key = "vote_done" if voting.pairs(found) else "vote_same"
        empty = views.empty(self.t(f"compare.{key}"), self.t(f"compare.{key}_lead"))
        return f'{done}{empty}<div class="p-keys">{self._button("undo", "u", "")}</div>', []

    def _open(self, project: Project, which: str) -> Comparison:
        from assistant.journey import compare

        return compare.saved(project, which)

    def _card(self, found: Comparison, turn: Turn, held: str, left: int) -> str:
        t = self.t
        index = next(i for i, case in enumerate(found.cases) if case.id == turn.case)
        case = found.cases[index]
        head = f'<h2>{safe(t("compare.vote_head"))}</h2><span class="p-small">{safe(t("compare.vote_open", count=left))}</span>'
        ideal = " / ".join(case.accepted)
        folded = (
            f'<details><summary>{safe(t("compare.ideal"))}</summary><div class="p-text">{safe(ideal)}</div></details>'
            if ideal
            else ""
        )
        answers = "".join(
            f'<article class="p-card"><p class="p-small"><b>{mark}</b></p>'
            f'<div class="p-text">{safe(found.arm(arm).answers[index].text.strip() or t("compare.nothing"))}</div></article>'
            for mark, arm in (("A", turn.left), ("B", turn.right))
        )
        keys = "".join(self._button(do, key, held) for do, key in _KEYS.items()) + self._button(
            "undo", "u", ""
        )
        return (
            f'<div class="p-card p-turn"><div class="p-turn-head">{head}</div><div class="p-text">{safe(case.input)}</div>{folded}'
            f'<div class="p-cards p-fit">{answers}</div>'
            f'<div class="p-keys p-keys-main" role="group" aria-label="{safe(t("compare.vote_keys"))}">{keys}</div></div>'
        )

    def _button(self, do: str, key: str, held: str) -> str:
        return (
            f'<button type="button" class="p-action p-button" data-do="{do}" data-id="{safe(held)}" data-key="{key}" '
            f'aria-keyshortcuts="{key}">{safe(self.t(f"compare.vote_{do}"))} <kbd>{key.upper()}</kbd></button>'
        )
