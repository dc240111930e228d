"""What a finished run leaves: adapter weights beside a card that says what they are and how to serve them."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.models.prompt import Prompt, from_json
from assistant.workspace import files


@dataclass(frozen=True)
class Card:
    """An adapter's papers. `prompt` is the very prompt it was trained with, and must be served with."""

    run: str
    base: str  # catalogue id or folder of the base model
    base_fingerprint: str
    prompt: str  # models.prompt.Prompt as JSON
    dataset: str
    dataset_hash: str
    passages: bool  # whether it saw retrieved passages, so that tuned_rag may use it
    plan: dict[str, Any]
    rows: int
    left_out: int
    steps: int
    best_step: int
    validation_loss: float | None
    seconds: float
    name: str = ""  # what people call it, its domain for example
    labels: list[str] = field(default_factory=list)  # the answers it chooses from, where its task is labels
    learned: list[dict[str, Any]] = field(default_factory=list)  # where its training rows came from
    stopped: bool = False  # the user ended it early; the best weights until then were kept
    metric: str = ""  # by which the best step was chosen; `score`: its value there
    score: float | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def to_prompt(self) -> Prompt:
        return from_json(self.prompt)


@dataclass(frozen=True)
class Adapter:
    folder: Path  # runs/<id>/adapter

    @property
    def run(self) -> str:
        return self.folder.parent.name

    @property
    def card(self) -> Card:
        return Card(**json.loads((self.folder / "card.json").read_text("utf-8")))


def write_card(folder: Path, card: Card) -> None:
    files.write(folder / "card.json", json.dumps(asdict(card), ensure_ascii=False, indent=1))


def adapters(runs: Path) -> list[Adapter]:
    """The adapters in a project's runs folder, newest run first."""
    return [Adapter(path.parent) for path in sorted(runs.glob("*/adapter/card.json"), reverse=True)]


def adapter(runs: Path, run: str) -> Adapter:
    """One run's adapter. Raises PenalaError("no_adapter") naming the runs that have one."""
    found = {a.run: a for a in adapters(runs)}
    if run not in found:
        raise PenalaError("no_adapter", run=run, known=", ".join(found) or "-")
    return found[run]
