"""What a run computes on: what must be alike for the same numbers to come out."""

import platform
from pathlib import Path

import psutil
import torch


def hardware(model: torch.nn.Module) -> dict[str, str | int]:
    """Processor, cores, threads, memory in GB, accelerator, and the number type of the weights."""
    accelerator = torch.cuda.get_device_name() if torch.cuda.is_available() else "-"
    return {
        "processor": _processor(), "cores": psutil.cpu_count() or 1, "threads": torch.get_num_threads(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9), "accelerator": accelerator,
        "dtype": str(next(model.parameters()).dtype).removeprefix("torch."),
    }  # fmt: skip


def use_threads(count: int) -> None:
    """Sums are added up in another order with another number of threads, and so round otherwise."""
    torch.set_num_threads(count)


def _processor() -> str:
    """Its name as Linux tells it, else what Python knows."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text("utf-8", "replace").splitlines() if path.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
