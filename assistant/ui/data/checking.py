"""What the checks found, by severity, each with its rows and its remedy; and the banner that sums it up."""

from dataclasses import dataclass
from html import escape as safe

import gradio as gr

from assistant import texts
from assistant.dataset import examples
from assistant.dataset.checks import Finding, Report
from assistant.dataset.examples import Example
from assistant.ui import parts, views
from assistant.ui.data import augmenting
from assistant.ui.page import Part
from assistant.workspace.project import Project

_SHOWN = 6  # rows listed for a finding
_KINDS = {"blocking": "p-bad", "warning": "p-warn", "note": ""}


@dataclass(frozen=True)
class Checks(Part):
    def build(self) -> gr.HTML:
        return parts.html(views.empty(self.t("data.checking"), self.t("data.checking_lead")), clicks=True)

    def show(self, request: gr.Request) -> tuple[str, str]:
        """The banner above the tabs, and the whole list."""
        project = self.context.project_or_none(request)
        if project is None:
            return "", ""
        every = examples.all_examples(project)
        if not every:
            return "", views.empty(self.t("data.none"), self.t("data.none_lead"))
        report = self._report(project)
        return self._banner(report), self._list(report, {e.id: e for e in every})

    def _report(self, project: Project) -> Report:
        from assistant.journey import choices, readiness

        model = choices.base(project, self.context.settings)
        return readiness.report(project, model, self.context.settings)

    def _banner(self, report: Report) -> str:
        """Ready or not, and the two or three things to do next."""
        kind = {"ready": "p-good", "warnings": "p-warn", "not_ready": "p-bad"}[report.ready]
        todo = [f for f in report.findings if f.severity != "note"][:3]
        lines = "".join(f"<li>{self._say(f)}</li>" for f in todo)
        ready = texts.say(self.language, f"dataset.ready.{report.ready}")
        return f'<div class="p-shown p-banner">{views.tag(ready, kind)}<ul>{lines}</ul></div>'

    def _say(self, finding: Finding) -> str:
        said, remedy = finding.say(self.language), finding.remedy(self.language)
        return f"<b>{safe(said)}</b> {safe(remedy)}"

    def _list(self, report: Report, known: dict[str, Example]) -> str:
        if not report.findings:
            return views.empty(self.t("data.all_well"), self.t("data.all_well_lead"))
        return f'<div class="p-list">{"".join(self._finding(f, known) for f in report.findings)}</div>'

    def _finding(self, finding: Finding, known: dict[str, Example]) -> str:
        severity = texts.say(self.language, f"dataset.severity.{finding.severity}")
        rows = [(id, known[id].input, known[id].output) for id in finding.rows[:_SHOWN] if id in known]
        heads = tuple(self.t(f"data.column_{name}") for name in ("id", "input", "output"))
        rest = len(finding.rows) - len(rows)
        more = f'<p class="p-small">{safe(self.t("page.more", count=rest))}</p>' if rows and rest > 0 else ""
        listed = (
            f"<details><summary>{safe(self.t('data.show_rows', count=len(finding.rows)))}</summary>"
            f"{views.table(heads, rows)}{more}</details>"
            if rows
            else ""
        )
        paraphrase = (
            views.action(self.t("augment.make"), augmenting.DO, "") if finding.check == "imbalance" else ""
        )
        return (
            f'<div class="p-item"><div><h3>{safe(finding.say(self.language))}</h3>'
            f"<p>{safe(finding.remedy(self.language))}</p></div>"
            f'<div>{views.tag(severity, _KINDS[finding.severity])}</div><div class="p-wide">{paraphrase}{listed}</div></div>'
        )
