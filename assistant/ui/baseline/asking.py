"""Asking the documents: an answer as it is written, its numbered citations, and the passage each opens."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape as safe
from typing import Any

import gradio as gr

from assistant.dataset.examples import Place
from assistant.errors import PenalaError
from assistant.journey.contributing import Said
from assistant.models.values import ChatModel, Decoding
from assistant.retrieval import answering, calibration, followup, search, whole
from assistant.retrieval.answering import Answer, Asking
from assistant.retrieval.citing import Citation
from assistant.retrieval.scope import Scope
from assistant.retrieval.search import Passage
from assistant.ui import improving, parts, views
from assistant.ui.baseline import model_choice, place
from assistant.ui.baseline.scope_fields import ScopeFields, scope
from assistant.ui.improving import Improving
from assistant.ui.page import Part
from assistant.workspace.project import Project

_DOUBT = ' class="p-doubt"'
_TO_MARK = "() => setTimeout(() => document.querySelector('.p-passage mark')?.scrollIntoView({block: 'center'}), 150)"


@dataclass(frozen=True)
class Exchange:
    """One question with what came back by which arm; `read` are the passages given to the model. `understood`: the
    question as it was searched for, with what it leans on from before."""

    question: str
    arm: str = "rag"
    understood: str = ""
    text: str = ""
    citations: tuple[Citation, ...] = ()
    read: tuple[Passage, ...] = ()
    refused: bool = False
    facts: str = ""  # how long it took
    notes: tuple[str, ...] = ()
    asked: tuple[int, int] | None = None
    unfounded: tuple[tuple[int, int], ...] = ()
    working: bool = True

    @property
    def said(self) -> Said:
        """As an answer that can be put right, with the first place that it cites; an example has no talk before it,
        so a follow-up is asked as it was understood."""
        cited = [Place(document=c.document, start=c.start, stop=c.stop) for c in self.citations]
        return Said(
            self.understood or self.question, self.text, self.arm, "chat", cited[0] if cited else None
        )


@dataclass(frozen=True)
class AskingTab(Part):
    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open tab."""
        t = self.t
        past: gr.State = gr.State([])
        with gr.Row(elem_classes="p-filters"):
            arms = [(t(f"baseline.arm_{name}"), name) for name in ("rag", "prompt", "whole_document")]
            arm = gr.Radio(arms, value="rag", label=t("baseline.arm"), min_width=260)
            model = model_choice.field(t("baseline.model"))
        limits = ScopeFields(self.context, self.language).build(parts.slot())
        talk = parts.html(self._talk([]), clicks=True)
        passage = parts.html(clicks=True, classes="p-slot")
        notice = parts.slot()
        asked = gr.Textbox(
            "", label=t("baseline.ask"), placeholder=t("baseline.ask_hint"), lines=1, max_lines=5
        )
        with gr.Row(elem_classes="p-buttons"):
            send = gr.Button(t("baseline.send"), variant="primary")
            stop = gr.Button(t("baseline.stop"))
            clear = gr.Button(t("baseline.clear"))
        form = Improving(self.context, self.language)
        form.listen(talk, self.improve, [past], form.build())
        self.on(page.load, self.models, [], [model], notice=notice)
        asking = [
            self.on(
                event,
                self.ask,
                [asked, arm, model, past, *limits],
                [asked, talk, past],
                notice=notice,
                right="see",
                model=True,
            )
            for event in (send.click, asked.submit)
        ]
        stop.click(None, None, None, cancels=asking, api_visibility="private")
        self.on(stop.click, self._talk, [past], [talk], notice=notice, right="see")
        self.on(clear.click, self.clear, [], [talk, past, passage], notice=notice, right="see")
        for shown in (talk, passage):
            opened = self.on(shown.click, self.open, [], [passage], notice=notice, right="see")
            opened.then(None, None, None, js=_TO_MARK, api_visibility="private")

    def models(self, request: gr.Request) -> gr.Dropdown:
        """The chat models that can answer here; and word for word, without any."""
        project = self.context.project_or_none(request)
        return model_choice.dropdown(self.context.settings, project, self.t("baseline.no_model"))

    def ask(
        self,
        question: str,
        arm: str,
        model: str | None,
        past: list[Exchange],
        documents: list[str] | None,
        language: str | None,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        """The question at once, then the answer piece by piece, then its citations."""
        if not question.strip():
            raise PenalaError("ui_nothing_said")
        try:
            limits = scope(documents, language)
            yield from self._answered(question.strip(), arm, model, past, limits, request)
        except PenalaError:
            yield question, self._talk(past), past  # no bar goes on moving beside the reason
            raise

    def _answered(
        self,
        question: str,
        arm: str,
        model: str | None,
        past: list[Exchange],
        limits: Scope,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        project, now = self.context.project(request), Exchange(question, arm)
        yield "", self._talk([*past, now], self.t("baseline.loading") if model else ""), past
        opened = self.context.models.chat(model) if model else None
        alone, found = question, tuple[Passage, ...]()
        if arm == "rag":
            alone = followup.standalone(question, [e.understood for e in past if e.understood], opened)
            found = self._search(project, alone, limits)
        now = replace(now, understood=alone, read=found)
        for piece in self._pieces(project, alone, opened, arm, found):
            now = (
                self._finished(now, piece)
                if isinstance(piece, Answer)
                else replace(now, text=now.text + piece)
            )
            yield "", self._talk([*past, now]), past
        yield "", self._talk([*past, now]), [*past, now]

    def _search(self, project: Project, question: str, limits: Scope) -> tuple[Passage, ...]:
        embedder = self.context.models.embedder()
        return tuple(search.search(project, question, embedder, calibration.SHOWN, limits))

    def _pieces(
        self, project: Project, question: str, model: ChatModel | None, arm: str, found: tuple[Passage, ...]
    ) -> Iterator[str | Answer]:
        """The answer as it is written, then the whole of it."""
        from assistant.journey import choices

        prompt = choices.question_prompt(project)
        if arm == "rag":
            embedder = self.context.models.embedder()
            limit = calibration.threshold(project, embedder)
            yield from answering.stream(
                Asking(question, found, prompt, model, limit, embedder, self.language)
            )
            return
        if model is None:
            raise PenalaError("ui_no_model")
        if arm == "whole_document":
            read = whole.fitting(project, model, prompt, Decoding())
            yield from answering.stream(
                Asking(question, read, prompt, model, language=self.language, writes=True)
            )
            return
        began, text = time.perf_counter(), ""
        messages = prompt.messages(question)
        for piece in model.stream(messages, Decoding()):
            text += piece
            yield piece
        tokens = model.count(text) + sum(model.count(message.content) for message in messages)
        yield Answer(text.strip(), (), False, 0.0, time.perf_counter() - began, tokens)

    def _finished(self, now: Exchange, answer: Answer) -> Exchange:
        facts = self.t("baseline.took", seconds=answer.seconds, tokens=answer.tokens) if answer.tokens else ""
        return replace(
            now,
            text=answer.text,
            citations=answer.citations,
            refused=answer.refused,
            facts=facts,
            notes=(self.t("baseline.from_memory"),)
            if now.arm == "prompt"
            else tuple(answer.notes(self.language)),
            asked=answer.asked,
            unfounded=tuple((f.start, f.stop) for f in answer.unfounded),
            working=False,
        )

    def clear(self) -> tuple[str, list[Exchange], str]:
        return self._talk([]), [], ""

    def improve(self, past: list[Exchange], event: gr.EventData) -> tuple[Any, ...]:
        """An answer of this talk into the form that puts it right."""
        form = Improving(self.context, self.language)
        return form.open(past[int(event.id)].said) if event.do == improving.DO else form.nothing()

    def open(self, event: gr.EventData, request: gr.Request) -> str:
        """A citation's place in its document, marked, with the text around it."""
        if event.do != "open":
            return ""
        project = self.context.project(request)
        document, start, stop = (int(part) for part in str(event.id).split(":"))
        close = views.action(self.t("baseline.close"), "close", "", "p-quiet")
        return place.shown(project, document, start, stop, f"<div>{close}</div>")

    def _talk(self, said: list[Exchange], working: str = "") -> str:
        if not said:
            return views.empty(self.t("baseline.tab_ask"), self.t("baseline.no_answer"))
        turns = "".join(self._exchange(e, working if e is said[-1] else "", n) for n, e in enumerate(said))
        return f'<div class="p-talk" aria-live="polite">{turns}</div>'

    def _exchange(self, e: Exchange, working: str, number: int) -> str:
        waiting = views.bar(-1.0, working) if e.working and not e.text else ""
        improve = "" if e.working else improving.button(self.language, str(number), e.question)
        places = _numbered(e.citations)
        kind = " p-refused" if e.refused else ""
        notes = "".join(f'<p class="p-caution">⚠ {safe(note)}</p>' for note in e.notes)
        understood = ""
        if e.understood not in ("", e.question):
            understood = (
                f'<p class="p-small">{safe(self.t("baseline.understood", question=e.understood))}</p>'
            )
        return (
            f'<div class="p-asked">{safe(e.question)}</div>{understood}<div class="p-answered{kind}">{waiting}{self._text(e, places)}{notes}'
            f"{self._sources(e, places)}<p class='p-small'>{safe(e.facts)}</p>{improve}</div>"
        )

    def _text(self, e: Exchange, places: dict[tuple[int, int, int], int]) -> str:
        return _marked(e, places, f"<small>⚠ {safe(self.t('baseline.doubt'))}</small>")

    def _sources(self, e: Exchange, places: dict[tuple[int, int, int], int]) -> str:
        """The cited places by number; where nothing is cited, the passages that were read."""
        if places:
            named = {(c.document_id, c.start, c.stop): (c.document, c.page) for c in e.citations}
            chips = [self._chip(place, str(number), *named[place]) for place, number in places.items()]
            return f'<div class="p-cites">{"".join(chips)}</div>{self._also(e, places)}'
        if e.working or not e.read:
            return ""
        chips = [self._chip((p.document_id, p.start, p.stop), "", p.document, p.page) for p in e.read]
        return f'<p class="p-small">{safe(self.t("baseline.read"))}</p><div class="p-cites">{"".join(chips)}</div>'

    def _also(self, e: Exchange, places: dict[tuple[int, int, int], int]) -> str:
        """The other documents that say the same as a cited passage."""
        cited = [p for p in e.read if any(p.covers(*place) for place in places)]
        others = {(a.document_id, a.start, a.stop): a for p in cited for a in p.also}
        chips = "".join(self._chip(where, "", a.document, a.page) for where, a in others.items())
        said = safe(self.t("baseline.also"))
        return f'<p class="p-small">{said}</p><div class="p-cites">{chips}</div>' if chips else ""

    def _chip(self, place: tuple[int, int, int], number: str, document: str, page: int | None) -> str:
        where = f", {self.t('baseline.page', page=page)}" if page else ""
        mark = f"<b>{number}</b> " if number else ""
        id = ":".join(map(str, place))
        return f'<button type="button" class="p-cite" data-do="open" data-id="{id}">{mark}{safe(document + where)}</button>'


def _numbered(citations: tuple[Citation, ...]) -> dict[tuple[int, int, int], int]:
    """A number for each cited place, in the order of the answer."""
    places: dict[tuple[int, int, int], int] = {}
    for c in citations:
        places.setdefault((c.document_id, c.start, c.stop), len(places) + 1)
    return places


def _marked(e: Exchange, places: dict[tuple[int, int, int], int], doubt: str) -> str:
    """The answer's text, inert: a number behind each cited sentence, the thing asked for strong, and `doubt` in words
    behind each figure that no passage vouches for."""
    put = [
        *_spanned("strong", "", e.asked),
        *(tag for f in e.unfounded for tag in _spanned("mark", _DOUBT, f, doubt)),
    ]
    done = 0
    for c in e.citations:
        at = e.text.find(c.claim, done)
        if at >= 0:
            done = at + len(c.claim)
            place = (c.document_id, c.start, c.stop)
            id = ":".join(map(str, place))
            put.append((done, 1, f'<button type="button" class="p-mark" data-do="open" data-id="{id}">{places[place]}</button>'))  # fmt: skip
    html, before = "", 0
    for at, _, tag in sorted(put, key=lambda each: each[:2]):
        html, before = html + safe(e.text[before:at]) + tag, at
    return f'<div class="p-text">{html}{safe(e.text[before:])}</div>' if e.text else ""


def _spanned(
    tag: str, attributes: str, span: tuple[int, int] | None, after: str = ""
) -> list[tuple[int, int, str]]:
    """Where the tags around a span go; at one place a closing tag comes before a citation's number."""
    return [(span[0], 2, f"<{tag}{attributes}>"), (span[1], 0, f"{after}</{tag}>")] if span else []
