"""What a run will take, before it starts: time, memory, disk and electricity, from a short measurement of this very run."""

from dataclasses import dataclass

from assistant.tuning.plan import Plan


@dataclass(frozen=True)
class Speed:
    """Measured here on the run's own rows. `tokens` and `steps` of one epoch, padding included; `low` and `high`: the
    quickest and slowest step a token against their mean; `validation`: seconds of one pass with its answers."""

    loading: float
    tokens: int
    steps: int
    seconds_per_token: float
    low: float
    high: float
    validation: float
    trained: int  # parameters that learn
    peak_bytes: int
    gpu: bool = False
    filling: float = 0.0  # seconds until what frozen lower layers make of all rows is kept


@dataclass(frozen=True)
class Estimate:
    """`seconds`: most likely, between `seconds_low` and `seconds_high`; memory and disk in bytes; `fits`: whether that
    memory and disk are free now. A run that stops early takes less."""

    tokens: int
    seconds: float
    seconds_low: float
    seconds_high: float
    memory: int
    disk: int
    fits: bool
    gpu: bool = False


def estimate(plan: Plan, speed: Speed, free: int, free_disk: int) -> Estimate:
    """The steps of all epochs, the validations between them, loading, and what is computed once before; the range is that
    of the measured steps, and at least a fifth to each side (what the same run was seen to vary on a shared machine)."""
    learning = speed.seconds_per_token * speed.tokens * plan.epochs
    looking = speed.validation * validations(plan, speed.steps)
    working = speed.filling + learning + looking
    seconds = speed.loading + working
    low, high = min(0.8, speed.low), max(1.25, speed.high)
    # Two checkpoints and the one being written, of four float32 numbers a trained weight (its own, the best, the
    # optimiser's two), and the result.
    disk = (3 * 16 + 4) * speed.trained
    fits = speed.peak_bytes < free and disk < free_disk
    return Estimate(
        speed.tokens * plan.epochs, seconds, speed.loading + low * working, speed.loading + high * working,
        speed.peak_bytes, disk, fits, speed.gpu,
    )  # fmt: skip


def validations(plan: Plan, steps: int) -> int:
    """How often a run looks at the validation rows: before the first step, and then as often as the loop does."""
    every, total = max(1, steps // plan.evaluations), steps * plan.epochs
    return 1 + total // every + (1 if total % every else 0)
