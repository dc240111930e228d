"""Trains the reader's net on written messages; used when knowledge/ is rebuilt, never while someone waits.

The net sees each token's states from two middle layers of the embedder, which tell meaning in context; the last
layer is made for whole texts (on 160 messages left out, recall at 95 % precision was .22 with it alone, .54 with
layers 6 and 8). For every answer it learns where to look (attention as in CAML, Mullenbach et al. 2018) and, from the
words marked in the messages, which tokens show it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F

from assistant.advisor.hearing.reader import MARKED
from assistant.models.values import Tokens, Vectors

HIDDEN = 256
TOGETHER = 128  # features of all answers at once, by which one answer bears on another
_EPOCHS, _RATE, _DECAY, _BATCH = 10, 2e-3, 0.05, 32
_REPLY = 0.3  # what a reply to one question weighs beside a whole message


@dataclass(frozen=True)
class Lesson:
    """One message: its tokens, the sure signs in it (columns,), the outcome of each signal (its place among the
    signal's outcomes) and how far that is certain (0 to 1), and the characters that show each column's fact."""

    tokens: Tokens
    signs: Vectors
    right: tuple[int, ...]
    certain: tuple[float, ...]
    marks: tuple[tuple[int, int, int], ...]  # column, start, stop
    reply: bool


class Net(nn.Module):
    """States (batch, tokens, width), which tokens are real, and signs (batch, columns) to the logits of the
    message (batch, columns) and of its tokens (batch, tokens, columns)."""

    def __init__(self, width: int, columns: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.squeeze = nn.Linear(width, HIDDEN)
        self.near = nn.Conv1d(HIDDEN, HIDDEN, 3, padding=1)
        self.attention = nn.Linear(HIDDEN, columns)
        self.evidence = nn.Linear(HIDDEN, columns)
        self.shown = nn.Linear(HIDDEN, columns)
        self.trust = nn.Parameter(torch.ones(columns))
        self.signs = nn.Linear(columns, columns, bias=False)
        nn.init.zeros_(self.signs.weight)
        self.gather, self.spread = nn.Linear(columns, TOGETHER), nn.Linear(TOGETHER, columns)
        nn.init.zeros_(self.spread.weight)
        self.inputs, self.drop = nn.Dropout1d(0.2), nn.Dropout(0.3)  # whole features of a text; single ones

    def forward(
        self, states: torch.Tensor, real: torch.Tensor, signs: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        kept = self.inputs(torch.ones_like(states[:, :1]).transpose(1, 2)).transpose(1, 2)
        held = self.drop(F.gelu(self.squeeze(self.norm(states) * kept), approximate="tanh"))
        around = self.near((held * real[..., None]).transpose(1, 2)).transpose(1, 2)
        held = self.drop(held + F.gelu(around, approximate="tanh"))
        shown = self.shown(held)
        away = ~real[..., None]
        looks = self.attention(held).masked_fill(away, -1e4).softmax(1)
        best = torch.logsumexp(shown.masked_fill(away, -1e4), 1)
        seen = (self.evidence(held) * looks).sum(1)
        alone = seen + self.trust * 2 * torch.tanh(best / 4) + self.signs(signs)
        together = self.drop(F.gelu(self.gather(torch.tanh(alone / 4)), approximate="tanh"))
        return alone + self.spread(together), shown


def train(lessons: Sequence[Lesson], sizes: Sequence[int], brief: bool) -> dict[str, Vectors]:
    """The net's weights by name. `sizes` are the numbers of outcomes of each signal; `brief` numbers (bfloat16)
    halve the time on a processor made for them, with no loss, and take seven times as long on another."""
    torch.manual_seed(0)
    draw = random.Random(0)
    net = Net(lessons[0].tokens.states.shape[1], sum(sizes))
    steps = _EPOCHS * -(-len(lessons) // _BATCH)
    optimiser = torch.optim.AdamW(net.parameters(), lr=_RATE, weight_decay=_DECAY)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps + 1, pct_start=0.1)
    for _ in range(_EPOCHS):
        for batch in _batches(lessons, draw):
            loss = _loss(net, batch, sizes, brief)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            rates.step()
    return {name: weight.detach().numpy() for name, weight in net.state_dict().items()}


def _batches(lessons: Sequence[Lesson], draw: random.Random) -> list[list[Lesson]]:
    """Lessons of like length together, so that little is padded, in a new order each time."""
    order = sorted(lessons, key=lambda lesson: len(lesson.tokens.starts) + draw.uniform(-8, 8))
    batches = [order[n : n + _BATCH] for n in range(0, len(order), _BATCH)]
    draw.shuffle(batches)
    return batches


def _loss(net: Net, batch: Sequence[Lesson], sizes: Sequence[int], brief: bool) -> torch.Tensor:
    longest = max(len(lesson.tokens.starts) for lesson in batch)
    states = np.zeros((len(batch), longest, batch[0].tokens.states.shape[1]), np.float32)
    real = np.zeros((len(batch), longest), bool)
    marked = np.zeros((len(batch), longest, sum(sizes)), np.float32)
    for n, lesson in enumerate(batch):
        states[n, : len(lesson.tokens.starts)] = lesson.tokens.states
        real[n, : len(lesson.tokens.starts)] = True
        for column, start, stop in lesson.marks:
            marked[n, _within(lesson.tokens, start, stop), column] = 1.0
    weights = torch.tensor([_REPLY if lesson.reply else 1.0 for lesson in batch])
    signs = torch.from_numpy(np.stack([lesson.signs for lesson in batch]))
    with torch.autocast("cpu", torch.bfloat16, enabled=brief):
        logits, shown = (
            made.float() for made in net(torch.from_numpy(states), torch.from_numpy(real), signs)
        )
    right = torch.tensor([lesson.right for lesson in batch])
    certain = torch.tensor([lesson.certain for lesson in batch]) * weights[:, None]
    loss = torch.zeros(())
    for signal, (a, b) in enumerate(pairwise(accumulate(sizes, initial=0))):
        missed = F.cross_entropy(logits[:, a:b], right[:, signal], reduction="none")
        loss = loss + (missed * certain[:, signal]).mean()
    of_tokens = F.binary_cross_entropy_with_logits(
        shown, torch.from_numpy(marked), reduction="none", pos_weight=torch.tensor(MARKED)
    ).sum(-1)
    mask = torch.from_numpy(real)
    return loss + 0.5 * ((of_tokens * mask).sum(1) / mask.sum(1) * weights).mean()


def _within(tokens: Tokens, start: int, stop: int) -> NDArray[np.int64]:
    return np.flatnonzero((tokens.starts < stop) & (tokens.stops > start) & (tokens.stops > tokens.starts))
