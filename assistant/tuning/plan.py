"""What a tuning run will do: model, method and numbers, from three presets in plain words."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from assistant.errors import PenalaError

PRESETS = ("quick", "balanced", "thorough")
METHODS = ("lora", "rslora", "dora", "bottleneck", "bias", "partial", "full")


@dataclass(frozen=True)
class Plan:
    """One run's settings. `rate` is the peak learning rate; LoRA wants about ten times full tuning's,
    on all linear layers ("LoRA Without Regret", Thinking Machines, 2025). `layers`: how many of the last ones partial
    tuning trains, 0 for a third. `start`: the run whose adapter is learned on, "" for a fresh one."""

    model: str
    method: str = "lora"
    preset: str = "balanced"
    epochs: int = 3
    rank: int = 16
    alpha: int = 32
    rate: float = 1e-3
    batch: int = 8
    longest: int = 768  # tokens; longer rows are left out and counted
    evaluations: int = 2  # validation passes an epoch
    checkpoint_seconds: float = 20.0  # at most so much work is lost when the process is killed
    passages: bool = (
        False  # a third of the rows come with retrieved passages too, so that tuned_rag can be served
    )
    seed: int = 0
    layers: int = 0
    start: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


_NUMBERS: dict[str, dict[str, Any]] = {
    "quick": {"epochs": 1, "evaluations": 3},
    "balanced": {"epochs": 3},
    "thorough": {"epochs": 5, "rank": 32, "alpha": 64},
}


# Where a method's own papers differ from LoRA's numbers: whole weights want small steps, and their checkpoints are
# large; a bottleneck's usual size is a sixteenth of the width and up (Houlsby et al. 2019).
_BY_METHOD: dict[str, dict[str, Any]] = {
    "full": {"rate": 1e-4, "checkpoint_seconds": 300.0},
    "partial": {"rate": 1e-4, "checkpoint_seconds": 120.0},
    "bottleneck": {"rank": 64},
}


def plan(model: str, method: str = "lora", preset: str = "balanced", **changes: Any) -> Plan:
    """A preset's plan with some numbers changed. Raises PenalaError: no_method, no_preset, bad_plan."""
    if method not in METHODS:
        raise PenalaError("no_method", method=method, known=", ".join(METHODS))
    if preset not in PRESETS:
        raise PenalaError("no_preset", preset=preset, known=", ".join(PRESETS))
    if "rank" in changes:
        changes = {"alpha": 2 * changes["rank"], **changes}  # the adapter's scale stays as it is
    numbers = {**_NUMBERS[preset], **_BY_METHOD.get(method, {})}
    made = replace(Plan(model=model, method=method, preset=preset, **numbers), **changes)
    _inside("epochs", made.epochs, 1, 50)
    _inside("rank", made.rank, 1, 256)
    _inside("layers", made.layers, 0, 1000)
    _inside("batch", made.batch, 1, 256)
    _inside("rate", made.rate, 1e-6, 1e-1)
    return made


def _inside(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise PenalaError("bad_plan", name=name, value=str(value), low=str(low), high=str(high))
