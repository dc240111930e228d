"""What a run will take, before it starts: time, memory and disk, from this machine's own speed."""

from dataclasses import dataclass

from assistant.tuning.plan import Plan


@dataclass(frozen=True)
class Speed:
    """Measured here for one model: training tokens a second, and the memory a training process took at its peak."""

    tokens_per_second: float
    peak_bytes: int
    trained: int = 0  # parameters that learn


@dataclass(frozen=True)
class Estimate:
    """`seconds_low` to `seconds_high`; memory and disk in bytes; `fits`: whether that memory is free now."""

    tokens: int
    seconds_low: float
    seconds_high: float
    memory: int
    disk: int
    fits: bool


def estimate(
    plan: Plan, tokens: int, validation_tokens: int, speed: Speed, free: int, loading: float = 15.0
) -> Estimate:
    """From tokens of one epoch (padding left out).

    Training costs about three times a forward pass (Kaplan et al. 2020: 2 operations a parameter forward, 4
    backward), of which validation runs the first part only; padding adds about a tenth. The range is what the
    same run was seen to vary on a shared machine.
    """
    watched = validation_tokens * (plan.evaluations * plan.epochs + 1) / 3
    seconds = loading + 1.1 * (tokens * plan.epochs + watched) / speed.tokens_per_second
    # Two checkpoints of four float32 numbers a trained weight (its own, the best, the optimiser's two), and the result.
    disk = (2 * 16 + 2) * speed.trained
    return Estimate(tokens, 0.8 * seconds, 1.5 * seconds, speed.peak_bytes, disk, speed.peak_bytes < free)
