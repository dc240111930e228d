"""Numbers as people type them, what is wrong with the others, and that the project keeps them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import texts
from assistant.advisor.estimate import own_numbers
from assistant.advisor.estimate.assumptions import MOST
from assistant.errors import PenalaError
from assistant.workspace.project import create_project


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1500", 1500), ("1.500", 1500), ("1,500", 1500), ("1.234.567", 1234567), ("1,234.5", 1234.5), ("1.234,5", 1234.5),
        ("0,5", 0.5), ("0.875", 0.875), ("1,25", 1.25), (".5", 0.5), (" 10 000 ", 10000), ("5rb", 5000), ("2 juta", 2e6),
        ("1,5 jt", 1.5e6), ("10_000", 10000), ("", None), ("  ", None),
    ],
)  # fmt: skip
def test_a_number_is_read_in_either_notation(typed, value):
    assert own_numbers.read("requests_per_day", typed) == value


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("requests_per_day", "banyak", "own_number"), ("requests_per_day", "12 per day", "own_number"),
        ("requests_per_day", "2-3 ribu", "own_number"), ("requests_per_day", "1.2.3", "own_number"),
        ("requests_per_day", "nan", "own_number"), ("requests_per_day", "<b>", "own_number"),
        ("requests_per_day", "-5", "own_negative"), ("requests_per_day", "−1.500", "own_negative"),
        ("requests_per_day", "9" * 40, "own_most"), ("requests_per_day", "5%", "own_number"),
        ("epochs", "0", "own_zero"), ("cache_hits", "1,2", "own_share"), ("cache_hits", "120%", "own_share"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_apart(name, typed, code):
    with pytest.raises(PenalaError) as told:
        own_numbers.read(name, typed)
    assert told.value.code == code
    assert all(told.value.say(language).message for language in texts.LANGUAGES)


def test_two_fields_make_a_range():
    assert own_numbers.ends("epochs", "2", "4") == (2, 4)
    assert own_numbers.ends("epochs", "3", "") == own_numbers.ends("epochs", "", "3") == (3, 3)
    assert own_numbers.ends("epochs", "", " ") is None
    assert own_numbers.ends("cache_hits", "50%", "0,9") == (0.5, 0.9)
    with pytest.raises(PenalaError) as told:
        own_numbers.ends("epochs", "5", "2")
    assert told.value.code == "own_order"


@given(st.floats(1e-6, MOST), st.sampled_from(texts.LANGUAGES))
def test_what_is_shown_is_read_back(value, language):
    assert own_numbers.read("wage", own_numbers.written(value, language)) == pytest.approx(value, abs=1e-6)


def test_the_project_keeps_them_and_passes_over_what_it_no_longer_knows(tmp_path):
    project = create_project(tmp_path / "p", "P", "en")
    assert own_numbers.load(project) == {}
    own_numbers.keep(project, {"epochs": (2, 3)})
    assert own_numbers.load(project) == {"epochs": (2, 3)}
    with pytest.raises(PenalaError):
        own_numbers.keep(project, {"epochs": (3, 2)})
    project.set(
        "assumptions", {"epochs": [4, 5], "gone": [1, 2], "months": ["x", 1], "shots": 3, "wage": [2, 1]}
    )
    assert own_numbers.load(project) == {"epochs": (4, 5)}
    project.set("assumptions", "nonsense")
    assert own_numbers.load(project) == {}
