"""What reviewing has led to: progress, agreement, opinions that differ and their settling, rules, and bulk decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant import texts
from assistant.dataset import examples
from assistant.dataset.examples import Filter
from assistant.dataset.reviews import actions, agreement, disputes, progress, queue, rules, wording
from assistant.dataset.reviews.actions import Said
from assistant.dataset.reviews.agreement import Agreements
from assistant.dataset.reviews.alpha import Agreement
from assistant.dataset.reviews.disputes import Dispute
from assistant.dataset.reviews.progress import Progress
from assistant.dataset.reviews.records import Opinion
from assistant.ui import parts, views
from assistant.ui.page import Part
from assistant.ui.who import person, shown
from assistant.workspace.project import Project

Event = Any  # Gradio makes the class of a wired event as it goes
_DISPUTES = 10  # shown at once; settling one brings the next
_STATUSES = ("draft", "accepted", "rejected")


@dataclass(frozen=True)
class Reviewed(Part):
    def build(self) -> tuple[list[gr.HTML], Event]:
        """Lay out the figures inside the open column; where `show` is shown, and the event after which it is another."""
        progress_, view, notice = parts.html(), parts.html(clicks=True), parts.slot()
        return [progress_, view], self.on(view.click, self.settle, [], [], notice=notice)

    def build_bulk(self) -> Event:
        """Lay out bulk decisions; the event after which figures and queue are others."""
        t = self.t
        with parts.panel():
            parts.html(views.section(t("review.bulk"), t("review.bulk_lead")))
            with gr.Row():
                words = gr.Textbox(label=t("review.bulk_words"), max_lines=1, min_width=240)
                states = [(t("review.bulk_any"), ""), *((t(f"review.{name}"), name) for name in _STATUSES)]
                status = gr.Dropdown(states, value="draft", label=t("review.bulk_status"), min_width=240)
            with gr.Row():
                tag = gr.Textbox(label=t("review.bulk_tag"), max_lines=1, min_width=120)
                author = gr.Textbox(label=t("review.bulk_author"), max_lines=1, min_width=120)
            count = gr.Button(t("review.bulk_count"))
            found = parts.html(clicks=True, classes="p-slot")
            said = parts.slot()
        fields = [words, status, tag, author]
        self.on(count.click, self.count, fields, [found], notice=said, right="review")
        return self.on(found.click, self.judge_all, fields, [found], notice=said, right="review")

    def build_rules(self) -> tuple[list[gr.Number], Event]:
        """Lay out the rules; where `rules` is shown, and the event after which figures and queue are others."""
        t = self.t
        with parts.panel():
            parts.html(views.section(t("review.rules"), t("review.rules_lead")))
            most = rules.MOST_OPINIONS
            with gr.Row():
                asked = gr.Number(
                    1, label=t("review.opinions"), precision=0, minimum=1, maximum=most, min_width=140
                )
                target = gr.Number(
                    rules.TARGET, label=t("review.target"), precision=0, minimum=1, min_width=140
                )
            told = parts.slot()
            keep = gr.Button(t("review.rules_save"), elem_classes="p-save")
        return [asked, target], self.on(keep.click, self.keep, [asked, target], [], notice=told)

    def show(self, request: gr.Request) -> tuple[str, str]:
        """Progress; and agreement with the opinions that differ."""
        project = self.context.project_or_none(request)
        if project is None:
            return "", ""
        seen, agreed = progress.progress(project), agreement.agreements(project)
        owner = self.context.may(request, "own", project.id)
        return self._progress(seen), self._agreement(agreed, seen) + self._disputes(project, owner)

    def follow(self, held: str, request: gr.Request) -> tuple[Any, Any]:
        """After each opinion only progress, which is quick to tell; all of it when no example is `held` any more."""
        if not held:
            return self.show(request)
        return self._progress(progress.progress(self.context.project(request))), gr.skip()

    def rules(self, request: gr.Request) -> tuple[int, int]:
        """The rules as the form shows them."""
        project = self.context.project_or_none(request)
        return (rules.opinions(project), rules.target(project)) if project else (1, rules.TARGET)

    def keep(self, count: float | None, target: float | None, request: gr.Request) -> None:
        project = self.context.project(request)
        if int(count or 0) != rules.opinions(project):
            rules.set_opinions(project, int(count or 0), person(self.context, request))
        rules.set_target(project, int(target or 0))

    def count(self, words: str, status: str, tag: str, author: str, request: gr.Request) -> str:
        """How many examples fit, and what may be done with all of them."""
        total = examples.page(self.context.project(request), 0, 1, _filter(words, status, tag, author))[1]
        buttons = "".join(
            views.action(self.t(f"review.bulk_{do}", count=total), do, str(total), "p-button") + " "
            for do in ("accept", "reject")
        )
        line = self.t("review.bulk_found", count=total)
        return f'<div class="p-shown p-notice"><p>{safe(line)}</p>{buttons if total else ""}</div>'

    def judge_all(
        self, words: str, status: str, tag: str, author: str, event: gr.EventData, request: gr.Request
    ) -> str:
        project, who = self.context.project(request), person(self.context, request)
        done = actions.judge_all(project, who, event.do, _filter(words, status, tag, author))
        return views.note(self.t("review.bulk_done", count=len(done)))

    def settle(self, event: gr.EventData, request: gr.Request) -> None:
        """The owner's word: one of the opinions that differ."""
        project, who = self.context.project(request), person(self.context, request)
        id, chosen = str(event.id), str(event.do).partition(" ")[2]
        found = queue.look(project, id)
        for one in found[1] if found else ():
            if one.person == chosen and not one.settles:
                said = Said("reject") if not one.keeps else Said("edit", one.input, one.output)
                actions.settle(project, who, id, said)
                return

    def _progress(self, seen: Progress) -> str:
        on = self._day(seen)
        said = "".join(f"<p>{safe(line)}</p>" for line in wording.lines(self.language, seen, on))
        share = views.bar(seen.good / seen.target, f"{seen.good} / {seen.target}")
        return f'<div class="p-card">{views.section(self.t("review.progress"))}{share}{said}</div>'

    def _day(self, seen: Progress) -> str:
        if seen.on is None:
            return ""
        return f"{seen.on.day} {self.t(f'month.m{seen.on.month}')} {seen.on.year}"

    def _agreement(self, found: Agreements, seen: Progress) -> str:
        both = (("verdict", found.verdict), ("answer", found.answer))
        figures = views.rows((self.t(f"review.{name}"), self._figure(one)) for name, one in both)
        said = texts.say(self.language, "dataset.review.anchored")
        if not found.verdict.units:
            figures, said = "", wording.reading(self.language, found.verdict)
        return (
            f'<div class="p-card p-after">{views.section(self.t("review.agreement"))}{figures}'
            f"<p>{safe(said)}</p>{self._labels(found)}{self._people(found, seen)}</div>"
        )

    def _figure(self, one: Agreement) -> str:
        """The figure, and under it what it means."""
        read = wording.reading(self.language, one)
        return f'{safe(wording.figure(self.language, one))}<div class="p-small">{safe(read)}</div>'

    def _labels(self, found: Agreements) -> str:
        cells = [
            (one.label, texts.number(self.language, one.opinions), *self._cells(one.answer))
            for one in found.by_label
        ]
        heads = ("label", "opinions", "alpha", "interval", "same")
        return self._folded("per_label", heads, cells) if cells else ""

    def _people(self, found: Agreements, seen: Progress) -> str:
        today = {name: count for name, _, count in seen.people}
        cells = [
            (
                shown(self.language, one.person),
                *(texts.number(self.language, n) for n in (one.opinions, today.get(one.person, 0), one.edited, one.rejected)),
                *self._cells(one.answer if found.labels else one.verdict),
            )
            for one in found.by_person
        ]  # fmt: skip
        heads = ("person", "opinions", "today", "edited", "rejected", "alpha", "interval", "same")
        return self._folded("per_person", heads, cells) if cells else ""

    def _folded(self, name: str, heads: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
        titles = [self.t(f"review.column_{head}") for head in heads]
        table = views.table(titles, cells, right=range(1, len(heads)))
        return f"<details open><summary>{safe(self.t(f'review.{name}'))}</summary>{table}</details>"

    def _cells(self, one: Agreement) -> tuple[str, str, str]:
        """Alpha, its interval, and the share of pairs alike."""
        number, none = texts.number, "–"
        alpha = number(self.language, one.alpha, 2) if one.alpha is not None else none
        known = one.low is not None and one.high is not None
        ends = [number(self.language, end, 2) for end in (one.low, one.high) if end is not None]
        same = f"{number(self.language, 100 * one.same)} %" if one.same is not None else none
        return alpha, "\u202f–\u202f".join(ends) if known else none, same

    def _disputes(self, project: Project, owner: bool) -> str:
        found, total = disputes.disputes(project, _DISPUTES), disputes.counts(project).total()
        if not found:
            none = views.empty(self.t("review.disputes_none"), self.t("review.disputes_none_lead"))
            return f'<div class="p-after">{none}</div>'
        head = views.section(self.t("review.disputes", count=total), self.t("review.disputes_lead"))
        rest = total - len(found)
        more = f'<p class="p-small">{safe(self.t("page.more", count=rest))}</p>' if rest else ""
        listed = "".join(self._dispute(d, owner) for d in found)
        return f'<div class="p-after">{head}<div class="p-list">{listed}</div>{more}</div>'

    def _dispute(self, d: Dispute, owner: bool) -> str:
        sides = "".join(self._side(d, one, owner) for one in d.opinions)
        remarks = [f"{shown(self.language, line.person)}: {line.comment}" for line in d.comments]
        return (
            f'<div class="p-item p-dispute"><div class="p-wide"><h3>{safe(self.t("review.example", id=d.example.id))}</h3>'
            f'<div class="p-text">{safe(d.shown.input)}</div></div><div class="p-wide p-sides">{sides}</div>'
            f'<div class="p-wide">{views.lines(remarks) if remarks else ""}</div></div>'
        )

    def _side(self, d: Dispute, one: Opinion, owner: bool) -> str:
        name = shown(self.language, one.person)
        text = f'<div class="p-text">{safe(one.output)}</div>' if one.keeps else views.tag(self.t("review.would_reject"), "p-bad")  # fmt: skip
        if one.keeps and one.input != d.shown.input:
            text = f'<div class="p-small">{safe(one.input)}</div>{text}'
        take = views.action(
            self.t("review.take_this"), f"settle {one.person}", d.example.id, "p-button",
            f"{self.t('review.take_this')}: {name}, {d.example.id}",
        )  # fmt: skip
        return (
            f'<div class="p-side"><div class="p-small">{safe(name)}</div>{text}{take if owner else ""}</div>'
        )


def _filter(words: str, status: str, tag: str, author: str) -> Filter:
    return Filter(words.strip(), "", status, tag.strip(), author.strip())  # type: ignore[arg-type]
