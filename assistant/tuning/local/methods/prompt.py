"""Prompt tuning: some invented words before every message learn, the model does not (Lester et al. 2021)."""

from typing import Any

from assistant.models import changes
from assistant.tuning.plan import Plan


def wrap(model: Any, plan: Plan) -> Any:
    """A peft model whose `plan.rank` learned words begin as words of the vocabulary. What it saves is peft's own format;
    it is read in by our hooks, for the loop asks the decoder directly and peft adds the words only above it."""
    from peft import PromptTuningConfig, PromptTuningInit, get_peft_model

    config = PromptTuningConfig(
        task_type="CAUSAL_LM",
        num_virtual_tokens=plan.rank,
        prompt_tuning_init=PromptTuningInit.SAMPLE_VOCAB,
    )
    wrapped = get_peft_model(model.requires_grad_(False), config)
    changes.prepend(model, wrapped.prompt_encoder["default"].embedding.weight)
    return wrapped
