"""What a run shows beside its loss: the declared metric before and now, sample answers, and what is going wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape as safe
from typing import Any

from assistant import texts
from assistant.jobs import Event
from assistant.ui import views
from assistant.ui.context import speaker

_COLUMNS = ("rows", "rate", "rank", "epochs", "score", "loss", "minutes")
READ = ("sample", "try", "outlook", "best")  # events that tables and answers are made of
_WARNINGS = ("tuning.sign.", "tuning.cause.")


@dataclass(frozen=True)
class Scored:
    """The declared metric at one validation, in percent; step 0 is the untuned model."""

    step: int
    score: float


def is_warning(event: Event) -> bool:
    return event.kind == "note" and str(event.values.get("key", "")).startswith(_WARNINGS)


def warnings(events: Sequence[Event], language: str) -> str:
    """Each sign of a run that goes wrong with its likely cause, once."""
    from assistant.journey import tune as tuning

    said = list(dict.fromkeys(tuning.told(event, language) for event in events if is_warning(event)))
    listed = "".join(f"<p>{safe(text)}</p>" for text in said)
    return f'<div class="p-notice p-caution" role="status">{listed}</div>' if said else ""


def metric(events: Sequence[Event], plan: Mapping[str, Any]) -> str:
    """The metric to draw: the declared one, else the first that was measured; "" for none."""
    names = next((list(e.values["scores"]) for e in events if e.values.get("scores")), [])
    return str(plan["metric"]) if plan.get("metric") in names else next(iter(names), "")


def scored(events: Sequence[Event], name: str) -> list[Scored]:
    """One value a step; a step that was repeated after a resume counts once."""
    found = {
        e.values["step"]: 100 * e.values["scores"][name]
        for e in events
        if e.kind == "metric" and name in e.values.get("scores", {})
    }
    return [Scored(step, score) for step, score in sorted(found.items())]


def sentence(points: Sequence[Scored], name: str, language: str) -> str:
    """The curve in words: where the metric is, and where it was before the first step."""
    if not points:
        return ""
    said = [f"{texts.number(language, point.score, 1)} %" for point in (points[-1], points[0])]
    return speaker(language)(
        "tune.score_at",
        metric=metric_name(name, language),
        score=said[0],
        step=points[-1].step,
        before=said[1],
    )


def metric_name(name: str, language: str) -> str:
    return texts.say(language, f"evaluation.metrics.{name}.name")


def tries(events: Sequence[Event], language: str) -> str:
    """The tries of a pilot or a search as a table, and what they say."""
    from assistant.journey import tune as tuning

    found = list({e.values["name"]: e.values for e in events if e.kind == "try"}.values())
    if not found:
        return ""
    t = speaker(language)
    said = [tuning.told(e, language) for e in events if e.kind in ("outlook", "best")]
    heads = [t(f"tune.try_{name}") for name in _COLUMNS]
    table = views.table(heads, [_tried(v, language) for v in found], right=range(len(heads)))
    words = "".join(f"<p><b>{safe(text)}</b></p>" for text in dict.fromkeys(said))
    return f'<div class="p-card p-shown">{views.section(t("tune.tries"))}{words}{table}</div>'


def _tried(v: Mapping[str, Any], language: str) -> list[str]:
    score = f"{texts.number(language, 100 * v['score'], 1)} %"
    if v["name"] == "untuned":
        return [speaker(language)("tune.untuned"), "–", "–", "–", score, "–", "–"]
    numbers = [str(v["rows"]), f"{v['rate']:g}", str(v["rank"]), str(v["epochs"])]
    loss, minutes = (
        texts.number(language, n, digits) for n, digits in ((v["loss"], 3), (v["seconds"] / 60, 1))
    )
    return [*numbers, score, loss, minutes]


def samples(events: Sequence[Event], language: str) -> str:
    """A few validation rows with the ideal answer, the untuned model's and the one of now."""
    told = [e.values for e in events if e.kind == "sample"]
    if not told:
        return ""
    t, before = speaker(language), {s["id"]: s["said"] for s in told[0]["samples"]}
    cards = "".join(_card(sample, before.get(sample["id"], ""), language) for sample in told[-1]["samples"])
    lead = t("tune.samples_lead", step=told[-1]["step"])
    return f'<div class="p-card p-shown">{views.section(t("tune.samples"), lead)}{cards}</div>'


def _card(sample: Mapping[str, str], before: str, language: str) -> str:
    t = speaker(language)
    said = (
        ("input", sample["input"]),
        ("ideal", sample["ideal"]),
        ("before", before),
        ("now", sample["said"]),
    )
    return views.rows(
        (t(f"tune.sample_{name}"), f'<div class="p-text">{safe(text or "–")}</div>') for name, text in said
    )
