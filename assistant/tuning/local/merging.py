"""A tuned model as one: the adapter worked into the base's weights, as safetensors, or as GGUF for llama.cpp and Ollama."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from assistant.errors import PenalaError
from assistant.models.changes import FILE, Changes


def merge(base: Path, adapter: Path, out: Path) -> None:
    """Write a folder that transformers opens like any model, in the base's own number format.

    The sum is made in float32: in bfloat16 small changes would be rounded away before they are added.
    Raises PenalaError: merge_blocks (bottleneck adapters are layers of their own), adapter_misfit.
    """
    kept = AutoModelForCausalLM.from_pretrained(
        base, local_files_only=True, use_safetensors=True, dtype="auto"
    ).dtype
    model = AutoModelForCausalLM.from_pretrained(
        base, local_files_only=True, use_safetensors=True, dtype=torch.float32
    )
    merged = _merged(model, adapter)
    merged.to(kept).save_pretrained(out, safe_serialization=True)
    AutoTokenizer.from_pretrained(base, local_files_only=True).save_pretrained(out)
    for name in ("chat_template.jinja", "generation_config.json"):
        if (base / name).exists() and not (out / name).exists():
            shutil.copyfile(base / name, out / name)


def _merged(model: Any, adapter: Path) -> Any:
    if (adapter / FILE).is_file():
        held = Changes(model)
        if not held.load(adapter / FILE, "a"):
            raise PenalaError("adapter_misfit", folder=str(adapter), model="-")
        if held.blocks("a"):
            raise PenalaError("merge_blocks")
        held.put_on("a")
        return model
    from peft import PeftModel

    options = {"local_files_only": True, "use_safetensors": True, "autocast_adapter_dtype": False}
    return PeftModel.from_pretrained(model, adapter, **options).merge_and_unload()


def to_gguf(merged: Path, out: Path, name: str, pre: str) -> None:
    """Write a merged Llama-like model as GGUF with 16-bit floats. `pre`: what llama.cpp calls its way of cutting text.

    The names, the header and the order of the rows of q and k are those of llama.cpp's convert_hf_to_gguf.py.
    Raises PenalaError("gguf_unsupported") for another architecture.
    """
    import gguf

    model = AutoModelForCausalLM.from_pretrained(merged, local_files_only=True, dtype=torch.float32)
    config = model.config
    if config.model_type != "llama" or not pre:
        raise PenalaError("gguf_unsupported", architecture=config.model_type)
    writer = gguf.GGUFWriter(out, "llama")
    _header(writer, config, name)
    _vocabulary(writer, AutoTokenizer.from_pretrained(merged, local_files_only=True), config.vocab_size, pre)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    for key, tensor in model.state_dict().items():
        if key == "lm_head.weight" and config.tie_word_embeddings:
            continue
        values = _rows_in_pairs(key, tensor, config).numpy()
        # Vectors (the norms) stay in float32, as llama.cpp expects of them.
        writer.add_tensor(
            names.get_name(key, try_suffixes=(".weight", ".bias")),
            values if values.ndim == 1 else values.astype("float16"),
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _header(writer: Any, config: Any, name: str) -> None:
    import gguf

    heads = config.num_attention_heads
    writer.add_name(name)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(getattr(config, "head_dim", None) or config.hidden_size // heads)
    writer.add_rope_freq_base(_rope_base(config))
    writer.add_vocab_size(config.vocab_size)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def _rope_base(config: Any) -> float:
    found = getattr(config, "rope_theta", None)
    if found is None:
        found = (getattr(config, "rope_parameters", None) or {}).get("rope_theta", 10_000.0)
    return float(found)


def _vocabulary(writer: Any, tokenizer: Any, size: int, pre: str) -> None:
    import json

    import gguf

    pieces: Mapping[str, int] = tokenizer.get_vocab()
    by_id = {number: piece for piece, number in pieces.items()}
    special = set(tokenizer.all_special_ids)
    added = set(tokenizer.get_added_vocab().values())
    tokens, kinds = [], []
    for number in range(size):
        known = number in by_id
        tokens.append(by_id[number] if known else f"[PAD{number}]")
        kind = gguf.TokenType.NORMAL if known else gguf.TokenType.UNUSED
        if number in special or number in added:
            kind = gguf.TokenType.CONTROL if number in special else gguf.TokenType.USER_DEFINED
        kinds.append(kind)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    merges = json.loads(tokenizer.backend_tokenizer.to_str())["model"]["merges"]
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    for add, value in (
        (writer.add_bos_token_id, tokenizer.bos_token_id), (writer.add_eos_token_id, tokenizer.eos_token_id),
        (writer.add_pad_token_id, tokenizer.pad_token_id), (writer.add_unk_token_id, tokenizer.unk_token_id),
    ):  # fmt: skip
        if value is not None:
            add(value)
    writer.add_add_bos_token(False)
    if tokenizer.chat_template:
        writer.add_chat_template(tokenizer.chat_template)


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
