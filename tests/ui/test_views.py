"""Text from users, documents and models stays text."""

import pytest

from assistant.advisor import checklist
from assistant.advisor.facts import Fact
from assistant.errors import PenalaError, Sentence
from assistant.ui import decide_view, views
from assistant.ui.wiring import guarded

EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def test_views_escape_what_is_not_ours():
    shown = [
        views.problem(Sentence(EVIL, EVIL)), views.note(EVIL, link=(EVIL, '"><u>')), views.lead(EVIL, EVIL),
        views.empty(EVIL, EVIL), views.tag(EVIL), views.action(EVIL, EVIL, EVIL, label=EVIL), views.link(EVIL, EVIL),
        views.table((EVIL,), [(EVIL,)]), views.lines([EVIL], 1, EVIL), views.bar(0.5, EVIL),
    ]  # fmt: skip
    for html in shown:
        assert "<img" not in html and "<script" not in html and '"><u>' not in html


def test_markdown_loses_images_and_tags():
    said = views.plain(f"See ![plan](https://evil.example/p.png?q=secret) ![b][c] {EVIL} a < b")
    assert "evil.example" not in said and "<" not in said
    assert said.startswith("See plan")


def test_a_handler_says_its_mistake_and_leaves_the_rest():
    def broken(name):
        raise PenalaError("project_name_empty")

    *kept, notice = guarded(broken, 2, "en")("x")
    assert len(kept) == 2 and "The project has no name." in notice


def test_an_unforeseen_error_becomes_the_general_sentence(caplog):
    def broken():
        raise ZeroDivisionError("secret path /home/someone")

    (notice,) = guarded(broken, 0, "id")()
    assert "secret" not in notice and "Coba lagi" in notice
    assert "secret path" in caplog.text


def test_a_generator_says_its_mistake_too():
    def steps():
        yield "one"
        raise PenalaError("ui_nothing_said")

    first, second = list(guarded(steps, 1, "en")())
    assert first == ["one", ""]
    assert "The message is empty." in second[-1]


@pytest.mark.parametrize(("language", "words"), [("id", "22 November 2026"), ("en", "22 November 2026")])
def test_a_moment_reads_as_people_write_it(language, words):
    assert views.moment("2026-11-22T12:00:00.000+00:00", language).startswith(words)


def test_progress_counts_what_is_known_and_no_guess():
    known = checklist.load()
    facts = {
        "gap": Fact("gap", "both", "both", "said"),
        "task_type": Fact("task_type", "qa", None, "assumed"),
        "citations": Fact("citations", "unknown", "no idea", "said"),
    }
    shown = decide_view.facts_panel(facts, known, "en")
    heads = [s for s in known.signals.values() if s.heading == "use_case"]
    assert f">1/{len(heads)}<" in shown and shown.count("p-chip") >= 3
    others = [s for s in known.signals.values() if s.heading == known.signals["citations"].heading]
    assert f">0/{len(others)}<" in shown
