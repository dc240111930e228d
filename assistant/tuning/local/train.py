"""One run from rows to a saved adapter, told through a report; knows nothing of projects or jobs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file

from assistant.errors import PenalaError
from assistant.models.changes import FILE
from assistant.models.local import LocalChat
from assistant.tuning.adapters import Card, write_card
from assistant.tuning.environment import environment
from assistant.tuning.local import methods
from assistant.tuning.local.batches import Encoded, encode, mixture
from assistant.tuning.local.checkpoint import Tensors
from assistant.tuning.local.loop import Report, Trained, Training
from assistant.tuning.plan import Plan
from assistant.tuning.rows import Row


@dataclass(frozen=True)
class Origin:
    """Where the rows come from and how the adapter is to be served; copied onto its card."""

    run: str
    dataset: str
    dataset_hash: str
    prompt: str


def train(
    folder: Path,
    plan: Plan,
    origin: Origin,
    rows: Mapping[str, Sequence[Row]],
    chat: LocalChat,
    report: Report,
    stop_wanted: Callable[[], bool],
    before: Path | None = None,
) -> Card:
    """Train on rows["train"], watch rows["validation"], and save `folder/adapter` with its card.

    When `stop_wanted` turns true the best weights until then are kept (a run that has learned nothing yet
    keeps what it has). `before`: the folder of an adapter to learn on instead of a fresh one. Raises PenalaError:
    too_few_rows, loss_not_finite, disk_full, method_misfit, method_no_biases, adapter_misfit.
    """
    fingerprint = chat.fingerprint
    training_rows, left_out = encode(rows["train"], chat.encode, plan.longest)
    validation_rows, _ = encode(rows["validation"], chat.encode, plan.longest)
    if len(training_rows) < 4 or not validation_rows:
        raise PenalaError("too_few_rows", train=len(training_rows), validation=len(validation_rows))
    if left_out:
        report("note", key="tuning.rows_left_out", count=left_out, longest=plan.longest)
    report("note", key="tuning.learning_rows", count=len(training_rows), tokens=_tokens(training_rows))
    model = methods.ALL[plan.method](chat.model, plan)
    if before:
        _learn_on(model, before)
    training = Training(model, plan, training_rows, validation_rows, folder / "checkpoints", report)
    trained, stopped = _until_stopped(training, stop_wanted)
    _save_adapter(model, training, trained.tensors, folder / "adapter")
    card = Card(
        run=origin.run, base=plan.model, base_fingerprint=fingerprint, prompt=origin.prompt,
        dataset=origin.dataset, dataset_hash=origin.dataset_hash,
        passages=any(len(row.layouts) > 1 for row in rows["train"]), plan=plan.to_json(),
        rows=len(training_rows), left_out=left_out, steps=trained.steps, best_step=trained.best_step,
        validation_loss=trained.best_loss, seconds=round(trained.seconds, 1), stopped=stopped,
        environment=environment(),
    )  # fmt: skip
    write_card(folder / "adapter", card)
    return card


def _learn_on(model: object, before: Path) -> None:
    """Begin with the weights that an earlier run left. Raises PenalaError("adapter_misfit")."""
    files = [path for path in (before / "adapter_model.safetensors", before / FILE) if path.is_file()]
    known = load_file(files[0]) if files else {}
    wanted = {n: p for n, p in model.named_parameters() if p.requires_grad}  # type: ignore[attr-defined]
    found = {name: known.get(name.replace(".default", "")) for name in wanted}
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
        loss = p.best_loss if training.best else None
        return Trained(p.step, loss, p.best_step, kept, 0.0, training.tokens), True


def _save_adapter(model: object, training: Training, tensors: Tensors, folder: Path) -> None:
    training._copy_to_model(tensors or training.masters)
    model.save_pretrained(folder, safe_serialization=True)  # type: ignore[attr-defined]


def _tokens(rows: Sequence[Sequence[Encoded]]) -> int:
    """Tokens in one epoch."""
    return sum(map(len, mixture(rows, 0)))
