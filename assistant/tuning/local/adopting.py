"""Whether the numbers of an adapter from elsewhere fit a base model; the base's weights are not loaded."""

from pathlib import Path

import torch
from safetensors import safe_open
from transformers import AutoConfig, AutoModelForCausalLM

from assistant.models.local import fits


def fault(base: Path, file: Path) -> str:
    """ "misfit" where a matrix has no layer of its size, "numbers" where one is not finite, else ""."""
    config = AutoConfig.from_pretrained(base, local_files_only=True)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    if not fits(model, file):
        return "misfit"
    with safe_open(file, "pt") as stored:
        finite = all(bool(torch.isfinite(stored.get_tensor(name)).all()) for name in list(stored.keys()))
    return "" if finite else "numbers"
