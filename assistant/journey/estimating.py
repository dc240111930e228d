"""The estimate beside the start button: a run's own rows and this machine's measured speed; and what would fit instead."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil

from assistant.errors import PenalaError
from assistant.journey import training_rows
from assistant.models import machine
from assistant.settings import Settings
from assistant.tuning import fitting
from assistant.tuning.estimate import Estimate, Speed, estimate
from assistant.tuning.plan import Plan
from assistant.workspace import files
from assistant.workspace.project import Project

_LONGEST = 300  # seconds that the measurement may take
# Numbers of a plan that change how long it goes on, and not how fast it goes.
_LENGTHS = (
    "preset",
    "epochs",
    "evaluations",
    "patience",
    "rate",
    "seed",
    "start",
    "checkpoint_seconds",
    "metric",
)


def estimated(project: Project, dataset: str, plan: Plan, settings: Settings) -> Estimate:
    """Time, memory and disk of a run on a version's rows. Measures it first, for half a minute to a minute.

    Raises PenalaError: does_not_fit, no_version, not_tunable, and what a run's own rows raise.
    """
    check(plan, settings)
    with tempfile.TemporaryDirectory(prefix="penala-") as name:
        folder = Path(name)
        training_rows.made(project, dataset, plan, settings, folder / "rows")
        known = speed(plan, folder, settings)
    return estimate(plan, known, _free(), shutil.disk_usage(project.folder).free)


def check(plan: Plan, settings: Settings) -> None:
    """Raises PenalaError("does_not_fit") for a run whose weights alone need more memory than is free, with what would fit."""
    free = _free()
    needed = fitting.least(plan, settings)
    if needed <= free:
        return
    raise PenalaError(
        "does_not_fit",
        needed=needed / 1e9,
        free=free / 1e9,
        ways=fitting.Ways(fitting.that_fit(plan, settings, free)),
    )


def _free() -> int:
    """Bytes of memory that a new process could have."""
    return int(psutil.virtual_memory().available)


def speed(plan: Plan, folder: Path, settings: Settings) -> Speed:
    """Of the run whose rows lie in `folder`, remembered for the same rows and settings. Raises PenalaError("not_tunable")."""
    body = {name: value for name, value in plan.to_json().items() if name not in _LENGTHS}
    told = json.dumps(body, sort_keys=True) + "".join(
        files.sha256(p) for p in sorted((folder / "rows").glob("*.jsonl"))
    )
    key, known = f"run {hashlib.sha256(told.encode()).hexdigest()[:16]}", machine.read(settings)
    if key not in known:
        files.write(folder / "plan.json", json.dumps(plan.to_json()))
        known = {**machine.read(settings), key: _measured(plan, folder)}
        machine.write(settings, known)
    return Speed(**known[key])


def _measured(plan: Plan, folder: Path) -> dict[str, Any]:
    """In a process of its own, whose peak memory is the training's alone."""
    command = [sys.executable, "-m", "assistant.tuning.local.speed", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=True)
        return dict(json.loads(done.stdout.splitlines()[-1]))
    except (subprocess.SubprocessError, ValueError, IndexError) as error:
        raise PenalaError("not_tunable", model=plan.model) from error
