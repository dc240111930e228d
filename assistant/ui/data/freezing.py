"""Splits, frozen versions with what changed between them, and files for tuning services."""

from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant import texts
from assistant.dataset import differences, examples, splits, versions
from assistant.dataset.versions import Version
from assistant.journey import freezing
from assistant.ui import addresses, parts, views
from assistant.ui.data import difference_view
from assistant.ui.data.version_diff import ROWS, VersionDiff
from assistant.ui.page import Part
from assistant.ui.who import person
from assistant.ui.who import shown as called
from assistant.workspace.project import Project


@dataclass(frozen=True)
class Versions(Part):
    def build(self) -> list[Any]:
        """Lay out inside the open tab; where `show` goes."""
        t = self.t
        with gr.Row(equal_height=False):
            with gr.Column(scale=7, min_width=300):
                asked = parts.html(clicks=True, classes="p-slot")
                read = parts.html(clicks=True, classes="p-slot")
                shown = parts.html(clicks=True)
            with gr.Column(scale=5, min_width=300):
                with parts.panel():
                    parts.html(views.section(t("data.freeze_head"), t("data.freeze_lead")))
                    note = gr.Textbox(label=t("data.freeze_note"), max_lines=1)
                    licence = gr.Textbox(
                        label=t("versions.licence"), info=t("versions.licence_why"), max_lines=1
                    )
                    notice = parts.slot()
                    freeze = gr.Button(t("data.freeze"), variant="primary")
                with parts.panel():
                    parts.html(views.section(t("data.split_head"), t("data.split_lead")))
                    seed = gr.Number(0, label=t("data.seed"), precision=0, minimum=0)
                    again = gr.Button(t("data.split_again"))
        compared = VersionDiff(self.context, self.language).build()
        everything = [shown, licence, *compared]
        self.on(
            freeze.click, self.freeze, [note, licence], [note, *everything], notice=notice,
            show_progress="full", show_progress_on=[freeze],
        )  # fmt: skip
        self.on(again.click, self.split, [seed], [shown], notice=notice)
        self.on(shown.click, self.read, [], [read], notice=notice, right="see")
        self.on(read.click, self.leave, [], [read], notice=notice, right="see")
        self.on(shown.click, self.ask, [], [asked], notice=notice, right="see")
        self.on(asked.click, self.restore, [], [asked, *everything], notice=notice)
        return everything

    def show(self, request: gr.Request) -> tuple[Any, ...]:
        """The splits and versions, and the two newest compared."""
        project = self.context.project_or_none(request)
        licence = freezing.licence(project) if project else ""
        return self._shown(request), licence, *VersionDiff(self.context, self.language).show(request)

    def _shown(self, request: gr.Request) -> str:
        project = self.context.project_or_none(request)
        if project is None:
            return ""
        counts = splits.counts(examples.all_examples(project))
        return self._splits(counts) + self._versions(project)

    def freeze(self, note: str, licence: str, request: gr.Request) -> tuple[Any, ...]:
        """Freeze what is in the table now."""
        project, who = self.context.project(request), person(self.context, request)
        freezing.freeze(project, self.context.settings, note.strip(), who, licence)
        return "", *self.show(request)

    def ask(self, event: gr.EventData, request: gr.Request) -> str:
        """What bringing a version back would change, before anything does."""
        if event.do != "restore":
            return ""
        name, t = str(event.id), self.t
        found = versions.restoring(self.context.project(request), name)
        if not found:
            return views.note(t("versions.restore_same", name=name))
        now = views.action(t("versions.restore_now", name=name), "restore", name, "p-button p-main")
        leave = views.action(t("versions.restore_not"), "leave", "", "p-quiet")
        head = views.section(
            t("versions.restore_head", name=name, **differences.counts(found)), t("versions.restore_lead")
        )
        rest = len(found) - ROWS
        more = f'<p class="p-small">{safe(t("page.more", count=rest))}</p>' if rest > 0 else ""
        shown = difference_view.rows(found[:ROWS], self.language) + more
        return f'<div class="p-shown p-card">{head}<div class="p-links">{now}{leave}</div>{shown}</div>'

    def leave(self) -> str:
        return ""

    def read(self, event: gr.EventData, request: gr.Request) -> str:
        """A version's datasheet; its links and pictures stay words."""
        from markdown_it import MarkdownIt

        if event.do != "sheet":
            return ""
        project, name = self.context.project(request), str(event.id)
        inert = (
            MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "link", "autolink"])
        )
        body = inert.render(freezing.sheet(project, name, self.language))
        file = addresses.download("datasheet", project.id, name, self.language)
        links = views.link(self.t("versions.sheet_file"), file) + views.action(
            self.t("baseline.close"), "leave", "", "p-quiet"
        )
        return f'<div class="p-shown p-card p-sheet"><div class="p-links">{links}</div>{body}</div>'

    def restore(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Bring the version back that was asked about."""
        if event.do != "restore":
            return "", *self.show(request)
        name, project = str(event.id), self.context.project(request)
        kept = freezing.restore(project, self.context.settings, name, person(self.context, request))
        said = self.t("versions.restored", name=name, kept=kept.name if kept else "–")
        return views.note(said), *self.show(request)

    def split(self, seed: float | None, request: gr.Request) -> str:
        project = self.context.project(request)
        examples.save(project, splits.again(examples.all_examples(project), int(seed or 0)))
        return self._shown(request)

    def _splits(self, counts: dict[str, int]) -> str:
        total = sum(counts.values())
        if not total:
            return views.empty(self.t("data.none"), self.t("data.none_yet"))
        names = (*examples.SPLITS, "none")
        rows = [
            (self.t(f"data.split_{name}"), views.share(counts.get(name, 0), total, self.language))
            for name in names
        ]
        few = counts.get("test", 0) < splits.FEW_TESTS
        told = self.t("versions.few_tests", count=counts.get("test", 0), folds=splits.FOLDS) if few else ""
        note = f'<p class="p-small">{safe(told)}</p>' if told else ""
        return f'<div class="p-card">{views.section(self.t("data.splits"))}{views.rows(rows)}{note}</div>'

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
            counts = versions.changed(project, version)
            changed = self.t("data.diff", parent=version.parent, **counts)
        when = views.moment(version.at, self.language)
        author = called(self.language, version.author)
        facts = " · ".join(part for part in (when, author, version.note, changed) if part)
        sheet = views.action(self.t("versions.sheet"), "sheet", version.name)
        restore = views.action(self.t("versions.restore"), "restore", version.name)
        out = addresses.page(self.language, "data", project.id, tab="export", version=version.name)
        links = f"{sheet}{restore}{views.link(self.t('data.export'), out)}"
        return (
            f'<div class="p-item"><div><h3>{safe(said)}</h3><p>{safe(facts)}</p></div>'
            f'<div class="p-links">{links}</div></div>'
        )
