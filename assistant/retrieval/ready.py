"""Makes an index ready to be searched: ends a killed removal, renews search terms, embeds what has no vector.

Knows nothing of files to read.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from assistant.models.values import Embedder, Vectors
from assistant.retrieval import fulltext, near, store
from assistant.workspace import selfcheck
from assistant.workspace.project import Project

Report = Callable[[int, int, str], None]  # done, total, stage (a key of texts/retrieval)
_EMBED_AT_ONCE = 64
_prepared: dict[Path, tuple[int, str]] = {}  # by project: the generation and model found ready to be searched


def prepare(project: Project, embedder: Embedder, report: Report | None = None) -> int:
    """Make the index ready to be searched: end a killed removal, renew old search terms, embed the chunks that have
    no vector by this embedder (after another was chosen); how many those were."""
    state = store.generation(project), embedder.fingerprint
    if _prepared.get(project.folder) == state:
        return 0
    settle(project)
    fulltext.refresh_terms(project)
    missing = store.unembedded(project, embedder.fingerprint)
    if missing:
        say = report or (lambda done, total, stage: None)
        embedded(project, [h for h, _ in missing], [text for _, text in missing], embedder, say)
    _prepared[project.folder] = state
    return len(missing)


def settle(project: Project) -> None:
    """Take off the disk what removed documents left there: copies, vectors, the log; also after a killed removal."""
    gone = store.leaving(project)
    if gone:
        near.forget(project)
        for file in gone:
            (project.documents / file).unlink(missing_ok=True)
        selfcheck.forget(project.folder)
        store.left(project, gone)


def embedded(
    project: Project, hashes: list[str], texts: list[str], embedder: Embedder, say: Report
) -> Vectors:
    """Vectors of texts, in order; those made before cost nothing, new ones are kept batch by batch."""
    model = embedder.fingerprint
    known = store.cached_vectors(project, hashes, model)
    wanted = {h: t for h, t in zip(hashes, texts, strict=True) if h not in known}
    order = sorted(wanted, key=lambda h: len(wanted[h]))  # like lengths together: less padding
    for n in range(0, len(order), _EMBED_AT_ONCE):
        part = order[n : n + _EMBED_AT_ONCE]
        say(n, len(order), "embedding")
        made = embedder.passages([wanted[h] for h in part])
        store.cache_vectors(project, part, made, model)
        known.update(zip(part, made, strict=True))
    if order:
        say(len(order), len(order), "embedding")
    return np.stack([known[h] for h in hashes])
