"""What this machine computes fastest with: measured once for two seconds, then remembered."""

import json
import platform
import time
from typing import Any

from assistant.settings import Settings
from assistant.workspace import files

_SECONDS = 1.0  # for each of two types


def dtype_here(settings: Settings) -> str:
    """ "bfloat16" or "float32": the one in which a layer of a small model runs faster here."""
    known = read(settings)
    key = f"dtype {platform.processor() or platform.machine()} {_torch_version()}"
    if key not in known:
        known[key] = _measured()
        write(settings, known)
    return str(known[key])


def read(settings: Settings) -> dict[str, Any]:
    """What was measured on this machine before."""
    try:
        return json.loads((settings.weights / "machine.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def write(settings: Settings, known: dict[str, Any]) -> None:
    files.write(settings.weights / "machine.json", json.dumps(known, indent=1))


def _measured() -> str:
    import torch

    if torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    return "bfloat16" if _rate(torch.bfloat16) > _rate(torch.float32) else "float32"


def _rate(dtype: Any) -> float:
    """Products a second of a prefill-sized and a decode-sized matrix, as a small model has them."""
    import torch

    weight = torch.randn(2048, 640, dtype=dtype)
    wide, narrow = torch.randn(256, 640, dtype=dtype), torch.randn(8, 640, dtype=dtype)
    with torch.no_grad():
        wide @ weight.T, narrow @ weight.T
        began, done = time.monotonic(), 0
        while time.monotonic() - began < _SECONDS:
            for _ in range(4):
                narrow @ weight.T
            wide @ weight.T
            done += 1
    return done / (time.monotonic() - began)


def _torch_version() -> str:
    import torch

    return str(torch.__version__)
