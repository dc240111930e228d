"""Every page of every language, built without a browser: private handlers, no wires across pages, inert words."""

import subprocess
import sys
from pathlib import Path
from string import Formatter

import gradio as gr
import pytest

from assistant import texts
from assistant.settings import LANGUAGES, Settings
from assistant.ui.addresses import PAGES
from assistant.ui.context import open_context
from assistant.ui.pages import pages


@pytest.fixture(scope="module", params=LANGUAGES)
def built(request, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    context = open_context(Settings(home=home, weights=home / "weights", language=request.param))
    return pages(context, request.param)


def test_every_page_is_there(built):
    assert set(built) == set(PAGES)


def test_every_handler_is_private(built):
    public = [
        (name, str(fn.fn))
        for name, page in built.items()
        for fn in page.fns.values()
        if fn.api_visibility != "private"
    ]
    assert public == []


def test_no_event_reaches_into_another_page(built):
    """Gradio drops such an event without a word."""
    for name, page in built.items():
        for fn in page.fns.values():
            reached = {block._id for block in (*fn.inputs, *fn.outputs)}
            assert reached <= set(page.blocks), f"{name}: {fn.fn}"


def test_tabs_hold_only_tabs(built):
    """Gradio counts every child of gr.Tabs as a tab and then shows one tab's name over another's content."""
    for name, page in built.items():
        for block in page.blocks.values():
            if isinstance(block, gr.Tabs):
                assert all(isinstance(child, gr.Tab) for child in block.children), name


def test_no_page_loads_a_model_library():
    """The front page must open at once; each of these takes seconds to import."""
    code = (
        "import sys, pathlib; from assistant.settings import Settings; from assistant.ui.context import open_context; "
        "from assistant.ui.pages import pages; import assistant.ui.server; home = pathlib.Path(sys.argv[1]); "
        "pages(open_context(Settings(home=home, weights=home)), 'id'); "
        "heavy = {'torch', 'transformers', 'chromadb', 'peft', 'sentence_transformers', 'sklearn'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "/nonexistent"], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "[]"


def test_both_languages_say_the_same_things():
    ours = {
        language: {
            key: {name for _, name, _, _ in Formatter().parse(text) if name}
            for key, text in texts.keys(language).items()
            if key.startswith(("ui.", "errors.ui_"))
        }
        for language in LANGUAGES
    }
    assert ours["id"] == ours["en"]


def test_no_page_asks_another_server():
    for file in (Path(__file__).parents[2] / "assistant" / "ui").rglob("*"):
        if file.suffix in (".py", ".css", ".svg"):
            text = file.read_text("utf-8")
            assert "fonts.googleapis" not in text and "cdn." not in text, file
