"""One run from rows to a saved adapter, told through a report; knows nothing of projects or jobs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from assistant.errors import PenalaError
from assistant.models.changes import FILE
from assistant.models.local import LocalChat
from assistant.tuning.adapters import Card, write_card
from assistant.tuning.environment import environment
from assistant.tuning.local import frozen, methods
from assistant.tuning.local.batches import Encoded, encode, mixture
from assistant.tuning.local.checkpoint import Tensors
from assistant.tuning.local.diagnosis import Cause, cause
from assistant.tuning.local.loop import Report, Trained, Training
from assistant.tuning.local.watching import Watch, looks
from assistant.tuning.plan import Plan
from assistant.tuning.rows import Row


@dataclass(frozen=True)
class Origin:
    """Where the rows come from and how the adapter is to be served; copied onto its card."""

    run: str
    dataset: str
    dataset_hash: str
    prompt: str
    labels: tuple[str, ...] = ()
    learned: tuple[dict[str, Any], ...] = ()  # the rows' sources: name, rows, how many an epoch sees, prompt
    name: str = ""


def train(
    folder: Path,
    plan: Plan,
    origin: Origin,
    rows: Mapping[str, Sequence[Row]],
    chat: LocalChat,
    report: Report,
    stop_wanted: Callable[[], bool],
    before: Path | None = None,
    watch: Watch | None = None,
) -> Card:
    """Train on rows["train"], watch rows["validation"], and save `folder/adapter` with its card.

    When `stop_wanted` turns true the best weights until then are kept (a run that has learned nothing yet
    keeps what it has). `before`: the folder of an adapter to learn on instead of a fresh one. `watch`: how the
    answers to validation rows are judged meanwhile; without it the loss alone is watched. Raises PenalaError: too_few_rows, loss_not_finite, disk_full, method_misfit, method_no_biases, adapter_misfit.
    """
    fingerprint = chat.fingerprint
    training_rows, left_out = encode(rows["train"], chat.encode, plan.longest)
    validation_rows, _ = encode(rows["validation"], chat.encode, plan.longest)
    if len(training_rows) < 4 or not validation_rows:
        raise PenalaError("too_few_rows", train=len(training_rows), validation=len(validation_rows))
    if left_out:
        report("note", key="tuning.rows_left_out", count=left_out, longest=plan.longest)
    report("note", key="tuning.learning_rows", count=len(training_rows), tokens=_tokens(training_rows))
    torch.manual_seed(plan.seed)  # fresh adapters are drawn at random
    model = methods.ALL[plan.method](chat.model, plan)
    if before:
        _learn_on(model, before)
    training = Training(model, plan, training_rows, validation_rows, folder / "checkpoints", report)
    if watch:
        training.watch, training.looks = watch, looks(chat, rows["validation"], plan.longest, origin.labels)
    training.explain = lambda sign: _explained(cause(training, sign, chat, rows["train"]))
    try:
        trained, stopped = _until_stopped(training, stop_wanted)
    finally:
        frozen.clear(training.states)
    _save_adapter(model, training, trained.tensors, folder / "adapter")
    card = Card(
        run=origin.run, base=plan.model, base_fingerprint=fingerprint, prompt=origin.prompt, labels=list(origin.labels), name=origin.name, learned=list(origin.learned),
        dataset=origin.dataset, dataset_hash=origin.dataset_hash,
        passages=any(len(row.layouts) > 1 for row in rows["train"]), plan=plan.to_json(),
        rows=len(training_rows), left_out=left_out, steps=trained.steps, best_step=trained.best_step,
        validation_loss=trained.best_loss,
        metric=plan.metric, score=trained.best_score, seconds=round(trained.seconds, 1), stopped=stopped,
        environment=environment(),
    )  # fmt: skip
    write_card(folder / "adapter", card)
    return card


def _explained(found: Cause) -> dict[str, Any]:
    return {"key": f"tuning.cause.{found.code}", **found.values}


def _learn_on(model: object, before: Path) -> None:
    """Begin with the weights that an earlier run left. Raises PenalaError("adapter_misfit")."""
    files = [path for path in (before / "adapter_model.safetensors", before / FILE) if path.is_file()]
    known = load_file(files[0]) if files else {}
    wanted = {n: p for n, p in model.named_parameters() if p.requires_grad}  # type: ignore[attr-defined]
    learned = {"prompt_encoder.embedding.weight": "prompt_embeddings"}  # peft saves a prompt by another name
    kept = {name: name.replace(".default", "") for name in wanted}
    found = {name: known.get(learned.get(plain, plain)) for name, plain in kept.items()}
    if any(t is None or t.shape != wanted[name].shape for name, t in found.items()):
        raise PenalaError("adapter_misfit", folder=str(before), model="-")
    with torch.no_grad():
        for name, tensor in found.items():
            wanted[name].copy_(tensor)


class _Stopped(Exception):
    """The user asked to stop; what has been learned is kept."""


def _until_stopped(training: Training, stop_wanted: Callable[[], bool]) -> tuple[Trained, bool]:
    tell = training.report

    def report(kind: str, **values: object) -> None:
        if kind != "tick":
            tell(kind, **values)
        if stop_wanted():
            raise _Stopped

    training.report = report
    try:
        return training.run(), False
    except _Stopped:
        training.save()
        p = training.progress
        kept = training.best or training.masters
        loss, score = (p.best_loss, p.best_score) if training.best else (None, None)
        return Trained(p.step, loss, score, p.best_step, kept, 0.0, training.tokens), True


def _save_adapter(model: object, training: Training, tensors: Tensors, folder: Path) -> None:
    training.copy_to_model(tensors or training.masters)
    model.save_pretrained(folder, safe_serialization=True)  # type: ignore[attr-defined]


def _tokens(rows: Sequence[Sequence[Encoded]]) -> int:
    """Tokens in one epoch."""
    return sum(map(len, mixture(rows, 0)))
