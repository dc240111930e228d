"""Splits, frozen versions with what changed between them, and files for tuning services."""

from dataclasses import dataclass
from html import escape as safe

import gradio as gr

from assistant import texts
from assistant.dataset import examples, splits, versions
from assistant.dataset.versions import Version
from assistant.ui import addresses, parts, views
from assistant.ui.page import Part
from assistant.workspace.project import Project

TARGETS = ("openai", "vertex", "jsonl", "csv")


@dataclass(frozen=True)
class Versions(Part):
    def build(self) -> gr.HTML:
        """Lay out inside the open tab; where `show` is shown."""
        t = self.t
        with gr.Row(equal_height=False):
            with gr.Column(scale=7, min_width=300):
                shown = parts.html()
            with gr.Column(scale=5, min_width=300):
                with parts.panel():
                    parts.html(views.section(t("data.freeze_head"), t("data.freeze_lead")))
                    note = gr.Textbox(label=t("data.freeze_note"), max_lines=1)
                    notice = parts.slot()
                    freeze = gr.Button(t("data.freeze"), variant="primary")
                with parts.panel():
                    parts.html(views.section(t("data.split_head"), t("data.split_lead")))
                    seed = gr.Number(0, label=t("data.seed"), precision=0, minimum=0)
                    again = gr.Button(t("data.split_again"))
        self.on(freeze.click, self.freeze, [note], [note, shown], notice=notice)
        self.on(again.click, self.split, [seed], [shown], notice=notice)
        return shown

    def show(self, request: gr.Request) -> str:
        project = self.context.project_or_none(request)
        if project is None:
            return ""
        counts = splits.counts(examples.all_examples(project))
        return self._splits(counts) + self._versions(project)

    def freeze(self, note: str, request: gr.Request) -> tuple[str, str]:
        """Freeze what is in the table now."""
        versions.freeze(self.context.project(request), note.strip())
        return "", self.show(request)

    def split(self, seed: float | None, request: gr.Request) -> str:
        project = self.context.project(request)
        examples.save(project, splits.again(examples.all_examples(project), int(seed or 0)))
        return self.show(request)

    def _splits(self, counts: dict[str, int]) -> str:
        total = sum(counts.values())
        if not total:
            return views.empty(self.t("data.none"), self.t("data.none_lead"))
        names = (*examples.SPLITS, "none")
        rows = [
            (self.t(f"data.split_{name}"), views.share(counts.get(name, 0), total, self.language))
            for name in names
        ]
        return f'<div class="p-card">{views.section(self.t("data.splits"))}{views.rows(rows)}</div>'

    def _versions(self, project: Project) -> str:
        made = versions.all_versions(project)
        if not made:
            return views.empty(self.t("data.no_versions"), self.t("data.no_versions_lead"))
        listed = "".join(self._version(project, version) for version in reversed(made))
        return f'<div class="p-list p-after">{listed}</div>'

    def _version(self, project: Project, version: Version) -> str:
        said = texts.say(self.language, "dataset.frozen", name=version.name, rows=version.rows)
        changed = ""
        if version.parent:
            diff = versions.difference(project, version.parent, version.name)
            counts = {"added": len(diff.added), "removed": len(diff.removed), "changed": len(diff.changed)}
            changed = self.t("data.diff", parent=version.parent, **counts)
        when = views.moment(version.at, self.language)
        facts = " · ".join(part for part in (when, version.note, changed) if part)
        links = " ".join(
            views.link(
                self.t(f"data.target_{target}"),
                addresses.download(f"dataset-{target}", project.id, version.name, self.language),
            )
            for target in TARGETS
        )
        return (
            f'<div class="p-item"><div><h3>{safe(said)}</h3><p>{safe(facts)}</p></div>'
            f'<div class="p-wide p-links"><span class="p-small">{safe(self.t("data.download"))}</span> {links}</div></div>'
        )
