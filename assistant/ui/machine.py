"""What this machine has: memory, an accelerator, keys in the environment; loads no model library and shows no key."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from assistant.models.machine import memory_here
from assistant.settings import KEYS


@dataclass(frozen=True)
class Machine:
    cores: int
    memory: float  # gigabytes, all
    free: float  # gigabytes, available now
    accelerator: str  # "nvidia", "amd", "apple" or "" for none
    keys: tuple[str, ...]  # the names of those that are set


def machine(env: Mapping[str, str] = os.environ) -> Machine:
    """Measured now."""
    memory, free = memory_here()
    return Machine(
        cores=psutil.cpu_count(logical=True) or 1,
        memory=memory / 1e9,
        free=free / 1e9,
        accelerator=_accelerator(),
        keys=tuple(name for name in (*KEYS, "GOOGLE_CLOUD_PROJECT") if env.get(name)),
    )


def _accelerator() -> str:
    """By the drivers' traces, because asking torch would load it (seconds) for one line of text."""
    if Path("/dev/nvidia0").exists():
        return "nvidia"
    if Path("/dev/kfd").exists():
        return "amd"
    return "apple" if platform.system() == "Darwin" and platform.machine() == "arm64" else ""
