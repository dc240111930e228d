"""The project's documents: a place to drop files and folders, and a list with each one's state and reason."""

from dataclasses import dataclass
from functools import partial
from html import escape as safe
from pathlib import Path

import gradio as gr

from assistant import jobs, texts
from assistant.errors import PenalaError
from assistant.retrieval import index
from assistant.retrieval.loaders import SUFFIXES, known_suffixes
from assistant.retrieval.store import Document
from assistant.ui import folders, parts, views
from assistant.ui.background import Action, Report
from assistant.ui.page import Part
from assistant.workspace.project import Project

_MOST = 1000  # files at once; Gradio takes no more in one upload
View = tuple[str, str, gr.Timer]


@dataclass(frozen=True)
class Documents(Part):
    def build(self, page: gr.Blocks) -> None:
        """Lay out inside the open column."""
        t = self.t
        parts.html(views.section(t("baseline.documents"), t("baseline.documents_lead")))
        drop = gr.File(
            label=t("baseline.drop"), show_label=False, file_count="multiple", file_types=list(SUFFIXES), height=130,
            elem_classes="p-drop",
        )  # fmt: skip
        folder = folders.chooser(t("baseline.choose_folder"), ".p-drop", SUFFIXES, _MOST + 1)
        notice, left = parts.slot(), parts.slot()
        progress = parts.html(classes="p-slot")
        listed = parts.html(clicks=True)
        timer = gr.Timer(1, active=False)
        shown = [progress, listed, timer]
        for event in (page.load, timer.tick):
            self.on(event, self.show, [], shown, notice=parts.slot(), right="see")
        self.on(drop.upload, self.add, [drop], [drop, *shown], notice=notice)
        self.on(folder.click, self.given, [], [left], notice=notice)
        self.on(listed.click, self.act, [], shown, notice=notice)

    def show(self, request: gr.Request) -> View:
        """What is under way, the list, and the timer that runs while something is under way."""
        project = self.context.project_or_none(request)
        if project is None:
            return "", "", gr.Timer(active=False)
        progress, busy = self._progress(project)
        return progress, self._list(project), gr.Timer(active=busy)

    def add(self, paths: list[str] | None, request: gr.Request) -> tuple[None, str, str, gr.Timer]:
        """Index what was dropped, in a process of its own; the drop zone is free again at once."""
        from assistant.journey import documents

        if not paths:
            raise PenalaError("ui_no_file")
        if len(paths) > _MOST:
            raise PenalaError("ui_too_many_files", count=len(paths), limit=_MOST)
        documents.start(self.context.project(request), [Path(path) for path in paths])
        return (None, *self.show(request))

    def given(self, event: gr.EventData) -> str:
        """How many files of a chosen folder are left out because they are no documents.

        Raises PenalaError("ui_folder_empty") where none is one."""
        if event.do == "empty":
            raise PenalaError("ui_folder_empty", known=known_suffixes())
        count = int(event.id)
        return views.note(self.t("baseline.left_out", count=count)) if count else ""

    def act(self, event: gr.EventData, request: gr.Request) -> View:
        project, document = self.context.project(request), int(event.id)
        if event.do == "remove":
            index.remove(project, document)
            self._behind(project, partial(self._calibrate, project))
        elif event.do == "retry":
            self._behind(project, partial(self._retry, project, document))
        return self.show(request)

    def _behind(self, project: Project, action: Action) -> None:
        self.context.background.start(f"index:{project.id}", action)

    def _calibrate(self, project: Project, report: Report) -> None:
        index.calibrate(project, self.context.models.embedder(), report)

    def _retry(self, project: Project, document: int, report: Report) -> None:
        index.retry(project, document, self.context.models.embedder(), report)

    def _progress(self, project: Project) -> tuple[str, bool]:
        """The newest indexing job or retry: a bar while it runs, its end in a sentence where that matters."""
        from assistant.journey import documents

        work = self.context.background.of(f"index:{project.id}")
        if work and work.running:
            return views.bar(work.share, self._stage(work.stage)), True
        job = documents.newest(project)
        if job is None:
            return "", False
        state = job.state()
        if state == "running":
            return self._bar(job), True
        if state in ("failed", "interrupted"):
            return views.note(self._ended(job, state)), False
        return "", False

    def _bar(self, job: jobs.Job) -> str:
        last = job.last("progress") or {}
        done, total, stage = int(last.get("done", 0)), int(last.get("total", 0)), str(last.get("stage", ""))
        words = self._stage(stage)
        count = (
            f" {texts.number(self.language, done)} / {texts.number(self.language, total)}" if total else ""
        )
        return views.bar(done / total if total else -1.0, words + count)

    def _stage(self, stage: str) -> str:
        return texts.keys(self.language).get(f"retrieval.stage.{stage}", self.t("baseline.indexing"))

    def _ended(self, job: jobs.Job, state: str) -> str:
        failed = job.last("failed")
        if state == "failed" and failed:
            return str(PenalaError(failed["code"], **failed["values"]).say(self.language))
        return self.t("baseline.interrupted")

    def _list(self, project: Project) -> str:
        """What needs attention first; each with its state, and its reason or note."""
        found = index.documents(project)
        if not found:
            return views.empty(self.t("baseline.no_documents"), self.t("baseline.no_documents_lead"))
        ready = sum(d.status == "ready" for d in found)
        noted = sum(d.status == "ready" and d.problem is not None for d in found)
        counts = self.t("baseline.documents_count", ready=ready, failed=len(found) - ready, noted=noted)
        ordered = sorted(found, key=lambda d: (d.status == "ready", d.problem is None))
        items = "".join(self._document(d) for d in ordered)
        return f'<p class="p-small p-counts">{safe(counts)}</p><div class="p-list p-documents">{items}</div>'

    def _document(self, d: Document) -> str:
        t = self.t
        ready = d.status == "ready"
        facts = (
            f"<p>{safe(t('baseline.document_facts', pages=d.pages, chunks=d.chunks))}</p>" if ready else ""
        )
        why = "" if d.problem is None else str(d.problem.say(self.language))
        if why:
            why = f'<p class="p-caution">{safe(why)}</p>' if ready else f"<p>{safe(why)}</p>"
        retry = views.action(t("baseline.retry"), "retry", str(d.id)) if not ready and d.kept else ""
        remove = views.action(
            t("baseline.remove"), "remove", str(d.id), "p-quiet", t("baseline.remove_named", name=d.name)
        )
        return (
            f'<div class="p-item"><div><h3>{safe(d.name)}</h3>{facts}{why}</div><div>{self._state(d)}</div>'
            f'<div class="p-wide p-links">{retry}{remove}</div></div>'
        )

    def _state(self, d: Document) -> str:
        """Its state as a mark: failed, ready, or ready with a warning."""
        if d.status == "failed":
            return views.tag(self.t("baseline.status_failed"), "p-bad")
        if d.problem is None:
            return views.tag(self.t("baseline.status_ready"), "p-good")
        orders = d.problem.code == "document_suspicious"
        return views.tag(self.t("baseline.status_orders" if orders else "baseline.status_noted"), "p-warn")
