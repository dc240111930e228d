"""Which prompts are read together: every one once, within the bounds, and none padded far beyond its size."""

import random

import pytest

from assistant.models import batching


@pytest.mark.parametrize("even", [False, True])
def test_every_prompt_is_read_once_longest_first_within_the_bound(even: bool) -> None:
    sizes = [random.Random(4).randint(1, 400) for _ in range(90)]
    found = list(batching.parts(sizes, lambda size: 2000 // size, even))
    assert sorted(i for part in found for i in part) == list(range(90))
    assert all(len(part) <= max(1, 2000 // sizes[part[0]]) for part in found)
    assert [sizes[i] for part in found for i in part] == sorted(sizes, reverse=True)


def test_a_prompt_too_big_for_the_bound_is_read_alone() -> None:
    assert list(batching.parts([9, 50], lambda size: 10 // size)) == [[1], [0]]


def test_even_parts_leave_out_what_would_be_mostly_padding() -> None:
    sizes = [100] * 6 + [20] * 30
    assert [len(part) for part in batching.parts(sizes, lambda _: 64, even=True)] == [6, 30]
    assert [len(part) for part in batching.parts(sizes, lambda _: 64)] == [36]


@pytest.mark.parametrize(
    ("prompts", "count"),
    [
        ([[7] * 30, [7] * 20 + [8]], 20),
        ([[7] * 20, [7] * 20], 19),  # a token is left to read
        ([[7] * 30], 0),
        ([[7] * 9 + [1], [7] * 9 + [2]], 0),  # not worth a step
    ],
)
def test_what_all_begin_with(prompts: list[list[int]], count: int) -> None:
    assert batching.shared(prompts) == count
