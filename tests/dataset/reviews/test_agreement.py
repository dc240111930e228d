"""What is told of reviewers: how far they agree, where they differ, how fast they go."""

from datetime import date, timedelta

import pytest

from assistant.dataset import examples
from assistant.dataset.examples import Example
from assistant.dataset.reviews import actions, agreement, disputes, progress, rules
from assistant.dataset.reviews.actions import Said
from assistant.dataset.reviews.alpha import Agreement
from assistant.errors import PenalaError


@pytest.fixture
def labelled(project):
    """Twenty examples of two labels, two opinions asked for."""
    rows = [
        Example(f"e{n}", f"question {n}", "praise" if n % 2 else "complaint", status="draft")
        for n in range(1, 21)
    ]
    examples.save(project, rows)
    rules.set_opinions(project, 2, "Owner")
    return project


def judge(project, person, answers):
    for n, answer in enumerate(answers, 1):
        if answer == "-":
            actions.judge(project, person, f"e{n}", Said("reject"))
        elif answer:
            actions.judge(project, person, f"e{n}", Said("edit", output=answer))


def test_agreement_is_told_overall_per_label_and_per_person(labelled):
    truth = ["praise", "complaint"] * 10
    judge(labelled, "Ani", truth)
    judge(labelled, "Budi", [*truth[:18], "praise", "praise"])
    judge(labelled, "Cici", ["-", "praise"])
    actions.judge(labelled, "Dedi", "e3", Said("skip"))
    found = agreement.agreements(labelled)
    assert found.labels
    assert (found.verdict.units, found.verdict.values) == (20, 42)
    assert found.answer.units == 20 and 0.7 < found.answer.alpha < 1
    assert [(one.label, one.opinions) for one in found.by_label] == [("praise", 22), ("complaint", 19)]
    people = {one.person: one for one in found.by_person}
    assert list(people) == ["Ani", "Budi", "Cici"]
    assert (people["Ani"].opinions, people["Ani"].edited, people["Cici"].rejected) == (20, 0, 1)
    assert people["Cici"].answer.alpha is not None and people["Cici"].verdict.same < 1
    assert people["Ani"].answer.alpha > people["Cici"].answer.alpha


def test_the_owners_word_is_no_opinion(labelled):
    judge(labelled, "Ani", ["praise"])
    judge(labelled, "Budi", ["complaint"])
    before = agreement.agreements(labelled)
    actions.settle(labelled, "Owner", "e1", Said("accept"))
    assert agreement.agreements(labelled) == before
    assert before.answer.same == 0


def test_free_answers_are_compared_word_for_word_without_an_alpha(project):
    examples.save(project, [Example(f"e{n}", f"q {n}", f"a long answer {n}") for n in range(8)])
    rules.set_opinions(project, 2, "Owner")
    for person, text in (("Ani", "one"), ("Budi", "two")):
        actions.judge(project, person, "e1", Said("edit", output=text))
        actions.judge(project, person, "e2", Said("accept"))
    found = agreement.agreements(project)
    assert not found.labels and found.by_label == ()
    assert (found.answer.alpha, found.answer.same) == (None, 0.5)


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ((0.9, 0.82, 0.97), "good"), ((0.9, 0.7, 0.97), "tentative"), ((0.9, 0.5, 1.0), "open"), ((0.3, 0.1, 0.5), "poor"),
        ((None, None, None), "none"), ((0.5, None, None), "open"),
    ],
)  # fmt: skip
def test_a_figure_is_read_by_its_interval(figures, said):
    assert agreement.reading(Agreement(*figures, 0.9, 40, 80)) == said


def test_disputes_stand_side_by_side_until_settled(labelled):
    judge(labelled, "Ani", ["praise", "complaint", "-"])
    judge(labelled, "Budi", ["complaint", "complaint", "praise"])
    actions.comment(labelled, "Budi", "e1", "ironic")
    first, second = disputes.disputes(labelled)
    assert (first.example.id, [o.person for o in first.opinions], first.comments[0].comment) == (
        "e1", ["Ani", "Budi"], "ironic",
    )  # fmt: skip
    assert [o.action for o in second.opinions] == ["reject", "accept"]
    assert disputes.counts(labelled).total() == 2 and len(disputes.disputes(labelled, 1)) == 1
    actions.settle(labelled, "Owner", "e1", Said("reject"))
    assert [d.example.id for d in disputes.disputes(labelled)] == ["e3"]


def spread(project, days):
    """Let the opinions lie so many days back, in their order, as many as given."""
    ids = iter([f"e{n}" for n in range(1, 21)])
    with project.database() as db:
        for back, count in days:
            at = f"{date(2026, 3, 20) - timedelta(days=back)}T10:00:00.000+00:00"
            for _ in range(count):
                db.execute("UPDATE opinions SET at = ? WHERE example = ?", (at, next(ids)))


@pytest.mark.parametrize(
    ("judged", "days", "target", "told"),
    [
        (0, [], 15, ("unknown", None, None)),
        (6, [(0, 6)], 15, ("unknown", None, None)),
        (4, [(2, 2), (0, 2)], 15, ("unknown", None, None)),
        (6, [(2, 3), (0, 3)], 15, ("date", 2.0, date(2026, 3, 25))),
        (6, [(40, 3), (0, 3)], 15, ("unknown", None, None)),
        (6, [(2, 3), (0, 3)], 6, ("reached", 2.0, None)),
        (6, [(2, 3), (0, 3)], 30, ("too_few", 2.0, None)),
    ],
)
def test_a_date_is_foreseen_only_from_enough(labelled, judged, days, target, told):
    rules.set_opinions(labelled, 1, "Owner")
    rules.set_target(labelled, target)
    judge(labelled, "Ani", ["praise"] * judged)
    spread(labelled, days)
    found = progress.progress(labelled, date(2026, 3, 20))
    assert (found.outlook, found.per_day, found.on) == told
    assert (found.good, found.reviewed, found.drafts, found.total) == (judged, judged, 20 - judged, 20)
    assert found.missing == max(0, target - 20)
    assert found.people == ((("Ani", judged, sum(n for back, n in days if back == 0)),) if judged else ())


def test_bad_rules_are_refused(project):
    for call in (lambda: rules.set_opinions(project, 10, "x"), lambda: rules.set_target(project, 0)):
        with pytest.raises(PenalaError) as told:
            call()
        assert told.value.code == "review_count"
