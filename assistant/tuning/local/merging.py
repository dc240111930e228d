"""A tuned model as one: the adapter worked into the base's weights, as safetensors."""

import shutil
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from assistant.errors import PenalaError
from assistant.models import changes
from assistant.models.changes import Changes


def merge(base: Path, adapter: Path, out: Path) -> None:
    """Write a folder that transformers opens like any model, in the base's own number format.

    The sum is made in float32: in bfloat16 small changes would be rounded away before they are added.
    Raises PenalaError: merge_blocks (bottleneck adapters and learned prompts are parts of their own), adapter_misfit.
    """
    kept = AutoModelForCausalLM.from_pretrained(
        base, local_files_only=True, use_safetensors=True, dtype="auto"
    ).dtype
    model = AutoModelForCausalLM.from_pretrained(
        base, local_files_only=True, use_safetensors=True, dtype=torch.float32
    )
    merged = _merged(model, adapter)
    merged.to(kept).save_pretrained(out, safe_serialization=True)
    AutoTokenizer.from_pretrained(base, local_files_only=True).save_pretrained(out)
    for name in ("chat_template.jinja", "generation_config.json"):
        if (base / name).exists() and not (out / name).exists():
            shutil.copyfile(base / name, out / name)


def _merged(model: Any, adapter: Path) -> Any:
    file = next(p for p in (adapter / "adapter_model.safetensors", adapter / changes.FILE) if p.is_file())
    if changes.ours(file):
        held = Changes(model)
        if not held.load(file, "a"):
            raise PenalaError("adapter_misfit", folder=str(adapter), model="-")
        if held.apart("a"):
            raise PenalaError("merge_blocks")
        held.put_on("a")
        return model
    from peft import PeftModel

    options = {"local_files_only": True, "use_safetensors": True, "autocast_adapter_dtype": False}
    return PeftModel.from_pretrained(model, adapter, **options).merge_and_unload()
