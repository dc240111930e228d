"""Who is at the page, by name; the one place that parts ask."""

import gradio as gr

from assistant.ui.context import Context, speaker
from assistant.workspace.people import ALONE


def person(context: Context, request: gr.Request) -> str:
    """The name of the person whose page it is; in a workspace without accounts that of its one user."""
    return context.person(request).name


def shown(language: str, name: str) -> str:
    """A person's name as a page shows it: the one user of a workspace without accounts is "you"."""
    return speaker(language)("review.you") if name == ALONE.name else name
