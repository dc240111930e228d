"""The multilingual embedder (E5): texts to unit vectors, in batches that a small processor likes."""

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.models import folders, weights
from assistant.models.machine import dtype_here
from assistant.models.values import Tokens, Vectors
from assistant.settings import Settings

ID = "multilingual-e5-small"
SIZE = 384
_LONGEST = 512  # tokens; what follows is not read
_BATCH_TOKENS, _GPU_TOKENS = 512, 16_384  # padding included; larger ones leave a small processor's caches
_PROMPTS = {"passage": "passage: ", "query": "query: "}  # as the model was trained (its model card)


def open_embedder(settings: Settings) -> "E5":
    """The embedder, loaded once a process. Raises what `weights.ensure` raises."""
    return _opened(weights.ensure(ID, settings), dtype_here(settings))


@cache
def _opened(folder: Path, dtype: str) -> "E5":
    return E5(folder, dtype)


class E5:
    """multilingual-e5-small with its prompts, mean pooling and unit length.

    Threads may share it: it computes one batch at a time, so a query waits for a batch, not for an index.
    """

    def __init__(self, folder: Path, dtype: str) -> None:
        # Neither sentence-transformers nor transformers: importing them takes longer than the rest of a first reply.
        import torch
        from tokenizers import Tokenizer

        from assistant.models import encoder

        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model = encoder.load(folder, getattr(torch, dtype)).to(self._device)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._pad = self._tokenizer.token_to_id("<pad>") or 0
        self._room = _GPU_TOKENS if self._device == "cuda" else _BATCH_TOKENS
        self._lock = threading.Lock()
        found = folders.manifest(folder)
        body = json.dumps([ID, found.files if found else str(folder)], sort_keys=True)
        self.fingerprint = hashlib.sha256(body.encode()).hexdigest()[:16]

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed([_PROMPTS["passage"] + text for text in texts])

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed([_PROMPTS["query"] + text for text in texts])

    def count(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def tokens(self, texts: Sequence[str], layers: Sequence[int]) -> list[Tokens]:
        prompt = _PROMPTS["query"]
        made = self._tokenizer.encode_batch([prompt + text for text in texts])
        ids, found = [_cut(each.ids) for each in made], dict[int, Tokens]()
        for part in _batches([len(row) for row in ids], self._room):
            with self._lock:
                states = self._states([ids[i] for i in part], layers)
            for row, i in zip(states, part, strict=True):
                starts, stops = np.maximum(np.array(_cut(made[i].offsets)) - len(prompt), 0).T
                found[i] = Tokens(row[: len(starts)], starts, stops)
        return [found[i] for i in range(len(texts))]

    def _embed(self, texts: list[str]) -> Vectors:
        vectors = np.zeros((len(texts), SIZE), dtype=np.float32)
        if not texts:
            return vectors
        ids = [_cut(each.ids) for each in self._tokenizer.encode_batch(texts)]
        for part in _batches([len(row) for row in ids], self._room):
            with self._lock:
                vectors[part] = self._means([ids[i] for i in part])
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)

    def _means(self, ids: list[list[int]]) -> Vectors:
        """For each text the mean over its tokens of the last hidden states."""
        import torch

        rows, empty = self._padded(ids)
        with torch.inference_mode():
            hidden = self._model(rows, empty)[-1].float().masked_fill(empty[:, :, None], 0)
            means = hidden.sum(dim=1) / (~empty).sum(dim=1, keepdim=True)
        made: Vectors = means.cpu().numpy()
        return made

    def _states(self, ids: list[list[int]], layers: Sequence[int]) -> Vectors:
        """(texts, tokens, width): the states after these layers, side by side; what lies above is not computed."""
        import torch

        with torch.inference_mode():
            states = self._model(*self._padded(ids), max(layers))
        made: Vectors = torch.cat([states[layer].float() for layer in layers], -1).cpu().numpy()
        return made

    def _padded(self, ids: list[list[int]]) -> tuple[Any, Any]:
        """Token ids and where there are none, (texts, tokens) both."""
        import torch

        width = max(map(len, ids))
        rows = torch.tensor([row + [self._pad] * (width - len(row)) for row in ids], device=self._device)
        lengths = torch.tensor([len(row) for row in ids], device=self._device)
        return rows, torch.arange(width, device=self._device)[None, :] >= lengths[:, None]


def _cut(tokens: list[Any]) -> list[Any]:
    """As many as the model reads; the last one marks the end."""
    return tokens if len(tokens) <= _LONGEST else [*tokens[: _LONGEST - 1], tokens[-1]]


def _batches(lengths: list[int], most: int) -> Iterator[list[int]]:
    """Indices of texts of like length, so that little is padded; at most `most` tokens a batch."""
    part: list[int] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if part and (len(part) + 1) * lengths[i] > most:
            yield part
            part = []
        part.append(i)
    if part:
        yield part
