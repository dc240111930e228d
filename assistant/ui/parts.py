"""The few building blocks that every page lays out: our own HTML, a slot for messages, a panel."""

from typing import Any

import gradio as gr

# Passes a click on any [data-do] inside the component on to Python, as event data `do` and `id`.
_CLICKS = """
element.addEventListener('click', (event) => {
  const hit = event.target.closest('[data-do]');
  if (!hit || !element.contains(hit)) return;
  event.preventDefault();
  trigger('click', {do: hit.dataset.do, id: hit.dataset.id || ''});
});
"""


def html(value: str = "", *, clicks: bool = False, classes: str = "", **more: Any) -> gr.HTML:
    """HTML made by us, without Gradio's prose styles; with `clicks`, its buttons reach Python."""
    return gr.HTML(
        value,
        js_on_load=_CLICKS if clicks else None,
        apply_default_css=False,
        elem_classes=classes or None,
        **more,
    )


def slot() -> gr.HTML:
    """Where a message may appear; takes no room while empty."""
    return html("", classes="p-slot")


def panel(**more: Any) -> gr.Column:
    """A quiet frame around controls that belong together."""
    return gr.Column(elem_classes="p-panel", **more)


def two_columns() -> gr.Row:
    """Main matter left, the rest right; one above the other on a narrow screen."""
    return gr.Row(equal_height=False, elem_classes="p-split")
