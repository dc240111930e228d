"""BERT's encoder from PyTorch's own layers: transformers' numbers, without the seconds that importing it takes."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn


class Encoder(nn.Module):
    """Token ids to hidden states, (texts, tokens) → (texts, tokens, width); the words of BERT's paper (Devlin et al.
    2019, arXiv 1810.04805, section 3), normalised after each half of a layer."""

    def __init__(self, vocabulary: int, width: int, layers: int, heads: int, inner: int, longest: int, eps: float) -> None:  # fmt: skip
        super().__init__()
        # Given, not drawn: drawing on the meta device imports PyTorch's compiler.
        self.words, self.positions, self.kinds = (
            nn.Embedding.from_pretrained(torch.empty(size, width)) for size in (vocabulary, longest, 2)
        )
        self.norm = nn.LayerNorm(width, eps)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(width, heads, inner, 0.0, "gelu", eps, batch_first=True)
            for _ in range(layers)
        )

    def forward(self, ids: Tensor, padding: Tensor, upto: int | None = None) -> list[Tensor]:
        """The embeddings, then the states after each of the first `upto` layers; `padding` is true where there is no
        token, and the states there mean nothing."""
        at = torch.arange(ids.shape[1], device=ids.device)
        states = [self.norm(self.words(ids) + self.positions(at) + self.kinds(torch.zeros_like(ids)))]
        for layer in self.layers[:upto]:
            states.append(layer(states[-1], src_key_padding_mask=padding))
        return states


def load(folder: Path, dtype: torch.dtype) -> Encoder:
    """From a folder of weights in the names that transformers gives them."""
    told = json.loads((folder / "config.json").read_text("utf-8"))
    with torch.device("meta"):
        encoder = Encoder(
            told["vocab_size"], told["hidden_size"], told["num_hidden_layers"], told["num_attention_heads"],
            told["intermediate_size"], told["max_position_embeddings"], told["layer_norm_eps"],
        )  # fmt: skip
    kept = {name: value.to(dtype) for name, value in load_file(folder / "model.safetensors").items()}
    encoder.load_state_dict(_renamed(kept, len(encoder.layers)), assign=True)
    return encoder.eval()


def _renamed(kept: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """The same weights under PyTorch's names; query, key and value are one matrix there."""
    pairs = {
        "words": "embeddings.word_embeddings", "positions": "embeddings.position_embeddings",
        "kinds": "embeddings.token_type_embeddings", "norm": "embeddings.LayerNorm",
    }  # fmt: skip
    for n in range(layers):
        old, new = f"encoder.layer.{n}.", f"layers.{n}."
        pairs |= {
            f"{new}self_attn.out_proj": f"{old}attention.output.dense", f"{new}norm1": f"{old}attention.output.LayerNorm",
            f"{new}linear1": f"{old}intermediate.dense", f"{new}linear2": f"{old}output.dense",
            f"{new}norm2": f"{old}output.LayerNorm",
        }  # fmt: skip
    named = {
        f"{new}.{part}": kept[f"{old}.{part}"]
        for new, old in pairs.items()
        for part in ("weight", "bias")
        if f"{old}.{part}" in kept
    }
    for n in range(layers):
        for part in ("weight", "bias"):
            inputs = [kept[f"encoder.layer.{n}.attention.self.{name}.{part}"] for name in ("query", "key", "value")]  # fmt: skip
            named[f"layers.{n}.self_attn.in_proj_{part}"] = torch.cat(inputs)
    return named
