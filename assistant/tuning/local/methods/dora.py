"""LoRA for the direction of each weight and a trained length beside it (Liu et al. 2024)."""

from typing import Any

from assistant.tuning.local.methods import lora
from assistant.tuning.plan import Plan


def wrap(model: Any, plan: Plan) -> Any:
    return lora.wrap(model, plan, use_dora=True)
