"""Who is at the page, by name; the one place that parts ask."""

import gradio as gr

from assistant.ui.context import Context


def person(context: Context, request: gr.Request) -> str:
    """The name of the person whose page it is; in a workspace without accounts that of its one user."""
    return context.person(request).name
