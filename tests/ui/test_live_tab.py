"""The tab on which one message goes through several arms at once, without a browser."""

from types import SimpleNamespace

import pytest

from assistant.errors import PenalaError
from assistant.evaluation.values import Answered
from assistant.journey.live import Heard
from assistant.ui.compare.live import Live

EVIL = "<img src=x onerror=alert(1)>"


class Scripted:
    def __init__(self, name):
        self.name = self.fingerprint = name

    def stream(self, text):
        if self.name == "rag":
            raise PenalaError("no_documents_yet")
        yield f"{EVIL} awal"
        yield f"{EVIL} awal akhir {text}"

    def answer(self, cases):
        return [Answered(case.id, "", 0.1, 1, 1) for case in cases]


@pytest.fixture
def tab(context, monkeypatch):
    bench = SimpleNamespace(arm=lambda name, kind: Scripted(name), request=None)
    monkeypatch.setattr(Live, "_bench", lambda self, project: bench)
    monkeypatch.setattr(Live, "_kind", lambda self, project: "text")
    return Live(context, "id")


def test_answers_appear_as_they_are_written_and_can_be_put_right_once_whole(tab, request_):
    states = list(tab.ask(" Halo? ", ["prompt", "tuned", "rag"], request_))
    assert "Memuat model" in states[0][0]
    html, said = states[-1]
    assert [s.arm for s in said] == ["prompt", "rag", "tuned"] and all(
        EVIL not in shown for shown, _ in states
    )
    assert said[2].answer == f"{EVIL} awal akhir Halo?" and html.count("kata pertama setelah") == 2
    assert (
        'data-id="0"' in html and 'data-id="2"' in html and 'data-id="1"' not in html
    )  # rag said why it cannot
    assert 'role="alert"' in html
    assert "sedang menulis" in tab._card(Heard("prompt", "awal"), "0")
    assert "sedang membaca" in tab._card(Heard("prompt"), "0")


def test_nothing_said_or_too_many_arms_is_told_at_once(tab, request_):
    for text, arms, code in (
        (" ", ["prompt"], "ui_nothing_said"), ("x", [], "ui_no_arms"),
        ("x", list("abcde"), "ui_too_many_arms"),
    ):  # fmt: skip
        with pytest.raises(PenalaError) as told:
            next(tab.ask(text, arms, request_))
        assert told.value.code == code
