"""Passages laid out for a task's message: alike in training and serving, with distractors in training."""

import random
from collections.abc import Sequence

from assistant.models.values import Embedder
from assistant.retrieval import search
from assistant.retrieval.excerpts import excerpt
from assistant.workspace.project import Project

SHOWN = 3


def for_serving(project: Project, texts: Sequence[str], embedder: Embedder) -> list[tuple[str, ...]]:
    """The best passages for each text, cut to the sentences that matter. Empty where there are no documents."""
    found = search.search_many(project, texts, embedder, k=SHOWN)
    return [
        tuple(excerpt(p.text, text) for p in passages) for text, passages in zip(texts, found, strict=True)
    ]


def for_training(
    project: Project, texts: Sequence[str], embedder: Embedder, seed: int
) -> list[tuple[str, ...]]:
    """As served, but the last place goes to a passage found for another text, and the order is shuffled.

    So the model learns to use what helps and to pass over what does not (RAFT, Zhang et al. 2024).
    """
    draw = random.Random(seed)
    served = for_serving(project, texts, embedder)
    pool = sorted({passage for passages in served for passage in passages})
    return [_with_distractor(passages, pool, draw) for passages in served]


def _with_distractor(passages: tuple[str, ...], pool: Sequence[str], draw: random.Random) -> tuple[str, ...]:
    others = [passage for passage in pool if passage not in passages]
    mixed = [*passages[: SHOWN - 1], draw.choice(others)] if others else list(passages)
    draw.shuffle(mixed)
    return tuple(mixed)
