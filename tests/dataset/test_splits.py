import random
from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from assistant.dataset.examples import Example
from assistant.dataset.splits import again, complete, counts, split


def _texts(count: int, start: int = 0) -> list[Example]:
    """Inputs that have nothing in common."""
    return [Example(f"e{n}", _text(n), f"answer number {n} " * 6) for n in range(start, start + count)]


def _text(seed: object) -> str:
    return "".join(random.Random(str(seed)).choices("abcdefghijklmnopqrst ", k=60))


def _labelled(counts: dict[str, int]) -> list[Example]:
    rows = [(label, n) for label, count in counts.items() for n in range(count)]
    return [Example(f"{label}{n}", _text(f"{label} {n}"), label) for label, n in rows]


def test_shares_are_about_what_was_asked() -> None:
    found = counts(split(_texts(600)))
    assert 380 <= found["train"] <= 460
    assert 40 <= found["validation"] <= 85
    assert 90 <= found["test"] <= 150


def test_every_label_keeps_the_shares() -> None:
    rows = split(_labelled({"positif": 200, "negatif": 50, "netral": 20}))
    for label, count in {"positif": 200, "negatif": 50, "netral": 20}.items():
        found = Counter(e.split for e in rows if e.output == label)
        assert abs(found["test"] - 0.2 * count) <= 1.5
        assert abs(found["validation"] - 0.1 * count) <= 1.5


@given(st.integers(1, 80), st.integers(0, 80), st.integers(0, 5), st.booleans())
def test_added_rows_never_move_an_earlier_one(first: int, more: int, seed: int, labels: bool) -> None:
    rows = _texts(first + more)
    if labels:
        rows = [Example(e.id, e.input, "ya" if n % 3 else "tidak") for n, e in enumerate(rows)]
        first = min(max(first, 10), len(rows))
        if first < 10:  # too few to be seen as labels
            return
    before = {e.id: e.split for e in split(rows[:first], seed)}
    after = {e.id: e.split for e in split(rows, seed)}
    assert {i: after[i] for i in before} == before


def test_a_source_stays_on_one_side_and_draws_its_new_rows() -> None:
    rows = [Example(f"e{n}", _text(n), "long answer " * 9, source=f"s{n % 40}") for n in range(200)]
    sides = defaultdict(set)
    for e in split(rows):
        sides[e.source].add(e.split)
    assert all(len(found) == 1 for found in sides.values())
    kept = [Example("old", "abc" * 9, "x", "s1", "test"), Example("new", "def" * 9, "y", "s1")]
    assert [e.split for e in split(kept)] == ["test", "test"]


def test_the_same_question_asked_twice_stays_on_one_side() -> None:
    rows = _texts(100)
    twins = [Example(f"twin{e.id}", f"{e.input}?", e.output) for e in rows]
    near = [Example(f"near{e.id}", f"{e.input} ya", e.output) for e in rows]
    found = {e.id: e.split for e in split([*rows, *twins, *near])}
    assert all(found[e.id] == found[f"twin{e.id}"] == found[f"near{e.id}"] for e in rows)
    assert len(set(found.values())) == 3


def test_given_splits_are_respected_until_asked_otherwise() -> None:
    given_rows = [Example(e.id, e.input, e.output, split="test") for e in _texts(30)]
    assert {e.split for e in split([*given_rows, *_texts(30, 30)])[:30]} == {"test"}
    assert counts(again(given_rows))["train"] > 10


def test_seeds_differ_and_repeat() -> None:
    rows = _texts(100)
    assert split(rows, 1) == split(rows, 1)
    assert split(rows, 1) != split(rows, 2)


def test_few_rows_still_get_all_three() -> None:
    for seed in range(30):
        assert all(counts(complete(_texts(12), seed)).values())
    assert len(complete(_texts(1))) == 1
    assert complete([]) == []
