"""Fixtures that several packages share: settings with a home of their own, and the real embedded models."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest

from assistant.models.values import ChatModel, Embedder
from assistant.settings import Settings, from_environment

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

hypothesis.settings.register_profile(
    "penala", deadline=None
)  # on a busy machine a deadline fails what is right
hypothesis.settings.load_profile("penala")

WEIGHTS = from_environment().weights


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With more processes than one, a file stays in one of them; tests/integration shares a trained run."""
    for item in items:
        shared = item.path.parent if item.path.parent.name == "integration" else item.path
        item.add_marker(pytest.mark.xdist_group(str(shared)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty workspace; converted weights are shared by all tests."""
    return Settings(home=tmp_path / "home", weights=WEIGHTS, language="en")


@pytest.fixture(scope="session")
def model_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("home"), weights=WEIGHTS, language="en")


@pytest.fixture(scope="session")
def embedder(model_settings: Settings) -> Embedder:
    """multilingual-e5-small, the real one."""
    from assistant.models.embedding import open_embedder

    needs("multilingual-e5-small", model_settings)
    return open_embedder(model_settings)


@pytest.fixture(scope="session")
def chat_en(model_settings: Settings) -> Iterator[ChatModel]:
    """SmolLM2 135M Instruct, the real one."""
    from assistant.models.local import open_chat

    needs("smollm2-135m-instruct", model_settings)
    yield open_chat("smollm2-135m-instruct", model_settings)


def needs(model: str, settings: Settings) -> None:
    """Skip where the weights are absent; in continuous integration they are fetched instead."""
    from assistant.models import weights

    if weights.present(model, settings):
        return
    if not os.environ.get("CI"):
        pytest.skip(
            f"weights absent: run `penala models fetch {model}` with PENALA_WEIGHTS={settings.weights}"
        )
    weights.ensure(model, replace(settings, offline=False))
