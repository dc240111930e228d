"""What a colleague needs to repeat a result: versions and machine."""

import importlib.metadata
import platform


def environment() -> dict[str, str]:
    names = ("penala", "torch", "transformers", "peft")
    found = {name: importlib.metadata.version(name) for name in names}
    return {**found, "python": platform.python_version(), "machine": platform.machine()}
