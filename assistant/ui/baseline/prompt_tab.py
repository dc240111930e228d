"""The project's prompts: the one in use, earlier versions, and the team's own prompt as the one to beat."""

from dataclasses import dataclass
from html import escape as safe

import gradio as gr

from assistant.models.prompt import Prompt
from assistant.retrieval import prompts
from assistant.retrieval.prompts import KINDS, MOST_EXAMPLES, PromptVersion
from assistant.ui import parts, views
from assistant.ui.baseline.prompts_compared import PromptsCompared
from assistant.ui.page import Part

_KINDS = tuple(reversed(KINDS))  # this page is about documents first


@dataclass(frozen=True)
class PromptTab(Part):
    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open tab."""
        t = self.t
        kinds = [(t(f"baseline.kind_{kind}"), kind) for kind in _KINDS]
        with parts.panel():
            parts.html(views.section(t("baseline.prompt_head"), t("baseline.prompt_lead")))
            kind = gr.Radio(kinds, value=_KINDS[0], label=t("baseline.prompt_for"))
            body = gr.Textbox("", label=t("baseline.prompt_body"), lines=8, max_lines=20)
            with gr.Accordion(t("baseline.prompt_more"), open=False):
                system = gr.Textbox(
                    "", label=t("baseline.prompt_system"), info=t("baseline.prompt_system_why"), lines=2
                )
                shown = gr.Number(
                    0, label=t("baseline.prompt_examples"), info=t("baseline.prompt_examples_why"), precision=0,
                    minimum=0, maximum=MOST_EXAMPLES,
                )  # fmt: skip
                schema = gr.Textbox(
                    "",
                    label=t("baseline.prompt_schema"),
                    info=t("baseline.prompt_schema_why"),
                    lines=3,
                    max_lines=20,
                )
            note = gr.Textbox("", label=t("baseline.prompt_note"), max_lines=1)
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                keep = gr.Button(t("baseline.prompt_keep"), variant="primary", elem_classes="p-save")
        listed = parts.html(clicks=True)
        fields = [body, system, shown, schema]
        loaded = self.on(page.load, self.show, [kind], [*fields, listed], notice=notice)
        changed = self.on(kind.change, self.show, [kind], [*fields, listed], notice=notice, right="see")
        kept = self.on(keep.click, self.keep, [kind, *fields, note], [*fields, listed, note], notice=notice)
        self.on(listed.click, self.use, [kind], fields, notice=notice)
        PromptsCompared(self.context, self.language).build(page, kind, [loaded, changed, kept])

    def show(self, kind: str, request: gr.Request) -> tuple[str, str, int, str, str]:
        """The newest prompt to edit, and all versions."""
        from assistant.journey import choices

        project = self.context.project_or_none(request)
        if project is None:
            return "", "", 0, "", ""
        now = choices.task_prompt(project) if kind == "task" else choices.question_prompt(project)
        return *_fields(now), self._versions(prompts.versions(project, kind))

    def keep(
        self,
        kind: str,
        body: str,
        system: str,
        shown: float | None,
        schema: str,
        note: str,
        request: gr.Request,
    ) -> tuple[str, str, int, str, str, str]:
        """The text as the next version; the first one kept is the prompt to beat."""
        from assistant.journey import choices

        project = self.context.project(request)
        prompts.add(
            project,
            kind,
            choices.prompt_of(project, body, kind, system, schema, int(shown or 0)),
            note.strip(),
        )
        return (*self.show(kind, request), "")

    def use(self, kind: str, event: gr.EventData, request: gr.Request) -> tuple[str, str, int, str]:
        """An earlier version back into the fields; it counts once it is kept."""
        return _fields(prompts.version(self.context.project(request), kind, int(event.id)).prompt)

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
        p = v.prompt
        shown = self.t("baseline.prompt_shows", count=p.examples) if p.examples else ""
        facts = " · ".join(part for part in (views.moment(v.at, self.language), shown, v.note) if part)
        text = "\n\n".join(part for part in (p.system, p.instructions, p.schema) if part)
        use = views.action(self.t("baseline.prompt_use"), "use", str(v.version))
        return (
            f'<div class="p-item"><div><h3>{safe(title)}</h3><p>{safe(facts)}</p></div><div>{use}</div>'
            f'<pre class="p-wide p-pre">{safe(text)}</pre></div>'
        )


def _fields(p: Prompt) -> tuple[str, str, int, str]:
    """Instructions, system, number of examples, schema, as the form has them."""
    return p.instructions, p.system, p.examples, p.schema
