"""A packed batch: the same loss and gradients as the padded one, for each shape of batch and kind of decoder."""

from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy

from assistant.models import changes
from assistant.tuning.local import packed
from assistant.tuning.local.batches import Batch, Encoded, pad
from assistant.tuning.local.loop import completion_loss
from assistant.tuning.local.methods import lora
from assistant.tuning.plan import plan

SMALL = {
    "vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3,
    "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 64,
}  # fmt: skip

BATCHES = {
    "no common beginning": [Encoded((5, 6, 7), (8, 9)), Encoded((9,), (10, 11, 2)), Encoded((4, 4, 4, 4), (2,))],
    "common beginning": [Encoded((5, 6, 7, 8, 20 + n), (9, 30 + n)) for n in range(4)],
    "one prompt, several answers": [Encoded((5, 6, 7), (8 + n,)) for n in range(3)],
    "one row": [Encoded((5, 6, 7), (8, 9, 2))],
    "a prompt of one token": [Encoded((5,), (6, 7)), Encoded((5,), (8,))],
    "past a sliding window": [Encoded((*range(3, 15), 20 + n), (9, *range(30, 30 + 3 * n + 1))) for n in range(3)],
}  # fmt: skip


def model(family: str, **more: Any) -> Any:
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(3)
    config = AutoConfig.for_model(family, **{**SMALL, **more})
    return AutoModelForCausalLM.from_config(config)


def plain_loss(causal: Any, batch: Batch) -> torch.Tensor:
    """The whole padded batch through the model as its authors wrote it, all logits."""
    logits = causal(input_ids=batch.tokens, use_cache=False).logits
    return cross_entropy(logits[:, :-1][batch.learned[:, 1:]].float(), batch.tokens[batch.learned])


FAMILIES = [
    ("llama", {}),
    ("qwen2", {}),
    ("qwen3", {}),
    ("gemma3_text", {"sliding_window": 4, "layer_types": ["sliding_attention", "full_attention"] * 2}),
    (
        "gpt2",
        {"n_embd": 32, "n_head": 4, "n_layer": 3, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0},
    ),
]


@pytest.mark.parametrize("shape", BATCHES)
@pytest.mark.parametrize(("family", "more"), FAMILIES, ids=[family for family, _ in FAMILIES])
def test_loss_and_gradients_are_those_of_the_padded_batch(family: str, more: Any, shape: str) -> None:
    extra = {"num_hidden_layers": 4} if "layer_types" in more else {}
    wrapped = lora.wrap(model(family, **more, **extra), plan("tiny", rank=4))
    causal, batch = wrapped.get_base_model(), pad(BATCHES[shape])
    for name, p in wrapped.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(p, std=0.1)
    assert packed.possible(causal)
    found: list[Any] = []
    for loss in (completion_loss(wrapped, batch), plain_loss(causal, batch)):
        loss.backward()
        found.append((loss.item(), [p.grad.clone() for p in wrapped.parameters() if p.grad is not None]))
        wrapped.zero_grad()
    (ours, gradients), (theirs, wanted) = found
    assert ours == pytest.approx(theirs, abs=1e-5)
    assert len(gradients) == len(wanted) > 0
    for a, b in zip(gradients, wanted, strict=True):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-4)


def test_a_common_beginning_is_read_once_and_nothing_is_padded() -> None:
    batch = pad([Encoded((5, 6, 7, 8), (9, 2)), Encoded((5, 6, 7), (10, 11, 12, 2))])
    one = packed.pack(batch.tokens, batch.learned)
    assert one.tokens.tolist() == [[5, 6, 7, 8, 9, 7, 10, 11, 12]]
    assert one.positions.tolist() == [[0, 1, 2, 3, 4, 2, 3, 4, 5]]
    assert (one.common, one.own, one.places.tolist()) == (2, (3, 4), [3, 4, 5, 6, 7, 8])
    assert one.target.tolist() == [9, 2, 10, 11, 12, 2]


def test_a_model_that_cannot_be_packed_is_trained_padded() -> None:
    causal = model("gemma2")  # caps its attention scores
    assert not packed.possible(causal)
    wrapped, batch = lora.wrap(causal, plan("tiny", rank=4)), pad(BATCHES["common beginning"])
    assert completion_loss(wrapped, batch).item() == pytest.approx(plain_loss(causal, batch).item(), abs=1e-5)


def test_a_network_is_tried_again_when_something_was_put_on_it_or_taken_off() -> None:
    causal = model("llama")
    assert packed.possible(causal)
    learned = changes.prepend(
        causal, torch.randn(4, SMALL["hidden_size"])
    )  # a prompt that each row would need anew
    assert not packed.possible(causal)
    for hook in learned:
        hook.remove()
    assert packed.possible(causal)
