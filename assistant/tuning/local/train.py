"""One run from rows to a saved adapter, told through a report; knows nothing of projects or jobs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import PenalaError
from assistant.models.local import LocalChat
from assistant.tuning.adapters import Card, write_card
from assistant.tuning.environment import environment
from assistant.tuning.local import lora
from assistant.tuning.local.batches import Encoded, encode, mixture
from assistant.tuning.local.checkpoint import Tensors
from assistant.tuning.local.loop import Report, Trained, Training
from assistant.tuning.plan import Plan
from assistant.tuning.rows import Row

_METHODS = {"lora": lora.wrap}


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
) -> Card:
    """Train on rows["train"], watch rows["validation"], and save `folder/adapter` with its card.

    When `stop_wanted` turns true the best weights until then are kept (a run that has learned nothing yet
    keeps what it has). Raises PenalaError: too_few_rows, loss_not_finite, disk_full.
    """
    fingerprint = chat.fingerprint
    training_rows, left_out = encode(rows["train"], chat.encode, plan.longest)
    validation_rows, _ = encode(rows["validation"], chat.encode, plan.longest)
    if len(training_rows) < 4 or not validation_rows:
        raise PenalaError("too_few_rows", train=len(training_rows), validation=len(validation_rows))
    if left_out:
        report("note", key="tuning.rows_left_out", count=left_out, longest=plan.longest)
    report("note", key="tuning.learning_rows", count=len(training_rows), tokens=_tokens(training_rows))
    model = _METHODS[plan.method](chat.model, plan)
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
