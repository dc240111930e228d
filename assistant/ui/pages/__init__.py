"""One module a page: what it shows, and what each button does."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

    from assistant.ui.context import Context


def pages(context: "Context", language: str) -> "dict[str, gr.Blocks]":
    """Every page of one language, built, by name."""
    from assistant.ui.pages.baseline import BaselinePage
    from assistant.ui.pages.compare import ComparePage
    from assistant.ui.pages.data import DataPage
    from assistant.ui.pages.decide import DecidePage
    from assistant.ui.pages.home import HomePage
    from assistant.ui.pages.settings import SettingsPage
    from assistant.ui.pages.tune import TunePage

    return {
        "home": HomePage(context, language).build(),
        "decide": DecidePage(context, language).build(),
        "baseline": BaselinePage(context, language).build(),
        "data": DataPage(context, language).build(),
        "tune": TunePage(context, language).build(),
        "compare": ComparePage(context, language).build(),
        "settings": SettingsPage(context, language).build(),
    }
