"""A base model some of whose own weights are trained; has what the loop needs of a peft model."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from assistant.models import changes


class OwnWeights:
    """`free(name)` says which of the model's parameters are trained; all others stay frozen."""

    def __init__(self, model: Any, free: Callable[[str], bool]) -> None:
        self._model = model
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(free(name))

    def get_base_model(self) -> Any:
        return self._model

    def named_parameters(self) -> Iterator[tuple[str, torch.nn.Parameter]]:
        return iter(self._model.named_parameters())

    def train(self) -> None:
        self._model.train()

    def eval(self) -> None:
        self._model.eval()

    def save_pretrained(self, folder: Path, **_: Any) -> None:
        trained = {name: p for name, p in self.named_parameters() if p.requires_grad}
        changes.write(folder, "weights", trained)


def decoder_name(model: Any) -> str:
    """How the model itself calls its decoder, for example `model`."""
    decoder = model.get_decoder()
    return next(name for name, module in model.named_modules() if module is decoder)
