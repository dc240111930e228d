"""Measures a run before it starts: a few real steps on its own rows, in a process of its own whose memory is only this.

`python -m assistant.tuning.local.speed FOLDER` reads plan.json and rows/ in FOLDER, and prints the fields of `estimate.Speed`.
"""

import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import torch
from safetensors import safe_open

from assistant.models.local import LocalChat, open_chat
from assistant.settings import from_environment
from assistant.tuning import energy
from assistant.tuning.local.batches import Encoded, encode, epoch_batches, fixed_batches
from assistant.tuning.local.train import Origin, train
from assistant.tuning.local.watching import Watch, looks
from assistant.tuning.plan import FOUR_BITS, Plan
from assistant.tuning.rows import Row, read_rows

_STEPS = 6  # batches that are learned from, besides the longest
_ANSWERED = 16  # validation rows: as many as are answered at once
_ENOUGH = 60.0  # seconds of steps after which it ends, once three are done


@dataclass
class _Told:
    """What the short run told, and when."""

    at: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)

    def hear(self, kind: str, **values: Any) -> None:
        self.at.append((time.monotonic(), kind, values))

    def steps(self) -> list[float]:
        """Seconds of each training step: from whatever was told just before it."""
        pairs = zip(self.at, self.at[1:], strict=False)
        return [b[0] - a[0] for a, b in pairs if b[1] == "metric" and b[2]["split"] == "train"]

    def validation(self) -> float:
        """Seconds of the first validation, with the answers."""
        told = [(at, kind) for at, kind, values in self.at if values.get("split") != "train"]
        ended = next(i for i, (_, kind) in enumerate(told) if kind == "metric")
        began = max(i for i, (_, kind) in enumerate(told[:ended]) if kind == "note")
        return told[ended][0] - told[began][0]

    def filling(self) -> float:
        """Seconds of the pass that keeps what frozen lower layers make of the rows; 0 where there was none."""
        return sum(v["seconds"] for _, _, v in self.at if v.get("key") == "tuning.states_ready")

    def enough(self) -> bool:
        done = self.steps()
        return len(done) >= 3 and sum(done) > _ENOUGH


def measured(folder: Path) -> dict[str, Any]:
    """The fields of `estimate.Speed`. Raises PenalaError as `train` does."""
    plan = Plan(**json.loads((folder / "plan.json").read_text("utf-8")))
    rows = {part: read_rows(folder / "rows" / f"{part}.jsonl") for part in ("train", "validation")}
    chat = open_chat(plan.model, from_environment(), four_bits=plan.method in FOUR_BITS)
    loading = time.time() - psutil.Process().create_time()
    watched, _ = encode(rows["validation"], chat.encode, plan.longest)
    answered = len(looks(chat, rows["validation"], plan.longest).rows)
    few = {"train": _spread(rows["train"], chat, plan), "validation": _evenly(rows["validation"], _ANSWERED)}
    few_watched, _ = encode(few["validation"], chat.encode, plan.longest)
    few_train, _ = encode(few["train"], chat.encode, plan.longest)
    batches = epoch_batches(few_train, 0, plan.batch, plan.seed)
    every, _ = encode(rows["train"], chat.encode, plan.longest)
    whole = epoch_batches(every, 0, plan.batch, plan.seed)

    told = _Told()
    short = replace(plan, epochs=1, evaluations=1, checkpoint_seconds=1e9, start="", patience=0)
    watch = Watch("", lambda references, answers: {})
    train(folder, short, Origin("-", "-", "-", "{}"), few, chat, told.hear, told.enough, None, watch)

    # The first step also warms up; each later one in seconds a token of its batch, padding included.
    rates = [s / b.tokens.numel() for s, b in zip(told.steps(), batches, strict=False)][1:] or [1e-2]
    rate = sum(rates) / len(rates)
    loss = rate / 3  # forward alone, a third of forward and backward (Kaplan et al. 2020)
    answers = max(
        0.0,
        told.validation() - loss * sum(b.tokens.numel() for b in fixed_batches(few_watched, 2 * plan.batch)),
    )
    return {
        "loading": loading, "tokens": sum(b.tokens.numel() for b in whole), "steps": len(whole),
        "seconds_per_token": rate, "low": min(rates) / rate, "high": max(rates) / rate,
        "validation": loss * sum(b.tokens.numel() for b in fixed_batches(watched, 2 * plan.batch))
        + answers * math.ceil(answered / _ANSWERED) * min(1.0, _ANSWERED / max(1, len(few["validation"]))),
        "filling": told.filling() * _tokens(every, watched) / _tokens(few_train, few_watched),
        "trained": _trained(folder / "adapter"), "peak_bytes": energy.peak(), "gpu": torch.cuda.is_available(),
    }  # fmt: skip


def _spread(rows: Sequence[Row], chat: LocalChat, plan: Plan) -> list[Row]:
    """A few batches' rows of every length, and one batch of the longest, which decide how much memory is needed."""
    sized = [(sum(map(len, chat.encode(row.layouts[-1], row.completion))), row) for row in rows]
    ordered = [row for size, row in sorted(sized, key=lambda pair: pair[0]) if size <= plan.longest]
    return [*_evenly(ordered[: -plan.batch], _STEPS * plan.batch), *ordered[-plan.batch :]]


def _evenly(rows: Sequence[Row], count: int) -> list[Row]:
    if len(rows) <= count:
        return list(rows)
    return [rows[i * len(rows) // count] for i in range(count)]


def _tokens(*parts: Sequence[Sequence[Encoded]]) -> int:
    """Of all layouts."""
    return sum(len(layout) for rows in parts for row in rows for layout in row)


def _trained(adapter: Path) -> int:
    """Parameters that learned: those that were saved."""
    found = 0
    for path in adapter.glob("*.safetensors"):
        with safe_open(path, "pt") as stored:
            found += sum(math.prod(stored.get_slice(name).get_shape()) for name in list(stored.keys()))
    return found


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]))))
