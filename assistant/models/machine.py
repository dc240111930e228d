"""What this machine has: its memory, and the number type it computes fastest with, measured once and remembered."""

import json
import platform
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from assistant.settings import Settings
from assistant.workspace import files

_ROUNDS = 8
_SECONDS = 1.6  # for all rounds of both types together, about


def dtype_here(settings: Settings) -> str:
    """ "bfloat16" or "float32": the one in which a layer of a small model runs faster here."""
    import torch

    if torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    known = read(settings)
    key = f"dtype {platform.processor() or platform.machine()} {torch.__version__}"
    if known.get(key) not in ("bfloat16", "float32"):
        known[key] = _measured()
        with suppress(OSError):  # a weights folder that may only be read: measure again next time
            write(settings, known)
    return str(known[key])


def memory_here(limits: Path = Path("/sys/fs/cgroup")) -> tuple[int, int]:
    """Bytes of memory, all and free: the machine's, or less where this process may use only a part (a container)."""
    seen = psutil.virtual_memory()
    try:
        most = int((limits / "memory.max").read_text())
        used = int((limits / "memory.current").read_text())
        kept = (line.split() for line in (limits / "memory.stat").read_text().splitlines())
        cache = int(dict(kept).get("inactive_file", "0"))  # given back when memory is wanted
    except (OSError, ValueError):  # no limit, or a system without them
        return seen.total, seen.available
    return min(seen.total, most), max(0, min(seen.available, most - used + cache))


def read(settings: Settings) -> dict[str, Any]:
    """What was measured on this machine before."""
    try:
        return json.loads((settings.weights / "machine.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def write(settings: Settings, known: dict[str, Any]) -> None:
    files.write(settings.weights / "machine.json", json.dumps(known, indent=1))


def _measured() -> str:
    """The type with the shorter best round; rounds alternate, so that other work disturbs both alike."""
    import torch

    best = {torch.bfloat16: float("inf"), torch.float32: float("inf")}
    with torch.no_grad():
        for _ in range(_ROUNDS):
            for dtype in best:
                best[dtype] = min(best[dtype], _round(dtype))
    return "bfloat16" if best[torch.bfloat16] < best[torch.float32] else "float32"


def _round(dtype: Any) -> float:
    """Seconds a repetition for a prefill-sized and four decode-sized products, as a small model has them."""
    import torch

    weight = torch.ones(2048, 640, dtype=dtype)
    wide, narrow = torch.ones(256, 640, dtype=dtype), torch.ones(8, 640, dtype=dtype)
    began, done = time.perf_counter(), 0
    while done < 2 or time.perf_counter() - began < _SECONDS / (2 * _ROUNDS):
        for _ in range(4):
            narrow @ weight.T
        wide @ weight.T
        done += 1
    return (time.perf_counter() - began) / done
