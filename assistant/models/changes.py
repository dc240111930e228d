"""What tuning changed of a base besides LoRA: some of its weights, or small blocks after each layer; one is put on
before a step and taken off again. Knows files and networks, not runs."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

FILE = "changes.safetensors"
Tensors = dict[str, torch.Tensor]


class Bottleneck(torch.nn.Module):
    """Down to `size`, a nonlinearity, up again, added to what it gets; at first it adds nothing (Houlsby et al. 2019)."""

    def __init__(self, width: int, size: int, dtype: torch.dtype, device: Any = None) -> None:
        super().__init__()
        self.down = torch.nn.Linear(width, size, dtype=dtype, device=device)
        self.up = torch.nn.Linear(size, width, dtype=dtype, device=device)
        torch.nn.init.zeros_(self.up.weight)
        torch.nn.init.zeros_(self.up.bias)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return hidden + self.up(torch.nn.functional.gelu(self.down(hidden)))


def layers(model: Any) -> list[Any]:
    """The decoder's layers; empty for a family that names them otherwise."""
    return [layer for layer in getattr(model.get_decoder(), "layers", []) if hasattr(layer, "mlp")]


def attach(model: Any, blocks: Iterable[Bottleneck]) -> list[Any]:
    """Let each block work on the output of its layer's feed-forward part; handles that take them off (`remove`)."""
    return [
        layer.mlp.register_forward_hook(lambda _m, _i, out, block=block: block(out))
        for layer, block in zip(layers(model), blocks, strict=True)
    ]


def write(folder: Path, kind: str, tensors: Tensors) -> None:
    """`kind`: weights (by the base's own names) or blocks (0.down.weight, …)."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}
    save_file(whole, folder / FILE, metadata={"kind": kind})


class Changes:
    """The changes loaded onto one network, by name; at most one is on."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._weights: dict[str, torch.nn.Parameter] = dict(
            model.named_parameters()
        )  # before peft renames them
        self._loaded: dict[str, Tensors | list[Bottleneck]] = {}
        self._on: str | None = None
        self._before: Tensors = {}
        self._hooks: list[Any] = []

    def load(self, file: Path, name: str) -> bool:
        """Read a file of changes under a name; False where it does not fit this network."""
        try:
            with safe_open(file, "pt") as stored:
                kind = (stored.metadata() or {}).get("kind")
                tensors = {key: stored.get_tensor(key) for key in stored.keys()}  # noqa: SIM118
        except (SafetensorError, OSError):
            return False
        made = self._blocks(tensors) if kind == "blocks" else self._fitting(tensors)
        if made:
            self._loaded[name] = made
        return bool(made)

    def blocks(self, name: str) -> bool:
        """Whether these changes are layers of their own, which no weight of the base can hold."""
        return isinstance(self._loaded.get(name), list)

    def __contains__(self, name: object) -> bool:
        return name in self._loaded

    def put_on(self, name: str | None) -> None:
        """These changes and no others; None or an unknown name: the bare base."""
        wanted = name if name in self._loaded else None
        if wanted == self._on:
            return
        self._take_off()
        if wanted is not None:
            change = self._loaded[wanted]
            if isinstance(change, list):
                self._hooks = attach(self._model, change)
            else:
                self._before = {key: self._weights[key].detach().clone() for key in change}
                self._copy(change)
        self._on = wanted

    def _take_off(self) -> None:
        for hook in self._hooks:
            hook.remove()
        self._copy(self._before)
        self._hooks, self._before = [], {}

    def _copy(self, tensors: Tensors) -> None:
        with torch.no_grad():
            for key, tensor in tensors.items():
                self._weights[key].copy_(tensor)

    def _fitting(self, tensors: Tensors) -> Tensors:
        fits = all(key in self._weights and self._weights[key].shape == t.shape for key, t in tensors.items())
        return tensors if fits else {}

    def _blocks(self, tensors: Tensors) -> list[Bottleneck]:
        """One block a layer, or none at all where count or width differ."""
        found, width = layers(self._model), self._model.config.hidden_size
        shape = tensors["0.down.weight"].shape if "0.down.weight" in tensors else (0, 0)
        some = next(iter(self._weights.values()))
        made = torch.nn.ModuleList(Bottleneck(width, shape[0], some.dtype, some.device) for _ in found)
        fits = {key: t.shape for key, t in made.state_dict().items()} == {
            k: t.shape for k, t in tensors.items()
        }
        if not fits or not shape[0]:
            return []
        made.load_state_dict(tensors)
        return list(made.eval())
