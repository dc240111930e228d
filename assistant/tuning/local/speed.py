"""Measures how fast and with how much memory a model trains here: a few real steps in a process of its own.

`python -m assistant.tuning.local.speed MODEL METHOD RANK BATCH` prints {"tokens_per_second", "peak_bytes", "trained"}.
"""

import json
import resource
import sys
import time

import torch

from assistant.models.local import open_chat
from assistant.settings import from_environment
from assistant.tuning.local import methods
from assistant.tuning.local.batches import Encoded, pad
from assistant.tuning.local.loop import completion_loss
from assistant.tuning.plan import plan

_LENGTH, _COMPLETION, _STEPS = 192, 80, 3


def main(model: str, method: str, rank: int, batch: int) -> None:
    chosen = plan(model, method, rank=rank, batch=batch)
    wrapped = methods.ALL[method](open_chat(model, from_environment()).model, chosen)
    torch.manual_seed(0)
    ids = torch.randint(5, 20_000, (batch, _LENGTH)).tolist()
    cut = _LENGTH - _COMPLETION
    rows = pad([Encoded(tuple(row[:cut]), tuple(row[cut:])) for row in ids])
    seconds = min(_step(wrapped, rows) for _ in range(_STEPS))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    trained = sum(p.numel() for _, p in wrapped.named_parameters() if p.requires_grad)
    # The optimiser's two numbers a weight and its float32 copy come on top of what these steps took.
    told = {"peak_bytes": peak + 12 * trained, "trained": trained}
    print(json.dumps({"tokens_per_second": rows.tokens.numel() / seconds, **told}))


def _step(model: object, rows: object) -> float:
    began = time.monotonic()
    completion_loss(model, rows).backward()  # type: ignore[arg-type]
    return time.monotonic() - began


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
