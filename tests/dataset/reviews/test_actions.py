"""What an opinion does to an example, alone and with others; and what taking it back restores."""

import random
import sqlite3
import time
from contextlib import suppress

import pytest

from assistant.dataset import examples
from assistant.dataset.examples import Example, Filter
from assistant.dataset.reviews import actions, queue, records, rules
from assistant.dataset.reviews.actions import Said
from assistant.errors import PenalaError

ACCEPT, REJECT, SKIP = Said("accept"), Said("reject"), Said("skip")


@pytest.fixture
def drafts(project):
    given = [Example(f"e{n}", f"question {n}", f"answer {n}", status="draft") for n in range(1, 7)]
    examples.save(project, given)
    return project


def said(project, id="e1"):
    e = examples.find(project, id)
    return e.status, e.input, e.output


def code(call, *args, **more):
    with pytest.raises(PenalaError) as told:
        call(*args, **more)
    assert told.value.say("id").message
    return told.value.code


def test_one_opinion_decides_where_one_is_asked_for(drafts):
    actions.judge(drafts, "Ani", "e1", ACCEPT)
    actions.judge(drafts, "Ani", "e2", Said("edit", output="  better  "))
    actions.judge(drafts, "Ani", "e3", REJECT)
    actions.judge(drafts, "Ani", "e4", SKIP)
    assert said(drafts, "e1") == ("accepted", "question 1", "answer 1")
    assert said(drafts, "e2") == ("accepted", "question 2", "better")
    assert said(drafts, "e3") == ("rejected", "question 3", "answer 3")
    assert said(drafts, "e4") == ("draft", "question 4", "answer 4")
    assert [e.id for e in examples.all_examples(drafts)] == ["e1", "e2"]


def test_the_log_says_who_did_what_when_and_what_changed(drafts):
    actions.judge(drafts, " Ani  B ", "e1", Said("edit", output="better", comment="too short"))
    [line] = records.history(drafts)
    assert (line.person, line.action, line.comment) == ("Ani B", "edit", "too short")
    assert (line.before.status, line.before.output) == ("draft", "answer 1")
    assert (line.after.status, line.after.output) == ("accepted", "better")
    assert line.at.startswith("20")


def test_the_log_only_grows(drafts):
    actions.judge(drafts, "Ani", "e1", ACCEPT)
    for statement in ("UPDATE reviews SET person = 'x'", "DELETE FROM reviews"):
        with pytest.raises(sqlite3.IntegrityError), drafts.database() as db:
            db.execute(statement)


def test_the_same_opinion_twice_is_one(drafts):
    revision = examples.find(drafts, "e1").revision
    first = actions.judge(drafts, "Ani", "e1", ACCEPT, revision)
    second = actions.judge(drafts, "Ani", "e1", ACCEPT, revision)  # a key pressed twice
    assert (first.review, second.review) == (1, 0)
    assert len(records.history(drafts)) == 1


def test_a_stale_view_changes_nothing(drafts):
    seen = examples.find(drafts, "e1")
    examples.change(drafts, seen, lambda e: Example(**{**vars(e), "output": "by the owner"}))
    assert code(actions.judge, drafts, "Ani", "e1", REJECT, seen.revision) == "example_changed"
    assert said(drafts) == ("draft", "question 1", "by the owner")
    assert records.history(drafts) == []


def test_bad_requests_are_told_in_words(drafts):
    assert code(actions.judge, drafts, "Ani", "nothing", ACCEPT) == "no_example"
    assert code(actions.judge, drafts, "  ", "e1", ACCEPT) == "review_no_name"
    assert code(actions.judge, drafts, "Ani", "e1", Said("edit", output=" ")) == "example_incomplete"
    assert code(actions.comment, drafts, "Ani", "e1", " ") == "no_comment"
    assert code(actions.settle, drafts, "Ani", "e1", ACCEPT) == "no_dispute"
    assert code(actions.undo, drafts, "Ani") == "nothing_to_undo"
    assert code(rules.set_opinions, drafts, 0, "Ani") == "review_count"
    assert records.history(drafts) == []


def test_two_opinions_alike_decide_together(drafts):
    rules.set_opinions(drafts, 2, "Ani")
    actions.judge(drafts, "Ani", "e1", Said("edit", output="better"))
    assert said(drafts) == ("draft", "question 1", "answer 1")
    assert queue.look(drafts, "e1")[0].shown.output == "answer 1"  # the second person is not led
    actions.judge(drafts, "Budi", "e1", Said("edit", output="better"))
    assert said(drafts) == ("accepted", "question 1", "better")
    actions.undo(drafts, "Ani")
    assert said(drafts) == ("draft", "question 1", "answer 1")


@pytest.mark.parametrize("ends", ["accept", "edit", "reject"])
def test_opinions_that_differ_are_settled_by_the_owner(drafts, ends):
    rules.set_opinions(drafts, 2, "Ani")
    actions.judge(drafts, "Ani", "e1", ACCEPT)
    assert actions.judge(drafts, "Budi", "e1", Said("edit", output="better")).disputed
    assert said(drafts)[0] == "draft"
    text = "best" if ends == "edit" else None
    assert not actions.settle(drafts, "Owner", "e1", Said(ends, output=text)).disputed
    assert said(drafts)[0] == ("rejected" if ends == "reject" else "accepted")
    assert said(drafts)[2] == ("best" if ends == "edit" else "answer 1")
    assert code(actions.settle, drafts, "Owner", "e1", ACCEPT) == "no_dispute"
    actions.undo(drafts, "Owner")
    assert said(drafts) == ("draft", "question 1", "answer 1")
    assert actions.settle(drafts, "Owner", "e1", ACCEPT).review


def test_a_late_opinion_that_differs_opens_a_dispute(drafts):
    actions.judge(drafts, "Ani", "e1", ACCEPT)
    assert actions.judge(drafts, "Budi", "e1", REJECT).disputed
    assert said(drafts)[0] == "draft"  # nobody is overruled in silence
    actions.judge(drafts, "Budi", "e1", ACCEPT)
    assert said(drafts)[0] == "accepted"


def test_undo_goes_back_step_by_step(drafts):
    for text in ("one", "two", "three"):
        actions.judge(drafts, "Ani", "e1", Said("edit", output=text))
    actions.judge(drafts, "Budi", "e2", ACCEPT)
    actions.comment(drafts, "Ani", "e1", "hm")
    seen = []
    for _ in range(4):
        actions.undo(drafts, "Ani")
        seen.append(said(drafts)[2])
    assert seen == ["three", "two", "one", "answer 1"]
    assert said(drafts)[0] == "draft"
    assert code(actions.undo, drafts, "Ani") == "nothing_to_undo"
    assert said(drafts, "e2")[0] == "accepted"
    with drafts.database() as db:
        assert records.comments(db, "e1") == []


def test_a_bulk_action_is_taken_back_whole(drafts):
    actions.judge(drafts, "Ani", "e2", REJECT)
    done = actions.judge_all(drafts, "Ani", "accept", Filter(words="question", status=""))
    assert done == ["e1", "e2", "e3", "e4", "e5", "e6"]
    assert {e.status for e in examples.every(drafts)} == {"accepted"}
    assert actions.judge_all(drafts, "Ani", "accept", Filter(status="")) == []
    assert len(actions.undo(drafts, "Ani")) == 6
    assert [e.status for e in examples.every(drafts)] == ["draft", "rejected", *["draft"] * 4]
    actions.undo(drafts, "Ani")
    assert {e.status for e in examples.every(drafts)} == {"draft"}


def test_others_get_their_turn_within_a_bulk_action(drafts, monkeypatch):
    monkeypatch.setattr(actions, "_AT_ONCE", 2)
    others = iter(["e6", "e1"])  # one that the bulk has yet to come to, and one that it has done
    monkeypatch.setattr(time, "sleep", lambda _: actions.judge(drafts, "Budi", next(others), REJECT))
    assert (
        len(actions.judge_all(drafts, "Ani", "accept", Filter(status="draft"))) == 5
    )  # e6 is no draft by then
    assert [r.person for r in records.history(drafts)] == ["Ani", "Ani", "Budi", "Ani", "Ani", "Budi", "Ani"]
    others = iter(["e5", "e5"])
    monkeypatch.setattr(time, "sleep", lambda _: actions.judge(drafts, "Budi", next(others), REJECT))
    assert len(actions.undo(drafts, "Ani")) == 5
    assert {e.id: e.status for e in examples.every(drafts)} == {
        **dict.fromkeys(("e2", "e3", "e4"), "draft"),
        **dict.fromkeys(("e1", "e5", "e6"), "rejected"),
    }


def test_a_bulk_action_that_was_cut_short_is_taken_back_by_one_undo(drafts, monkeypatch):
    monkeypatch.setattr(actions, "_AT_ONCE", 2)
    monkeypatch.setattr(time, "sleep", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        actions.judge_all(drafts, "Ani", "accept", Filter(status="draft"))
    assert [e.status for e in examples.every(drafts)] == ["accepted"] * 2 + ["draft"] * 4
    assert len(actions.undo(drafts, "Ani")) == 2
    assert {e.status for e in examples.every(drafts)} == {"draft"}


def test_asking_for_more_or_fewer_opinions_decides_anew(drafts):
    actions.judge(drafts, "Ani", "e1", ACCEPT)
    rules.set_opinions(drafts, 2, "Owner")
    assert said(drafts)[0] == "draft"
    rules.set_opinions(drafts, 1, "Owner")
    assert said(drafts)[0] == "accepted"
    assert [r.action for r in records.history(drafts)] == ["accept", "apply", "apply"]


def test_words_changed_elsewhere_want_a_new_review(drafts):
    actions.judge(drafts, "Ani", "e1", Said("edit", output="better"))
    e = examples.find(drafts, "e1")
    examples.save(drafts, [Example(**{**vars(e), "note": "words as they were"})])
    assert queue.look(drafts, "e1")[1]
    examples.save(drafts, [Example(**{**vars(e), "output": "imported anew"})])
    assert queue.look(drafts, "e1")[1] == ()
    actions.undo(drafts, "Ani")  # an opinion on words that are gone takes nothing with it
    assert said(drafts) == ("accepted", "question 1", "imported anew")
    assert "e1" in {queue.take(drafts, name).example.id for name in "abcdef"}


def test_a_deleted_example_takes_its_opinions_and_its_id_along(drafts):
    actions.judge(drafts, "Ani", "e6", ACCEPT)
    examples.delete(drafts, ["e6"])
    assert examples.add(drafts, "new", "one").id == "e7"
    assert queue.look(drafts, "e6") is None
    actions.undo(drafts, "Ani")
    assert examples.find(drafts, "e6") is None


def replayed(project):
    """What people think, told by the log alone."""
    lines = {line.id: line for line in records.history(project, count=100_000)}
    gone = {line.undoes for line in lines.values()}
    latest = {}
    for line in lines.values():
        if line.said and line.id not in gone:
            latest[line.said.example, line.said.person, line.said.settles] = line.said
    return set(latest.values())


def step(project, chance, ids):
    """Something that somebody might do."""
    person, id, kind = chance.choice("abc"), chance.choice(ids), chance.random()
    if kind < 0.55:
        action = chance.choice(["accept", "edit", "reject", "skip"])
        actions.judge(project, person, id, Said(action, output=chance.choice(["one", "two"])))
    elif kind < 0.65:
        actions.judge_all(
            project, person, chance.choice(["accept", "reject"]), Filter(words=id[1], status="")
        )
    elif kind < 0.7:
        actions.settle(project, person, id, chance.choice([ACCEPT, REJECT]))
    elif kind < 0.75:
        rules.set_opinions(project, chance.choice([1, 2, 3]), "owner")
    else:
        actions.undo(project, person)


def undo_all(project, person):
    with suppress(PenalaError):
        while True:
            actions.undo(project, person)


@pytest.mark.parametrize("seed", range(20))
def test_the_opinions_are_what_the_log_tells_whatever_was_done(drafts, seed):
    chance, ids = random.Random(seed), [e.id for e in examples.every(drafts)]
    for _ in range(60):
        with suppress(PenalaError):  # nothing to undo or to settle
            step(drafts, chance, ids)
    with drafts.database() as db:
        kept = {o for id in ids for o in records.opinions(db, id)}
        judged = {row["id"]: row["judged"] for row in db.execute("SELECT id, judged FROM examples")}
    assert kept == replayed(drafts)
    for id in ids:
        assert judged[id] == sum(o.example == id and o.action != "skip" and not o.settles for o in kept)
    for person in "abc":
        undo_all(drafts, person)
    assert [said(drafts, f"e{n}") for n in range(1, 7)] == [
        ("draft", f"question {n}", f"answer {n}") for n in range(1, 7)
    ]
