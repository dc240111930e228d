"""Shortened messages keep order, words and marks of the ones they come from."""

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from assistant.advisor import checklist
from assistant.advisor.hearing.thinning import thinned
from assistant.settings import KNOWLEDGE

TEXT = "We sort tickets into 46 queues. Patients write them, in dialect. Wrong routing costs lives; a prompt gets 81%."
MARKS = {"task_type": (3, 15), "privacy": (32, 40), "error_cost": (65, 90)}


@given(st.integers(0, 10_000))
def test_what_is_left_is_cut_from_the_message(seed: int) -> None:
    left = thinned(TEXT, MARKS, random.Random(seed))
    if left is None:
        return
    rest = iter(TEXT)
    assert all(character in rest for character in left.text)
    assert 40 <= len(left.text) < len(TEXT)
    for name, (start, stop) in left.marks.items():
        assert left.text[start:stop] in TEXT[slice(*MARKS[name])] and stop > start


def test_the_task_stays_more_often_than_the_rest() -> None:
    draws = [thinned(TEXT, MARKS, random.Random(seed)) for seed in range(300)]
    kept = [set(left.marks) for left in draws if left]
    task, cost = (sum(name in marks for marks in kept) / len(kept) for name in ("task_type", "error_cost"))
    assert task > cost > 0.3


def test_a_text_of_one_part_cannot_be_shortened() -> None:
    assert thinned("We sort tickets into queues", {}, random.Random(0)) is None


def test_written_messages_lose_about_a_third_of_their_marks() -> None:
    rows = [json.loads(line) for line in (KNOWLEDGE / "messages.jsonl").read_text("utf-8").splitlines()[:300]]
    draw, told, kept = random.Random(0), 0, 0
    for row in rows:
        quotes = {name: fact["quote"] for name, fact in row["facts"].items() if fact["quote"]}
        marks = {n: (at := row["text"].find(quote), at + len(quote)) for n, quote in quotes.items()}
        left = thinned(row["text"], marks, draw)
        if left:
            told, kept = told + len(marks), kept + len(left.marks)
            for name, (start, stop) in left.marks.items():
                assert left.text[start:stop] in quotes[name]
    assert 0.55 < kept / told < 0.85


def test_every_mark_stands_in_its_message_and_every_value_is_allowed() -> None:
    signals = checklist.load().signals
    for line in (KNOWLEDGE / "messages.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        for name, fact in row["facts"].items():
            assert fact["quote"] is None or fact["quote"] in row["text"], (name, row["text"][:80])
            assert signals[name].parse(fact["value"]) is not None, (name, fact["value"])
        assert not set(row.get("open", ())) & set(row["facts"]), row["text"][:80]
