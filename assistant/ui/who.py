"""Who is at the page; the one place that knows it."""

import gradio as gr

from assistant.ui.context import Context

NOBODY = "local"  # whoever sits at this machine


def person(context: Context, request: gr.Request) -> str:
    """The name of the person whose page it is."""
    return NOBODY
