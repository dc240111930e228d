"""QLoRA: LoRA over a base whose frozen weights are kept in 4 bits while it learns (Dettmers et al. 2023)."""

from typing import Any

from assistant.tuning.local.methods import lora
from assistant.tuning.plan import Plan


def wrap(model: Any, plan: Plan) -> Any:
    """As LoRA; the base was opened with `four_bits`. The result is a plain LoRA adapter and is served as one."""
    return lora.wrap(model, plan)
