"""What a tuning run will do: model, method and numbers, from three presets in plain words."""

from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from assistant.errors import PenalaError
from assistant.settings import KNOWLEDGE, read_yaml

PRESETS = ("quick", "balanced", "thorough")
METHODS = ("lora", "rslora", "dora", "qlora", "prompt", "bottleneck", "bias", "partial", "full")
FOUR_BITS = ("qlora",)  # methods whose base is kept in 4 bits while they learn


@dataclass(frozen=True)
class Plan:
    """One run's settings. `rate` is the peak learning rate; LoRA wants about ten times full tuning's,
    on all linear layers ("LoRA Without Regret", Thinking Machines, 2025). `layers`: how many of the last ones partial
    tuning trains, 0 for a third; LoRA's matrices stand in the last so many, 0 for all. `start`: the run whose adapter is learned on, "" for a fresh one. `metric`: by which the
    best weights are kept, declared before the run ("": the first of the task's kind; "loss": the validation loss)."""

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
    metric: str = ""
    replay: float = 0.0  # share of general examples among the training rows, against forgetting
    mix: tuple[str, ...] = ()  # what is learned besides: "v002=2", "v001#tag", "other-project/v001"
    temperature: float = 0.0  # above 1: the sources' shares go by size to the power 1/temperature
    patience: int = 4  # validations without a better one before the run ends; 0: never

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@cache
def _known() -> dict[str, dict[str, Any]]:
    """The numbers to start from, and where they come from: `knowledge/tuning.yaml`."""
    return dict(read_yaml(KNOWLEDGE / "tuning.yaml"))


def plan(model: str, method: str = "lora", preset: str = "balanced", **changes: Any) -> Plan:
    """A preset's plan with some numbers changed. Raises PenalaError: no_method, no_preset, bad_plan."""
    if method not in METHODS:
        raise PenalaError("no_method", method=method, known=", ".join(METHODS))
    if preset not in PRESETS:
        raise PenalaError("no_preset", preset=preset, known=", ".join(PRESETS))
    if "rank" in changes:
        changes = {"alpha": 2 * changes["rank"], **changes}  # the adapter's scale stays as it is
    known = _known()
    numbers = {**known["usual"], **known["presets"][preset], **known["methods"].get(method, {})}
    if "mix" in changes:
        changes = {**changes, "mix": tuple(changes["mix"])}
    made = replace(Plan(model=model, method=method, preset=preset, **numbers), **changes)
    _inside("epochs", made.epochs, 1, 50)
    _inside("rank", made.rank, 1, 256)
    _inside("layers", made.layers, 0, 1000)
    _inside("batch", made.batch, 1, 256)
    _inside("patience", made.patience, 0, 1000)
    _inside("rate", made.rate, 1e-6, 1e-1)
    _inside("replay", made.replay, 0, 0.8)
    _inside("temperature", made.temperature, 0, 100)
    return made


def _inside(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise PenalaError("bad_plan", name=name, value=str(value), low=str(low), high=str(high))
