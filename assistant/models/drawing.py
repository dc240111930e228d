"""Chooses the next token of each answer; knows logits, no text."""

import torch

from assistant.models.values import Decoding


class Draw:
    """Chooses tokens. Each row has its own random numbers, so that its neighbours do not matter."""

    def __init__(self, decoding: Decoding, rows: int) -> None:
        self.temperature = decoding.temperature
        self.random = [torch.Generator().manual_seed(decoding.seed) for _ in range(rows)]

    def tokens(self, logits: torch.Tensor, live: list[int]) -> list[int]:
        if self.temperature <= 0:
            return [int(token) for token in logits.argmax(-1)]
        chances = torch.softmax(logits.float() / self.temperature, -1)
        return [
            int(torch.multinomial(row, 1, generator=self.random[i]))
            for row, i in zip(chances, live, strict=True)
        ]
