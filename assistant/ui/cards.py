"""Cards and lines of the home page: projects, samples, deleted projects, this machine."""

from collections.abc import Mapping, Sequence
from html import escape as safe
from typing import Any

from assistant.settings import Settings
from assistant.ui import addresses, views
from assistant.ui.context import Say, speaker
from assistant.ui.header import step_states
from assistant.ui.machine import Machine
from assistant.workspace.overview import Overview, overview
from assistant.workspace.project import Project
from assistant.workspace.projects import Trashed, describe


def projects(found: Sequence[Project], language: str) -> str:
    """One card a project, the last changed first."""
    t = speaker(language)
    if not found:
        return views.empty(t("home.no_projects"), t("home.no_projects_lead"))
    seen = [(project, None if describe(project).damaged else overview(project)) for project in found]
    seen.sort(key=lambda pair: pair[1].changed if pair[1] else "", reverse=True)
    made = [_card(t, language, project, view) if view else _damaged(t, project) for project, view in seen]
    return f'<div class="p-cards">{"".join(made)}</div>'


def _card(t: Say, language: str, project: Project, seen: Overview) -> str:
    step = next_step(seen)
    title = views.link("@", addresses.page(language, step, project.id), "p-title")
    decided = t(f"approach.{seen.approach}") if seen.approach else t("home.undecided")
    return (
        f'<article class="p-card">{title.replace("@", f"<h3>{safe(seen.name)}</h3>")}'
        f"<div>{views.tag(t(f'language.{seen.language}'))} {views.tag(decided, 'p-good' if seen.approach else '')}</div>"
        f"<p>{safe(_holds(t, seen))}</p>"
        f"<p>{safe(t('home.next', step=t(f'step.{step}')))}</p>"
        f'<div class="p-foot">{views.link(t("home.open"), addresses.page(language, step, project.id), "p-action p-button")}'
        f"{views.link(t('home.export'), addresses.download('archive', project.id, 'project.zip', language), 'p-action p-quiet')}"
        f"{views.action(t('home.delete'), 'delete', project.id, 'p-quiet', t('home.delete_named', name=seen.name))}"
        "</div></article>"
    )


def _damaged(t: Say, project: Project) -> str:
    return (
        f'<article class="p-card"><h3>{safe(project.id)}</h3><p>{safe(t("home.damaged"))}</p><div class="p-foot">'
        f"{views.action(t('home.delete'), 'delete', project.id, 'p-quiet')}</div></article>"
    )


def _holds(t: Say, seen: Overview) -> str:
    counts = {name: getattr(seen, name) for name in ("facts", "documents", "examples", "runs", "comparisons")}
    said = [t(f"home.holds_{name}", count=count) for name, count in counts.items() if count]
    return " · ".join(said) or t("home.holds_nothing")


def next_step(seen: Overview) -> str:
    """The first step that is not done, in the journey's order; tuning only where it was decided."""
    states = step_states(seen)
    if seen.approach and "fine_tune" not in seen.approach:
        states["tune"] = "done"
    return next((name for name in addresses.STEPS if states[name] in ("todo", "doing")), "compare")


def trash(found: Sequence[Trashed], language: str) -> str:
    """Deleted projects, each with its way back."""
    t = speaker(language)
    lines = [
        f'<div class="p-item"><p>{safe(t("home.deleted", name=gone.name))}</p><div class="p-foot">'
        f"{views.action(t('home.undo'), 'restore', gone.id)} &nbsp; {views.action(t('home.purge'), 'purge', gone.id, 'p-quiet')}"
        "</div></div>"
        for gone in found
    ]
    return f'<div class="p-shown p-list p-trash">{"".join(lines)}</div>' if lines else ""


def samples(language: str) -> str:
    """The sample projects, those in the reader's language first."""
    try:
        from assistant.journey import samples as known
    except ImportError:
        return ""
    t = speaker(language)
    made = [
        f'<article class="p-card"><h3>{safe(_title(sample.about))}</h3><div>{views.tag(t(f"language.{sample.language}"))}</div>'
        f"<p>{safe(_summary(sample.about, language))}</p>"
        f'<div class="p-foot">{views.action(t("home.use_sample"), "sample", sample.id, "p-button")}</div></article>'
        for sample in sorted(known.samples(), key=lambda s: (s.language != language, s.id))
    ]
    head = views.section(t("home.samples"), t("home.samples_lead"))
    return f'<div class="p-samples">{head}<div class="p-cards">{"".join(made)}</div></div>' if made else ""


def _title(about: Mapping[str, Any]) -> str:
    return str(about["title"])


def _summary(about: Mapping[str, Any], language: str) -> str:
    """A sample's own words about itself, in the reader's language where it has them."""
    words = about.get("summary", "")
    return (
        str(words.get(language) or next(iter(words.values()), "")) if isinstance(words, dict) else str(words)
    )


def machine_lines(has: Machine, settings: Settings, language: str) -> str:
    """What this machine can do, one line each."""
    t = speaker(language)
    return (
        f'<div class="p-card">{views.section(t("machine.title"))}'
        + views.rows(machine_rows(t, has, settings))
        + views.link(t("machine.more"), addresses.page(language, "settings"))
        + "</div>"
    )


def machine_rows(t: Say, has: Machine, settings: Settings) -> list[tuple[str, str]]:
    ready, others = _models(settings)
    keys = ", ".join(has.keys) if has.keys else t("machine.no_keys")
    return [
        (t("machine.models"), safe(t("machine.models_ready", ready=ready, others=others))),
        (
            t("machine.memory"),
            safe(t("machine.memory_of", free=has.free, memory=has.memory, cores=has.cores)),
        ),
        (t("machine.accelerator"), safe(t(f"machine.accelerator_{has.accelerator or 'none'}"))),
        (t("machine.keys"), safe(keys)),
    ]


def _models(settings: Settings) -> tuple[int, int]:
    from assistant.models import registry

    found = registry.found(settings)
    ready = sum(1 for model in found if model.ready)
    return ready, len(found) - ready
