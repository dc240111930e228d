"""The decide page: the interview left, the facts and the decision right; in a second tab the cost estimate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.advisor import checklist, written
from assistant.advisor.decision import shown
from assistant.advisor.session import Session, Turn
from assistant.advisor.signals import UNKNOWN, Signal
from assistant.errors import PenalaError
from assistant.journey import choices
from assistant.models import embedding, weights
from assistant.models.values import ChatModel, Embedder
from assistant.ui import decide_view, parts, views
from assistant.ui.decide.estimate_tab import EstimateTab
from assistant.ui.page import Part
from assistant.workspace.project import Project

Messages = list[dict[str, str]]
View = tuple[Messages, str, str, str]

# The form for a fact comes into view with the keyboard in its field; on a phone it opens below what is seen.
_OPENED = """() => setTimeout(() => {
  const form = document.querySelector('.p-editor');
  const field = form?.querySelector('input:not([type=hidden])');
  if (!field || !form.offsetParent) return;
  field.focus({preventScroll: true});
  form.scrollIntoView({block: 'center'});
}, 150)"""


@dataclass(frozen=True)
class Editor:
    """The panel that changes one fact."""

    panel: gr.Column
    signal: gr.Textbox
    head: gr.HTML
    value: gr.Dropdown

    def shown(self) -> list[Any]:
        return [self.panel, self.signal, self.head, self.value]


@dataclass(frozen=True)
class DecidePage(Part):
    def build(self) -> gr.Blocks:
        with self.opened("decide") as page, gr.Tabs():
            with gr.Tab(self.t("decide.tab_interview")):
                self._interview(page)
            with gr.Tab(self.t("decide.tab_estimate")) as tab:
                EstimateTab(self.context, self.language).build(tab)
        return page

    def _interview(self, page: gr.Blocks) -> None:
        t = self.t
        with parts.two_columns():
            with gr.Column(scale=7, min_width=320):
                chat = gr.Chatbot(
                    show_label=False, height=560, buttons=[], feedback_options=None, elem_classes="p-chat",
                    allow_file_downloads=False,
                )  # fmt: skip
                answers = parts.html(clicks=True, classes="p-slot")
                notice = parts.slot()
                said = gr.Textbox(
                    "", label=t("decide.say"), placeholder=t("decide.say_hint"), lines=1, max_lines=6
                )
                with gr.Row(elem_classes="p-buttons"):
                    send = gr.Button(t("decide.send"), variant="primary")
                    back = gr.Button(t("decide.undo"))
                    finish = gr.Button(t("decide.finish"))
            with gr.Column(scale=5, min_width=300):
                with parts.panel():
                    parts.html(views.section(t("decide.facts")))
                    facts = parts.html(clicks=True)
                    shown = [chat, answers, facts]
                    editor = self._editor(shown, card := parts.html(render=False))
                card.render()
        shown = [chat, answers, facts, card]
        self.on(page.load, self.show, [], shown, notice=notice)
        for event in (send.click, said.submit):
            self.on(event, self.say, [said, chat], [said, *shown], notice=notice)
        self.on(answers.click, self.answer, [], shown, notice=notice)
        self.on(back.click, self.undo, [], shown, notice=notice)
        self.on(finish.click, self.finish, [], shown, notice=notice)
        opened = self.on(facts.click, self.edit, [], editor.shown(), notice=notice, right="see")
        opened.then(None, None, None, js=_OPENED, api_visibility="private")

    def _editor(self, shown: Sequence[Any], card: gr.HTML) -> Editor:
        t = self.t
        with gr.Column(visible=False, elem_classes="p-editor") as panel:
            signal = gr.Textbox(visible=False)
            head = parts.html()
            value = gr.Dropdown([], label=t("decide.edit_value"), allow_custom_value=True, interactive=True)
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                save = gr.Button(t("decide.edit_save"), variant="primary", elem_classes="p-save")
                drop = gr.Button(t("decide.edit_drop"))
                cancel = gr.Button(t("decide.edit_cancel"))
        self.on(save.click, self.change, [signal, value], [panel, *shown, card], notice=notice)
        self.on(drop.click, self.drop, [signal], [panel, *shown, card], notice=notice)
        self.on(cancel.click, self.close, [], [panel], notice=notice, right="see")
        return Editor(panel, signal, head, value)

    def show(self, request: gr.Request) -> View:
        """The interview as it stands; the model that reads free text is opened meanwhile."""
        project = self.context.project_or_none(request)
        if project is None:
            return [], "", "", ""
        self.context.open_reader()
        session = self._session(project)
        return self._view(session, session.state())

    def say(self, text: str, chat: Messages, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """One message in the user's own words; it is shown at once, the reply when it is there."""
        if not (text or "").strip():
            raise PenalaError("ui_nothing_said")
        project = self.context.project(request)
        spec = project.get("model") or ""
        listener = self.context.models.chat(spec) if choices.is_remote(spec) else None
        mine = {"role": "user", "content": views.plain(text)}
        yield "", [*chat, mine], gr.skip(), gr.skip(), gr.skip()
        session = self._session(project, self._embedder(), listener)
        yield "", *self._view(session, session.say(text.strip()))

    def answer(self, event: gr.EventData, request: gr.Request) -> View:
        """A button under the question."""
        session = self._session(self.context.project(request))
        asks = session.state().asks
        turn = session.set(asks.signal, event.id) if asks else session.state()
        return self._view(session, turn)

    def undo(self, request: gr.Request) -> View:
        session = self._session(self.context.project(request))
        return self._view(session, session.undo())

    def finish(self, request: gr.Request) -> View:
        """Stop asking and keep the decision as it stands."""
        session = self._session(self.context.project(request))
        return self._view(session, session.end())

    def edit(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """A click on a fact: its answers to choose from."""
        signal = checklist.load().signals[event.id]
        fact = self._session(self.context.project(request)).state().facts.get(signal.name)
        value = "" if fact is None else str(fact.value)
        label = value if fact is None else shown(signal, fact.value, self.language)
        head = views.section(
            self.t("decide.edit", signal=signal.title.say(self.language)), signal.question.say(self.language)
        )
        return (
            gr.Column(visible=True),
            signal.name,
            head,
            gr.Dropdown(self._choices(signal, value, label), value=value),
        )

    def _choices(self, signal: Signal, value: str, label: str) -> list[tuple[str, str]]:
        made = [(answer.label.say(self.language), answer.code) for answer in signal.choices]
        made.append((self.t("decide.do_not_know"), UNKNOWN))
        known = any(code == value for _, code in made)
        return made if known or not value else [(label, value), *made]

    def change(self, signal: str, value: str | None, request: gr.Request) -> tuple[Any, ...]:
        session = self._session(self.context.project(request))
        meant = written.value(value, session.checklist.signals[signal], self.language)
        return gr.Column(visible=False), *self._view(session, session.set(signal, meant))

    def drop(self, signal: str, request: gr.Request) -> tuple[Any, ...]:
        session = self._session(self.context.project(request))
        return gr.Column(visible=False), *self._view(session, session.forget(signal))

    def close(self) -> gr.Column:
        return gr.Column(visible=False)

    def _session(
        self, project: Project, embedder: Embedder | None = None, chat: ChatModel | None = None
    ) -> Session:
        return Session(project, checklist.load(), embedder, self.language, chat=chat)

    def _embedder(self) -> Embedder | None:
        """None where its weights are not here: then only sure signs in the text are understood."""
        here = weights.present(embedding.ID, self.context.settings)
        return self.context.models.embedder() if here else None

    def _view(self, session: Session, turn: Turn) -> View:
        known = session.checklist
        said = [(line.role, line.text) for line in session.history()]
        if not said or said[-1] != ("assistant", turn.reply):
            said.append(("assistant", turn.reply))
        chat = [{"role": role, "content": views.plain(text)} for role, text in said]
        open_signal = known.signals[turn.asks.signal] if turn.asks else None
        card = decide_view.decision_card(
            turn.decision, turn.settled, known, session.project.id, self.language
        )
        return (
            chat,
            decide_view.answers(open_signal, self.language),
            decide_view.facts_panel(turn.facts, known, self.language),
            card,
        )
