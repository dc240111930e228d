"""The form for experts: one example after another from the keyboard, with the passage it rests on, and one's own list."""

from dataclasses import dataclass, replace
from html import escape as safe
from typing import Any

import gradio as gr

from assistant.dataset import examples
from assistant.dataset.examples import Example, Filter, Place, Step
from assistant.errors import PenalaError
from assistant.journey import contributing
from assistant.ui import addresses, parts, views
from assistant.ui.page import Part
from assistant.ui.who import person
from assistant.workspace.project import Project

TAB = "write"  # the address's word for this tab
_LISTED = 20
_SHORT = 280  # letters of a passage shown before it is picked
_NEXT = """() => setTimeout(() => {
  if (!document.querySelector('.p-collect .p-blocks')) document.querySelector('.p-collect textarea')?.focus();
}, 60)"""


@dataclass(frozen=True)
class Form:
    """The fields of the one example that is written; `id` is empty for a new one, `place` the passage picked."""

    id: gr.Textbox
    input: gr.Textbox
    output: gr.Textbox
    tags: gr.Textbox
    note: gr.Textbox
    place: gr.State
    picked: gr.HTML
    head: gr.HTML

    def fields(self) -> list[Any]:
        return [self.id, self.input, self.output, self.tags, self.note, self.place]

    def shown(self) -> list[Any]:
        return [*self.fields(), self.picked, self.head]


@dataclass(frozen=True)
class Collecting(Part):
    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open tab."""
        step: gr.State = gr.State(None)
        with gr.Row(equal_height=False, elem_classes="p-split"):
            with gr.Column(scale=7, min_width=300):
                form, notice, save = self._form()
            with gr.Column(scale=5, min_width=300):
                own = parts.html(clicks=True)
        saved = self.on(
            save.click, self.save, form.fields(), [*form.shown(), step, own], notice=notice, right="write"
        )
        saved.then(None, None, None, js=_NEXT, api_visibility="private")
        self.on(page.load, self.show, [], [own], notice=notice)
        chosen = self.on(
            own.click,
            self.act,
            [step, *form.fields()],
            [*form.shown(), step, own],
            notice=notice,
            right="write",
        )
        chosen.then(None, None, None, js=_NEXT, api_visibility="private")

    def _form(self) -> tuple[Form, gr.HTML, gr.Button]:
        t = self.t
        with parts.panel(), gr.Column(elem_classes="p-collect"):
            id = gr.Textbox(visible=False)
            head = parts.html(self._head(""))
            text = gr.Textbox(label=t("collect.input"), info=t("collect.input_why"), lines=4, max_lines=14)
            answer = gr.Textbox(
                label=t("collect.output"), info=t("collect.output_why"), lines=5, max_lines=18
            )
            with gr.Row():
                tags = gr.Textbox(
                    label=t("collect.tags"), info=t("collect.tags_why"), max_lines=1, min_width=220
                )
                note = gr.Textbox(
                    label=t("collect.note"), info=t("collect.note_why"), max_lines=2, min_width=220
                )
            place: gr.State = gr.State(None)
            picked = self._passage(place)
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                save = gr.Button(t("collect.save"), variant="primary", elem_classes="p-save")
                clear = gr.Button(t("collect.clear"))
        form = Form(id, text, answer, tags, note, place, picked, head)
        self.on(clear.click, self.clear, [], form.shown(), notice=notice, right="write")
        return form, notice, save

    def _passage(self, place: gr.State) -> gr.HTML:
        """Search, results, and what was picked."""
        t = self.t
        found: gr.State = gr.State([])
        picked = parts.html(clicks=True, classes="p-slot")
        query = gr.Textbox(
            label=t("collect.passage"), info=t("collect.passage_why"), placeholder=t("collect.passage_hint"),
            max_lines=1,
        )  # fmt: skip
        notice = parts.slot()
        results = parts.html(clicks=True, classes="p-slot")
        self.on(query.submit, self.search, [query], [found, results], notice=notice, right="write")
        self.on(
            results.click, self.pick, [found], [place, picked, found, results], notice=notice, right="write"
        )
        self.on(picked.click, self.unpick, [], [place, picked], notice=notice, right="write")
        return picked

    def show(self, request: gr.Request) -> str:
        """What this person has added, the newest first."""
        project = self.context.project_or_none(request)
        return self._own(project, person(self.context, request), None) if project else ""

    def search(self, query: str, request: gr.Request) -> tuple[list[tuple[Place, str]], str]:
        if not query.strip():
            return [], ""
        project = self.context.project(request)
        passages = contributing.passages(project, query, self.context.models.embedder())
        if not passages:
            return [], views.note(self.t("collect.no_passage"))
        found = [(contributing.place(p), p.text) for p in passages]
        listed = "".join(self._result(n, place, text) for n, (place, text) in enumerate(found))
        return found, f'<div class="p-shown p-list" role="listbox">{listed}</div>'

    def pick(
        self, found: list[tuple[Place, str]], event: gr.EventData
    ) -> tuple[Place, str, list[tuple[Place, str]], str]:
        """The passage clicked on; the results go."""
        place, text = found[int(event.id)]
        return place, self._picked(place, text), [], ""

    def unpick(self) -> tuple[None, str]:
        return None, ""

    def clear(self) -> tuple[Any, ...]:
        return self._fill(None)

    def save(
        self, id: str, text: str, answer: str, tags: str, note: str, place: Place | None, request: gr.Request
    ) -> tuple[Any, ...]:
        """Keep what is written, empty the form for the next, and show it in one's own list."""
        project, who = self.context.project(request), person(self.context, request)
        if id:
            step = self._change(project, self._mine(project, id, who), text, answer, tags, note, place)
        else:
            made = contributing.write(project, who, text, answer, note, examples.tags_of(tags), place)
            step = Step(None, made)
        return (*self._fill(None), step, self._own(project, who, step))

    def _change(
        self,
        project: Project,
        known: Example,
        text: str,
        answer: str,
        tags: str,
        note: str,
        place: Place | None,
    ) -> Step:
        if not text.strip() or not answer.strip():
            raise PenalaError("example_incomplete")
        old = known.place.passage if known.place else ""
        source = (place.passage if place else "") if known.source == old else known.source
        made = replace(
            known, input=text.strip(), output=answer.strip(), tags=examples.tags_of(tags), note=note.strip(),
            place=place, source=source,
        )  # fmt: skip
        return Step(known, examples.change(project, known, lambda _: made))

    def act(
        self, step: Step | None, id: str, text: str, answer: str, tags: str, note: str, place: Place | None,
        event: gr.EventData, request: gr.Request,
    ) -> tuple[Any, ...]:  # fmt: skip
        """A button in one's own list: an example back into the form, deleted, or the last step undone."""
        project, who = self.context.project(request), person(self.context, request)
        kept = (id, text, answer, tags, note, place, self._known(project, place), self._head(id))
        if event.do == "edit":
            return (
                *self._fill(self._mine(project, str(event.id), who), project),
                step,
                self._own(project, who, step),
            )
        if event.do == "delete":
            known = self._mine(project, str(event.id), who)
            examples.delete(project, [known.id])
            step = Step(known, None)
        elif event.do == "undo" and step:
            examples.undo(project, step)
            step = None
        filled = self._fill(None) if event.do == "delete" and id == str(event.id) else kept
        return (*filled, step, self._own(project, who, step))

    def _mine(self, project: Project, id: str, who: str) -> Example:
        """Raises PenalaError("example_not_yours") for what someone else added, or nobody."""
        known = examples.find(project, id)
        if known is None or known.author != who:
            raise PenalaError("example_not_yours", id=id)
        return known

    def _fill(self, e: Example | None, project: Project | None = None) -> tuple[Any, ...]:
        if e is None or project is None:
            return "", "", "", "", "", None, "", self._head("")
        place = e.place
        return (
            e.id, e.input, e.output, ", ".join(e.tags), e.note, place, self._known(project, place), self._head(e.id),
        )  # fmt: skip

    def _head(self, id: str) -> str:
        if id:
            return views.section(self.t("collect.edit_head", id=id), self.t("collect.edit_lead"))
        return views.section(self.t("collect.head"), self.t("collect.lead"))

    def _known(self, project: Project, place: Place | None) -> str:
        """A passage picked before; its text as the document has it now."""
        if place is None or not place.document:
            return ""
        return self._picked(place, contributing.quoted(project, place))

    def _picked(self, place: Place, text: str) -> str:
        drop = views.action(self.t("collect.unpick"), "unpick", "")
        return (
            f'<div class="p-shown p-item"><div><h3>{safe(place.document)}</h3><p>{safe(_short(text))}</p></div>'
            f"<div>{drop}</div></div>"
        )

    def _result(self, number: int, place: Place, text: str) -> str:
        pick = views.action(self.t("collect.pick"), "pick", str(number), label=self.t("collect.pick_named", name=place.document))  # fmt: skip
        return (
            f'<div class="p-item"><div><h3>{safe(place.document)}</h3><p>{safe(_short(text))}</p></div>'
            f"<div>{pick}</div></div>"
        )

    def _own(self, project: Project, who: str, step: Step | None) -> str:
        """One's own list, with what was just done and the way back above it."""
        mine, total = examples.page(project, 0, _LISTED, Filter(status="", author=who), newest=True)
        head = views.section(self.t("collect.own", count=total), self.t("collect.own_lead") if mine else "")
        rest = total - len(mine)
        more = f'<p class="p-small">{safe(self.t("page.more", count=rest))}</p>' if rest > 0 else ""
        body = (
            f'<div class="p-list p-after">{"".join(map(self._item, mine))}</div>{more}'
            if mine
            else views.empty(self.t("collect.none"), self.t("collect.none_lead"))
        )
        return head + self._done(step) + body + self._address(project)

    def _done(self, step: Step | None) -> str:
        if step is None:
            return ""
        one = step.after or step.before
        done = "added" if not step.before else "changed" if step.after else "deleted"
        said = self.t(f"collect.{done}", id=one.id if one else "")
        undo = views.action(self.t("data.undo"), "undo", "")
        return f'<div class="p-shown p-notice" role="status">{safe(said)} {undo}</div>'

    def _item(self, e: Example) -> str:
        edit = views.action(self.t("collect.edit"), "edit", e.id, label=self.t("collect.edit_named", id=e.id))
        gone = views.action(
            self.t("data.delete"), "delete", e.id, "p-quiet", self.t("collect.delete_named", id=e.id)
        )
        tags = "".join(views.tag(tag) + " " for tag in e.tags)
        source = f" · {e.place.document}" if e.place and e.place.document else ""
        status = "" if e.status == "accepted" else " · " + self.t(f"collect.status_{e.status}")
        return (
            f'<div class="p-item"><div><h3>{safe(_short(e.input))}</h3><p>{safe(_short(e.output))}</p>'
            f'<p class="p-small">{tags}{safe(e.id + source + status)}</p></div><div class="p-links">{edit}{gone}</div></div>'
        )

    def _address(self, project: Project) -> str:
        """Where a contributor comes straight to this form."""
        path = addresses.page(self.language, "data", project.id, tab=TAB)
        said = safe(self.t("collect.address"))
        return f'<p class="p-small p-after">{said} {views.link(path, path)}</p>'


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1].rstrip() + "…"
