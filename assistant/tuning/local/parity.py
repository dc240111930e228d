"""Does an exported model answer like the adapter it was made from? Greedy, on given prompts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch

from assistant.models.local import LocalChat
from assistant.models.values import Decoding, Message

_LEAST = 0.9  # of the answers must be the same, word for word
_TOKENS = 48


@dataclass(frozen=True)
class Parity:
    """`agreement`: share of greedy answers that are equal; `largest`: the largest difference of a first token's logit."""

    prompts: int
    agreement: float
    largest: float

    @property
    def proven(self) -> bool:
        return self.prompts > 0 and self.agreement >= _LEAST

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "proven": self.proven, "needed": _LEAST, "answer_tokens": _TOKENS}


def parity(adapter: LocalChat, exported: LocalChat, prompts: Sequence[Sequence[Message]]) -> Parity:
    """Both models on the same prompts, one at a time, so that no neighbour in a batch can sway an answer."""
    decoding, equal, largest = Decoding(max_tokens=_TOKENS), 0, 0.0
    for messages in prompts:
        first, second = (
            model.generate([messages], decoding)[0].text.strip() for model in (adapter, exported)
        )
        equal += first == second
        ids = torch.tensor([adapter.encode(messages, None)[0]])
        gap = adapter.next_logits(ids) - exported.next_logits(ids)
        largest = max(largest, float(gap.abs().max()))
    return Parity(len(prompts), equal / max(1, len(prompts)), round(largest, 4))
