"""Embeddings of examples are made once and kept; a page never waits for new ones."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.journey import meaning
from assistant.settings import Settings
from assistant.workspace.project import Project, create_project


class Counting:
    """Stands for the embedder and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def queries(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        return np.array([[len(text), 1.0] for text in texts], np.float32)


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> Counting:
    made = Counting()
    monkeypatch.setattr(meaning, "open_embedder", lambda settings: made)
    monkeypatch.setattr(meaning.weights, "present", lambda model, settings: True)
    return made


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return create_project(tmp_path / "p", "P", "id")


def test_a_text_is_embedded_once(project: Project, settings: Settings, embedder: Counting) -> None:
    assert meaning.embedding(project, settings, ["a", "bb"], "known") == (None, "later")
    embed, why = meaning.embedding(project, settings, ["a", "bb"], "some")
    assert embed and not why
    assert embed(["bb", "a", "bb"])[:, 0].tolist() == [2, 1, 2]
    again, _ = meaning.embedding(project, settings, ["a", "bb"], "known")
    assert again and again(["a"]).tolist() == [[1, 1]]
    assert embedder.asked == ["bb", "a"]


def test_many_new_texts_are_read_only_when_asked_for(
    project: Project, settings: Settings, embedder: Counting
) -> None:
    many = [str(n) for n in range(meaning.AT_ONCE + 1)]
    assert meaning.embedding(project, settings, many, "some") == (None, "many")
    assert meaning.embedding(project, settings, many, "all")[0] is not None


def test_a_damaged_cache_is_made_again(project: Project, settings: Settings, embedder: Counting) -> None:
    embed, _ = meaning.embedding(project, settings, ["a"], "all")
    assert embed
    embed(["a"])
    (project.cache / meaning._FILE).write_bytes(b"PK\x03\x04broken")
    assert embed(["a"]).tolist() == [[1, 1]]


def test_without_the_model_it_is_said(project: Project, settings: Settings, tmp_path: Path) -> None:
    from dataclasses import replace

    bare = replace(settings, weights=tmp_path / "none")
    assert meaning.embedding(project, bare, ["a"], "all") == (None, "weights")
