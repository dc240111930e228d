"""The review queue: one example large, judged by a key each, with what was just done and the way back above it."""

from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant import texts
from assistant.dataset import examples
from assistant.dataset.examples import Example, Filter
from assistant.dataset.reviews import actions, agreement, queue
from assistant.dataset.reviews.actions import Said
from assistant.dataset.reviews.queue import Turn
from assistant.dataset.reviews.records import Review
from assistant.journey import contributing
from assistant.ui import parts, views
from assistant.ui.page import Part
from assistant.ui.who import person, shown
from assistant.workspace.project import Project

TAB = "review"  # the address's word for this tab
_LABELS = 9
View = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Queue:
    """The parts that `show` fills: the card, the example it holds (revision and id), and the fields."""

    card: gr.HTML
    held: gr.Textbox
    input: gr.Textbox
    output: gr.Textbox
    comment: gr.Textbox

    def shown(self) -> list[Any]:
        return [self.card, self.held, self.input, self.output, self.comment]


@dataclass(frozen=True)
class Reviewing(Part):
    def build(self) -> tuple[Queue, list[Any]]:
        """Lay out inside the open tab; the parts to fill, and the events after which figures are others."""
        t = self.t
        with gr.Column(elem_classes="p-keyed"):
            card = parts.keyed()
            held = gr.Textbox(visible=False)
            with gr.Column(elem_classes=["p-panel", "p-field-edit"]):
                parts.html(views.section(t("review.edit_head"), t("review.edit_lead")))
                text = gr.Textbox(label=t("review.edit_input"), lines=3, max_lines=14)
                answer = gr.Textbox(label=t("review.edit_output"), lines=3, max_lines=18)
                save = gr.Button(t("review.save"), variant="primary", elem_classes="p-save")
            with gr.Column(elem_classes=["p-panel", "p-field-comment"]):
                remark = gr.Textbox(label=t("review.comment_text"), lines=2, max_lines=6)
                send = gr.Button(t("review.comment_send"), elem_classes="p-save")
            notice = parts.slot()
        parts_ = Queue(card, held, text, answer, remark)
        shown, more = parts_.shown(), {"notice": notice, "right": "review"}
        done = [
            self.on(card.click, self.act, [], shown, **more),
            self.on(save.click, self.save, [held, text, answer], shown, **more),
        ]
        self.on(send.click, self.comment, [held, remark], shown, **more)
        return parts_, done

    def show(self, request: gr.Request) -> View:
        """The next example for who is at the page; nothing for who may not review."""
        project = self.context.project_or_none(request)
        if project is None or not self.context.may(request, "review", project.id):
            return "", "", "", "", ""
        return self._next(project, person(self.context, request), "")

    def act(self, event: gr.EventData, request: gr.Request) -> View:
        """A button or key: the opinion is kept, and the next example comes."""
        project, who = self.context.project(request), person(self.context, request)
        do, _, label = str(event.do).partition(" ")
        if do == "undo":
            return self._undo(project, who)
        said = Said("edit", output=label) if do == "label" else Said(do)  # type: ignore[arg-type]
        return self._judge(project, who, str(event.id), said)

    def save(self, held: str, text: str, answer: str, request: gr.Request) -> View:
        """The texts as this person would have them."""
        said = Said("edit", text, answer)
        return self._judge(self.context.project(request), person(self.context, request), held, said)

    def comment(self, held: str, text: str, request: gr.Request) -> View:
        project, who = self.context.project(request), person(self.context, request)
        actions.comment(project, who, _id(held), text)
        return self._next(project, who, self.t("review.commented"))

    def _judge(self, project: Project, who: str, held: str, said: Said) -> View:
        revision, _, id = held.partition(" ")
        done = actions.judge(project, who, id, said, int(revision))
        line = self.t("review.done", id=id, action=self._did(said.action))
        return self._next(project, who, f"{line} {self.t('review.disputed')}" if done.disputed else line)

    def _undo(self, project: Project, who: str) -> View:
        lines = actions.undo(project, who)
        if len(lines) > 1:
            said = self.t("review.undone_many", count=len(lines))
        else:
            said = self.t("review.undone", action=self._did("undo").capitalize(), id=lines[0].example)
        return self._next(project, who, said, lines[0].example)

    def _did(self, action: str) -> str:
        return texts.say(self.language, f"dataset.review.did.{action}")

    def _next(self, project: Project, who: str, said: str, first: str = "") -> View:
        turn = queue.take(project, who, first)
        done = f'<div class="p-notice" role="status">{safe(said)}</div>' if said else ""
        if turn is None:
            return done + self._nothing(project, who), "", "", "", ""
        held = f"{turn.example.revision} {turn.example.id}"
        card = self._card(project, turn, held, queue.left(project, who))
        return done + card, held, turn.shown.input, turn.shown.output, ""

    def _nothing(self, project: Project, who: str) -> str:
        left, total = queue.left(project, who), examples.page(project, 0, 1, Filter(status=""))[1]
        which = "others" if left else "finished" if total else "none"
        empty = views.empty(self.t(f"review.{which}"), self.t(f"review.{which}_lead", count=left))
        return empty + (f'<div class="p-keys">{self._key("undo")}</div>' if total else "")

    def _card(self, project: Project, turn: Turn, held: str, left: int) -> str:
        e, t = turn.example, self.t
        facts = [t(f"review.{e.status}")]
        facts += [t("review.by", person=shown(self.language, e.author))] if e.author else []
        facts += [t("review.passage", document=e.place.document)] if e.place and e.place.document else []
        facts += [*e.tags, *([e.note] if e.note else [])]
        head = f'<h2>{safe(t("review.example", id=e.id))}</h2><span class="p-small">{safe(t("review.left", count=left))}</span>'
        body = "".join(
            f'<div class="p-small">{safe(t(f"review.{name}"))}</div><div class="p-text">{safe(text)}</div>'
            for name, text in (
                ("input", turn.shown.input),
                ("output", turn.shown.output),
                ("worse", e.rejected),
            )
            if text
        )
        labelled = self._labelled(_labels(project), turn.shown.output, held)
        return (
            f'<div class="p-card p-turn"><div class="p-turn-head">{head}</div><p>{safe(" · ".join(facts))}</p>{body}'
            f"{self._rests_on(project, e)}{self._comments(turn.comments)}{labelled}{self._keys(held)}</div>"
        )

    def _rests_on(self, project: Project, e: Example) -> str:
        """The passage that the example was written from, folded away."""
        quoted = contributing.quoted(project, e.place) if e.place and e.place.document else ""
        if not quoted:
            return ""
        return f'<details><summary>{safe(self.t("review.rests_on"))}</summary><div class="p-pre">{safe(quoted)}</div></details>'

    def _comments(self, lines: tuple[Review, ...]) -> str:
        said = [f"{shown(self.language, line.person)}: {line.comment}" for line in lines]
        return views.lines(said) if said else ""

    def _labelled(self, labels: list[str], proposed: str, held: str) -> str:
        """A number key for each label: the one proposed accepts, another edits."""
        if not labels:
            return ""
        buttons = "".join(
            self._button(label, str(n), "accept" if label == proposed else f"label {label}", held)
            for n, label in enumerate(labels, 1)
        )
        return (
            f'<div class="p-keys" role="group" aria-label="{safe(self.t("review.labels"))}">{buttons}</div>'
        )

    def _keys(self, held: str) -> str:
        names = ("accept", "edit", "reject", "skip", "undo", "comment")
        return (
            f'<div class="p-keys p-keys-main" role="group" aria-label="{safe(self.t("review.keys"))}">'
            f"{''.join(self._key(name, held) for name in names)}</div>"
        )

    def _key(self, name: str, held: str = "") -> str:
        kind = "p-main" if name == "accept" else ""
        return self._button(self.t(f"review.{name}"), self.t(f"review.key_{name}"), name, held, kind)

    def _button(self, words: str, key: str, do: str, held: str, kind: str = "") -> str:
        what = (
            f'data-open="{do}"'
            if do in ("edit", "comment")
            else f'data-do="{safe(do)}" data-id="{safe(held)}"'
        )
        return (
            f'<button type="button" class="p-action p-button {kind}" {what} data-key="{safe(key)}" '
            f'aria-keyshortcuts="{safe(key)}">{safe(words)} <kbd>{safe(key.upper())}</kbd></button>'
        )


def _labels(project: Project) -> list[str]:
    """As many of the commonest labels as there are number keys, in an order that does not change with their counts."""
    return sorted(agreement.label_names(project)[:_LABELS])


def _id(held: str) -> str:
    return held.partition(" ")[2]
