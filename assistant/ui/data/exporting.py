"""Exports: which rows, to which of the targets, what the target would say to them, and the files with their recipe."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant import texts
from assistant.dataset import exports, versions
from assistant.dataset.examples import Example, Filter
from assistant.dataset.exports import Export, Target
from assistant.errors import PenalaError
from assistant.journey import exporting
from assistant.journey.exporting import Asked
from assistant.ui import addresses, parts, views
from assistant.ui.page import Part
from assistant.workspace.project import Project

TAB = "export"
_TABLE = "table"  # what is exported where it is no version
_FIRST = "openai"
_KINDS = {"closed": "p-bad", "closing": "p-warn", "unknown": "p-warn"}
# One above the other on a narrow screen, so that what was picked would stay out of sight.
_TO_FILES = "() => { if (innerWidth < 800) document.querySelector('.p-export').scrollIntoView({behavior: 'smooth'}); }"
_LINES, _LETTERS = 3, 600  # of the data, shown before it is taken
_ROWS = 8  # row ids named in a problem


@dataclass(frozen=True)
class Exporting(Part):
    def build(self, sought: Any) -> tuple[list[Any], list[Any]]:
        """Lay out inside the open tab; `sought` holds the table's filter. What to ask `show` with, where it goes."""
        t = self.t
        with gr.Row(equal_height=False):
            with gr.Column(scale=5, min_width=300):
                parts.html(views.section(t("export.head"), t("export.lead")))
                what = gr.Dropdown([(t("export.table"), _TABLE)], value=_TABLE, label=t("export.what"))
                group = gr.Radio(
                    [(t(f"export.group_{name}"), name) for name in exports.GROUPS],
                    value="hosted",
                    label=t("export.group"),
                )
                listed = parts.html(clicks=True)
                chosen = gr.Textbox(_FIRST, visible=False)
            with gr.Column(scale=7, min_width=300):
                with gr.Row():
                    every = gr.Checkbox(
                        False, label=t("export.every"), info=t("export.every_why"), min_width=240
                    )
                    bom = gr.Checkbox(False, label=t("export.bom"), info=t("export.bom_why"), min_width=240)
                notice = parts.slot()
                shown = parts.html(classes="p-export")
        asked = [chosen, what, every, bom, sought]
        more = {"notice": notice, "right": "see"}
        self.on(group.input, self.turn, [group, chosen], [listed], **more)
        picked = self.on(listed.click, self.choose, [group, *asked], [chosen, listed, shown], **more)
        picked.then(None, None, None, js=_TO_FILES, api_visibility="private")
        for option in (what, every, bom):
            self.on(option.input, self.look, asked, [shown], **more)
        return [group, *asked], [what, listed, shown]

    def show(
        self, group: str, chosen: str, what: str, every: bool, bom: bool, sought: Filter, request: gr.Request
    ) -> tuple[Any, ...]:
        """The versions to choose from, the targets, and what would go out now."""
        project = self.context.project_or_none(request)
        if project is None:
            return gr.skip(), "", ""
        names = [one.name for one in reversed(versions.all_versions(project))]
        value = what if what in names else _TABLE
        rows = exporting.rows(project, Asked("", "", sought))
        choices = [
            (self._table_words(len(rows), sought), _TABLE),
            *((self.t("export.version", name=n), n) for n in names),
        ]
        shown = self._looked(project, chosen, value, every, bom, sought, rows)
        return gr.Dropdown(choices, value=value), self._list(group, chosen), shown

    def arrive(
        self, group: str, chosen: str, what: str, every: bool, bom: bool, sought: Filter, request: gr.Request
    ) -> tuple[Any, ...]:
        """The page was opened: at once where its address names this tab, with the version that it names."""
        if request.query_params.get("tab") != TAB:
            return gr.skip(), gr.skip(), gr.skip()
        version = request.query_params.get("version", "")
        return self.show(group, chosen, version or what, every, bom, sought, request)

    def turn(self, group: str, chosen: str) -> str:
        """The targets of another group."""
        return self._list(group, chosen)

    def choose(
        self, event: gr.EventData, group: str, chosen: str, what: str, every: bool, bom: bool, sought: Filter,
        request: gr.Request,
    ) -> tuple[str, str, str]:  # fmt: skip
        """A click on a target."""
        name = exports.target(str(event.id)).id
        return name, self._list(group, name), self.look(name, what, every, bom, sought, request)

    def look(
        self, chosen: str, what: str, every: bool, bom: bool, sought: Filter, request: gr.Request
    ) -> str:
        """What would go out, and the files."""
        return self._looked(self.context.project(request), chosen, what, every, bom, sought)

    def _looked(
        self, project: Project, chosen: str, what: str, every: bool, bom: bool, sought: Filter,
        rows: Sequence[Example] | None = None,
    ) -> str:  # fmt: skip
        """`rows`: those of the table, where they have been read."""
        to = exports.target(chosen)
        wanted = Asked(
            to.id,
            "" if what == _TABLE else what,
            sought if what == _TABLE else exporting.ACCEPTED,
            every,
            bom,
        )
        try:
            found = exporting.rows(project, wanted) if rows is None or wanted.version else rows
            made = exporting.preview(project, wanted, self.context.settings, self.language, found)
        except PenalaError as error:
            return self._head(to) + views.problem(error.say(self.language))
        return self._head(to) + self._made(project, wanted, made)

    def _table_words(self, count: int, sought: Filter) -> str:
        return self.t(
            "export.table" if sought == exporting.ACCEPTED else "export.table_filtered", count=count
        )

    def _list(self, group: str, chosen: str) -> str:
        """The targets of a group, each with what it is for."""
        listed = "".join(
            self._target(to, to.id == chosen) for to in exports.all_targets() if to.group == group
        )
        return f'<div class="p-list">{listed}</div>'

    def _target(self, to: Target, is_chosen: bool) -> str:
        name, words = to.name.say(self.language), self.t("export.chosen" if is_chosen else "export.choose")
        button = views.action(words, "choose", to.id, label=f"{words}: {name}")
        kind = " p-picked" if is_chosen else ""
        about = safe(to.about.say(self.language))
        return (
            f'<div class="p-item{kind}"><div><h3>{safe(name)}</h3><p>{about}</p>{self._tags(to)}</div>'
            f'<div class="p-links">{button}</div></div>'
        )

    def _tags(self, to: Target) -> str:
        tags = [(self.t(f"export.state_{to.state}"), _KINDS[to.state])] if to.state in _KINDS else []
        tags += [(self.t("export.pairs"), "")] if to.pairs else []
        return "".join(views.tag(words, kind) for words, kind in tags)

    def _head(self, to: Target) -> str:
        return views.section(to.name.say(self.language), to.about.say(self.language)) + (
            f"<p>{self._tags(to)}</p>" if self._tags(to) else ""
        )

    def _made(self, project: Project, wanted: Asked, made: Export) -> str:
        files = (
            f'<div class="p-card">{views.rows(self._counts(made))}{self._links(project, wanted, made)}</div>'
        )
        rest = self._problems(made) + self._recipes(made) + self._begins(made) + self._notices(made.target)
        return f'<div class="p-list">{files}{rest}</div>'

    def _counts(self, made: Export) -> list[tuple[str, str]]:
        say = self.language
        rows = [(self.t("export.rows"), texts.number(say, made.rows))]
        rows += [(self.t("export.validation"), texts.number(say, made.validation))] if made.validation else []
        rows += (
            [(self.t("export.left_out"), safe(self.t("export.left_out_why", count=made.left_out)))]
            if made.left_out
            else []
        )
        return rows

    def _links(self, project: Project, wanted: Asked, made: Export) -> str:
        """The zip with everything, and the data alone."""
        address = wanted.address()

        def download(kind: str) -> str:
            return addresses.download(f"{kind}-{made.target.id}", project.id, address, self.language)

        files = ", ".join(name.rpartition("/")[2] for name in made.files)
        links = [views.link(self.t("export.zip"), download("export"), "p-action p-button p-main")]
        if made.target.id != "huggingface":
            links.append(views.link(self.t("export.alone", suffix=made.target.suffix), download("dataset")))
        return f'<p class="p-links">{" ".join(links)}</p><p class="p-small">{safe(self.t("export.files", files=files))}</p>'

    def _problems(self, made: Export) -> str:
        lines = []
        for problem in made.problems:
            ids = ", ".join(problem.rows[:_ROWS]) + (", …" if len(problem.rows) > _ROWS else "")
            words = self.t(f"export.problem_{problem.severity}")
            kind = "p-bad" if problem.severity == "refused" else "p-warn"
            said = safe(problem.say(self.language)) + (
                f" <span class='p-small'>{safe(ids)}</span>" if ids else ""
            )
            lines.append(
                f'<div class="p-item"><div><p>{said}</p></div><div>{views.tag(words, kind)}</div></div>'
            )
        if not lines:
            return views.note(self.t("export.no_problems"))
        return f'<div class="p-list">{"".join(lines)}</div>'

    def _recipes(self, made: Export) -> str:
        if not made.recipes:
            return ""
        listed = "".join(
            f'<details open><summary>{safe(name)}</summary><pre class="p-pre p-recipe" tabindex="0"><code>{safe(text)}</code></pre></details>'
            for name, text in made.recipes.items()
        )
        return views.section(self.t("export.recipe"), self.t("export.recipe_why")) + listed

    def _begins(self, made: Export) -> str:
        """The first rows of the data as they go out, where they are text."""
        if made.target.suffix not in (".jsonl", ".csv"):
            return ""
        lines = made.files[made.data].decode("utf-8-sig").splitlines()[:_LINES]
        text = "\n".join(line[:_LETTERS] + ("…" if len(line) > _LETTERS else "") for line in lines)
        return f'<details><summary>{safe(self.t("export.begins", file=made.data))}</summary><pre class="p-pre p-recipe" tabindex="0"><code>{safe(text)}</code></pre></details>'

    def _notices(self, to: Target) -> str:
        told = [
            f"{n.text.say(self.language)} ({exports.source_title(n.source)}{f', {n.date}' if n.date else ''})"
            for n in to.notices
        ]
        source = f"{exports.source_title(to.source)}{f', {to.date}' if to.date else ''}"
        return (views.section(self.t("export.notices")) + views.lines(told) if told else "") + (
            f'<p class="p-small">{safe(self.t("export.source", source=source))}</p>'
        )
