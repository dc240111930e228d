"""The head of every page: project, the five steps with a state each, language and settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape as safe
from typing import Literal

import gradio as gr

from assistant.settings import LANGUAGES
from assistant.ui import addresses, parts
from assistant.ui.context import Context, Say, speaker
from assistant.workspace.overview import Overview, overview
from assistant.workspace.people import ALONE

State = Literal["todo", "doing", "done", "attention"]
_MARKS: dict[State, str] = {"todo": "", "doing": "•", "done": "✓", "attention": "!"}
_FORK = (
    '<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round"><path d="M8 3v7a4 4 0 0 0 8 0V3M12 14v7"/></svg>'
)
_GEAR = (
    '<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" '
    'stroke-width="1.8" stroke-linecap="round"><path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/>'
    '<circle cx="9" cy="17" r="2"/></svg>'
)
_DOOR = (
    '<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" fill="none" stroke="currentColor" '
    'stroke-width="1.8" stroke-linecap="round"><path d="M14 4H6v16h8M11 12h9M17 8.5 20.5 12 17 15.5"/></svg>'
)


@dataclass(frozen=True)
class Header:
    """The header of one page in one language."""

    context: Context
    language: str
    page: str

    def build(self, blocks: gr.Blocks) -> gr.HTML:
        """Lay it out inside the open `blocks` and fill it when the page is opened."""
        header = parts.html(self.html(None), classes="p-header")
        blocks.load(
            self.show, None, header, api_visibility="private", show_progress="hidden", concurrency_limit=None
        )
        return header

    def show(self, request: gr.Request) -> str:
        project = self.context.project_or_none(request)
        person = self.context.person(request)
        name = "" if person is ALONE else person.name
        return self.html(overview(project) if project else None, project.id if project else "", name)

    def html(self, seen: Overview | None, project: str = "", person: str = "") -> str:
        t = speaker(self.language)
        return (
            f'<header class="p-top">{self._brand(t)}{self._project(t, seen, project)}'
            f"<nav class='p-tools'>{self._languages(project)}{self._settings(t, project)}{self._leave(t, person)}</nav></header>"
            + (self._path(t, step_states(seen), project) if seen else "")
        )

    def _brand(self, t: Say) -> str:
        home = addresses.page(self.language, "home")
        return f'<a class="p-brand" href="{home}" title="{safe(t("header.home"))}">{_FORK}<b>Penala</b></a>'

    def _project(self, t: Say, seen: Overview | None, project: str) -> str:
        if not seen:
            return '<span class="p-grow"></span>'
        home = addresses.page(self.language, "home")
        return (
            f'<a class="p-project p-grow" href="{home}" title="{safe(t("header.switch_project"))}">'
            f"<span>{safe(seen.name)}</span><small>{safe(t('header.switch'))}</small></a>"
        )

    def _languages(self, project: str) -> str:
        links = [
            f'<a href="{safe(addresses.page(code, self.page, project))}" lang="{code}" hreflang="{code}"'
            f"{_current(code == self.language)}>{code.upper()}</a>"
            for code in LANGUAGES
        ]
        return f'<span class="p-lang">{"".join(links)}</span>'

    def _settings(self, t: Say, project: str) -> str:
        words = safe(t("header.settings"))
        address = safe(addresses.page(self.language, "settings", project))
        current = _current(self.page == "settings")
        return f'<a class="p-gear" href="{address}" title="{words}" aria-label="{words}"{current}>{_GEAR}</a>'

    def _leave(self, t: Say, person: str) -> str:
        """Who is logged in, as the button that logs out."""
        if not person:
            return ""
        words = safe(t("header.log_out", name=person))
        return (
            f'<form class="p-leave" method="post" action="{addresses.ROOT}/logout"><button title="{words}" aria-label="{words}">'
            f"<span>{safe(person)}</span>{_DOOR}</button></form>"
        )

    def _path(self, t: Say, states: Mapping[str, State], project: str) -> str:
        items = [
            self._step(t, number, name, states[name], project)
            for number, name in enumerate(addresses.STEPS, 1)
        ]
        return f'<nav class="p-path" aria-label="{safe(t("header.steps"))}"><ol>{"".join(items)}</ol></nav>'

    def _step(self, t: Say, number: int, name: str, state: State, project: str) -> str:
        here = name == self.page
        words = t(f"header.state_{state}")
        return (
            f'<li class="p-{state}{" p-here" if here else ""}"><a href="{safe(addresses.page(self.language, name, project))}"'
            f'{_current(here)} title="{safe(words)}"><i>{_MARKS[state] or number}</i>'
            f'<span>{safe(t(f"step.{name}"))}</span><span class="p-aside">{safe(words)}</span></a></li>'
        )


def _current(yes: bool) -> str:
    return ' aria-current="page"' if yes else ""


def step_states(seen: Overview) -> dict[str, State]:
    """How far each step is, from what the project holds."""
    return {
        "decide": _state(done=bool(seen.approach), begun=seen.facts > 0),
        "baseline": "attention" if seen.documents_failed else _state(done=seen.documents > 0),
        "data": _state(done=seen.versions > 0, begun=seen.examples > 0),
        "tune": _state(done=seen.adapters > 0, begun=seen.runs > 0),
        "compare": _state(done=seen.comparisons > 0),
    }


def _state(done: bool, begun: bool = False) -> State:
    return "done" if done else "doing" if begun else "todo"
