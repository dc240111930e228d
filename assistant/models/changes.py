"""What tuning changed of a base besides LoRA: some of its weights, small blocks after each layer, or a learned prompt
before every input; one is put on before a step and taken off again. Knows files and networks, not runs."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

FILE = "changes.safetensors"
_PROMPT = "prompt_embeddings"  # as peft names a learned prompt in its adapter_model.safetensors
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


def prepend(model: Any, prompt: torch.Tensor) -> list[Any]:
    """Let the decoder read `prompt` (n, width) before every input that begins a cache; handles that take it off.

    The decoder still gives one state a token that it was asked about, so training and serving need not know.
    """
    n, embed = len(prompt), model.get_input_embeddings()

    def before(_module: Any, args: tuple[Any, ...], given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        ids = args[0] if args else given.pop("input_ids")
        mask, places = given.get("attention_mask"), given.get("position_ids")
        if mask is not None:
            given["attention_mask"] = torch.cat([mask.new_ones(len(ids), n), mask], 1)
        cache = given.get("past_key_values")
        if cache is not None and cache.get_seq_length():
            return (), {**given, "input_ids": ids, "position_ids": None if places is None else places + n}
        if places is not None:
            first = torch.arange(n, device=places.device).expand(len(ids), n)
            given["position_ids"] = torch.cat([first, places + n], 1)
        words = embed(ids)
        learned = prompt.to(words.dtype).expand(len(ids), *prompt.shape)
        return (), {**given, "inputs_embeds": torch.cat([learned, words], 1)}

    def after(_module: Any, _args: Any, given: dict[str, Any], out: Any) -> Any:
        if given.get("inputs_embeds") is not None:
            out.last_hidden_state = out.last_hidden_state[:, n:]
        return out

    decoder = model.get_decoder()
    return [
        decoder.register_forward_pre_hook(before, with_kwargs=True),
        decoder.register_forward_hook(after, with_kwargs=True),
    ]


def ours(file: Path) -> bool:
    """Whether a file of adapter weights is put on by this module and not by peft."""
    if file.name == FILE:
        return True
    with safe_open(file, "pt") as stored:
        return list(stored.keys()) == [_PROMPT]


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
        self._loaded: dict[str, Tensors | list[Bottleneck] | torch.Tensor] = {}
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
        made: Tensors | list[Bottleneck] | torch.Tensor | None
        made = self._blocks(tensors) if kind == "blocks" else self._fitting(tensors)
        if list(tensors) == [_PROMPT]:
            made = self._prompt(tensors[_PROMPT])
        if made is None:
            return False
        self._loaded[name] = made
        return True

    def apart(self, name: str) -> bool:
        """Whether these changes are parts of their own (layers, a prompt), which no weight of the base can hold."""
        return isinstance(self._loaded.get(name), list | torch.Tensor)

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
            elif isinstance(change, torch.Tensor):
                self._hooks = prepend(self._model, change)
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

    def _fitting(self, tensors: Tensors) -> Tensors | None:
        fits = all(key in self._weights and self._weights[key].shape == t.shape for key, t in tensors.items())
        return tensors if tensors and fits else None

    def _prompt(self, learned: torch.Tensor) -> torch.Tensor | None:
        some = next(iter(self._weights.values()))
        fits = learned.ndim == 2 and learned.shape[1] == self._model.get_input_embeddings().embedding_dim
        return learned.to(some.device) if fits else None

    def _blocks(self, tensors: Tensors) -> list[Bottleneck] | None:
        """One block a layer; None where count or width differ."""
        found, width = layers(self._model), self._model.config.hidden_size
        shape = tensors["0.down.weight"].shape if "0.down.weight" in tensors else (0, 0)
        some = next(iter(self._weights.values()))
        made = torch.nn.ModuleList(Bottleneck(width, shape[0], some.dtype, some.device) for _ in found)
        fits = {key: t.shape for key, t in made.state_dict().items()} == {
            k: t.shape for k, t in tensors.items()
        }
        if not fits or not shape[0]:
            return None
        made.load_state_dict(tensors)
        return list(made.eval())
