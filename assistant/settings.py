"""Where things live and what the environment asks for; knows nothing of what is kept there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

LANGUAGES = ("id", "en")


def _knowledge_folder() -> Path:
    """The data folder: beside the package in a clone, inside it in an installed wheel."""
    inside = Path(__file__).parent / "_knowledge"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "knowledge"


KNOWLEDGE = _knowledge_folder()


@dataclass(frozen=True)
class Settings:
    """What one process was told; read once at start and passed on."""

    home: Path  # the workspace: workspace.db and projects/
    weights: Path  # converted model weights, shared by all projects
    language: str = "id"  # used where an address or option names none
    offline: bool = False  # never try a model hub
    host: str = "127.0.0.1"
    port: int = 7860

    @property
    def projects(self) -> Path:
        return self.home / "projects"


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """Settings from PENALA_HOME, PENALA_WEIGHTS, PENALA_LANG, PENALA_OFFLINE, PENALA_HOST, PENALA_PORT."""
    home = Path(env.get("PENALA_HOME") or user_data_path("penala"))
    language = env.get("PENALA_LANG", "id")
    return Settings(
        home=home.expanduser().resolve(),
        weights=Path(env.get("PENALA_WEIGHTS") or home / "weights").expanduser().resolve(),
        language=language if language in LANGUAGES else "id",
        offline=env.get("PENALA_OFFLINE", "") not in ("", "0"),
        host=env.get("PENALA_HOST", "127.0.0.1"),
        port=int(env.get("PENALA_PORT") or env.get("GRADIO_SERVER_PORT") or 7860),
    )
