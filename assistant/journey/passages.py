"""Passages laid out for a task's message: alike in training and serving, with distractors in training."""

import random
from collections.abc import Sequence

from assistant.dataset.examples import Example
from assistant.dataset.lists import refuses
from assistant.models.values import Embedder
from assistant.retrieval import search
from assistant.retrieval.excerpts import excerpt
from assistant.retrieval.search import Passage
from assistant.workspace.project import Project

SHOWN = 3
_SOUGHT = 12  # passages looked through for the one that an example was written from


def for_serving(project: Project, texts: Sequence[str], embedder: Embedder) -> list[tuple[str, ...]]:
    """The best passages for each text, cut to the sentences that matter. Empty where there are no documents."""
    found = search.search_many(project, texts, embedder, k=SHOWN)
    return [
        tuple(excerpt(p.text, text) for p in passages) for text, passages in zip(texts, found, strict=True)
    ]


def for_training(
    project: Project, examples: Sequence[Example], embedder: Embedder, seed: int
) -> list[tuple[str, ...]]:
    """As served, but the last place goes to a passage found for another text, and the order is shuffled.

    So the model learns to use what helps and to pass over what does not (RAFT, Zhang et al. 2024). An example that was
    written from a passage of a document is shown that passage, found or not; where its answer is that the documents do
    not say, it is never shown, and neither is a second of its place.
    """
    draw = random.Random(seed)
    found = search.search_many(project, [e.input for e in examples], embedder, k=_SOUGHT)
    served = [_chosen(e, passages) for e, passages in zip(examples, found, strict=True)]
    pool = sorted({passage for passages in served for passage in passages})
    return [_with_distractor(passages, pool, draw) for passages in served]


def _chosen(example: Example, found: Sequence[Passage]) -> tuple[str, ...]:
    """The passages that an example is shown, the best first, as they are served."""
    from_there = [p for p in found if _holds(p, example)]
    if from_there and refuses(example.output):
        found = [p for p in found if p not in from_there]
    elif from_there:
        found = [from_there[0], *(p for p in found if p is not from_there[0])]
    return tuple(excerpt(p.text, example.input) for p in found[:SHOWN])


def _holds(passage: Passage, example: Example) -> bool:
    place = example.place
    if place is None or not place.document or place.start is None or place.stop is None:
        return False
    return any(
        p.document == place.document and p.start < place.stop and place.start < p.stop for p in passage.places
    )


def _with_distractor(passages: tuple[str, ...], pool: Sequence[str], draw: random.Random) -> tuple[str, ...]:
    others = [passage for passage in pool if passage not in passages]
    mixed = [*passages[: SHOWN - 1], draw.choice(others)] if others else list(passages)
    draw.shuffle(mixed)
    return tuple(mixed)
