"""Likelihoods of answers on a tiny random network: equal to reading each prompt with each answer alone."""

from typing import Any

import pytest
import torch
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, LlamaConfig, LlamaForCausalLM

from assistant.models import scoring

WORDS = 64


@pytest.fixture(scope="module")
def network() -> Any:
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=WORDS, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=128,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


class Counted:
    """A network's step that counts the tokens it reads."""

    def __init__(self, network: Any) -> None:
        self.network, self.read = network, 0

    def __call__(self, keep: int = 1, **inputs: Any) -> tuple[torch.Tensor, Any]:
        self.read += inputs["input_ids"].numel()
        with torch.no_grad():
            out = self.network(**inputs, use_cache=True, logits_to_keep=keep)
        return out.logits, out.past_key_values


def alone(network: Any, prompt: list[int], answer: list[int]) -> float:
    with torch.no_grad():
        logits = network(input_ids=torch.tensor([prompt + answer])).logits[0]
    steps = torch.log_softmax(logits[len(prompt) - 1 : -1], -1)
    return sum(steps[i, token].item() for i, token in enumerate(answer))


def prompts(shared: int) -> list[list[int]]:
    draw = torch.Generator().manual_seed(shared)
    first = torch.randint(3, WORDS, (shared,), generator=draw).tolist()
    return [first + torch.randint(3, WORDS, (n,), generator=draw).tolist() for n in (4, 9, 1, 6, 6)]


ANSWERS = [[[5], [6]], [[7, 8, 9], [7], [10, 11]], [[5]], [[3, 3], [4, 4, 4, 4]], [[9], [9, 2]]]


@pytest.mark.parametrize("shared", [0, 30])
@pytest.mark.parametrize("bound", [10**9, 1])
def test_together_is_as_alone(network: Any, shared: int, bound: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "_NUMBERS", bound)
    given = prompts(shared)
    found = scoring.log_likelihoods(Counted(network), given, ANSWERS, WORDS)
    for row, prompt, answers in zip(found, given, ANSWERS, strict=True):
        assert row == pytest.approx([alone(network, prompt, a) for a in answers], abs=1e-4)


def test_what_all_prompts_begin_with_is_read_once(network: Any) -> None:
    step, given = Counted(network), prompts(60)
    scoring.log_likelihoods(step, given, [[[5], [6]]] * 5, WORDS)
    assert step.read == 60 + 5 * 9


def test_equal_prompts_keep_a_token_to_read(network: Any) -> None:
    same = [[5] * 20, [5] * 20]
    found = scoring.log_likelihoods(Counted(network), same, [[[6]], [[7]]], WORDS)
    assert found[0][0] == pytest.approx(alone(network, same[0], [6]), abs=1e-4)


def test_prompts_beyond_the_window_of_a_layer_are_as_alone() -> None:
    torch.manual_seed(3)
    config = Gemma3TextConfig(
        vocab_size=WORDS, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, sliding_window=24, layer_types=["sliding_attention", "full_attention"],
    )  # fmt: skip
    small, given = Gemma3ForCausalLM(config).eval(), prompts(30)
    found = scoring.log_likelihoods(Counted(small), given, ANSWERS, WORDS, config.sliding_window)
    for row, prompt, answers in zip(found, given, ANSWERS, strict=True):
        assert row == pytest.approx([alone(small, prompt, a) for a in answers], abs=1e-4)
