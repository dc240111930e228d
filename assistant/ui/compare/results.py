"""The finished comparisons: pick one, read its verdict, its numbers and its cases, take its report along."""

from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant import texts
from assistant.evaluation import judging, robustness, slices, voting
from assistant.evaluation.comparing import Comparison
from assistant.jobs import Job
from assistant.journey import forgetting
from assistant.journey.contributing import Said
from assistant.settings import LANGUAGES
from assistant.ui import addresses, improving, parts, views
from assistant.ui.compare import details_view, job_view, results_view
from assistant.ui.compare.starting import Started
from assistant.ui.improving import Improving
from assistant.ui.page import Part
from assistant.workspace.project import Project

_ORDERS = ("worst", "changed", "order")


@dataclass(frozen=True)
class Head:
    """Which comparison is open, and its verdict."""

    which: gr.Dropdown
    verdict: gr.HTML
    notice: gr.HTML
    count: gr.State  # of finished comparisons that the page knows


@dataclass(frozen=True)
class Results(Part):
    def head(self) -> Head:
        """What stands above the form."""
        t = self.t
        which = gr.Dropdown(
            [], label=t("compare.which"), interactive=True, visible=False, elem_classes="p-which"
        )
        verdict = parts.html(views.empty(t("compare.none"), t("compare.none_lead")))
        return Head(which, verdict, parts.slot(), gr.State(0))

    def build(self, page: gr.Blocks, head: Head, started: Started) -> None:
        """Lay out the numbers, the cases and the report as tabs inside the open gr.Tabs, and nothing else there:
        Gradio counts every child of gr.Tabs as a tab."""
        t = self.t
        notice, count = head.notice, head.count
        with gr.Tab(t("compare.tab_numbers")):
            numbers = parts.html(views.empty(t("compare.tab_numbers"), t("compare.no_numbers")))
        with gr.Tab(t("compare.tab_cases")):
            case = self._cases(head.which, notice)
        with gr.Tab(t("compare.tab_report")):
            report = parts.html(views.empty(t("compare.tab_report"), t("compare.no_report")))
        shown = [head.verdict, numbers, report]
        listed = [head.which, started.form, count, *shown]
        for event in (page.load, *(change.then for change in started.changes)):
            self.on(event, self.list, [count], listed, notice=notice, right="see")
        self.on(head.which.input, self.show, [head.which], shown, notice=notice, right="see")
        self.on(head.which.change, self.case, [head.which, case[0]], case[1:], notice=notice, right="see")

    def _cases(self, which: gr.Dropdown, notice: gr.HTML) -> list[Any]:
        t = self.t
        with gr.Row(elem_classes="p-filters"):
            by = gr.Radio(
                [(t(f"compare.by_{name}"), name) for name in _ORDERS], value="worst", label=t("compare.by")
            )
        place = gr.Number(0, visible=False, precision=0)
        shown = parts.html(clicks=True)
        form = Improving(self.context, self.language)
        form.listen(shown, self.improve, [which, by, place], form.build())
        with gr.Row(elem_classes="p-buttons"):
            back, forth = gr.Button(t("compare.previous")), gr.Button(t("compare.next"))
        self.on(by.change, self.case, [which, by], [place, shown], notice=notice, right="see")
        self.on(back.click, self.back, [which, by, place], [place, shown], notice=notice, right="see")
        self.on(forth.click, self.forth, [which, by, place], [place, shown], notice=notice, right="see")
        return [by, place, shown]

    def list(self, count: int, request: gr.Request) -> tuple[Any, ...]:
        """The finished comparisons, the newest open; nothing changes while none has been added."""
        from assistant.journey import compare

        project = self.context.project_or_none(request)
        done = [j for j in compare.comparisons(project) if j.state() == "finished"] if project else []
        if project is None or len(done) == count:
            return tuple(gr.skip() for _ in range(6))
        made = [(self._name(job), job.id) for job in done]
        newest = done[0].id
        which = gr.Dropdown(made, value=newest, visible=True)
        return which, gr.Accordion(open=False), len(done), *self._show(project, newest)

    def _name(self, job: Job) -> str:
        test = job.spec["request"]["test"]
        what = self.t("compare.test_questions") if test == "questions" else test
        ended = job.events()[-1].at
        return f"{job.id} · {what} · {views.moment(ended, self.language)}"

    def show(self, which: str, request: gr.Request) -> tuple[str, str, str]:
        return self._show(self.context.project(request), which)

    def _show(self, project: Project, which: str) -> tuple[str, str, str]:
        found = self._open(project, which)
        parts_of = slices.measure(found, slices.load(project.comparisons / which))
        folded = "".join(
            f"<details><summary>{safe(self.t(f'compare.{name}'))}</summary>{html}</details>"
            for name, html in (
                ("all_metrics", results_view.metrics(found, self.language)),
                ("differences", results_view.pairs(found, self.language)),
                ("votes", details_view.votes(found, voting.votes(project, which), self.language)),
                ("judged", self._judged(project, which, found)),
                ("slices", details_view.slices(found, parts_of, self.language)),
                ("confusion", details_view.confusion(found, self.language)),
                ("writing", details_view.writing(found, self.language)),
                ("time", details_view.time(found, self.language)),
                ("history", self._history(project)),
            )
            if html
        )
        sheets = self._links(project, which, ("table", "answers"))
        numbers = f'<div class="p-card">{results_view.arms(found, self.language)}{folded}{sheets}</div>'
        numbers += details_view.otherwise(robustness.load(project.comparisons / which), self.language)
        numbers += details_view.forgetting(forgetting.saved(project.comparisons / which), self.language)
        said = results_view.verdict(found, self.language) + self._folds(project, which)
        said += self._benefits(project, which, found)
        return said, numbers, self._report(project, which)

    def _folds(self, project: Project, which: str) -> str:
        """What a cross-validation leaves out."""
        from assistant.journey import compare

        folded = compare.request(Job(project.comparisons / which)).folded
        return views.note(texts.say(self.language, "journey.report.folds")) if folded else ""

    def _judged(self, project: Project, which: str, found: Comparison) -> str:
        """What a chat model preferred, where one was asked."""
        from assistant.journey import judge

        kept = judging.load(project.comparisons / which)
        people = judge.people(project, which, found, kept) if kept else None
        return views.lines(judging.told(kept, found, people, self.language)) if kept else ""

    def _benefits(self, project: Project, which: str, found: Comparison) -> str:
        """The checklist's last heading, answered from this comparison."""
        from assistant.journey import benefits

        job = Job(project.comparisons / which)
        made = benefits.of(project, job, found, self.language, self.context.settings)
        asked = views.rows([(b.question, safe(b.answer)) for b in made])
        return f'<details class="p-card" open><summary>{safe(self.t("compare.benefits"))}</summary>{asked}</details>'

    def _history(self, project: Project) -> str:
        """The loop so far: each comparison with its version, run and result."""
        from assistant.journey import history

        made = history.rounds(project)
        if len(made) < 2:
            return ""
        heads = texts.say(self.language, "evaluation.report.history_heads").split(";")
        return views.table(heads, [history.cells(r, self.language) for r in made], right=(5, 6))

    def _links(self, project: Project, which: str, kinds: tuple[str, ...]) -> str:
        links = [
            views.link(
                self.t(f"compare.{kind}_csv"), addresses.download(kind, project.id, which, self.language)
            )
            for kind in kinds
        ]
        return f'<div class="p-links">{" ".join(links)}</div>'

    def _report(self, project: Project, which: str) -> str:
        """The report in both languages, this page's first; and the command that repeats the comparison."""
        ordered = sorted(LANGUAGES, key=lambda code: code != self.language)
        links = [
            views.link(
                self.t("compare.report_in", language=self.t(f"language.{code}")),
                addresses.download("report", project.id, which, code),
                "p-action p-button",
            )
            for code in ordered
        ]
        links.append(
            views.link(
                self.t("compare.report_md"),
                addresses.download("report", project.id, f"{which}.md", self.language),
            )
        )
        head = views.section(self.t("compare.report"), self.t("compare.report_lead"))
        typed = safe(job_view.command(Job(project.comparisons / which), project))
        command = f"<details><summary>{safe(self.t('tune.command'))}</summary><pre class='p-pre'>{typed}</pre></details>"
        return f'<div class="p-card">{head}<div class="p-links">{" ".join(links)}</div>{command}</div>'

    def case(self, which: str | None, by: str, request: gr.Request) -> tuple[int, str]:
        """The first case in the chosen order."""
        return self._case(which, by, 0, request)

    def back(self, which: str | None, by: str, place: float, request: gr.Request) -> tuple[int, str]:
        return self._case(which, by, int(place) - 1, request)

    def forth(self, which: str | None, by: str, place: float, request: gr.Request) -> tuple[int, str]:
        return self._case(which, by, int(place) + 1, request)

    def improve(
        self, which: str, by: str, place: float, event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        """An arm's answer to the case that is open into the form that puts it right, with the ideal answer."""
        form = Improving(self.context, self.language)
        if event.do != improving.DO:
            return form.nothing()
        found = self._open(self.context.project(request), which)
        index = results_view.order(found, by)[int(place)]
        case, answer = found.cases[index], found.arm(str(event.id)).answers[index]
        return form.open(Said(case.input, answer.text, str(event.id), which), next(iter(case.accepted), ""))

    def _case(self, which: str | None, by: str, place: int, request: gr.Request) -> tuple[int, str]:
        if not which:
            return 0, ""
        found = self._open(self.context.project(request), which)
        order = results_view.order(found, by)
        place = max(0, min(place, len(order) - 1))
        said = self.t("compare.case_of", number=place + 1, total=len(order))
        return place, results_view.case(found, order[place], said, self.language)

    def _open(self, project: Project, which: str) -> Comparison:
        from assistant.journey import compare

        return compare.saved(project, which)
