"""Two versions side by side on the page: which, what kind of change, and twenty changed rows at a time."""

from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant.dataset import versions
from assistant.ui import parts, views
from assistant.ui.data import difference_view
from assistant.ui.page import Part

ROWS = 20
_KINDS = ("all", "changed", "added", "removed")


@dataclass(frozen=True)
class VersionDiff(Part):
    def build(self) -> list[Any]:
        """Lay out inside the open tab; where `show` goes: the two versions to choose, the changes, and the page."""
        t = self.t
        parts.html(views.section(t("versions.diff_head"), t("versions.diff_lead")))
        with gr.Row(elem_classes="p-filters"):
            old, new = (gr.Dropdown([], label=t(f"versions.{n}"), min_width=130) for n in ("old", "new"))
            kind = gr.Radio([(t(f"versions.{k}"), k) for k in _KINDS], value="all", label=t("versions.kind"))
        notice = parts.slot()
        shown = parts.html()
        start = gr.Number(0, visible=False, precision=0)
        with gr.Row(elem_classes="p-pager"):
            back = gr.Button(t("data.previous"), size="sm", scale=0, min_width=100)
            on = gr.Button(t("data.next"), size="sm", scale=0, min_width=100)
        for event in (old.input, new.input, kind.input):
            self.on(event, self.first, [old, new, kind], [shown, start], notice=notice, right="see")
        self.on(back.click, self.back, [old, new, kind, start], [shown, start], notice=notice, right="see")
        self.on(on.click, self.forth, [old, new, kind, start], [shown, start], notice=notice, right="see")
        return [old, new, shown, start]

    def show(self, request: gr.Request) -> tuple[Any, ...]:
        """The two newest versions, and what changed between them."""
        project = self.context.project_or_none(request)
        names = [v.name for v in versions.all_versions(project)] if project else []
        old, new = (names[-2], names[-1]) if len(names) > 1 else ("", "")
        chosen = [gr.Dropdown(names[::-1], value=one or None) for one in (old, new)]
        return (*chosen, *self.first(old, new, "all", request))

    def first(self, old: str, new: str, kind: str, request: gr.Request) -> tuple[str, int]:
        return self._page(old, new, kind, 0, request)

    def back(self, old: str, new: str, kind: str, start: float, request: gr.Request) -> tuple[str, int]:
        return self._page(old, new, kind, int(start) - ROWS, request)

    def forth(self, old: str, new: str, kind: str, start: float, request: gr.Request) -> tuple[str, int]:
        return self._page(old, new, kind, int(start) + ROWS, request)

    def _page(self, old: str, new: str, kind: str, start: int, request: gr.Request) -> tuple[str, int]:
        if not old or not new:
            return views.empty(self.t("versions.one_version"), self.t("versions.one_version_lead")), 0
        every = versions.difference(self.context.project(request), old, new)
        found = [c for c in every if kind in ("all", c.kind)]
        if not found:
            return views.empty(self.t("versions.no_changes"), self.t("versions.no_changes_lead")), 0
        start = max(0, min(start, (len(found) - 1) // ROWS * ROWS))
        part = found[start : start + ROWS]
        said = self.t("versions.rows", first=start + 1, last=start + len(part), total=len(found))
        return f'<p class="p-small">{safe(said)}</p>{difference_view.rows(part, self.language)}', start
