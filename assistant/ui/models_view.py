"""The models found here as a list, each with its state and what can be done about it."""

from html import escape as safe

from assistant import texts
from assistant.models import catalogue, weights
from assistant.models.catalogue import Entry
from assistant.ui import views
from assistant.ui.background import Work
from assistant.ui.context import Context, Say, speaker
from assistant.ui.wiring import sentence


def models(context: Context, language: str) -> tuple[str, bool]:
    """The list, and whether something is being fetched now."""
    from assistant.models import registry

    t = speaker(language)
    works = {entry.id: context.background.of(f"fetch:{entry.id}") for entry in catalogue.entries()}
    local = "".join(_local(t, language, context, entry, works[entry.id]) for entry in catalogue.entries())
    ids = {entry.id for entry in catalogue.entries()}
    others = "".join(
        _item(
            found.name,
            safe(f"{found.spec} · {found.where}"),
            _ready(t, found.ready),
            _note(language, found.note_key),
        )
        for found in registry.found(context.settings)
        if found.spec not in ids
    )
    busy = any(work is not None and work.running for work in works.values())
    return f'<div class="p-list">{local}{others}</div>', busy


def _local(t: Say, language: str, context: Context, entry: Entry, work: Work | None) -> str:
    here = weights.present(entry.id, context.settings)
    facts = [
        t(f"settings.kind_{entry.kind}"),
        ", ".join(t(f"language.{code}") for code in entry.languages),
        t("settings.parameters", millions=round(entry.parameters / 1e6)),
        entry.licence,
    ]
    if here:
        return _item(entry.name, safe(" · ".join(facts)), _ready(t, True), _terms_notice(entry))
    return _item(
        entry.name, safe(" · ".join(facts)), _ready(t, False), _fetching(t, language, context, entry, work)
    )


def _fetching(t: Say, language: str, context: Context, entry: Entry, work: Work | None) -> str:
    """Under way: a bar. Failed: why. Else the button, with the terms above it where there are any."""
    if work and work.running:
        stage = texts.keys(language).get(f"models.stage.{work.stage}", t("settings.waiting"))
        return views.bar(work.share, stage)
    failed = views.problem(sentence(work.error, language)) if work and work.error else ""
    if entry.terms and not weights.accepted(entry.terms, context.settings):
        return failed + _terms(t, entry)
    size = entry.disk / 1e6
    fetch = views.action(t("settings.fetch"), "fetch", entry.id, "p-button")
    return f'{failed}{fetch} <span class="p-small">{safe(t("settings.needs", size=round(size)))}</span>'


def _terms(t: Say, entry: Entry) -> str:
    terms = catalogue.terms(entry.terms or "")
    return (
        f'<p>{safe(t("settings.terms", name=terms.name))} <a href="{safe(terms.address)}" target="_blank" rel="noopener '
        f'noreferrer">{safe(terms.address)}</a>. {safe(t("settings.policy"))} <a href="{safe(terms.policy)}" '
        f'target="_blank" rel="noopener noreferrer">{safe(terms.policy)}</a></p>'
        f"{views.action(t('settings.accept'), 'accept', entry.id, 'p-button')}"
        f' <span class="p-small">{safe(t("settings.needs", size=round(entry.disk / 1e6)))}</span>'
    )


def _terms_notice(entry: Entry) -> str:
    return f'<p class="p-small">{safe(catalogue.terms(entry.terms).notice)}</p>' if entry.terms else ""


def _item(name: str, facts: str, state: str, more: str) -> str:
    below = f'<div class="p-wide">{more}</div>' if more else ""
    return (
        f'<div class="p-item"><div><h3>{safe(name)}</h3><p>{facts}</p></div><div>{state}</div>{below}</div>'
    )


def _ready(t: Say, ready: bool) -> str:
    return views.tag(t("settings.ready"), "p-good") if ready else views.tag(t("settings.not_here"))


def _note(language: str, key: str) -> str:
    return f"<p>{safe(texts.keys(language).get(key, ''))}</p>" if key else ""


def ways(language: str) -> str:
    """How to bring other models in: keys, endpoints, folders; in words, because keys are never typed here."""
    t = speaker(language)
    pairs = [
        (t(f"settings.way_{name}"), safe(t(f"settings.way_{name}_how")))
        for name in ("gemini", "ollama", "hub", "gpu")
    ]
    return f'<div class="p-card">{views.section(t("settings.ways"), t("settings.ways_lead"))}{views.rows(pairs)}</div>'
