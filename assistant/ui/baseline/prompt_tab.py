"""The project's prompts: the one in use, earlier versions, and the team's own prompt as the one to beat."""

from dataclasses import dataclass
from html import escape as safe

import gradio as gr

from assistant.retrieval import prompts
from assistant.retrieval.prompts import KINDS, PromptVersion
from assistant.ui import parts, views
from assistant.ui.page import Part


@dataclass(frozen=True)
class PromptTab(Part):
    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open tab."""
        t = self.t
        kinds = [(t(f"baseline.kind_{kind}"), kind) for kind in KINDS]
        with parts.panel():
            parts.html(views.section(t("baseline.prompt_head"), t("baseline.prompt_lead")))
            kind = gr.Radio(kinds, value=KINDS[0], label=t("baseline.prompt_for"))
            body = gr.Textbox("", label=t("baseline.prompt_body"), lines=8, max_lines=20)
            note = gr.Textbox("", label=t("baseline.prompt_note"), max_lines=1)
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                keep = gr.Button(t("baseline.prompt_keep"), variant="primary", elem_classes="p-save")
        listed = parts.html(clicks=True)
        self.on(page.load, self.show, [kind], [body, listed], notice=notice)
        self.on(kind.change, self.show, [kind], [body, listed], notice=notice)
        self.on(keep.click, self.keep, [kind, body, note], [body, listed, note], notice=notice)
        self.on(listed.click, self.use, [kind], [body], notice=notice)

    def show(self, kind: str, request: gr.Request) -> tuple[str, str]:
        """The newest prompt to edit, and all versions."""
        from assistant.journey import choices

        project = self.context.project_or_none(request)
        if project is None:
            return "", ""
        now = choices.task_prompt(project) if kind == "task" else choices.question_prompt(project)
        return now.instructions, self._versions(prompts.versions(project, kind))

    def keep(self, kind: str, body: str, note: str, request: gr.Request) -> tuple[str, str, str]:
        """The text as the next version; the first one kept is the prompt to beat."""
        from assistant.journey import choices

        project = self.context.project(request)
        prompts.add(project, kind, choices.prompt_of(project, body, kind), note.strip())
        return (*self.show(kind, request), "")

    def use(self, kind: str, event: gr.EventData, request: gr.Request) -> str:
        """An earlier version's text back into the field; it counts once it is kept."""
        found = prompts.versions(self.context.project(request), kind)
        return next((v.prompt.instructions for v in found if str(v.version) == event.id), "")

    def _versions(self, found: list[PromptVersion]) -> str:
        if not found:
            return views.empty(self.t("baseline.no_prompts"), self.t("baseline.no_prompts_lead"))
        return f'<div class="p-list">{"".join(self._version(v) for v in reversed(found))}</div>'

    def _version(self, v: PromptVersion) -> str:
        title = (
            self.t("baseline.prompt_own")
            if v.version == 0
            else self.t("baseline.prompt_version", number=v.version)
        )
        facts = " · ".join(part for part in (views.moment(v.at, self.language), v.note) if part)
        use = views.action(self.t("baseline.prompt_use"), "use", str(v.version))
        return (
            f'<div class="p-item"><div><h3>{safe(title)}</h3><p>{safe(facts)}</p></div><div>{use}</div>'
            f'<pre class="p-wide p-pre">{safe(v.prompt.instructions)}</pre></div>'
        )
