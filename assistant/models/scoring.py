"""How likely given answers are, many prompts at once; what all prompts begin with is read once. Knows token ids and a
network's step, no text."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import torch

from assistant.models import batching

Step = Callable[..., tuple[torch.Tensor, Any]]  # step(keep=n, **inputs): logits of the last n tokens, cache
_TOKENS = 4096  # of prompts read at once
_NUMBERS = 50_000_000  # logits held at once


def log_likelihoods(
    step: Step,
    prompts: Sequence[list[int]],
    answers: Sequence[Sequence[list[int]]],
    vocabulary: int,
    window: int | None = None,
) -> list[list[float]]:
    """The sum of the log-probabilities of each answer's tokens after its prompt, in the order given. `window`: how many
    tokens a layer looks back on; padding would take up some of it, so what is longer shares no beginning."""
    longest = max(len(p) + max(map(len, row)) for p, row in zip(prompts, answers, strict=True))
    shared = batching.shared(prompts) if window is None or longest <= window else 0
    begun = step(input_ids=torch.tensor([prompts[0][:shared]]))[1] if shared else None
    found: dict[int, list[float]] = {}
    numbers = max(len(row) * max(map(len, row)) for row in answers) * vocabulary
    sizes = [len(p) - shared for p in prompts]
    for part in batching.parts(sizes, lambda size: min(_TOKENS // size, _NUMBERS // numbers), even=True):
        sums = _part(step, [prompts[i][shared:] for i in part], [answers[i] for i in part], begun, shared)
        found |= dict(zip(part, sums, strict=True))
    return [found[i] for i in range(len(prompts))]


def _part(
    step: Step, prompts: Sequence[list[int]], answers: Sequence[Sequence[list[int]]], begun: Any, shared: int
) -> list[list[float]]:
    longest = max(map(len, prompts))
    ids = torch.tensor([[0] * (longest - len(p)) + p for p in prompts])
    mask = torch.tensor([[1] * shared + [0] * (longest - len(p)) + [1] * len(p) for p in prompts])
    cache = copy.deepcopy(begun)
    if cache is not None:
        cache.batch_repeat_interleave(len(prompts))
    first, cache = step(keep=1, past_key_values=cache, **_inputs(ids, mask))
    most, tail = max(map(len, answers)), max(len(a) for row in answers for a in row) - 1
    rest = _tails(step, answers, cache, mask, most, tail) if tail else None
    sums = []
    for i, row in enumerate(answers):
        heads = torch.log_softmax(first[i, -1].float(), -1)
        sums.append([heads[a[0]].item() + (rest[i * most + j] if rest else 0.0) for j, a in enumerate(row)])
    return sums


def _tails(
    step: Step, answers: Sequence[Sequence[list[int]]], cache: Any, mask: torch.Tensor, most: int, tail: int
) -> list[float]:
    """The log-probabilities of each answer's tokens but the first; every row gets `most` answers, its last repeated."""
    flat = [row[min(j, len(row) - 1)] for row in answers for j in range(most)]
    cache.batch_repeat_interleave(most)
    fed = torch.tensor([a[:-1] + [a[0]] * (tail - len(a) + 1) for a in flat])
    longer = torch.cat([mask.repeat_interleave(most, 0), torch.ones_like(fed)], 1)
    logits, _ = step(keep=tail, past_key_values=cache, **_inputs(fed, longer))
    sums = []
    for row, a in zip(logits, flat, strict=True):
        steps = torch.log_softmax(row[: len(a) - 1].float(), -1)
        sums.append(sum(steps[at, token].item() for at, token in enumerate(a[1:])))
    return sums


def _inputs(ids: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
    places = (mask.cumsum(1) - 1).clamp(min=0)[:, -ids.shape[1] :]
    return {"input_ids": ids, "attention_mask": mask, "position_ids": places}
