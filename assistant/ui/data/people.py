"""Who works on a project: members, roles, invitation links, and what was done."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant import texts
from assistant.errors import PenalaError
from assistant.ui import addresses, parts, views
from assistant.ui.page import Part
from assistant.workspace.accounts import INVITATION
from assistant.workspace.people import ROLES, Role

_SHOWN = 30  # lines of the log


@dataclass(frozen=True)
class People(Part):
    def build(self) -> list[Any]:
        """Lay out inside the open tab; where `show` is shown."""
        t = self.t
        roles = [(t(f"people.role_{role}"), role) for role in ROLES]
        shown = parts.html()
        with gr.Row(equal_height=False, visible=False) as inviting:
            with parts.panel():
                parts.html(
                    views.section(
                        t("people.invite"),
                        t("people.invite_lead", days=INVITATION.days),
                    )
                )
                role = gr.Dropdown(roles, value="expert", label=t("people.role"))
                made = gr.Textbox(label=t("people.link"), interactive=False, visible=False, buttons=["copy"])
                notice = parts.slot()
                invite = gr.Button(t("people.make_link"), variant="primary")
            with parts.panel():
                parts.html(views.section(t("people.change")))
                member = gr.Dropdown([], label=t("people.member"))
                new = gr.Dropdown(roles, value="expert", label=t("people.role"))
                said = parts.slot()
                with gr.Row(elem_classes="p-buttons"):
                    save = gr.Button(t("people.save"))
                    remove = gr.Button(t("people.remove"))
        log = parts.html()
        all_ = [shown, inviting, member, log]
        self.on(invite.click, self.invite, [role], [made], notice=notice)
        self.on(save.click, self.save, [member, new], [said, *all_], notice=said)
        self.on(remove.click, self.remove, [member], [said, *all_], notice=said)
        return all_

    def show(self, request: gr.Request) -> tuple[Any, ...]:
        """Members, whether inviting is offered, whom to change, and the log."""
        project = self.context.project_or_none(request)
        if project is None:
            return "", gr.update(visible=False), gr.update(choices=[]), ""
        if self.context.alone or self.context.settings.space:
            return views.note(self.t("people.alone")), gr.update(visible=False), gr.update(choices=[]), ""
        members = self.context.accounts.members(project.id)
        owner = self.context.may(request, "own", project.id)
        names = [m.name for m in members]
        update = gr.update(choices=names, value=names[0] if names else None)
        return (
            self._members(project.id, owner),
            gr.update(visible=owner),
            update,
            self._log(project.id) if owner else "",
        )

    def _members(self, project: str, owner: bool) -> str:
        t, members = self.t, self.context.accounts.members(project)
        head = views.section(t("people.tab"), t("people.lead"))
        if members:
            cells = [(m.name, t(f"people.role_{m.role}")) for m in members]
            head += views.table([t("people.name"), t("people.role")], cells)
        else:
            head += views.note(t("people.none"))
        head += views.lines(t(f"people.may_{role}") for role in ROLES)
        return head if owner else head + views.note(t("people.owners_only"))

    def _log(self, project: str) -> str:
        deeds = self.context.accounts.deeds(project, _SHOWN)
        if not deeds:
            return ""
        known = texts.keys(self.language)
        lines = [
            self.t(
                "people.did",
                at=d.at[:16].replace("T", " "),
                name=d.name or self.t("people.command"),
                action=known.get(f"ui.deed.{d.action}", d.action),
                detail=known.get(f"ui.people.role_{d.detail}", d.detail),
            )
            for d in deeds
        ]
        return views.section(self.t("people.log")) + views.lines(lines)

    def invite(self, role: Role, request: gr.Request) -> Any:
        """A link that one person can join by."""
        project, person = self.context.project(request), self.context.person(request)
        token = self.context.accounts.invite(project.id, role, by=person.name)
        words = self.t("people.link_made", role=self.t(f"people.role_{role}"))
        return gr.update(value=f"{_server(request)}{addresses.ROOT}/join/{token}", visible=True, info=words)

    def save(self, member: str | None, role: Role, request: gr.Request) -> tuple[Any, ...]:
        said = self.t("people.saved", name=member or "", role=self.t(f"people.role_{role}"))
        return self._set(member, role, said, request)

    def remove(self, member: str | None, request: gr.Request) -> tuple[Any, ...]:
        return self._set(member, None, self.t("people.removed", name=member or ""), request)

    def _set(self, member: str | None, role: Role | None, said: str, request: gr.Request) -> tuple[Any, ...]:
        if not member:
            raise PenalaError("ui_nothing_chosen")
        project, person = self.context.project(request), self.context.person(request)
        self.context.accounts.set_role(project.id, member, role, by=person.name)
        return (views.note(said), *self.show(request))


def _server(request: gr.Request) -> str:
    """The address under which the visitor reached us."""
    origin = request.headers.get("origin")
    return origin or f"http://{request.headers.get('host', 'localhost')}"
