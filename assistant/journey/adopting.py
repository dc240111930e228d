"""An adapter from elsewhere into a project: checked before anything is loaded, copied without what could run."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

from assistant import jobs
from assistant.errors import PenalaError
from assistant.journey import choices
from assistant.models import catalogue, weights
from assistant.settings import Settings
from assistant.tuning import adapters, foreign
from assistant.tuning.adapters import Card
from assistant.tuning.foreign import CONFIG, WEIGHTS, Found
from assistant.tuning.plan import plan
from assistant.workspace import files
from assistant.workspace.project import Project


def adopt(project: Project, folder: Path, model: str, settings: Settings) -> str:
    """Check and copy an adapter; the run id under which it is found from now on. `model`: its base, "" for the one that
    its configuration names.

    Raises PenalaError: adapter_incomplete, adapter_unsafe, adapter_base_unknown, adapter_misfit, adapter_not_finite,
    disk_full, and what the base's weights raise.
    """
    found = foreign.checked(folder)
    base = model or _base(found)
    place = weights.ensure(base, settings) if catalogue.known(base) else Path(base).expanduser()
    from assistant.tuning.local import adopting

    fault = adopting.fault(place, folder / WEIGHTS)
    if fault:
        code = {"misfit": "adapter_misfit", "numbers": "adapter_not_finite"}[fault]
        raise PenalaError(code, folder=str(folder), model=base)
    return _copied(project, found, base)


def _base(found: Found) -> str:
    """The catalogue's id of the model that the configuration names."""
    for entry in catalogue.entries():
        names = [entry.id, *(s.repository for s in entry.sources if isinstance(s, catalogue.Hub))]
        if entry.kind == "chat" and found.base in names:
            return entry.id
    known = ", ".join(e.id for e in catalogue.entries() if e.kind == "chat")
    raise PenalaError("adapter_base_unknown", base=found.base or "-", known=known)


def _copied(project: Project, found: Found, base: str) -> str:
    """Only the weights and what is kept of the configuration come along; whole or not at all."""
    aside = project.runs / f".adopt-{os.getpid()}"
    try:
        with files.disk_full_is_said(project.folder):
            (aside / "adapter").mkdir(parents=True)
            shutil.copyfile(found.folder / WEIGHTS, aside / "adapter" / WEIGHTS)
            config = {**found.config, "base_model_name_or_path": base, "inference_mode": True}
            files.write(aside / "adapter" / CONFIG, json.dumps(config, indent=1))
            run = jobs.new_id(project.runs)
            adapters.write_card(aside / "adapter", _card(project, found, base, run))
            os.replace(aside, project.runs / run)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return run


def _card(project: Project, found: Found, base: str, run: str) -> Card:
    """Its own papers where it was tuned by Penala, else what can be known: it is then served with this project's prompt."""
    made = plan(base, rank=min(256, int(found.config["r"]))).to_json()
    told = Card(
        run=run, base=base, base_fingerprint="", prompt=choices.tuning_prompt(project).to_json(), dataset="-",
        dataset_hash="", passages=False, plan=made, rows=0, left_out=0, steps=0, best_step=0, validation_loss=None,
        seconds=0.0, environment={"imported": found.folder.resolve().name},
    )  # fmt: skip
    try:
        own = Card(**json.loads((found.folder / "card.json").read_text("utf-8")))
        own.to_prompt()
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return told
    return replace(own, run=run, base=base, environment={**own.environment, **told.environment})
