"""LoRA on every linear layer: small trained matrices beside frozen weights (Hu et al. 2021)."""

from typing import Any

import torch

from assistant.errors import PenalaError
from assistant.models import changes
from assistant.tuning.plan import Plan


def wrap(model: Any, plan: Plan, **more: Any) -> Any:
    """A peft model with fresh LoRA matrices in the base model's own dtype; only they are trained.

    With `plan.layers` in the last so many layers alone. Raises PenalaError: method_misfit, bad_plan.
    """
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=plan.rank,
        lora_alpha=plan.alpha,
        lora_dropout=0.0,  # with so few steps dropout only slows learning; early stopping guards instead
        **(_last(model, plan) if plan.layers else {"target_modules": "all-linear"}),
        task_type="CAUSAL_LM",
        **more,
    )
    return get_peft_model(model, config, autocast_adapter_dtype=False)


def _last(model: Any, plan: Plan) -> dict[str, Any]:
    """Which modules those of the last layers are, in peft's words."""
    layers = changes.layers(model)
    if not layers:
        raise PenalaError("method_misfit", method=plan.method)
    if plan.layers > len(layers):
        raise PenalaError("bad_plan", name="layers", value=str(plan.layers), low="1", high=str(len(layers)))
    found = {n.rsplit(".", 1)[-1] for n, m in layers[-1].named_modules() if isinstance(m, torch.nn.Linear)}
    chosen = list(range(len(layers) - plan.layers, len(layers)))
    return {"target_modules": sorted(found), "layers_to_transform": chosen}
