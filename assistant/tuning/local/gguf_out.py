"""A merged model as one GGUF file with 16-bit floats, for llama.cpp and Ollama; one entry a family of models.

Names, header and the changes to tensors are those of llama.cpp's convert_hf_to_gguf.py.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from assistant.errors import PenalaError

Writer = Any  # gguf.GGUFWriter


@dataclass(frozen=True)
class Family:
    """How one family of models is written. `tensor`: (name, values, config) to the values in llama.cpp's order."""

    arch: str
    head: Callable[[Writer, Any], None]
    tensor: Callable[[str, torch.Tensor, Any], torch.Tensor]
    words: Callable[[Writer, Any, int, str], None]


def to_gguf(merged: Path, out: Path, name: str, pre: str) -> None:
    """Write a merged model. `pre`: what llama.cpp calls its way of cutting text (needed for byte-level BPE).

    Raises PenalaError("gguf_unsupported") for a family or a vocabulary that is not known here.
    """
    import gguf

    model = AutoModelForCausalLM.from_pretrained(merged, local_files_only=True, dtype=torch.float32)
    config = model.config
    family = FAMILIES.get(config.model_type)
    if family is None:
        raise PenalaError("gguf_unsupported", architecture=config.model_type)
    writer = gguf.GGUFWriter(out, family.arch)
    _head(writer, config, name)
    family.head(writer, config)
    tokenizer = AutoTokenizer.from_pretrained(merged, local_files_only=True)
    family.words(writer, tokenizer, config.vocab_size, pre)
    _marks(writer, tokenizer)
    names = gguf.get_tensor_name_map(
        next(arch for arch, said in gguf.MODEL_ARCH_NAMES.items() if said == family.arch),
        config.num_hidden_layers,
    )
    for key, tensor in model.state_dict().items():
        if key == "lm_head.weight" and config.tie_word_embeddings:
            continue
        values = family.tensor(key, tensor, config).numpy()
        # Vectors (the norms) stay in float32, as llama.cpp expects of them.
        kept = values if values.ndim == 1 else values.astype("float16")
        writer.add_tensor(names.get_name(key, try_suffixes=(".weight", ".bias")), kept)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _head(writer: Writer, config: Any, name: str) -> None:
    import gguf

    writer.add_name(name)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(_rope_base(config))
    writer.add_vocab_size(config.vocab_size)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def _rope_base(config: Any) -> float:
    """That of the layers with full attention, where a family has two."""
    found = getattr(config, "rope_theta", None)
    if found is None:
        told = getattr(config, "rope_parameters", None) or {}
        found = told.get("full_attention", told).get("rope_theta", 10_000.0)
    return float(found)


def _marks(writer: Writer, tokenizer: Any) -> None:
    for add, value in (
        (writer.add_bos_token_id, tokenizer.bos_token_id), (writer.add_eos_token_id, tokenizer.eos_token_id),
        (writer.add_pad_token_id, tokenizer.pad_token_id), (writer.add_unk_token_id, tokenizer.unk_token_id),
    ):  # fmt: skip
        if value is not None:
            add(value)
    if tokenizer.chat_template:
        writer.add_chat_template(tokenizer.chat_template)


def _llama_head(writer: Writer, config: Any) -> None:
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_rope_dimension_count(width)


def _gemma_head(writer: Writer, config: Any) -> None:
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_sliding_window(config.sliding_window)


def _rows_in_pairs(key: str, tensor: torch.Tensor, config: Any) -> torch.Tensor:
    """llama.cpp turns neighbouring rows of q and k together, transformers the halves."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    count = next((n for part, n in heads.items() if f".{part}." in key), 0)
    if not count:
        return tensor
    return (
        tensor.reshape(count, 2, tensor.shape[0] // count // 2, *tensor.shape[1:])
        .swapaxes(1, 2)
        .reshape(tensor.shape)
    )


def _norms_around_one(key: str, tensor: torch.Tensor, config: Any) -> torch.Tensor:
    """Gemma keeps its norms' weights less one; llama.cpp wants them whole."""
    return tensor + 1 if key.endswith("norm.weight") else tensor


def _byte_level(writer: Writer, tokenizer: Any, size: int, pre: str) -> None:
    """A byte-level BPE vocabulary with its merges."""
    if not pre:
        raise PenalaError("gguf_unsupported", architecture="-")
    tokens, kinds = _tokens(tokenizer, size)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    merges = json.loads(tokenizer.backend_tokenizer.to_str())["model"]["merges"]
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    writer.add_add_bos_token(False)


def _sentence_pieces(writer: Writer, tokenizer: Any, size: int, pre: str) -> None:
    """A SentencePiece vocabulary, which llama.cpp joins by score: here the order of the numbers, as the merges have it."""
    import gguf

    body = json.loads(tokenizer.backend_tokenizer.to_str())
    tokens, kinds = _tokens(tokenizer, size)
    if not _merged_by_number(body["model"]):
        raise PenalaError("gguf_unsupported", architecture="BPE")
    scores = [0.0] * size
    for number, piece in enumerate(tokens):
        if kinds[number] == gguf.TokenType.NORMAL:
            byte = len(piece) == 6 and piece.startswith("<0x")
            kinds[number] = gguf.TokenType.BYTE if byte else kinds[number]
            scores[number] = 0.0 if byte else -float(number)
        else:
            scores[number] = -1000.0
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)


def _merged_by_number(model: Mapping[str, Any]) -> bool:
    """Whether of two pieces that could be joined the one with the lower number always comes first."""
    first: dict[str, int] = {}
    for rank, merge in enumerate(model["merges"]):
        first.setdefault("".join(merge if isinstance(merge, list) else merge.split(" ", 1)), rank)
    numbers = [model["vocab"][piece] for piece in sorted(first, key=lambda piece: first[piece])]
    return bool(model.get("byte_fallback")) and numbers == sorted(numbers)


def _tokens(tokenizer: Any, size: int) -> tuple[list[str], list[int]]:
    """Every token by number with its kind; numbers without one are filled up."""
    import gguf

    by_id = {number: piece for piece, number in tokenizer.get_vocab().items()}
    added = {number: token.special for number, token in tokenizer.added_tokens_decoder.items()}
    special = set(tokenizer.all_special_ids) | {number for number, yes in added.items() if yes}
    tokens, kinds = [], []
    for number in range(size):
        known = number in by_id
        tokens.append(by_id[number] if known else f"[PAD{number}]")
        kind = gguf.TokenType.NORMAL if known else gguf.TokenType.UNUSED
        if number in special or number in added:
            kind = gguf.TokenType.CONTROL if number in special else gguf.TokenType.USER_DEFINED
        kinds.append(kind)
    return tokens, kinds


FAMILIES: dict[str, Family] = {
    "llama": Family("llama", _llama_head, _rows_in_pairs, _byte_level),
    "gemma3_text": Family("gemma3", _gemma_head, _norms_around_one, _sentence_pieces),
}
