"""Where things live and what the environment asks for; knows nothing of what is kept there."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from platformdirs import user_data_path

LANGUAGES = ("id", "en")


def _knowledge_folder() -> Path:
    """The data folder: beside the package in a clone, inside it in an installed wheel."""
    inside = Path(__file__).parent / "_knowledge"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "knowledge"


KNOWLEDGE = _knowledge_folder()

# The environment's names for what opens a service; their values are never kept, shown or logged.
KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY", "PENALA_ENDPOINT_KEY", "HF_TOKEN")


def read_yaml(file: Path) -> Any:
    """What a YAML file holds. Raises OSError, yaml.YAMLError."""
    # The loader in C takes a tenth of the time, at every start of a command.
    return yaml.load(file.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def locked_versions() -> dict[str, str]:
    """The version of every library that this release was tested with, by name (lower case, hyphens).

    The file stands beside the package in a clone and among the knowledge in a wheel; empty where neither does.
    """
    found = [KNOWLEDGE / "constraints.txt", KNOWLEDGE.parent / ".ci" / "constraints.txt"]
    path = next((path for path in found if path.is_file()), None)
    lines = path.read_text("utf-8").splitlines() if path else []
    pairs = (line.split(";")[0].split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {name.strip().lower().replace("_", "-"): version.strip() for name, version in pairs}


@dataclass(frozen=True)
class Settings:
    """What one process was told; read once at start and passed on."""

    home: Path  # the workspace: workspace.db and projects/
    weights: Path  # converted model weights, shared by all projects
    language: str = "id"  # used where an address or option names none
    offline: bool = False  # never try a model hub
    host: str = "127.0.0.1"
    port: int = 7860
    root_path: str = ""  # where a reverse proxy shows the server, e.g. "/penala"
    space: bool = (
        False  # a public demo on a Hugging Face Space: every visitor has short-lived projects of their own
    )

    @property
    def projects(self) -> Path:
        return self.home / "projects"


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """Settings from PENALA_HOME, PENALA_WEIGHTS, PENALA_LANG, PENALA_OFFLINE, PENALA_HOST, PENALA_PORT,
    PENALA_ROOT_PATH.

    On a Space (SPACE_ID is set) the workspace is on the disk that does not last: a mounted bucket keeps no locks, and
    SQLite breaks on it.
    """
    space = bool(env.get("SPACE_ID"))
    usual = Path(tempfile.gettempdir()) / "penala" if space else user_data_path("penala")
    home = Path(env.get("PENALA_HOME") or usual)
    language = env.get("PENALA_LANG", "id")
    return Settings(
        home=home.expanduser().resolve(),
        weights=Path(env.get("PENALA_WEIGHTS") or home / "weights").expanduser().resolve(),
        language=language if language in LANGUAGES else "id",
        offline=env.get("PENALA_OFFLINE", "") not in ("", "0"),
        host=env.get("PENALA_HOST") or ("0.0.0.0" if space else "127.0.0.1"),
        port=int(env.get("PENALA_PORT") or env.get("GRADIO_SERVER_PORT") or 7860),
        root_path="/" + root if (root := env.get("PENALA_ROOT_PATH", "").strip("/")) else "",
        space=space,
    )
