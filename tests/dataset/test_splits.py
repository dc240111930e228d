import random
from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.dataset.examples import Example
from assistant.dataset.similar import near_pairs
from assistant.dataset.splits import again, complete, counts, folds, split


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


@settings(deadline=None)
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


def _sources(sizes: list[int], labels: bool) -> list[Example]:
    """Examples of as many sources as sizes; a size of one is an example without a source."""
    named = [f"s{n}" if size > 1 else "" for n, size in enumerate(sizes) for _ in range(size)]
    return [
        Example(f"e{n}", _text(n), ("ya" if n % 3 else "tidak") if labels else "long answer " * 9, source)
        for n, source in enumerate(named)
    ]


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize(
    ("sizes", "large"),
    [
        ([300] + [1] * 200, "s0"),
        ([1] * 200 + [300], "s200"),
        ([100] * 10, ""),
        ([1] * 100 + [150] + [3] * 80, "s100"),
    ],
)
def test_a_large_source_does_not_swallow_the_test_part(sizes: list[int], large: str, labels: bool) -> None:
    rows = _sources(sizes, labels)
    for seed in range(5):
        found = complete(rows, seed)
        assert {e.split for e in found if large and e.source == large} <= {"train"}
        assert 0.15 * len(rows) <= counts(found)["test"] <= 0.25 * len(rows)
        assert 0.05 * len(rows) <= counts(found)["validation"] <= 0.15 * len(rows)
        more = [replace(e, id=f"n{e.id}", input=f"{e.input[::-1]} baru", source="s0") for e in rows[:100]]
        assert complete([*found, *more], seed)[: len(rows)] == found


@pytest.mark.parametrize("sizes", [[500, 300, 100, 100], [100, 100, 300, 500], [50] * 4])
def test_few_sources_still_get_all_three_and_test_the_small_ones(sizes: list[int]) -> None:
    for seed in range(5):
        found = counts(complete(_sources(sizes, False), seed))
        assert found["validation"] == found["test"] == min(sizes)


def test_rows_that_are_a_test_set_already_count_for_its_share() -> None:
    tests = [replace(e, split="test") for e in _texts(60)]
    found = counts(split([*_texts(240, 60), *tests]))
    assert found["test"] == 60 and 20 <= found["validation"] <= 40


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


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("count", [9, 40, 400])
def test_rows_from_one_form_still_get_all_three(count: int, labels: bool) -> None:
    form = "tolong periksa kenapa {} yang saya pesan kemarin belum juga sampai ke rumah".format
    words = ["".join(random.Random(n).choices("aiueobdgklmnprst", k=5)) for n in range(count)]
    rows = [
        Example(f"e{n}", form(w), "ya" if n % 2 and labels else f"baik, {w}") for n, w in enumerate(words)
    ]
    assert len(near_pairs([e.input for e in rows])) > count
    for seed in range(3):
        found = complete(rows, seed)
        assert all(counts(found).values())
        twin = Example("twin", form(words[0]).upper() + "?", "ya")
        assert split([*found, twin], seed)[-1].split == found[0].split
        source = [replace(e, source=f"s{n // 3}") for n, e in enumerate(rows)]
        assert len({(e.source, e.split) for e in split(source, seed)}) == -(-count // 3)


_PAST = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["", "ya", " kak"])), min_size=1, max_size=30)


def _rows(drawn: list[tuple[int, str]], name: str) -> list[Example]:
    """Rows of a few sources; the same number with another ending is a near twin under another id."""
    return [
        Example(
            f"{name}{n}", f"{_text(number)}{end}", "jawaban " * 9, f"{name}{number % 7}" if number % 2 else ""
        )
        for n, (number, end) in enumerate(drawn)
    ]


@settings(deadline=None)
@given(_PAST, _PAST, st.integers(0, 3))
def test_rows_that_were_split_stay_whatever_is_added_even_ties(
    before: list[tuple[int, str]], added: list[tuple[int, str]], seed: int
) -> None:
    past = complete(_rows(before, "a"), seed)
    now = complete([*past, *_rows(added, "b")], seed)
    assert now[: len(past)] == past
    if max(Counter(number for number, _ in [*before, *added]).values()) > len(now) / 2:
        return  # rows from one form are spread
    for i, j in near_pairs([e.input for e in now]):
        if i < len(past) <= j and now[i].split == "test" and not now[j].source:
            assert now[j].split == "test"  # a twin of a test row never trains


@settings(deadline=None)
@given(_PAST, st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=12), st.integers(0, 3))
def test_paraphrases_only_ever_train_and_never_beside_a_held_out_relative(
    drawn: list[tuple[int, str]], made: list[tuple[int, bool]], seed: int
) -> None:
    real = _rows(drawn, "a")
    synthetic = [
        Example(f"p{n}", _text(f"p{n}") if far else real[k % len(real)].input + " ya", "jawaban " * 9,
                real[k % len(real)].group, "test" if far else "", origin="paraphrased")
        for n, (k, far) in enumerate(made)
    ]  # fmt: skip
    rows = complete([*synthetic, *real], seed)
    assert [e.id for e in rows] == [e.id for e in [*synthetic, *real]]
    assert [e for e in rows if e.origin != "paraphrased"] == complete(real, seed)
    held = {e.group for e in rows if e.split in ("test", "validation")}
    for e in rows:
        if e.origin == "paraphrased":
            assert e.split == ("" if e.group in held else "train") or (e.split == "" and "ya" in e.input)


def test_a_paraphrase_like_a_test_row_is_left_out_even_of_another_source() -> None:
    rows = [Example("t", _text(1), "x", split="test"), Example("r", _text(2), "x", split="train")]
    made = Example("p", _text(1) + "?", "x", rows[1].group, "train", origin="paraphrased")
    assert [e.split for e in split([*rows, made])] == ["test", "train", ""]


def test_a_new_row_tied_to_two_sides_goes_to_the_one_held_out() -> None:
    rows = [Example("r", _text(1), "x", split="train"), Example("t", _text(1) + " ya", "x", split="test")]
    assert [e.split for e in split([*rows, Example("n", _text(1) + "?", "x")])] == ["train", "test", "test"]


@settings(deadline=None)
@given(_PAST, st.integers(2, 6), st.integers(0, 3))
def test_folds_test_each_real_row_once_and_keep_relatives_on_one_side(
    drawn: list[tuple[int, str]], count: int, seed: int
) -> None:
    real = _rows(drawn, "a")
    made = Example("p", _text("p"), "x", real[0].group, origin="paraphrased")
    turns = folds([*real, made], count, seed)
    if not turns:  # all of one family
        assert len({e.split for e in split(real)}) == 1
        return
    assert sorted(i for fold in turns for i in fold.test) == sorted(e.id for e in real)
    group = {e.id: e.group for e in [*real, made]}
    for fold in turns:
        assert not {group[i] for i in fold.train} & {group[i] for i in fold.test}
        assert ("p" in fold.train) == (real[0].id in fold.train)


def test_each_label_is_spread_over_the_folds() -> None:
    rows = _labelled({"ya": 40, "tidak": 10})
    for fold in folds(rows):
        found = Counter(i.rstrip("0123456789") for i in fold.test)
        assert 7 <= found["ya"] <= 9 and 1 <= found["tidak"] <= 3
