"""The estimate beside the start button: this project's tokens and this machine's measured speed."""

import json
import subprocess
import sys

import psutil

from assistant.dataset import examples, splits
from assistant.errors import PenalaError
from assistant.journey import choices
from assistant.models import machine
from assistant.settings import Settings
from assistant.tuning.estimate import Estimate, Speed, estimate
from assistant.tuning.plan import Plan
from assistant.workspace.project import Project

_PASSAGES = 320  # tokens that three excerpts add to a row; half the rows carry them


def estimated(project: Project, plan: Plan, settings: Settings) -> Estimate:
    """Time, memory and disk of a run. Measures the machine first, once a model and plan (about 20 s)."""
    rows = splits.split(examples.all_examples(project))
    count = choices.token_counter(plan.model, settings)
    fixed = count(choices.tuning_prompt(project).instructions) + (_PASSAGES // 2 if plan.passages else 0)
    sizes = {e.id: count(e.input) + count(e.output) + fixed for e in rows}
    train = sum(sizes[e.id] for e in rows if e.split == "train")
    watched = sum(sizes[e.id] for e in rows if e.split == "validation")
    free = psutil.virtual_memory().available
    return estimate(plan, train, watched, speed(plan, settings), free)


def speed(plan: Plan, settings: Settings) -> Speed:
    """This machine's training speed with a model, remembered. Raises PenalaError("not_tunable")."""
    key, known = f"train {plan.model} {plan.rank} {plan.batch}", machine.read(settings)
    if key not in known:
        command = [
            sys.executable,
            "-m",
            "assistant.tuning.local.speed",
            plan.model,
            str(plan.rank),
            str(plan.batch),
        ]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise PenalaError("not_tunable", model=plan.model)
        known = {**machine.read(settings), key: json.loads(done.stdout.splitlines()[-1])}
        machine.write(settings, known)
    return Speed(**known[key])
