"""The report of the checks as a page shows it: safe, grave things first, a button only where a remedy is."""

import pytest

from assistant import texts
from assistant.dataset import mending
from assistant.dataset.checks import Finding, Named, Report
from assistant.dataset.examples import Example
from assistant.dataset.mending import Mend
from assistant.dataset.remedies import REMEDIES
from assistant.ui.context import speaker
from assistant.ui.data.findings_view import View

KNOWN = {
    "a": Example("a", "<b>Kapan buka?</b>", "Pukul 9."),
    "b": Example("b", "<b>kapan buka</b>", "Pukul 10."),
}
FOUND = (
    Finding("contradiction", "blocking", ("a", "b"), {"spare": 0}),
    Finding("personal_data", "warning", ("a",), {"kinds": Named({"name": 1}, "personal")}),
    Finding("schema", "warning", ("17",), {"files": Named({"<x>.csv": 1})}),
)


def _view(language: str = "id") -> View:
    return View(speaker(language), language, "p", KNOWN, "")


def test_remedies_stand_where_there_are_some_and_rows_where_they_are_known() -> None:
    shown = _view().all(Report("not_ready", FOUND), None)
    first, rest = shown.split("Perlu dilihat")
    assert 'data-do="mend"' not in first and 'data-id="contradiction/"' in first
    assert 'data-do="mend" data-id="personal_data/"' in rest
    assert "Baris dalam berkas: 17" in rest
    assert "2 contoh diperiksa: 1 hal harus diperbaiki" in first


def test_what_users_wrote_is_inert_and_a_twin_is_shown_beside() -> None:
    shown = _view("en").all(Report("not_ready", FOUND), None)
    assert "<b>Kapan" not in shown and "<x>" not in shown
    assert "≈ b: &lt;b&gt;kapan buka&lt;/b&gt; → Pukul 10." in shown


def test_the_newest_remedy_can_be_taken_back_even_when_all_is_well() -> None:
    undo = Mend(1, "personal_data", ("a",))
    assert 'data-do="undo"' in _view().all(Report("ready", ()), undo)
    assert 'data-do="undo"' not in _view().all(Report("ready", ()), None)


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_remedy_has_words(language: str) -> None:
    findings = [Finding(check, "note", ("1",), {}, variant) for check, variant in REMEDIES]
    remedies = {mending.remedy(finding) for finding in [*findings, FOUND[2]]}
    assert {"leave_twins", "to_review", "dismiss"} <= remedies
    assert all(texts.say(language, f"ui.checks.mend.{made}") for made in remedies)


def test_a_repeat_is_shown_beside_what_answers_alike_and_a_contradiction_beside_what_does_not() -> None:
    rows = {
        id: Example(id, "Kapan toko buka?", answer) for id, answer in (("x", "A"), ("y", "B"), ("z", "B."))
    }
    view = View(speaker("id"), "id", "p", rows, "")
    for check, twin in (("exact_duplicate", "y"), ("contradiction", "x")):
        shown = view.all(Report("warnings", (Finding(check, "warning", ("z",), {"spare": 0}),)), None)
        assert f"≈ {twin}:" in shown
