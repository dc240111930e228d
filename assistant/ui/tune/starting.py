"""The form that starts a run: which data, which model, three choices in plain words, an estimate, one button."""

from dataclasses import dataclass
from html import escape as safe
from typing import Any

import gradio as gr

from assistant import texts
from assistant.dataset import versions
from assistant.errors import PenalaError
from assistant.models import catalogue, weights
from assistant.tuning.estimate import Estimate
from assistant.tuning.plan import PRESETS, plan
from assistant.ui import parts, views
from assistant.ui.page import Part

_NUMBERS = ("epochs", "rank", "batch", "seed")


@dataclass(frozen=True)
class Form:
    """The fields of a run, in the order in which the handlers take them."""

    dataset: gr.Dropdown
    model: gr.Dropdown
    preset: gr.Radio
    passages: gr.Checkbox
    rate: gr.Number
    numbers: list[gr.Number]

    def fields(self) -> list[Any]:
        return [self.dataset, self.model, self.preset, self.passages, self.rate, *self.numbers]


@dataclass(frozen=True)
class Starting(Part):
    def build(self, page: gr.Blocks, shown: list[Any], show: Any) -> None:
        """Lay out inside the open column; a started run is then shown by `show` in `shown`."""
        t = self.t
        with parts.panel():
            parts.html(views.section(t("tune.start_head"), t("tune.start_lead")))
            form = self._form()
            estimate = parts.html(classes="p-slot")
            notice = parts.slot()
            with gr.Row(elem_classes="p-buttons"):
                start = gr.Button(t("tune.start"), variant="primary")
                ask = gr.Button(t("tune.estimate"))
            with gr.Accordion(t("tune.override_head"), open=False):
                override = gr.Textbox("", label=t("tune.override"), info=t("tune.override_why"), max_lines=2)
        self.on(page.load, self.choices, [], [form.dataset, form.model], notice=notice)
        self.on(form.preset.change, self.preset, [form.preset], [form.rate, *form.numbers[:3]], notice=notice)
        self.on(ask.click, self.estimate, form.fields(), [estimate], notice=notice, show_progress="full")
        begun = self.on(start.click, self.start, [*form.fields(), override], [override], notice=notice)
        self.on(begun.then, show, shown[-1:], shown, notice=notice)

    def _form(self) -> Form:
        t = self.t
        dataset = gr.Dropdown([], label=t("tune.dataset"), interactive=True)
        model = gr.Dropdown([], label=t("tune.model"), info=t("tune.model_why"), interactive=True)
        presets = [(texts.say(self.language, f"tuning.preset.{name}"), name) for name in PRESETS]
        preset = gr.Radio(presets, value="balanced", label=t("tune.preset"), elem_classes="p-choices")
        passages = gr.Checkbox(False, label=t("tune.passages"), info=t("tune.passages_why"))
        usual = plan("-", preset="balanced")
        with gr.Accordion(t("tune.details"), open=False), gr.Row():
            rate = gr.Number(usual.rate, label=t("tune.rate"), step=0.0001, min_width=120)
            numbers = [
                gr.Number(
                    getattr(usual, name), label=t(f"tune.{name}"), precision=0, minimum=0, min_width=120
                )
                for name in _NUMBERS
            ]
        return Form(dataset, model, preset, passages, rate, numbers)

    def choices(self, request: gr.Request) -> tuple[gr.Dropdown, gr.Dropdown]:
        """The frozen versions (or freezing one now), and the local models whose weights are here."""
        from assistant.journey import choices

        project = self.context.project_or_none(request)
        if project is None:
            return gr.Dropdown([]), gr.Dropdown([])
        made = [(self._version(v), v.name) for v in reversed(versions.all_versions(project))]
        options = made or [(self.t("tune.freeze_now"), "")]
        settings = self.context.settings
        models = [
            (e.name, e.id)
            for e in catalogue.entries()
            if e.kind == "chat" and weights.present(e.id, settings)
        ]
        chosen = choices.model(project, settings)
        value = chosen if any(id == chosen for _, id in models) else (models[0][1] if models else None)
        return gr.Dropdown(options, value=options[0][1]), gr.Dropdown(models, value=value)

    def _version(self, v: versions.Version) -> str:
        said = texts.say(self.language, "dataset.frozen", name=v.name, rows=v.rows)
        return f"{said} {v.note}".strip()

    def preset(self, preset: str) -> tuple[float, int, int, int]:
        """A preset's numbers into the folded fields; the seed stays."""
        usual = plan("-", preset=preset)
        return usual.rate, usual.epochs, usual.rank, usual.batch

    def estimate(
        self, dataset: str, model: str | None, preset: str, passages: bool,
        rate: float, epochs: float, rank: float, batch: float, seed: float, request: gr.Request,
    ) -> str:  # fmt: skip
        """Time, memory and disk; the first estimate for a model measures this machine (about 20 s)."""
        from assistant.journey import estimating

        project = self.context.project(request)
        changes = _changes(rate, epochs, rank, batch, seed)
        chosen = plan(_needed(model), preset=preset, passages=passages, **changes)
        return self._estimate(estimating.estimated(project, chosen, self.context.settings))

    def start(
        self, dataset: str, model: str | None, preset: str, passages: bool,
        rate: float, epochs: float, rank: float, batch: float, seed: float, override: str, request: gr.Request,
    ) -> str:  # fmt: skip
        """Start the run in its own process; it goes on when the page is closed."""
        from assistant.journey import readiness
        from assistant.journey import tune as tuning

        project, spec = self.context.project(request), _needed(model)
        version = readiness.version_to_train(project, dataset or None, spec, self.context.settings, override)
        changes = tuple(_changes(rate, epochs, rank, batch, seed).items())
        tuning.start(project, tuning.Request(version, spec, "lora", preset, passages, changes))
        return ""

    def _estimate(self, e: Estimate) -> str:
        low, high = (views.duration(seconds, self.language) for seconds in (e.seconds_low, e.seconds_high))
        said = self.t("tune.estimated", low=low, high=high, memory=e.memory / 1e9, disk=round(e.disk / 1e6))
        room = "" if e.fits else f" {self.t('tune.does_not_fit')}"
        return f'<div class="p-shown p-estimate">{safe(said + room)}</div>'


def _needed(model: str | None) -> str:
    if not model:
        raise PenalaError("ui_no_local_model")
    return model


def _changes(rate: float, epochs: float, rank: float, batch: float, seed: float) -> dict[str, Any]:
    """The folded fields as a plan takes them; the adapter's scale stays twice its rank."""
    numbers = {"epochs": int(epochs), "rank": int(rank), "batch": int(batch), "seed": int(seed)}
    return {"rate": float(rate), **numbers, "alpha": 2 * int(rank)}
