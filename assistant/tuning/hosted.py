"""Tuning at a provider: what a run asks for and where it stands, as values; knows no provider and no project.

A new provider is one class with the methods of `Host`.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from assistant.errors import PenalaError

State = Literal[
    "queued", "running", "paused", "cancelling", "succeeded", "partly", "failed", "cancelled", "expired"
]
ENDED: tuple[State, ...] = ("succeeded", "partly", "failed", "cancelled", "expired")
ADAPTER_SIZES = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class HostedPlan:
    """What is asked for. None: the provider chooses, which its documentation advises for a first run."""

    model: str  # the provider's name, for example gemini-2.5-flash
    label: str  # by which the job is found again; letters, digits and hyphens
    title: str  # for people, at most 128 characters
    epochs: int | None = None
    adapter_size: int | None = None
    rate_multiplier: float | None = None

    def __post_init__(self) -> None:
        """Raises PenalaError("bad_plan"): the kit sends wrong numbers on and the service refuses them later."""
        _inside("epochs", self.epochs, 1, 100)
        _inside("rate_multiplier", self.rate_multiplier, 0.001, 100)
        if self.adapter_size is not None and self.adapter_size not in ADAPTER_SIZES:
            raise PenalaError(
                "bad_plan", name="adapter_size", value=str(self.adapter_size), low="1", high="16"
            )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Checkpoint:
    id: str
    epoch: int
    step: int
    endpoint: str


@dataclass(frozen=True)
class Status:
    """Where a job stands. `detail`: the provider's own word for what it waits for or does, "" where it tells none.

    `tokens`: billed training tokens; `dropped` and `truncated`: rows (from 1) that were not, or not wholly, learned.
    """

    name: str
    state: State
    detail: str = ""
    model: str = ""
    endpoint: str = ""
    checkpoints: tuple[Checkpoint, ...] = ()
    rows: int | None = None
    tokens: int | None = None
    dropped: tuple[str, ...] = ()
    truncated: tuple[int, ...] = ()
    error: str = ""

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def usable(self) -> bool:
        """Whether it left a model that answers; a job that succeeded in part left its earlier checkpoints."""
        return self.state in ("succeeded", "partly") and bool(self.endpoint or self.checkpoints)


class Host(Protocol):
    """One provider. Its methods raise PenalaError: remote_key_refused, remote_busy, remote_unreachable,
    remote_failed, remote_no_model."""

    def request(self, plan: HostedPlan, train: str, validation: str | None) -> dict[str, Any]:
        """The body that `start` sends, for a dry run; `train` and `validation` are uploaded addresses."""

    def address(self, key: str) -> str:
        """Where a file of that key would lie."""

    def upload(self, file: Path, key: str) -> str:
        """Put a file there; the same content under the same key twice is no harm."""

    def start(self, plan: HostedPlan, train: str, validation: str | None) -> str:
        """Start the job; its name."""

    def find(self, label: str) -> str | None:
        """The job that was started under this label, if any."""

    def status(self, name: str) -> Status: ...

    def cancel(self, name: str) -> None:
        """Ask it to stop; it may go on for a while."""


def _inside(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise PenalaError("bad_plan", name=name, value=str(value), low=str(low), high=str(high))
