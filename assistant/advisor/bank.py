"""Embeddings of the texts in knowledge/, kept as data so that no start waits for them; decides nothing.

`vectors.npz` holds one row a text: whole numbers of eight bits and a scale, since a cosine needs no more.
It belongs to one embedder (its fingerprint); with any other, and for texts it lacks, rows are computed.
`python -m assistant.advisor.build` makes it again.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.models.values import Embedder, Vectors
from assistant.settings import KNOWLEDGE

FILE = "vectors.npz"
Keys = NDArray[np.uint64]


def vectors(texts: Sequence[str], kind: str, embedder: Embedder, folder: Path = KNOWLEDGE) -> Vectors:
    """(texts, dimensions) unit rows; `kind` is "query" or "passage", as the embedder's prompts tell them apart."""
    known = _known(folder / FILE, embedder.fingerprint)
    found: list[Vectors | None] = [known.get(key) for key in _keys(texts, kind)]
    missing = [i for i, row in enumerate(found) if row is None]
    if missing:
        embed = embedder.queries if kind == "query" else embedder.passages
        for i, row in zip(missing, embed([texts[i] for i in missing]), strict=True):
            found[i] = row
    return np.stack([row for row in found if row is not None]).astype(np.float32)


def unit(rows: Vectors) -> Vectors:
    """Rows (or one row) of length one."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)


def centred(rows: Vectors) -> tuple[Vectors, Vectors]:
    """Unit rows with their mean taken off, which spreads E5's crowded cosines, and the mean."""
    mean = rows.mean(axis=0)
    return unit(rows - mean), mean


def save(texts: dict[str, Sequence[str]], embedder: Embedder, file: Path) -> int:
    """Write the rows of all texts, by kind, those that the file lacks embedded; the number of rows."""
    keys: list[np.uint64] = []
    rows: list[Vectors] = []
    for kind, of_kind in texts.items():
        once = list(dict.fromkeys(of_kind))
        keys += _keys(once, kind)
        rows.append(vectors(once, kind, embedder, file.parent))
    made = np.concatenate(rows)
    scales = np.abs(made).max(axis=1) / 127
    order = np.argsort(np.array(keys))
    np.savez_compressed(
        file, fingerprint=np.array(embedder.fingerprint), keys=np.array(keys)[order],
        rows=np.round(made / scales[:, None]).astype(np.int8)[order], scales=scales.astype(np.float32)[order],
    )  # fmt: skip
    return len(keys)


@cache
def _known(file: Path, fingerprint: str) -> dict[np.uint64, Vectors]:
    if not file.is_file():
        return {}
    with np.load(file, allow_pickle=False) as stored:
        if str(stored["fingerprint"]) != fingerprint:
            return {}
        rows = stored["rows"].astype(np.float32) * stored["scales"][:, None]
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return dict(zip(stored["keys"], rows, strict=True))


def _keys(texts: Sequence[str], kind: str) -> list[np.uint64]:
    digests = (hashlib.sha256(f"{kind} {text}".encode()).digest()[:8] for text in texts)
    return [np.uint64(int.from_bytes(digest, "big")) for digest in digests]
