"""Keeps the token states of texts between two rebuilds of the reader, which take half of its time; knows no facts."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.models.values import Embedder, Tokens

_AT_ONCE = 200  # texts of a file, so that a rebuild that was stopped goes on where it was


def tokens(texts: Sequence[str], layers: Sequence[int], embedder: Embedder, folder: Path) -> list[Tokens]:
    """The states of `texts`, half as precise (float16); `folder` keeps them, by the embedder's fingerprint."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = [
        hashlib.sha256(f"{embedder.fingerprint} {layers} {text}".encode()).hexdigest()[:24] for text in texts
    ]
    known = {key: made for file in sorted(folder.glob("*.npz")) for key, made in _read(file).items()}
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    for start in range(0, len(missing), _AT_ONCE):
        part = list(missing)[start : start + _AT_ONCE]
        made = embedder.tokens([missing[key] for key in part], layers)
        fresh = {
            key: Tokens(one.states.astype(np.float16), one.starts, one.stops)
            for key, one in zip(part, made, strict=True)
        }
        _write(folder / f"{part[0]}.npz", fresh)
        known |= fresh
    return [known[key] for key in keys]


def _write(file: Path, made: dict[str, Tokens]) -> None:
    ends = np.cumsum([len(one.starts) for one in made.values()])
    places = np.concatenate([np.stack([one.starts, one.stops], 1) for one in made.values()])
    states = np.concatenate([one.states for one in made.values()])
    unfinished = file.with_suffix(".part")
    with unfinished.open("wb") as out:
        np.savez(out, keys=np.array(list(made)), ends=ends, places=places, states=states)
    unfinished.replace(file)


def _read(file: Path) -> dict[str, Tokens]:
    with np.load(file, allow_pickle=False) as stored:
        ends, places, states = stored["ends"], stored["places"], stored["states"]
        starts = [0, *ends[:-1]]
        return {
            str(key): Tokens(states[a:b], places[a:b, 0], places[a:b, 1])
            for key, a, b in zip(stored["keys"], starts, ends, strict=True)
        }
