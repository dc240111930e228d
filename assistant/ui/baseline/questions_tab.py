"""The evaluation questions: what is asked of the documents, and which answers count as right."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape as safe
from pathlib import Path
from typing import Any

import gradio as gr

from assistant import texts
from assistant.errors import PenalaError
from assistant.retrieval import drafting, proposing, questions, store
from assistant.retrieval.proposing import Proposed
from assistant.retrieval.questions import Question
from assistant.ui import parts, views
from assistant.ui.baseline import model_choice, place
from assistant.ui.baseline.missed_view import MissedView
from assistant.ui.page import Part
from assistant.workspace.project import Project

_AROUND = 300  # characters shown before and after a draft's answer
_TO_FORM = "() => setTimeout(() => { const f = document.querySelector('#p-question textarea'); if (f?.value) f.focus(); }, 150)"


@dataclass(frozen=True)
class QuestionsTab(Part):
    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open tab."""
        t = self.t
        with parts.panel():
            parts.html(views.section(t("baseline.questions_head"), t("baseline.questions_lead")))
            asked = gr.Textbox("", label=t("baseline.question"), max_lines=3, elem_id="p-question")
            answers = gr.Textbox(
                "", label=t("baseline.answers"), info=t("baseline.answers_why"), lines=2, max_lines=6
            )
            source = parts.slot()
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                add = gr.Button(t("baseline.question_add"), variant="primary", elem_classes="p-save")
                accept = gr.Button(t("baseline.draft_accept"), variant="primary", visible=False)
                leave = gr.Button(t("baseline.draft_leave"), visible=False)
                bring = gr.UploadButton(t("baseline.questions_file"), file_types=[".jsonl", ".csv"])
        with parts.panel():
            model = model_choice.field(t("baseline.draft_by"), t("baseline.draft_by_why"))
            making = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                make = gr.Button(t("baseline.draft_make"))
            told = parts.slot()
        reviewed: gr.State = gr.State("")
        waiting = parts.html(clicks=True)
        listed = parts.html(clicks=True)
        MissedView(self.context, self.language).build()
        self.on(page.load, self.show, [], [listed], notice=notice)
        self.on(page.load, self.drafts, [], [waiting], notice=notice)
        self.on(page.load, self.models, [], [model], notice=notice)
        self.on(make.click, self.make, [model], [waiting, told], notice=making, model=True)
        form = [asked, answers, reviewed, source, add, accept, leave]
        opened = self.on(waiting.click, self.review, [], [*form, waiting], notice=notice)
        opened.then(None, None, None, js=_TO_FORM, api_visibility="private")
        self.on(leave.click, self.leave, [], form, notice=notice, right="see")
        self.on(
            accept.click, self.accept, [asked, answers, reviewed], [*form, waiting, listed], notice=notice
        )
        self.on(add.click, self.add, [asked, answers], [asked, answers, listed], notice=notice)
        self.on(bring.upload, self.bring, [bring], [listed], notice=notice, show_progress="full")
        self.on(listed.click, self.remove, [], [listed], notice=notice)

    def show(self, request: gr.Request) -> str:
        project = self.context.project_or_none(request)
        found = questions.questions(project) if project else []
        if not found:
            return views.empty(self.t("baseline.no_questions"), self.t("baseline.no_questions_lead"))
        said = self.t("baseline.questions_count", count=len(found))
        return f'<p class="p-small">{safe(said)}</p><div class="p-list">{"".join(map(self._question, found))}</div>'

    def add(self, asked: str, answers: str, request: gr.Request) -> tuple[str, str, str]:
        """One question; without an answer it is one that the documents do not answer."""
        if not asked.strip():
            raise PenalaError("ui_nothing_said")
        lines = tuple(line.strip() for line in answers.splitlines() if line.strip())
        made = Question(f"w-{secrets.token_hex(4)}", asked.strip(), lines, None, bool(lines), "written")
        questions.add(self.context.project(request), [made])
        return "", "", self.show(request)

    def drafts(self, request: gr.Request) -> str:
        """What waits for a person: nothing of it counts yet."""
        project = self.context.project_or_none(request)
        found = questions.drafts(project) if project else []
        if not found:
            return ""
        head = views.section(self.t("baseline.draft_head"), self.t("baseline.draft_lead"))
        return f'{head}<div class="p-list">{"".join(map(self._draft, found))}</div>'

    def models(self, request: gr.Request) -> gr.Dropdown:
        """The chat models that can draft here; none, where the project's own is too small to read."""
        project = self.context.project_or_none(request)
        return model_choice.dropdown(
            self.context.settings, project, self.t("baseline.draft_by_none"), reads=True
        )

    def make(self, model: str | None, request: gr.Request) -> Iterator[tuple[str, str]]:
        """The drafts, with how far a chat model is where one is chosen; what it has made is kept if the page closes."""
        project = self.context.project(request)
        if not model:
            drafting.draft(project)
            yield self.drafts(request), ""
            return
        try:
            for said in self._proposing(project, model):
                yield self.drafts(request), said
        except PenalaError:
            yield self.drafts(request), ""  # no bar goes on moving beside the reason
            raise

    def _proposing(self, project: Project, model: str) -> Iterator[str]:
        yield views.bar(-1.0, self.t("baseline.loading"))
        opened, now = self.context.models.chat(model), Proposed(0, 0)
        for now in proposing.propose(project, opened):
            said = texts.say(self.language, "retrieval.proposing.step", **now.counts)
            yield views.bar(now.read / now.most, said)
        yield views.note(
            texts.say(self.language, "retrieval.proposing.done", model=opened.name, **now.counts)
        )

    def review(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """A draft into the fields with the place it comes from, to be put in a user's words; or put aside."""
        project, identity = self.context.project(request), str(event.id)
        if event.do == "reject":
            questions.reject(project, identity)
            return *self._form(), self.drafts(request)
        found = next((q for q in questions.drafts(project) if q.id == identity), None)
        if found is None:
            raise PenalaError("draft_unknown", draft=identity)
        filled = self._form(found.question, "\n".join(found.answers), identity, _source(project, found))
        return *filled, self.drafts(request)

    def leave(self) -> tuple[Any, ...]:
        """The draft stays among those that wait."""
        return self._form()

    def accept(self, asked: str, answers: str, reviewed: str, request: gr.Request) -> tuple[Any, ...]:
        """The fields as the reviewed draft's words; from here on it counts."""
        if not reviewed:
            raise PenalaError("draft_not_chosen")
        questions.accept(self.context.project(request), reviewed, asked, answers.splitlines())
        return *self._form(), self.drafts(request), self.show(request)

    def _form(
        self, asked: str = "", answers: str = "", reviewed: str = "", source: str = ""
    ) -> tuple[Any, ...]:
        """The fields, and the buttons for a draft or for a question of one's own."""
        own, draft = gr.Button(visible=not reviewed), gr.Button(visible=bool(reviewed))
        return asked, answers, reviewed, source, own, draft, draft

    def bring(self, path: str, request: gr.Request) -> str:
        questions.add_file(self.context.project(request), Path(path))
        return self.show(request)

    def remove(self, event: gr.EventData, request: gr.Request) -> str:
        questions.remove(self.context.project(request), event.id)
        return self.show(request)

    def _draft(self, q: Question) -> str:
        edit = views.action(self.t("baseline.draft_edit"), "review", q.id)
        named = self.t("baseline.draft_reject_named", name=q.question)
        aside = views.action(self.t("baseline.draft_reject"), "reject", q.id, "p-quiet", named)
        facts = " · ".join([*q.answers, q.document or ""])
        return (
            f'<div class="p-item"><div><h3>{safe(q.question)}</h3><p>{safe(facts)}</p></div>'
            f'<div class="p-links">{edit}{aside}</div></div>'
        )

    def _question(self, q: Question) -> str:
        right = " / ".join(q.answers) if q.answerable else self.t("baseline.not_answerable")
        facts = f"{right} · {q.document}" if q.document else right
        remove = views.action(
            self.t("baseline.remove"),
            "remove",
            q.id,
            "p-quiet",
            self.t("baseline.remove_named", name=q.question),
        )
        return f'<div class="p-item"><div><h3>{safe(q.question)}</h3><p>{safe(facts)}</p></div><div>{remove}</div></div>'


def _source(project: Project, q: Question) -> str:
    """Where the answer stands, with what is around it; nothing where the document has gone or changed."""
    named = [d for d in store.documents(project) if d.status == "ready" and d.name == q.document]
    if not named or q.span is None:
        return ""
    said = " ".join(store.content(project, named[0].id)[slice(*q.span)].split())
    return place.shown(project, named[0].id, *q.span, around=_AROUND) if said in q.answers else ""
