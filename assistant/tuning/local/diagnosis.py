"""Why a run goes wrong, found by running a few of its training rows again; the run's own state is left as it was.

The causes are those that users of tuning tools meet most: all labels masked, a template that differs from serving or
drops what was written, weights that have no effect, a learning rate that is too low or too high.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch

from assistant.models.local import LocalChat
from assistant.tuning.local.batches import Batch, pad
from assistant.tuning.local.checkpoint import Tensors
from assistant.tuning.local.loop import Training, completion_loss
from assistant.tuning.local.signs import Sign
from assistant.tuning.rows import Row

_ROWS, _STEPS = 8, 6
_FALLS, _STAYS, _RISES = (
    0.9,
    0.95,
    0.1,
)  # shares of the loss before: fallen, hardly moved, gone up in one step
_KNOWN = 0.05  # nats a token: what the base writes anyway
_LOOKED_AT = 40  # letters of a message that must stand in the prompt


@dataclass(frozen=True)
class Cause:
    """`code`: the text key below tuning.cause; `values`: what it says."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


def cause(training: Training, sign: Sign, chat: LocalChat | None, rows: Sequence[Row]) -> Cause:
    """The likeliest reason for a sign; "unclear" where the rows run as they should. `rows`: as they are to be served."""
    some = [layouts[0] for layouts in training.train[:_ROWS]]
    batch = pad(some)
    empty = sum(len(row.completion) < 2 for row in some)
    if empty == len(some):
        return Cause("masked", {"count": empty})
    if chat is not None and (found := _template(training, chat, rows)):
        return found
    before = _losses(training, training.first, 0.0, batch, 0)[0]
    if not math.isfinite(before):
        return Cause("base_not_finite")
    if sign != "not_finite" and _has_no_effect(training, batch, before):
        return Cause("no_effect")
    if sign == "nothing" and before < _KNOWN:
        return Cause("known", {"loss": before})
    return _rate(training, sign, batch)


def _template(training: Training, chat: LocalChat, rows: Sequence[Row]) -> Cause | None:
    """Whether rows are trained, token by token, as they are served, and still hold what was written."""
    trained = {(layouts[0].prompt, layouts[0].completion) for layouts in training.train}
    for row in rows[:_ROWS]:
        prompt, completion = chat.encode(row.layouts[0], row.completion)
        fits = len(prompt) + len(completion) <= training.plan.longest
        if fits and (tuple(prompt), tuple(completion)) not in trained:
            return Cause("template_mismatch", {"row": row.id})
        served = _plain(chat.tokenizer.decode(prompt))
        for message in row.layouts[0]:
            if _plain(message.content)[:_LOOKED_AT] not in served:
                return Cause("template_drops", {"role": message.role, "row": row.id})
        if _plain(row.completion)[:_LOOKED_AT] not in _plain(chat.tokenizer.decode(completion)):
            return Cause("template_answer", {"row": row.id})
    return None


def _plain(text: str) -> str:
    return "".join(text.split())


def _has_no_effect(training: Training, batch: Batch, before: float) -> bool:
    """Whether the loss stays the very same when every trained weight is moved."""
    draw = torch.Generator().manual_seed(0)
    moved = {
        name: t.float() + 0.1 * torch.randn(t.shape, generator=draw).to(t.device)
        for name, t in training.first.items()
    }
    return _losses(training, moved, 0.0, batch, 0)[0] == before


def _rate(training: Training, sign: Sign, batch: Batch) -> Cause:
    """The same few rows, a few steps from the start: at the plan's rate, at ten and a hundred times and at a tenth of it."""
    rate = training.plan.rate
    own, rise = _fall(training, rate, batch)
    if sign == "nothing" and own > _STAYS:
        for higher in (rate * 10, rate * 100):
            if _fall(training, higher, batch)[0] < _FALLS:
                return Cause("rate_low", {"rate": _said(rate), "better": _said(higher)})
    if rise > _RISES:
        lower = rate / 10
        end, rise_then = _fall(training, lower, batch)
        if end < 1.0 and rise_then < rise / 2:
            return Cause("rate_high", {"rate": _said(rate), "better": _said(lower)})
    if sign == "nothing" and own < _FALLS:
        return Cause("by_heart")
    return Cause("unclear")


def _fall(training: Training, rate: float, batch: Batch) -> tuple[float, float]:
    """The loss after a few steps and its largest rise on the way, as shares of the loss before; infinite for none."""
    losses = _losses(training, training.first, rate, batch, _STEPS)
    if not math.isfinite(losses[-1]):
        return math.inf, math.inf
    rise = max(after - before for before, after in pairwise(losses))
    return losses[-1] / losses[0], rise / losses[0]


def _losses(training: Training, start: Tensors, rate: float, batch: Batch, steps: int) -> list[float]:
    """The batch's loss before each of so many steps from `start` and after the last; then the run's weights are back."""
    tensors = {name: t.detach().float().clone() for name, t in start.items()}
    optimizer = torch.optim.AdamW(list(tensors.values()), lr=rate or 1.0, weight_decay=0.0)
    losses: list[float] = []
    try:
        for step in range(steps + 1):
            training.copy_to_model(tensors)
            loss = completion_loss(training.model, batch)
            losses.append(loss.item())
            if step == steps or not math.isfinite(losses[-1]):
                break
            loss.backward()
            for name, parameter in training.trained.items():
                tensors[name].grad = None if parameter.grad is None else parameter.grad.float()
                parameter.grad = None
            torch.nn.utils.clip_grad_norm_(tensors.values(), 1.0)
            optimizer.step()
    finally:
        for parameter in training.trained.values():
            parameter.grad = None
        training.copy_to_model(training.masters)
    return losses


def _said(rate: float) -> str:
    return f"{rate:g}"
