"""An adapter from elsewhere, looked at before anything is loaded: safetensors and a plain configuration, nothing that runs.

Rows 30 to 32 of the fault matrix: pickles, code, paths, broken or outsized tensors. Loads no torch.
"""

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError

WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"
_MOST_BYTES = 8 << 30
_MOST_HEADER = 16 << 20
_MOST_RANK = 512
_SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}
_CODE = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".py", ".so", ".dll")
# What a LoRA configuration of peft needs to be read; anything else is left out of the copy.
_KEPT = (
    "peft_type", "task_type", "r", "lora_alpha", "lora_dropout", "target_modules", "bias", "use_rslora", "use_dora",
    "fan_in_fan_out", "rank_pattern", "alpha_pattern", "layers_to_transform", "inference_mode",
)  # fmt: skip
_NEVER = ("auto_map", "_attn_implementation_internal", "trust_remote_code", "custom_pipelines")


@dataclass(frozen=True)
class Found:
    """A checked adapter. `config`: what of its configuration is kept; `base`: the model that it names, as a label only."""

    folder: Path
    config: dict[str, Any]
    base: str
    shapes: dict[str, tuple[int, ...]]


def checked(folder: Path) -> Found:
    """Raises PenalaError("adapter_unsafe") with the reason, or adapter_incomplete where a file is missing."""
    for name in (WEIGHTS, CONFIG):
        if not (folder / name).is_file():
            raise PenalaError("adapter_incomplete", folder=str(folder), file=name)
    for path in folder.rglob("*"):
        if path.is_symlink():
            raise _unsafe(folder, "link", path.name)
        if path.suffix.lower() in _CODE:
            raise _unsafe(folder, "code", path.name)
    config = _config(folder)
    shapes = _shapes(folder)
    _ranks(folder, config, shapes)
    kept = {name: config[name] for name in _KEPT if name in config}
    return Found(folder, kept, str(config.get("base_model_name_or_path") or ""), shapes)


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise _unsafe(folder, "config", CONFIG) from None
    if not isinstance(config, dict) or config.get("peft_type") != "LORA":
        raise _unsafe(folder, "kind", str(config.get("peft_type") if isinstance(config, dict) else "?"))
    for name in _NEVER:
        if config.get(name):
            raise _unsafe(folder, "key", name)
    base = str(config.get("base_model_name_or_path") or "")
    if base.startswith(("/", "~", ".", "\\")) or ".." in base or "\\" in base or ":" in base:
        raise _unsafe(folder, "path", base[:80])
    return config


def _ranks(folder: Path, config: dict[str, Any], shapes: dict[str, tuple[int, ...]]) -> None:
    """Every rank, in the configuration and in the weights, is one that a person would choose."""
    pattern = config.get("rank_pattern") or {}
    told = [config.get("r"), *(pattern.values() if isinstance(pattern, dict) else [None])]
    stored = [shape[0] for name, shape in shapes.items() if ".lora_A" in name]
    for rank in (*told, *stored):
        if not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= _MOST_RANK:
            raise _unsafe(folder, "rank", str(rank)[:20])


def _shapes(folder: Path) -> dict[str, tuple[int, ...]]:
    """The tensors' shapes from the header, each checked against the file's size."""
    path = folder / WEIGHTS
    size = path.stat().st_size
    with path.open("rb") as stream:
        first = stream.read(8)
        length = struct.unpack("<Q", first)[0] if len(first) == 8 else 0
        if not 2 <= length <= min(_MOST_HEADER, size - 8) or size > _MOST_BYTES:
            raise _unsafe(folder, "header", WEIGHTS)
        raw = stream.read(length)
    try:
        header = json.loads(raw)
        tensors = {name: value for name, value in header.items() if name != "__metadata__"}
        found = {name: _shape(value, size - 8 - length) for name, value in tensors.items()}
        spans = sorted(tuple(value["data_offsets"]) for value in tensors.values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _unsafe(folder, "header", WEIGHTS) from None
    whole = [at for span in spans for at in span]
    joined = all(a == b for a, b in zip(whole[1:-1:2], whole[2::2], strict=True))
    if not found or whole[0] != 0 or whole[-1] != size - 8 - length or not joined:
        raise _unsafe(folder, "header", WEIGHTS)
    return found


def _shape(tensor: dict[str, Any], size: int) -> tuple[int, ...]:
    """Raises ValueError for a shape that its bytes do not hold."""
    shape = tuple(tensor["shape"])
    start, stop = tensor["data_offsets"]
    if not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in (*shape, stop)):
        raise ValueError("a size that is no size")
    if len(shape) > 2 or not 0 <= start < stop <= size:
        raise ValueError("outside the file")
    if math.prod(shape) * _SIZES[tensor["dtype"]] != stop - start:
        raise ValueError("another number of bytes")
    return shape


def _unsafe(folder: Path, why: str, what: str) -> PenalaError:
    return PenalaError("adapter_unsafe", folder=str(folder), reason=_Why(why, what))


@dataclass(frozen=True)
class _Why:
    """The reason in the reader's language."""

    why: str
    what: str

    def say(self, language: str) -> str:
        from assistant import texts

        return texts.say(language, f"tuning.unsafe.{self.why}", what=self.what)

    def __str__(self) -> str:
        return self.say("en")
