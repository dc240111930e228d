"""LoRA whose scale falls with the root of the rank, so that high ranks learn as fast as low ones (Kalajdzievski 2023)."""

from dataclasses import replace
from typing import Any

from assistant.tuning.local.methods import lora
from assistant.tuning.plan import Plan


def wrap(model: Any, plan: Plan) -> Any:
    """As LoRA; the scale alpha/sqrt(rank) is LoRA's own 2 at rank 16, so that one learning rate suits both."""
    return lora.wrap(model, replace(plan, alpha=8), use_rslora=True)
