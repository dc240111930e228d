"""The form that starts a run: which data, which model, three choices in plain words, an estimate, one button."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant import texts
from assistant.dataset import kinds, versions
from assistant.dataset.checks import Report
from assistant.dataset.examples import Example
from assistant.errors import PenalaError
from assistant.models import catalogue
from assistant.retrieval import store
from assistant.tuning.estimate import Estimate
from assistant.tuning.plan import METHODS, PRESETS, plan
from assistant.ui import addresses, parts, views
from assistant.ui.page import Part
from assistant.workspace.project import Project

LABELS_ENOUGH = 100  # rows from which on the advisor, too, names the classifier (knowledge/checklist.yaml)
_NUMBERS = ("epochs", "rank", "batch", "seed", "patience")


@dataclass(frozen=True)
class Form:
    """The fields of a run, in the order in which the handlers take them."""

    dataset: gr.Dropdown
    model: gr.Dropdown
    preset: gr.Radio
    passages: gr.Checkbox
    method: gr.Dropdown
    rate: gr.Number
    metric: gr.Dropdown
    numbers: list[gr.Number]
    replay: gr.Number
    mix: gr.Textbox
    name: gr.Textbox

    def fields(self) -> list[Any]:
        return [
            self.dataset,
            self.model,
            self.preset,
            self.passages,
            self.method,
            self.rate,
            self.metric,
            *self.numbers,
        ]


@dataclass(frozen=True)
class Starting(Part):
    def build(self, page: gr.Blocks, shown: list[Any], show: Any) -> None:
        """Lay out inside the open column; a started run is then shown by `show` in `shown`."""
        t = self.t
        with parts.panel():
            parts.html(views.section(t("tune.start_head"), t("tune.start_lead")))
            ready = parts.html(
                f'<div class="p-shown">{views.tag(t("data.checking"))}</div>', classes="p-slot"
            )
            form, advice = self._form()
            estimate = parts.html(classes="p-slot")
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                start = gr.Button(t("tune.start"), variant="primary")
                ask = gr.Button(t("tune.estimate"))
                pilot = gr.Button(t("tune.pilot"))
            parts.html(f'<p class="p-small">{safe(t("tune.estimate_why"))}</p>')
            parts.html(f'<p class="p-small">{safe(t("tune.pilot_why"))}</p>')
            with gr.Accordion(t("tune.search_head"), open=False):
                minutes = gr.Number(30, label=t("tune.budget"), info=t("tune.search_why"), minimum=1)
                search = gr.Button(t("tune.search"))
            with gr.Accordion(t("tune.override_head"), open=False, visible=False) as gate:
                override = gr.Textbox("", label=t("tune.override"), info=t("tune.override_why"), max_lines=2)
        chosen = [form.dataset, form.model, advice, form.passages, form.preset]
        self.on(page.load, self.choices, [], chosen, notice=notice)
        self.on(page.load, self.metrics, [], [form.metric], notice=notice)
        self.on(page.load, self.readiness, [], [ready, gate], notice=notice)
        for chosen_way in (form.preset.change, form.method.change):
            self.on(
                chosen_way, self.usual, [form.preset, form.method], [form.method, form.rate, *form.numbers[:3]],
                notice=notice, right="see",
            )  # fmt: skip
        self.on(ask.click, self.estimate, form.fields(), [estimate], notice=notice)
        given = [*form.fields(), override, form.replay, form.mix, form.name]
        for button, handler, more in (
            (start, self.start, []), (pilot, self.pilot, []), (search, self.search, [minutes]),
        ):  # fmt: skip
            begun = self.on(button.click, handler, [*given, *more], [override], notice=notice)
            self.on(begun.then, show, [], shown, notice=parts.slot(), right="see")

    def _form(self) -> tuple[Form, gr.HTML]:
        """The fields, and where advice on the model stands."""
        t = self.t
        dataset = gr.Dropdown([], label=t("tune.dataset"), interactive=True)
        model = gr.Dropdown([], label=t("tune.model"), info=t("tune.model_why"), interactive=True)
        advice = parts.slot()
        presets = [(texts.say(self.language, f"tuning.preset.{name}"), name) for name in PRESETS]
        preset = gr.Radio(presets, value="balanced", label=t("tune.preset"), elem_classes="p-choices")
        passages = gr.Checkbox(False, label=t("tune.passages"), info=t("tune.passages_why"), visible=False)
        with gr.Accordion(t("tune.details"), open=False):
            ways = [(texts.say(self.language, f"tuning.method.{name}"), name) for name in METHODS]
            method = gr.Dropdown(ways, value="lora", label=t("tune.method"), info=self._when("lora"))
            rate, numbers = self._numbers()
            replay = gr.Number(
                0, label=t("tune.replay"), info=t("tune.replay_why"), precision=0, minimum=0, maximum=80
            )
            name = gr.Textbox("", label=t("tune.name"), info=t("tune.name_why"), max_lines=1)
            mix = gr.Textbox("", label=t("tune.mix"), info=t("tune.mix_why"), max_lines=2)
            usual = [(t("tune.metric_usual"), "")]
            metric = gr.Dropdown(usual, value="", label=t("tune.metric"), info=t("tune.metric_why"))
        return Form(
            dataset, model, preset, passages, method, rate, metric, numbers, replay, mix, name
        ), advice

    def _when(self, method: str) -> str:
        """When to use a method, in plain words."""
        return texts.say(self.language, f"tuning.method_when.{method}")

    def _numbers(self) -> tuple[gr.Number, list[gr.Number]]:
        t, usual = self.t, plan("-", preset="balanced")
        with gr.Row():
            rate = gr.Number(usual.rate, label=t("tune.rate"), step=0.0001, min_width=120)
            numbers = [
                gr.Number(
                    getattr(usual, name),
                    label=t(f"tune.{name}"),
                    precision=0,
                    minimum=0,
                    min_width=120,
                    info=t("tune.patience_why") if name == "patience" else None,
                )
                for name in _NUMBERS
            ]
        return rate, numbers

    def choices(self, request: gr.Request) -> tuple[gr.Dropdown, gr.Dropdown, str, gr.Checkbox, gr.Radio]:
        """The frozen versions (or freezing one now), the models that can be tuned, advice on them, passages and
        preset, the last two as the address asks (a decision's next step does)."""
        project = self.context.project_or_none(request)
        wanted = request.query_params.get("preset", "balanced")
        preset = gr.Radio(value=wanted if wanted in PRESETS else "balanced")
        if project is None:
            return gr.Dropdown([]), gr.Dropdown([]), "", gr.Checkbox(visible=False), preset
        made = [(self._version(v), v.name) for v in reversed(versions.all_versions(project))]
        options = made or [(self.t("tune.freeze_now"), "")]
        documents = any(d.status == "ready" for d in store.documents(project))
        return (
            gr.Dropdown(options, value=options[0][1]),
            *self._models(project),
            gr.Checkbox(visible=documents, value=documents and request.query_params.get("passages") == "yes"),
            preset,
        )

    def _models(self, project: Project) -> tuple[gr.Dropdown, str]:
        """The local models whose weights are here, the project's own chosen; a word when none knows its language."""
        from assistant.journey import choices
        from assistant.models import registry

        settings, spoken = self.context.settings, choices.language(project)
        found = [m for m in registry.found(settings) if m.kind == "chat" and not choices.is_remote(m.spec)]
        ready = [m for m in found if m.ready]
        made = [(f"{m.name}{self._languages(m.spec)}", m.spec) for m in ready]
        wanted = choices.base(project, settings)
        value = wanted if wanted in [m.spec for m in ready] else (ready[0].spec if ready else None)
        advice = self._advice([m.spec for m in found], [m.spec for m in ready], spoken)
        return gr.Dropdown(made, value=value), advice

    def _languages(self, spec: str) -> str:
        if not catalogue.known(spec):
            return ""
        names = [self.t(f"language.{code}") for code in catalogue.entry(spec).languages]
        return f" ({', '.join(names)})"

    def _advice(self, found: list[str], ready: list[str], spoken: str) -> str:
        """Where a model that knows the project's language could be fetched, and none is here: which, and where."""
        knowing = [s for s in found if catalogue.known(s) and spoken in catalogue.entry(s).languages]
        if not knowing or any(s in ready for s in knowing) or any(not catalogue.known(s) for s in ready):
            return ""
        name = catalogue.entry(knowing[0]).name
        link = (self.t("tune.to_settings"), addresses.page(self.language, "settings"))
        return views.note(
            self.t("tune.recommended", language=self.t(f"language.{spoken}"), model=name), link=link
        )

    def readiness(self, request: gr.Request) -> tuple[str, gr.Accordion]:
        """What the checks say of the examples, with the way to mend them; a run can be forced only where they block."""
        from assistant.dataset import examples
        from assistant.journey import choices, readiness

        project = self.context.project_or_none(request)
        if project is None:
            return "", gr.Accordion(visible=False)
        link = (self.t("tune.to_data"), addresses.page(self.language, "data", project.id))
        kept = examples.all_examples(project)
        if not kept:
            return views.note(self.t("tune.no_examples"), link=link), gr.Accordion(visible=False)
        settings = self.context.settings
        report = readiness.report(project, choices.base(project, settings), settings)
        said = self._ready(report, link) + self._simpler(project, kept)
        return said, gr.Accordion(visible=report.ready == "not_ready")

    def _simpler(self, project: Project, kept: list[Example]) -> str:
        """For labels with enough rows: a classifier learns them in seconds, and is to be beaten first."""
        if len(kept) < LABELS_ENOUGH or (project.get("kind") or kinds.kind_of(kept)) != "labels":
            return ""
        link = (self.t("tune.to_compare"), addresses.page(self.language, "compare", project.id))
        return views.note(self.t("tune.labels_first", rows=len(kept)), link=link)

    def _ready(self, report: Report, link: tuple[str, str]) -> str:
        """The verdict as a tag; what blocks (or else what to look at) below it."""
        kind = {"ready": "p-good", "warnings": "p-warn", "not_ready": "p-bad"}[report.ready]
        grave = "blocking" if report.ready == "not_ready" else "warning"
        said = [f.say(self.language) for f in report.findings if f.severity == grave]
        tag = views.tag(texts.say(self.language, f"dataset.ready.{report.ready}"), kind)
        listed = views.lines(said[:3], len(said) - 3, self.t("page.more", count=len(said) - 3))
        more = f"{listed}{views.link(*link)}" if said else ""
        return f'<div class="p-shown">{tag}{more}</div>'

    def metrics(self, request: gr.Request) -> gr.Dropdown:
        """What a run can be judged by: the metrics of the task's kind, or the loss."""
        from assistant.dataset import examples, kinds
        from assistant.journey import measuring

        project = self.context.project_or_none(request)
        if project is None:
            return gr.Dropdown()
        kind = project.get("kind") or kinds.kind_of(examples.all_examples(project))
        names = [
            (texts.say(self.language, f"evaluation.metrics.{n}.name"), n) for n in measuring.OFFERED[kind]
        ]
        offered = [(self.t("tune.metric_usual"), ""), *names, (self.t("tune.metric_loss"), measuring.LOSS)]
        return gr.Dropdown(offered, value="")

    def _version(self, v: versions.Version) -> str:
        said = texts.say(self.language, "dataset.frozen", name=v.name, rows=v.rows)
        return f"{said} {v.note}".strip()

    def usual(self, preset: str, method: str) -> tuple[gr.Dropdown, float, int, int, int]:
        """A preset's and a method's numbers into the folded fields; the seed stays."""
        usual = plan("-", method, preset)
        return gr.Dropdown(info=self._when(method)), usual.rate, usual.epochs, usual.rank, usual.batch

    def estimate(
        self, dataset: str, model: str | None, preset: str, passages: bool, method: str, rate: float, metric: str,
        epochs: float, rank: float, batch: float, seed: float, patience: float, request: gr.Request,
    ) -> Iterator[str]:  # fmt: skip
        """Time, memory, disk and electricity, from a few real steps on the version's rows."""
        from assistant.journey import electricity, estimating, freezing

        project, settings = self.context.project(request), self.context.settings
        changes = _changes(rate, epochs, rank, batch, seed, patience)
        chosen = plan(_needed(model), method, preset, passages=passages, **changes)
        yield f'<div class="p-shown">{views.bar(-1.0, self.t("tune.estimating"))}</div>'
        version = dataset or freezing.freeze(project, settings).name
        found = estimating.estimated(project, version, chosen, settings)
        told = electricity.reckoned(project, (found.seconds_low, found.seconds_high), found.gpu)
        yield self._estimate(found, electricity.said(told, self.language))

    def start(
        self, dataset: str, model: str | None, preset: str, passages: bool, method: str, rate: float, metric: str,
        epochs: float, rank: float, batch: float, seed: float, patience: float, override: str, replay: float, mix: str,
        name: str, request: gr.Request,
    ) -> str:  # fmt: skip
        """Start the run in its own process; it goes on when the page is closed."""
        asked = _asked(model, preset, passages, method, override, name)
        changes = _changes(rate, epochs, rank, batch, seed, patience) | {"metric": metric or ""}
        return self._begin(request, asked, dataset, {**changes, **self._more(replay, mix, request)})

    def pilot(
        self, dataset: str, model: str | None, preset: str, passages: bool, method: str, rate: float, metric: str,
        epochs: float, rank: float, batch: float, seed: float, patience: float, override: str, replay: float, mix: str,
        name: str, request: gr.Request,
    ) -> str:  # fmt: skip
        """Start runs on growing parts of 100 examples."""
        from assistant.journey.trying import PILOT

        asked = {**_asked(model, preset, passages, method, override, name), "pilot": PILOT}
        changes = _changes(rate, epochs, rank, batch, seed, patience) | {"metric": metric or ""}
        return self._begin(request, asked, dataset, {**changes, **self._more(replay, mix, request)})

    def search(
        self, dataset: str, model: str | None, preset: str, passages: bool, method: str, rate: float, metric: str,
        epochs: float, rank: float, batch: float, seed: float, patience: float, override: str, replay: float, mix: str,
        name: str, minutes: float, request: gr.Request,
    ) -> str:  # fmt: skip
        """Start a search for rate, rank and epochs within so many minutes."""
        asked = {
            **_asked(model, preset, passages, method, override, name),
            "minutes": max(1.0, float(minutes or 0)),
        }
        changes = _changes(rate, epochs, rank, batch, seed, patience) | {"metric": metric or ""}
        return self._begin(request, asked, dataset, {**changes, **self._more(replay, mix, request)})

    def _begin(
        self, request: gr.Request, asked: dict[str, Any], dataset: str, changes: dict[str, Any]
    ) -> str:
        from assistant.journey import readiness
        from assistant.journey import tune as tuning

        self.context.check_long_work()
        project, settings = self.context.project(request), self.context.settings
        version = readiness.version_to_train(
            project, dataset or None, asked["model"], settings, asked["override"]
        )
        tuning.start(project, tuning.Request(version, **asked, changes=tuple(changes.items())))
        return ""

    def _more(self, replay: float, mix: str, request: gr.Request) -> dict[str, Any]:
        """What is learned besides, as a plan takes it; a project that the visitor may not see does not exist."""
        from assistant.journey import training_rows

        sources = tuple(part.strip() for part in (mix or "").split(",") if part.strip())
        for other in {training_rows.source(one).project for one in sources} - {""}:
            if not self.context.may(request, "see", other):
                raise PenalaError("no_project", folder=other)
        return {"replay": float(replay or 0) / 100, "mix": sources}

    def _estimate(self, e: Estimate, electricity: str) -> str:
        time, low, high = (
            views.duration(s, self.language) for s in (e.seconds, e.seconds_low, e.seconds_high)
        )
        said = self.t(
            "tune.estimated", time=time, low=low, high=high, memory=e.memory / 1e9, disk=round(e.disk / 1e6)
        )
        room = "" if e.fits else f" {self.t('tune.does_not_fit')}"
        return f'<div class="p-shown p-estimate">{safe(said + room)}<p class="p-small">{safe(electricity)}</p></div>'


def _asked(
    model: str | None, preset: str, passages: bool, method: str, override: str, name: str
) -> dict[str, Any]:
    """The fields as a tuning.Request names them."""
    return {
        "model": _needed(model), "preset": preset, "passages": passages, "method": method, "override": override or "",
        "name": name or "",
    }  # fmt: skip


def _needed(model: str | None) -> str:
    if not model:
        raise PenalaError("ui_no_local_model")
    return model


def _changes(
    rate: float, epochs: float, rank: float, batch: float, seed: float, patience: float
) -> dict[str, Any]:
    """The folded fields as a plan takes them; an emptied one counts as 0, which the plan refuses in words."""
    given = {"epochs": epochs, "rank": rank, "batch": batch, "seed": seed, "patience": patience}
    return {"rate": float(rate or 0), **{name: int(value or 0) for name, value in given.items()}}
