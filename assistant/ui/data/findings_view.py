"""What the checks found as HTML: a sentence, then by severity each finding with its rows, reasons and buttons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape as safe

from assistant import texts
from assistant.dataset import mending
from assistant.dataset.checks import Finding, Report
from assistant.dataset.examples import Example
from assistant.dataset.similar import normal
from assistant.ui import addresses, views
from assistant.ui.context import Say
from assistant.ui.data import collecting

_SHOWN, _LETTERS = 8, 300  # rows listed for a finding, and letters of each text
_KINDS = {"blocking": "p-bad", "warning": "p-warn", "note": ""}
_PAIRED = ("near_duplicate", "exact_duplicate", "leakage", "contradiction")
_TOO_LITTLE = ("amount", "coverage")  # only more examples help
_MOST_COMPARED = 20_000  # examples among which a row's twin is sought


@dataclass(frozen=True)
class View:
    """`known`: the examples by id. `paraphrase`: the button of the finding on rare labels."""

    t: Say
    language: str
    project: str
    known: Mapping[str, Example]
    paraphrase: str

    def banner(self, report: Report) -> str:
        """Ready or not in one sentence, and the first things to do."""
        kind = {"ready": "p-good", "warnings": "p-warn", "not_ready": "p-bad"}[report.ready]
        todo = [f for f in report.findings if f.severity != "note"][:3]
        lines = "".join(f"<li><b>{safe(self._say(f))}</b> {safe(f.remedy(self.language))}</li>" for f in todo)
        ready = texts.say(self.language, f"dataset.ready.{report.ready}")
        return f'<div class="p-shown p-banner">{views.tag(ready, kind)}<ul>{lines}</ul></div>'

    def all(self, report: Report, undo: mending.Mend | None) -> str:
        """The summary with what can be done for all, then the findings, the gravest first."""
        if not report.findings:
            return self._actions(undo) + views.empty(self.t("data.all_well"), self.t("data.all_well_lead"))
        parts = [f'<p class="p-summary">{safe(self._summary(report))}</p>', self._actions(undo)]
        for severity in _KINDS:
            found = [f for f in report.findings if f.severity == severity]
            if found:
                head = texts.say(self.language, f"dataset.severity.{severity}")
                listed = "".join(self._finding(f) for f in found)
                parts.append(f'<h2 class="p-group">{safe(head)}</h2><div class="p-list">{listed}</div>')
        return "".join(parts)

    def _summary(self, report: Report) -> str:
        counts = {s: sum(f.severity == s for f in report.findings) for s in _KINDS}
        return self.t(f"checks.summary.{report.ready}", rows=len(self.known), **counts)

    def _actions(self, undo: mending.Mend | None) -> str:
        download = addresses.download("checks", self.project, "all", self.language)
        buttons = [
            views.link(self.t("checks.download"), download),
            views.action(self.t("checks.deep"), "deep", ""),
        ]
        if undo:
            said = self.t("checks.undo", check=self.t(f"checks.name.{undo.check}"), count=len(undo.rows))
            buttons.append(views.action(said, "undo", ""))
        return f'<div class="p-links">{" ".join(buttons)}</div>'

    def _say(self, finding: Finding) -> str:
        return finding.say(self.language)

    def _finding(self, f: Finding) -> str:
        rows = [self.known[id] for id in f.rows if id in self.known]
        buttons = [self._mend(f)]
        if rows:
            buttons.append(views.action(self.t("checks.in_table"), "rows", f"{f.check}/{f.variant}"))
        if f.check == "imbalance":
            buttons.append(self.paraphrase)
        if f.check in _TOO_LITTLE:
            form = addresses.page(self.language, "data", self.project, tab=collecting.TAB)
            buttons.append(views.link(self.t("checks.write"), form))
        return (
            f'<div class="p-item"><div><h3>{safe(self._say(f))}</h3><p>{safe(f.remedy(self.language))}</p>'
            f'<p class="p-small">{safe(f.why(self.language))}</p></div>'
            f"<div>{views.tag(self.t(f'checks.name.{f.check}'), _KINDS[f.severity])}</div>"
            f'<div class="p-wide p-links">{" ".join(b for b in buttons if b)}</div>'
            f'<div class="p-wide">{self._rows(f, rows)}</div></div>'
        )

    def _mend(self, f: Finding) -> str:
        remedy = mending.remedy(f)
        return (
            views.action(self.t(f"checks.mend.{remedy}"), "mend", f"{f.check}/{f.variant}", "p-primary")
            if remedy
            else ""
        )

    def _rows(self, f: Finding, rows: Sequence[Example]) -> str:
        if not f.rows:
            return ""
        if not rows:  # left out at import: there is no example to show
            shown = ", ".join(f.rows[: 5 * _SHOWN])
            return f'<p class="p-small">{safe(self.t("checks.left_out_rows", rows=shown))}</p>'
        cells = [self._cells(f, e) for e in rows[:_SHOWN]]
        heads = tuple(self.t(f"data.column_{name}") for name in ("id", "input", "output"))
        rest = len(f.rows) - len(cells)
        more = f'<p class="p-small">{safe(self.t("page.more", count=rest))}</p>' if rest > 0 else ""
        summary = safe(self.t("data.show_rows", count=len(f.rows)))
        return f"<details><summary>{summary}</summary>{views.table(heads, cells)}{more}</details>"

    def _cells(self, f: Finding, e: Example) -> tuple[str, str, str]:
        text = e.input[:_LETTERS]
        if f.check in _PAIRED and (twin := self._twin(f, e)):
            text += (
                f"\n{self.t('checks.twin', id=twin.id, text=twin.input[:_LETTERS], answer=twin.output[:60])}"
            )
        return e.id, text, e.output[:_LETTERS]

    def _twin(self, f: Finding, e: Example) -> Example | None:
        """The other example whose input is most like this one: of a repeat one that answers alike, of a contradiction
        one that does not."""
        if len(self.known) > _MOST_COMPARED:
            return None
        from rapidfuzz import fuzz, process

        alike = {"exact_duplicate": True, "contradiction": False}.get(f.check)
        own = normal(e.output)
        others = {
            id: other.input
            for id, other in self.known.items()
            if id != e.id and (alike is None or alike == (normal(other.output) == own))
        }
        best = process.extractOne(
            e.input, others, scorer=fuzz.token_sort_ratio, processor=normal, score_cutoff=60
        )
        return self.known[best[2]] if best else None
