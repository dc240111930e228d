"""A batch as one sequence without padding: what all rows begin with is read once, each row's own tokens follow.

Loss and gradients are those of the padded batch: only attention looks across tokens, and here it shows a row the
common beginning and the row itself (the sharing of Hydragen, Juravsky et al. 2024, with gradients). With one
instruction before every row, as a tuned prompt has, this saves a third and more of all work.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch.nn.functional import scaled_dot_product_attention
from torch.nn.utils.rnn import pad_sequence

_NAME = "penala_packed"
_known: WeakKeyDictionary[Any, tuple[int, bool]] = (
    WeakKeyDictionary()
)  # models that were tried, as they were then


@dataclass(frozen=True)
class Packed:
    """`tokens`, `positions`: (1, length), the common beginning and then each row's own part, `own` tokens each;
    `places`: where in it a completion token comes next; `target`: which."""

    tokens: torch.Tensor
    positions: torch.Tensor
    common: int
    own: tuple[int, ...]
    places: torch.Tensor
    target: torch.Tensor


def pack(tokens: torch.Tensor, learned: torch.Tensor) -> Packed:
    """From rows padded on the right, the last learned token of each being its last (see `batches.Batch`)."""
    count, longest = tokens.shape
    order = torch.arange(longest)
    ends = (learned * order).max(1).values  # a row's last token is predicted, never read
    common = _common(tokens, learned)
    own = (order < ends[:, None]) & (order >= common)
    coming = torch.roll(learned, -1, 1)
    rows = tokens[own], order.expand(count, -1)[own]
    read = torch.cat([tokens[0, :common], rows[0]])
    positions = torch.cat([order[:common], rows[1]])
    places = common + coming[own].nonzero()[:, 0]
    lengths = tuple((ends - common).tolist())
    return Packed(read[None], positions[None], common, lengths, places, tokens[learned])


def _common(tokens: torch.Tensor, learned: torch.Tensor) -> int:
    """How many first tokens all rows share, before the one after which the first completion begins."""
    first = int(learned.int().argmax(1).min())
    alike = (tokens == tokens[:1]).all(0).int().cumprod(0)
    return min(int(alike.sum()), first - 1) if len(tokens) > 1 else 0


def logits(causal: Any, packed: Packed, **inputs: Any) -> torch.Tensor:
    """For each of `packed.places` the logits of the next token: (places, vocabulary)."""
    before, device = causal.config._attn_implementation, next(causal.parameters()).device
    causal.config._attn_implementation = _NAME
    try:
        given = inputs or {"input_ids": packed.tokens.to(device)}
        found = causal(
            **given, position_ids=packed.positions.to(device), use_cache=False,
            logits_to_keep=packed.places.to(device), packed=packed,
        )  # fmt: skip
    finally:
        causal.config._attn_implementation = before
    return found.logits[0]


def possible(causal: Any) -> bool:
    """Whether this model computes the same when packed, tried once on two short rows: architectures differ in
    how they pass attention on, and some mix tokens by other means too. Tried again when tuning has put something on."""
    parts = sum(1 + len(m._forward_pre_hooks) + len(m._forward_hooks) for m in causal.modules())
    if causal not in _known or _known[causal][0] != parts:
        _known[causal] = parts, _agrees(causal)
    return _known[causal][1]


@torch.no_grad()
def _agrees(causal: Any) -> bool:
    device = next(causal.parameters()).device
    low = min(64, causal.config.vocab_size) - 8
    tokens = torch.tensor([[1, 2, 3, 4, 5, 6], [1, 2, 3, 7, 4, 0]]) + low
    learned = torch.tensor([[0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 1, 0]], dtype=torch.bool)
    mode = causal.training
    causal.eval()
    try:
        found = logits(causal, pack(tokens, learned))
        whole = causal(input_ids=tokens.to(device), use_cache=False).logits
    except (TypeError, KeyError, ValueError, AttributeError, RuntimeError):
        return False
    finally:
        causal.train(mode)
    return alike(found.to(whole.dtype), whole[:, :-1][learned[:, 1:]])


def alike(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether logits differ by rounding only: by a part of the largest; a wrong mask or scale is further off."""
    part = 1e-3 if b.dtype == torch.float32 else 0.05
    return bool((a.float() - b.float()).abs().max() <= part * b.float().abs().max())


def attend(
    module: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, attention_mask: None = None,
    scaling: float | None = None, dropout: float = 0.0, sliding_window: int | None = None, *, packed: Packed,
    **other: Any,
) -> tuple[torch.Tensor, None]:  # fmt: skip
    """transformers' attention interface: (1, heads, length, width) to (1, length, heads, width)."""
    if other.get("softcap") is not None or other.get("s_aux") is not None:
        raise ValueError("attention beyond softmax(qk)v")
    groups = query.shape[1] // key.shape[1]
    q, k, v = (x[0].transpose(0, 1) for x in (query, key, value))  # (length, heads, width)
    k, v = (_for_each_query(x, groups) for x in (k, v))
    common, rows, longest = packed.common, len(packed.own), max(packed.own)
    window = sliding_window or common + longest

    def weigh(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        found = scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=dropout, scale=scaling)
        return found.transpose(1, 2)

    first = [x[:common].transpose(0, 1)[None] for x in (q, k, v)]  # (1, heads, common, width)
    own = [pad_sequence(x[common:].split(packed.own), batch_first=True).transpose(1, 2) for x in (q, k, v)]
    keys, values = (torch.cat([first[i].expand(rows, -1, -1, -1), own[i]], 2) for i in (1, 2))
    out = weigh(own[0], keys, values, _mask(longest, common, window, q.dtype, q.device))
    parts = [row[:n] for row, n in zip(out.unbind(0), packed.own, strict=True)]
    if common:
        parts.insert(0, weigh(first[0], first[1], first[2], _mask(common, 0, window, q.dtype, q.device))[0])
    return torch.cat(parts)[None], None


def _for_each_query(x: torch.Tensor, groups: int) -> torch.Tensor:
    return x if groups == 1 else x.repeat_interleave(groups, 1)


@lru_cache(maxsize=8)
def _mask(own: int, common: int, window: int, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """(own, common + own): 0 where a row's token may look, -inf where not: ahead, or past the window."""
    at, there = torch.arange(own)[:, None] + common, torch.arange(common + own)
    seen = (there <= at) & (there > at - window)
    return torch.zeros(seen.shape).masked_fill(~seen, float("-inf")).to(device, dtype)


def _register() -> None:
    from transformers import AttentionInterface

    AttentionInterface.register(_NAME, attend)


_register()
