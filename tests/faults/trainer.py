"""Trains a tiny run in a child process each time it is told to, so that it can be killed a hundred times.

`python -m faults.trainer`: each line of stdin is {"folder", "epochs", "pause"}; answered by the child's pid. Torch is loaded
once, before the forks. A child appends what the run tells to told.jsonl and writes done.json at its end.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from assistant.tuning.local.batches import Encoded
from assistant.tuning.local.loop import Training
from assistant.tuning.local.methods import lora
from assistant.tuning.plan import plan


def training(folder: Path, epochs: int = 4, pause: float = 0.0, report: Any = None) -> Training:
    """Six steps an epoch on a random model; a checkpoint every `pause` seconds."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64,
    )  # fmt: skip
    chosen = plan("tiny", epochs=epochs, batch=4, rank=8, rate=1e-3, checkpoint_seconds=pause)
    rows = [(Encoded((5 + n % 20, 3, 4 + n % 3), (5 + n % 20, 5 + n % 20, 2)),) for n in range(30)]
    model = lora.wrap(LlamaForCausalLM(config), chosen)
    tell = report or (lambda kind, **values: None)
    return Training(model, chosen, rows[:24], rows[24:], folder / "checkpoints", tell)


def digest(tensors: Mapping[str, torch.Tensor]) -> str:
    """Of every bit of the tensors."""
    whole = hashlib.sha256()
    for name in sorted(tensors):
        whole.update(name.encode() + tensors[name].contiguous().numpy().tobytes())
    return whole.hexdigest()


def _child(folder: Path, epochs: int, pause: float) -> None:
    told = os.open(folder / "told.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def report(kind: str, **values: Any) -> None:
        if kind != "tick":
            os.write(told, (json.dumps({"kind": kind, **values}) + "\n").encode())

    run = training(folder, epochs, pause, report)
    ended = run.run()
    (folder / "done.json").write_text(json.dumps({"digest": digest(ended.tensors), "step": ended.best_step}))


def main() -> None:
    torch.set_num_threads(1)
    training(Path("unused"))  # loads what is loaded late, once for all children
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                _child(Path(asked["folder"]), asked["epochs"], asked["pause"])
            finally:
                os._exit(0)
        print(pid, flush=True)
        os.waitpid(pid, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
