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

_LONGEST = 300  # seconds that the measurement may take
_PASSAGES = 320  # tokens that three excerpts add to a row; a third of the rows come with them once more


def estimated(project: Project, plan: Plan, settings: Settings) -> Estimate:
    """Time, memory and disk of a run. Measures the machine first, once a model and plan (about 20 s)."""
    rows = splits.split(examples.all_examples(project))
    count = choices.token_counter(plan.model, settings)
    fixed = count(choices.tuning_prompt(project).instructions)
    sizes = {e.id: count(e.input) + count(e.output) + fixed for e in rows}
    if plan.passages:
        sizes = {key: size + (size + _PASSAGES) // 3 for key, size in sizes.items()}
    train = sum(sizes[e.id] for e in rows if e.split == "train")
    watched = sum(sizes[e.id] for e in rows if e.split == "validation")
    free = psutil.virtual_memory().available
    return estimate(plan, train, watched, speed(plan, settings), free)


def speed(plan: Plan, settings: Settings) -> Speed:
    """This machine's training speed with a model, remembered. Raises PenalaError("not_tunable")."""
    key, known = f"train {plan.model} {plan.method} {plan.rank} {plan.batch}", machine.read(settings)
    if key not in known:
        known = {**machine.read(settings), key: _measured(plan)}
        machine.write(settings, known)
    return Speed(**known[key])


def _measured(plan: Plan) -> dict[str, float]:
    """In a process of its own, whose peak memory is the training's alone."""
    module = [sys.executable, "-m", "assistant.tuning.local.speed"]
    command = [*module, plan.model, plan.method, str(plan.rank), str(plan.batch)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=True)
    except subprocess.SubprocessError as error:
        raise PenalaError("not_tunable", model=plan.model) from error
    return dict(json.loads(done.stdout.splitlines()[-1]))
