"""What an estimate rests on as a form: one row a quantity, with what was typed and what is wrong with it; saves nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape as safe

from assistant import texts
from assistant.advisor.estimate import cost_table, own_numbers
from assistant.advisor.estimate.assumptions import NAMES, Range
from assistant.advisor.estimate.project_costs import ProjectCosts
from assistant.errors import PenalaError, Sentence
from assistant.ui import views
from assistant.ui.context import speaker
from assistant.ui.decide import estimate_view

GROUPS = {
    "use": ("requests_per_day", "days_per_month", "peak", "months"),
    "prompt": ("instruction_tokens", "input_tokens", "output_tokens", "shots", "short_prompt_tokens"),
    "documents": ("pages", "tokens_per_page", "passage_tokens", "whole_document_limit", "cache_hits"),
    "training": ("examples_at_hand", "examples", "epochs", "batch"),
    "people": (
        "wage", "minutes_per_example", "minutes_per_check", "evaluation_cases", "prompt_hours", "retrieval_hours",
    ),
    "machines": (
        "serving_hours", "usd_per_kwh", "own_cpu_kw", "own_gpu_kw", "own_gpu_tflops", "utilisation",
        "gpu_writing_tokens", "cpu_writing_tokens", "cpu_training_tokens", "embedding_seconds",
    ),
}  # fmt: skip
ENDS = ("low", "high")
Fields = Mapping[str, str]


@dataclass(frozen=True)
class Draft:
    """What stands in one row's two fields and cannot be taken; `wrong` names the fields that are meant."""

    low: str
    high: str
    problem: Sentence
    wrong: tuple[str, ...]


Drafts = dict[str, Draft]


def taken(found: ProjectCosts, fields: Fields, reset: str, language: str) -> tuple[own_numbers.Given, Drafts]:
    """The user's own numbers after this form, and the rows that cannot be taken; `reset` names one to be given up.

    A row that was not touched stays as it is, so that no rounding of what is shown becomes a number of its own.
    """
    given, drafts = dict(found.given), Drafts()
    for name in NAMES:
        low, high = (fields.get(f"{name}.{end}", "") for end in ENDS)
        if name == reset:
            given.pop(name, None)
        elif f"{name}.low" in fields and (low.strip(), high.strip()) != shown(found, name, language):
            _take(name, low, high, given, drafts, language)
    return given, drafts


def _take(name: str, low: str, high: str, given: own_numbers.Given, drafts: Drafts, language: str) -> None:
    try:
        ends = own_numbers.ends(name, low, high)
    except PenalaError as error:
        wrong = ENDS if error.code == "own_order" else tuple(e for e in ENDS if _bad(name, e, low, high))
        drafts[name] = Draft(low[:40], high[:40], error.say(language), wrong)
        return
    if ends is None:
        given.pop(name, None)
    else:
        given[name] = ends


def _bad(name: str, end: str, low: str, high: str) -> bool:
    try:
        own_numbers.read(name, low if end == "low" else high)
    except PenalaError:
        return True
    return False


def shown(found: ProjectCosts, name: str, language: str) -> tuple[str, str]:
    """What the two fields of a quantity hold before anybody types."""
    value: Range | None = getattr(found.estimate.assumptions, name)
    if value is None:
        return "", ""
    return own_numbers.written(value.low, language), own_numbers.written(value.high, language)


def form(found: ProjectCosts, drafts: Drafts, opened: Collection[str], said: str, language: str) -> str:
    """All quantities under their headings; `opened` are those that stand open, `said` is what the last press did."""
    t = speaker(language)
    groups = "".join(_group(group, found, drafts, opened, language) for group in GROUPS)
    status = f'<span role="status" class="p-small">{safe(said)}</span>' if said else ""
    save = (
        f'<button type="submit" class="p-action p-button p-main p-save">{safe(t("estimate.save"))}</button>'
    )
    return (
        f'<form class="p-own" novalidate autocomplete="off"><p class="p-small">{safe(t("estimate.form_lead"))}</p>{groups}'
        f'<div class="p-own-foot">{save}{status}</div></form>'
    )


def _group(group: str, found: ProjectCosts, drafts: Drafts, opened: Collection[str], language: str) -> str:
    t, names = speaker(language), GROUPS[group]
    own = sum(name in found.given for name in names)
    tag = f" {views.tag(t('estimate.own_count', count=own), 'p-good')}" if own else ""
    wrong = any(name in drafts for name in names)
    is_open = " open" if wrong or group in opened else ""
    rows = "".join(_row(name, found, drafts.get(name), language) for name in names)
    head = "".join(f"<span>{safe(t(f'estimate.{end}'))}</span>" for end in ENDS)
    return (
        f'<details data-group="{group}"{is_open}><summary>{safe(t(f"estimate.group_{group}"))}{tag}</summary>'
        f'<div class="p-own-head" aria-hidden="true"><span></span><div>{head}</div></div>{rows}</details>'
    )


def _row(name: str, found: ProjectCosts, draft: Draft | None, language: str) -> str:
    words = found.knowledge.assumptions[name].text.say(language)
    texts_ = (draft.low, draft.high) if draft else shown(found, name, language)
    fields = "".join(
        _field(name, words, end, text, draft, language) for end, text in zip(ENDS, texts_, strict=True)
    )
    problem = (
        f'<p class="p-own-problem" id="own-{name}-problem" role="alert"><b>{safe(draft.problem.message)}</b> {safe(draft.problem.hint)}</p>'
        if draft
        else ""
    )
    return (
        f'<div class="p-own-row" data-row="{"draft" if draft else "kept"}"><div class="p-own-name">{safe(words)}{_basis(name, found, words, language)}</div>'
        f'<div class="p-own-ends">{fields}</div>{problem}</div>'
    )


def _field(name: str, words: str, end: str, text: str, draft: Draft | None, language: str) -> str:
    label = f"{words}: {texts.say(language, f'ui.estimate.{end}')}"
    wrong = (
        f' aria-invalid="true" aria-describedby="own-{name}-problem"' if draft and end in draft.wrong else ""
    )
    return (
        f'<input type="text" inputmode="decimal" id="own-{name}-{end}" name="{name}.{end}" value="{safe(text)}" '
        f'aria-label="{safe(label)}" maxlength="40"{wrong}>'
    )


def _basis(name: str, found: ProjectCosts, words: str, language: str) -> str:
    """Where the numbers come from; for the user's own, the way back."""
    t, fact = speaker(language), found.knowledge.assumptions[name].fact
    value: Range | None = getattr(found.estimate.assumptions, name)
    if name in found.given:
        back: Range | None = getattr(found.assumed, name)
        nothing = texts.say(language, "costs.not_counted")
        span = cost_table.span(back, language) if back else nothing
        button = views.action(
            t("estimate.back", span=span), "reset", name, label=f"{words}: {t('estimate.back', span=span)}"
        )
        return f'<span class="p-source">{safe(t("estimate.yours"))} · {button}</span>'
    if value is None:
        return f'<span class="p-source">{safe(t("estimate.not_counted"))}</span>'
    if value.origin == "facts":
        return f'<span class="p-source">{safe(t("estimate.from_facts"))}</span>'
    if value.source != fact.source:
        return f'<span class="p-source">{safe(t("estimate.by_task"))}</span>'
    if value.source == "author":
        return f'<span class="p-source">{safe(t("estimate.by_author", date=estimate_view.day(fact.date or "", language)))}</span>'
    return estimate_view.source(found.knowledge.sources[value.source], fact.date, language)
