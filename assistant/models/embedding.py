"""The multilingual embedder (E5): texts to unit vectors, in batches that a small processor likes."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.models import folders, weights
from assistant.models.machine import dtype_here
from assistant.models.values import Vectors
from assistant.settings import Settings

ID = "multilingual-e5-small"
_BATCH_TOKENS = 2048  # larger batches are slower on two cores


def open_embedder(settings: Settings) -> "E5":
    """The embedder, loaded once a process. Raises PenalaError("weights_unreachable")."""
    return _opened(weights.ensure(ID, settings), dtype_here(settings))


@cache
def _opened(folder: Path, dtype: str) -> "E5":
    return E5(folder, dtype)


class E5:
    """multilingual-e5-small with its prompts ("query: ", "passage: "), mean pooling and unit length."""

    def __init__(self, folder: Path, dtype: str) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        device = "cuda" if torch.cuda.is_available() else "cpu"
        kwargs = {"dtype": getattr(torch, dtype)}
        self._model: Any = SentenceTransformer(
            str(folder), device=device, local_files_only=True, model_kwargs=kwargs
        )
        self._lock = threading.Lock()
        found = folders.manifest(folder)
        listed = (
            sorted(found.files.items()) if found else [(p.name, p.stat().st_size) for p in folder.glob("*")]
        )
        self._fingerprint = hashlib.sha256(f"{ID} {listed}".encode()).hexdigest()[:16]

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed([f"passage: {text}" for text in texts])

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed([f"query: {text}" for text in texts])

    def count(self, text: str) -> int:
        return len(self._model.tokenizer(text, add_special_tokens=False, verbose=False).input_ids)

    def _embed(self, texts: list[str]) -> Vectors:
        vectors = np.zeros((len(texts), self._model.get_embedding_dimension()), dtype=np.float32)
        with self._lock:
            for part in self._batches(texts):
                made = self._model.encode(
                    [texts[i] for i in part], batch_size=len(part), show_progress_bar=False,
                    convert_to_numpy=False, convert_to_tensor=True,
                )  # fmt: skip
                vectors[part] = made.float().cpu().numpy()
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)

    def _batches(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """Like lengths together, so that little is padded; at most `_BATCH_TOKENS` with padding."""
        lengths = (
            [min(len(ids), 512) for ids in self._model.tokenizer(list(texts), verbose=False).input_ids]
            if texts
            else []
        )
        part: list[int] = []
        for i in sorted(range(len(texts)), key=lambda i: lengths[i]):
            if part and (len(part) + 1) * lengths[i] > _BATCH_TOKENS:
                yield part
                part = []
            part.append(i)
        if part:
            yield part
