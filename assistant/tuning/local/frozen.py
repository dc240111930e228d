"""What the frozen lower layers make of each row, computed once and kept on disk while a run lasts.

Only where learning begins above them (the last layers, or LoRA in the last layers) and batches can be packed.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from assistant.models import changes
from assistant.tuning.local import packed
from assistant.tuning.local.batches import Batch, Encoded, pad
from assistant.tuning.local.packed import Packed
from assistant.workspace import files

MOST_BYTES = 8 << 30
_ROWS = 8  # computed at once
_FEWEST = 2  # layers below; a single one costs about as much to read back


@dataclass(frozen=True)
class Frozen:
    """`states`: (tokens, width), what enters layer `below`, of one row after the other; `starts`: a row's first."""

    causal: Any
    below: int
    states: torch.Tensor
    starts: dict[bytes, int]

    def logits(self, one: Packed, batch: Batch) -> torch.Tensor:
        """As `packed.logits`, without running the layers below."""
        device, first = next(self.causal.parameters()).device, [self.starts[key] for key in _keys(batch)]
        parts = [self.states[first[0] : first[0] + one.common]]
        parts += [self.states[at + one.common :][:n] for at, n in zip(first, one.own, strict=True)]
        with _skipped(changes.layers(self.causal)[: self.below]):
            return packed.logits(self.causal, one, inputs_embeds=torch.cat(parts)[None].to(device))


def learns_from(model: Any) -> int:
    """How many of the lowest layers neither learn nor get anything that does; 0 where that is not certain."""
    causal = model.get_base_model()
    layers, decoder = changes.layers(causal), causal.get_decoder()
    learning = {id(p) for _, p in model.named_parameters() if p.requires_grad}
    above = [m for m in (getattr(decoder, "norm", None), causal.get_output_embeddings()) if m is not None]
    known = {id(p) for m in (*layers, *above) for p in m.parameters()}
    known -= {id(p) for p in causal.get_input_embeddings().parameters()}
    if not learning <= known:
        return 0
    return next((n for n, m in enumerate(layers) if learning & {id(p) for p in m.parameters()}), 0)


def prepare(
    model: Any, rows: Iterable[Sequence[Encoded]], folder: Path, report: Callable[..., None]
) -> Frozen | None:
    """Compute and keep the states of all rows, or take those that a killed run left; None where it is of no use
    (nothing frozen below, a family that goes another way) or there is no room, which is told."""
    causal, below = model.get_base_model(), learns_from(model)
    if below < _FEWEST or not packed.possible(causal):
        return None
    flat = sorted({layout for row in rows for layout in row}, key=lambda r: (len(r), r.prompt, r.completion))
    width, dtype = causal.config.hidden_size, causal.get_input_embeddings().weight.dtype
    count = sum(len(row) - 1 for row in flat)
    size = count * width * dtype.itemsize
    if size > min(MOST_BYTES, _free(folder) // 2):
        report("note", key="tuning.states_no_room", needed=-(-size // 10**6), free=_free(folder) // 10**6)
        return None
    path = folder / f"{_name(causal, below, flat)}.bin"
    if not (path.is_file() and path.stat().st_size == size):
        report("note", key="tuning.states_kept", layers=below, size=-(-size // 10**6))
        began = time.monotonic()
        _write(causal, below, flat, path, report)
        report("note", key="tuning.states_ready", rows=len(flat), seconds=round(time.monotonic() - began, 1))
    states = torch.from_file(str(path), shared=False, size=count * width, dtype=dtype).view(count, width)
    ends, starts = 0, dict[bytes, int]()
    for row in flat:
        starts[_key(row.prompt + row.completion)] = ends
        ends += len(row) - 1
    found = Frozen(causal, below, states, starts)
    return found if _agrees(found, pad(flat[:2])) else None


def clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _write(causal: Any, below: int, rows: list[Encoded], path: Path, report: Callable[..., None]) -> None:
    """All rows' states into `path`, which is whole or absent. Raises PenalaError("disk_full")."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with files.disk_full_is_said(path.parent):
        try:
            with new.open("wb") as stream:
                for i in range(0, len(rows), _ROWS):
                    batch = pad(rows[i : i + _ROWS])
                    for state in _states(causal, below, packed.pack(batch.tokens, batch.learned)):
                        stream.write(state.contiguous().view(torch.uint8).numpy().tobytes())
                    report("tick")
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(new, path)
        finally:
            new.unlink(missing_ok=True)
    files.sync_folder(path.parent)


def _states(causal: Any, below: int, one: Packed) -> Iterator[torch.Tensor]:
    """What enters layer `below` for each row of the batch: (tokens, width)."""
    kept: list[torch.Tensor] = []

    class Enough(Exception):
        pass

    def keep(_module: Any, args: tuple[Any, ...], given: dict[str, Any]) -> None:
        kept.append((args[0] if args else given["hidden_states"])[0].cpu())
        raise Enough

    hook = changes.layers(causal)[below].register_forward_pre_hook(keep, with_kwargs=True)
    mode = causal.training
    causal.eval()
    try:
        with torch.no_grad(), suppress(Enough):
            packed.logits(causal, one)
    finally:
        hook.remove()
        causal.train(mode)
    for own in kept[0][one.common :].split(one.own):
        yield torch.cat([kept[0][: one.common], own])


@torch.no_grad()
def _agrees(frozen: Frozen, batch: Batch) -> bool:
    """Whether going on from kept states gives what the whole model gives: some families scale what they are given."""
    one = packed.pack(batch.tokens, batch.learned)
    mode = frozen.causal.training
    frozen.causal.eval()
    try:
        return packed.alike(frozen.logits(one, batch), packed.logits(frozen.causal, one))
    except (TypeError, ValueError, AttributeError, RuntimeError):
        return False
    finally:
        frozen.causal.train(mode)


@contextmanager
def _skipped(layers: Sequence[Any]) -> Iterator[None]:
    """Within the block these layers give back what they get."""
    for layer in layers:
        layer.forward = _same
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


def _same(hidden_states: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
    return hidden_states


def _name(causal: Any, below: int, rows: list[Encoded]) -> str:
    """By the weights that the states come from, the rows, and how many layers are below."""
    digest = hashlib.sha256(f"{below} {torch.__version__}".encode())
    for module in (causal.get_input_embeddings(), *changes.layers(causal)[:below]):
        for p in module.parameters():
            digest.update(p.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy())
    for row in rows:
        digest.update(_key(row.prompt + row.completion) + b"|")
    return digest.hexdigest()[:32]


def _keys(batch: Batch) -> list[bytes]:
    ends = (batch.learned * torch.arange(batch.tokens.shape[1])).max(1).values + 1
    return [_key(tuple(row[:end].tolist())) for row, end in zip(batch.tokens, ends, strict=True)]


def _key(tokens: tuple[int, ...]) -> bytes:
    return b"".join(token.to_bytes(4, "little") for token in tokens)


def _free(folder: Path) -> int:
    place = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(place).free
