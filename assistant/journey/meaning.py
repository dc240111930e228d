"""Embeddings of texts, kept in the project's cache: of examples' inputs for the checks, of answers for the comparison."""

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.models import weights
from assistant.models.embedding import open_embedder
from assistant.settings import Settings
from assistant.workspace.project import Project

AT_ONCE = 4_000  # new texts read unless all are asked for: a minute or two on two cores
_FILE, _ANSWERS = "examples.npz", "answers.npz"

How = Literal["known", "some", "all"]  # read nothing new, a few thousand new texts at most, or all
Embed = Callable[[Sequence[str]], NDArray[Any]]


def embedding(
    project: Project, settings: Settings, texts: Sequence[str], how: How
) -> tuple[Embed | None, str]:
    """What embeds texts into rows of length one; or None and why not: `weights`, or new texts: `later`, `many`."""
    if not weights.present("multilingual-e5-small", settings):
        return None, "weights"
    known = _known(project.cache / _FILE)
    new = sum(_key(text) not in known for text in set(texts))
    if how == "known" and new:
        return None, "later"
    if how == "some" and new > AT_ONCE:
        return None, "many"
    return lambda asked: _embedded(project, settings, asked, _FILE), ""


def answers(project: Project, settings: Settings) -> Embed | None:
    """What embeds a comparison's texts, as above; None where the embedder's weights are absent."""
    if not weights.present("multilingual-e5-small", settings):
        return None
    return lambda asked: _embedded(project, settings, asked, _ANSWERS)


def _embedded(project: Project, settings: Settings, texts: Sequence[str], file: str) -> NDArray[Any]:
    path = project.cache / file
    known = _known(path)
    new = list(dict.fromkeys(text for text in texts if _key(text) not in known))
    if new:
        vectors = open_embedder(settings).queries(new)
        known |= {
            _key(text): vector for text, vector in zip(new, np.asarray(vectors, np.float32), strict=True)
        }
        _keep(path, known)
    return np.stack([known[_key(text)] for text in texts]) if texts else np.empty((0, 1), np.float32)


def _known(path: Path) -> dict[str, NDArray[Any]]:
    """What was embedded before; nothing where the file is absent or damaged: it can be made again."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return {}


def _keep(path: Path, known: dict[str, NDArray[Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new.npz")
    np.savez(new, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    new.replace(path)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
