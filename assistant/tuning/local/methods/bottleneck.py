"""Adapters: a small trained block after each layer's feed-forward part (Pfeiffer et al. 2021); the base stays frozen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from assistant.errors import PenalaError
from assistant.models import changes
from assistant.models.changes import Bottleneck
from assistant.tuning.plan import Plan


def wrap(model: Any, plan: Plan) -> Any:
    """Blocks of `plan.rank` inner numbers. Raises PenalaError("method_misfit")."""
    if not changes.layers(model):
        raise PenalaError("method_misfit", method=plan.method)
    return _Blocks(model, plan.rank)


class _Blocks:
    def __init__(self, model: Any, size: int) -> None:
        self._model = model.requires_grad_(False)
        some = next(model.parameters())
        made = (
            Bottleneck(model.config.hidden_size, size, some.dtype, some.device) for _ in changes.layers(model)
        )
        self.blocks = torch.nn.ModuleList(made)
        changes.attach(model, self.blocks)

    def get_base_model(self) -> Any:
        return self._model

    def named_parameters(self) -> Iterator[tuple[str, torch.nn.Parameter]]:
        return iter(self.blocks.named_parameters())

    def train(self) -> None:
        self._model.train()

    def eval(self) -> None:
        self._model.eval()

    def save_pretrained(self, folder: Path, **_: Any) -> None:
        changes.write(folder, "blocks", self.blocks.state_dict())
