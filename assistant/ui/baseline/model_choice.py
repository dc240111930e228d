"""The chat models that can be chosen on the Baseline page, and which of them stands there first; asks none of them."""

import gradio as gr

from assistant.models import catalogue
from assistant.settings import Settings
from assistant.workspace.project import Project

_READS = (
    1_000_000_000  # parameters; a smaller one of the catalogue stands there first only where it need not read
)


def field(label: str, info: str | None = None) -> gr.Dropdown:
    """Where one is chosen, or the spec of another is written (openai:MODEL@ADDRESS); `dropdown` fills it."""
    return gr.Dropdown([], label=label, info=info, interactive=True, allow_custom_value=True, min_width=220)


def dropdown(settings: Settings, project: Project | None, none: str, *, reads: bool = False) -> gr.Dropdown:
    """The chat models that are here, and none of them under the words `none`.

    The project's own is chosen where it follows instructions and, with `reads`, is large enough to read."""
    from assistant.journey import choices
    from assistant.models import registry

    ready = [(m.name, m.spec) for m in registry.found(settings) if m.ready and m.kind == "chat"]
    own = choices.model(project, settings) if project else ""
    usable = any(spec == own for _, spec in ready) or choices.is_remote(own)
    if usable and own not in [spec for _, spec in ready]:
        ready.insert(0, (own, own))
    return gr.Dropdown([*ready, (none, "")], value=own if usable and _fit(own, reads) else "")


def _fit(spec: str, reads: bool) -> bool:
    """A base model that was never taught to follow instructions is there to be tuned, and answers nothing sensible."""
    if not catalogue.known(spec):
        return True
    entry = catalogue.entry(spec)
    return entry.instruct and (not reads or entry.parameters >= _READS)
