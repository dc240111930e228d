"""Blind votes: what each person meets, what is kept, and what the votes show."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from assistant.errors import PenalaError
from assistant.evaluation import comparing, preferences, voting
from assistant.evaluation.voting import Vote
from assistant.workspace.projects import Projects

from .scripted import ScriptedArm, label_cases, right

ID = "c001"


@pytest.fixture
def project(settings):
    return Projects(settings).create("Suara", "id")


@pytest.fixture
def found(tmp_path):
    arms = [ScriptedArm(name, lambda c, n=name: f"{n} {c.id}") for name in ("prompt", "rag", "tuned")]
    return comparing.compare(arms, label_cases(12), "labels", [], tmp_path)


def answer(project, found, voter, judge):
    """All of a person's turns, each judged by `judge(turn)`."""
    turns = []
    while turn := voting.next_turn(project, ID, found, voter):
        turns.append(turn)
        voting.cast(project, ID, Vote(turn.case, turn.left, turn.right, voter, judge(turn), turn.repeat))
    return turns


def test_each_pair_comes_once_and_a_tenth_again_with_sides_swapped(project, found):
    turns = answer(project, found, "Ani", lambda turn: "tie")
    fresh = [t for t in turns if not t.repeat]
    assert len(fresh) == 36 == len({(t.case, frozenset((t.left, t.right))) for t in fresh})
    again = [t for t in turns if t.repeat]
    assert len(again) == 3 and turns.index(again[0]) == 10
    for t in again:
        assert any((f.case, f.left, f.right) == (t.case, t.right, t.left) for f in fresh)
    sides = Counter(t.left < t.right for t in fresh)
    assert min(sides.values()) > 8  # by chance, not by name
    assert voting.left(project, ID, found, "Ani") == 0 and voting.left(project, ID, found, "Budi") == 36


def test_equal_answers_and_cases_seen_in_training_are_not_asked_about(tmp_path):
    cases = label_cases(6)
    arms = [
        ScriptedArm("prompt", right),
        ScriptedArm("tuned", lambda c: c.reference if c.id == "c1" else "?"),
    ]
    got = comparing.compare(arms, cases, "labels", [cases[0].input], tmp_path)
    assert [case for case, _ in voting.pairs(got)] == ["c2", "c3", "c4", "c5"]


def test_those_that_fewest_have_judged_come_first(project, found):
    for _ in range(9):
        turn = voting.next_turn(project, ID, found, "Ani")
        voting.cast(project, ID, Vote(turn.case, turn.left, turn.right, "Ani", "left", False))
    met = {(v.case, v.pair) for v in voting.votes(project, ID)}
    turn = voting.next_turn(project, ID, found, "Budi")
    assert (turn.case, tuple(sorted((turn.left, turn.right)))) not in met


def test_the_last_vote_can_be_taken_back_and_a_second_one_changes_nothing(project, found):
    turn = voting.next_turn(project, ID, found, "Ani")
    vote = Vote(turn.case, turn.left, turn.right, "Ani", "right", False, ("tone",))
    voting.cast(project, ID, vote)
    voting.cast(project, ID, Vote(turn.case, turn.left, turn.right, "Ani", "left", False))
    assert voting.votes(project, ID) == [vote]
    assert voting.undo(project, ID, "Ani") == vote and voting.undo(project, ID, "Ani") is None
    assert voting.next_turn(project, ID, found, "Ani") == turn
    with pytest.raises(PenalaError) as caught:
        voting.cast(project, ID, Vote(turn.case, turn.left, turn.right, "Ani", "best", False))  # type: ignore[arg-type]
    assert caught.value.code == "no_such_choice"


def test_twenty_people_at_once_lose_and_double_nothing(project, found):
    def vote(n):
        turns = answer(project, found, f"p{n}", lambda turn: "left")
        return [(f"p{n}", t.case, *sorted((t.left, t.right)), t.repeat) for t in turns]

    with ThreadPoolExecutor(20) as pool:
        acknowledged = [one for turns in pool.map(vote, range(20)) for one in turns]
    kept = [(v.voter, v.case, *v.pair, v.repeat) for v in voting.votes(project, ID)]
    assert sorted(kept) == sorted(acknowledged) and len(kept) == len(set(kept)) == 20 * 39


def cast(n, winner, loser, voter="Ani", repeat=False):
    return Vote(f"c{n}", winner, loser, voter, "left", repeat)


def test_many_votes_on_one_case_are_one_piece_of_evidence():
    many = [cast(0, "tuned", "prompt", f"p{i}") for i in range(40)]
    assert preferences.preferred(many, {}, 0.05)[0].outcome == "cannot_tell"
    wide = [cast(n, "tuned", "prompt") for n in range(40)]
    got = preferences.preferred(wide, {}, 0.05)[0]
    assert (got.a, got.b, got.wins, got.losses, got.outcome) == ("prompt", "tuned", 0, 40, "worse")


def test_ties_and_two_bad_answers_favour_nobody():
    votes = [Vote(f"c{n}", "prompt", "tuned", "Ani", "tie" if n % 2 else "bad", False) for n in range(30)]
    got = preferences.preferred(votes, {}, 0.05)[0]
    assert (got.ties, got.bad, got.difference.value) == (15, 15, 0) and got.outcome == "cannot_tell"


def test_strengths_find_the_order_that_was_planted():
    rng = np.random.default_rng(1)
    true = {"prompt": -0.8, "rag": 0.0, "tuned": 0.8}
    votes = []
    for n in range(150):
        for a, b in (("prompt", "rag"), ("rag", "tuned"), ("prompt", "tuned")):
            wins = rng.random() < 1 / (1 + np.exp(true[b] - true[a]))
            votes.append(cast(n, a, b) if wins else cast(n, b, a))
    got = {s.arm: s.value for s in preferences.strengths(votes)}
    assert list(got) == ["tuned", "rag", "prompt"]
    for arm, value in got.items():
        assert value.low < 1 / (1 + np.exp(-true[arm])) < value.high
    assert preferences.strengths([cast(0, "a", "b")]) == []


def test_steadiness_and_a_leaning_to_one_side_are_seen():
    votes = [Vote(f"c{n}", "a", "b", "Ani", "left", False) for n in range(20)]
    votes += [Vote("c0", "b", "a", "Ani", "left", True), Vote("c1", "b", "a", "Ani", "right", True)]
    got = preferences.steadiness(votes)
    assert (got.repeats, got.same, got.decisive, got.left) == (2, 1, 22, 21) and got.p < 0.001
    assert preferences.steadiness([]).p == 1.0
