"""Prompts keep every version, and worked examples are like the question, unlike each other, and never its answer."""

import pytest

from assistant.errors import PenalaError
from assistant.models.prompt import Prompt, Shot
from assistant.retrieval import prompts


def test_versions_count_from_the_one_to_beat(project):
    assert prompts.current(project, "task") is None
    first = prompts.add(project, "task", Prompt("As we do today."), "pasted")
    second = prompts.add(project, "task", Prompt("Better.", (Shot("a", "b"),)))
    assert (first.version, second.version) == (0, 1)
    assert [v.prompt for v in prompts.versions(project, "task")] == [first.prompt, second.prompt]
    assert prompts.versions(project, "question") == []
    with pytest.raises(PenalaError, match="prompt"):
        prompts.add(project, "task", Prompt("  "))


def test_shots_are_like_and_varied_and_never_the_same_input(words):
    pool = [Shot("where is my parcel", "1"), Shot("where is my parcel now", "2"), Shot("my parcel is torn", "3"),
            Shot("lamp is broken", "4"), Shot("WHERE are my shoes", "5")]  # fmt: skip
    [chosen] = prompts.shots_for(["where is my parcel"], pool, words, 2)
    assert chosen[-1].output == "2" and len(chosen) == 2
    assert "1" not in {shot.output for shot in chosen}
    assert prompts.shots_for(["x"], [], words) == [()]
