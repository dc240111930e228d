"""Rows as token batches: completion marked, lengths alike in a batch, order fixed by the seed."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from assistant.models.values import Message
from assistant.tuning.rows import Row

Encode = Callable[[Sequence[Message], str], tuple[list[int], list[int]]]


@dataclass(frozen=True)
class Encoded:
    """One row as tokens: the prompt's, then the completion's (with its end token)."""

    prompt: tuple[int, ...]
    completion: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.completion)


@dataclass(frozen=True)
class Batch:
    """`tokens`: (rows, longest) padded on the right; `learned`: same shape, true where the token is to be predicted."""

    tokens: torch.Tensor
    learned: torch.Tensor

    @property
    def count(self) -> int:
        return int(self.learned.sum())


def encode(rows: Sequence[Row], encoder: Encode, longest: int) -> tuple[list[list[Encoded]], int]:
    """Each row's layouts as tokens, and how many rows were left out because a layout is over `longest`."""
    encoded = [_layouts(row, encoder) for row in rows]
    kept = [layouts for layouts in encoded if max(map(len, layouts)) <= longest]
    return kept, len(encoded) - len(kept)


def mixture(rows: Sequence[Sequence[Encoded]], epoch: int) -> list[Encoded]:
    """One epoch's rows: each in its plain layout, and every third in its other layout too, in turn.

    The plain layout never misses an epoch: with the two taking turns, each was learned half as well. The number
    of rows is the same in every epoch.
    """
    others = [layouts[1] for layouts in rows if len(layouts) > 1]
    share = math.ceil(len(others) / 3)
    turn = [others[(epoch * share + i) % len(others)] for i in range(share)]
    return [layouts[0] for layouts in rows] + turn


def epoch_batches(rows: Sequence[Sequence[Encoded]], epoch: int, size: int, seed: int) -> list[Batch]:
    """One epoch's batches. Rows of like length share a batch (less padding); which batch comes when is shuffled."""
    draw = random.Random(f"{seed}-{epoch}")
    chosen = mixture(rows, epoch)
    draw.shuffle(chosen)
    chosen.sort(key=lambda row: len(row) // 32)  # near-equal lengths stay shuffled among themselves
    batches = [chosen[i : i + size] for i in range(0, len(chosen), size)]
    draw.shuffle(batches)
    return [pad(batch) for batch in batches]


def fixed_batches(rows: Sequence[Sequence[Encoded]], size: int) -> list[Batch]:
    """Batches for validation: the first epoch's mixture, longest last, always the same."""
    flat = sorted(mixture(rows, 0), key=len)
    return [pad(flat[i : i + size]) for i in range(0, len(flat), size)]


def pad(rows: Sequence[Encoded]) -> Batch:
    longest = max(map(len, rows))
    tokens = torch.zeros(len(rows), longest, dtype=torch.long)
    learned = torch.zeros(len(rows), longest, dtype=torch.bool)
    for i, row in enumerate(rows):
        tokens[i, : len(row)] = torch.tensor(row.prompt + row.completion)
        learned[i, len(row.prompt) : len(row)] = True
    return Batch(tokens, learned)


def _layouts(row: Row, encoder: Encode) -> list[Encoded]:
    pairs = (encoder(messages, row.completion) for messages in row.layouts)
    return [Encoded(tuple(prompt), tuple(completion)) for prompt, completion in pairs]
