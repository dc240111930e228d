"""LoRA on every linear layer: small trained matrices beside frozen weights (Hu et al. 2021)."""

from typing import Any

from assistant.tuning.plan import Plan


def wrap(model: Any, plan: Plan, **more: Any) -> Any:
    """A peft model with fresh LoRA matrices in the base model's own dtype; only they are trained."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=plan.rank,
        lora_alpha=plan.alpha,
        lora_dropout=0.0,  # with so few steps dropout only slows learning; early stopping guards instead
        target_modules="all-linear",
        task_type="CAUSAL_LM",
        **more,
    )
    return get_peft_model(model, config, autocast_adapter_dtype=False)
