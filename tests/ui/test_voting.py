"""The blind choice: nothing tells the arms apart, each vote counts once, hostile text is inert."""

from types import SimpleNamespace

import pytest
from models.standins import Service, openai_says

from assistant.errors import PenalaError
from assistant.evaluation import comparing, judging, voting
from assistant.evaluation.values import Answered, Case
from assistant.ui.compare import details_view
from assistant.ui.compare.voting_tab import VotingTab

EVIL = "<img src=x onerror=alert(1)>"


class Scripted:
    def __init__(self, name, text):
        self.name, self.fingerprint, self.text = name, name, text

    def answer(self, cases):
        return [Answered(case.id, f"{self.text} {case.id}", 0.5, 10, 3) for case in cases]


@pytest.fixture
def found(project):
    cases = [Case(f"c{n}", f"{EVIL} {n}", EVIL, f"s{n}") for n in range(12)]
    got = comparing.compare(
        [Scripted("prompt", "satu"), Scripted("tuned", EVIL)], cases, "text", [], project.cache
    )
    comparing.save(got, project.comparisons / "c001")
    return got


@pytest.fixture
def page(context):
    return VotingTab(context, "id")


def press(card, do):
    held = card.split(f'data-do="{do}" data-id="')[1].split('"')[0]
    return SimpleNamespace(do=do, id=held)


def test_a_pair_is_shown_without_names_and_inert(page, found, request_):
    card, _ = page.show("c001", request_)
    assert "<img" not in card and "prompt" not in card and "tuned" not in card and "sisa 12" in card
    assert "Belum ada" in page.show(None, request_)[0]


def test_votes_are_kept_once_and_taken_back(page, found, request_, project):
    card, _ = page.show("c001", request_)
    again, reasons = page.act("c001", ["tone"], press(card, "left"), request_)
    assert "Tersimpan" in again and "sisa 11" in again and reasons == []
    page.act("c001", [], press(card, "right"), request_)  # the same pair from a second window
    kept = voting.votes(project, "c001")
    assert [(v.choice, v.reasons) for v in kept] == [("left", ("tone",))]
    back, _ = page.act("c001", [], SimpleNamespace(do="undo", id=""), request_)
    assert "Dibatalkan" in back and voting.votes(project, "c001") == []
    with pytest.raises(PenalaError):
        page.act("c001", [], SimpleNamespace(do="left", id="made up"), request_)


def test_what_people_prefer_is_told_once_somebody_voted(page, found, request_, project):
    assert details_view.votes(found, [], "id") == ""
    for _ in range(13):  # twelve pairs, and one of them again
        card, _ = page.show("c001", request_)
        case = next(c.id for c in found.cases if f"satu {c.id}<" in card)
        first = card.index(f"satu {case}<") < card.index("onerror=alert(1)&gt; " + case)
        page.act("c001", ["tone"], press(card, "left" if first else "right"), request_)
    assert "Semua pasangan" in page.show("c001", request_)[0]
    shown = details_view.votes(found, voting.votes(project, "c001"), "id")
    assert (
        "12 : 0" in shown
        and "lebih baik" in shown
        and "1 dari 1 dinilai sama" in shown
        and "nadanya pas (12)" in shown
    )


def test_a_chat_model_judges_on_the_page_and_is_told_below_the_numbers(page, found, request_, project):
    with Service(lambda asked: (200, openai_says("A"))) as service:
        *_, said = page.judge("c001", f"openai:j@{service.address}/v1", 5, request_)
    assert "5 pasangan" in said and "seri" in said and judging.load(project.comparisons / "c001").swayed == 5
    for which, model in ((None, "x"), ("c001", " ")):
        with pytest.raises(PenalaError):
            list(page.judge(which, model, 5, request_))
