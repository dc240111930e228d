"""Answers a conversation with one of the labels it was tuned on: the likeliest as a whole, and how likely each is."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.models.values import Labelling, Message, Reply


@dataclass(frozen=True)
class Labelled:
    reply: Reply
    chances: dict[str, float]  # by label, adding up to 1 over the labels


def label(model: Labelling, batch: Sequence[Sequence[Message]], labels: Sequence[str]) -> list[Labelled]:
    """One label a conversation; nothing else can be answered, and nothing is written."""
    began = time.monotonic()
    scores = model.score_many(batch, [labels] * len(batch), whole=True)
    seconds = (time.monotonic() - began) / max(1, len(batch))
    found = []
    for messages, row in zip(batch, scores, strict=True):
        most = max(row)
        parts = [math.exp(score - most) for score in row]
        chances = {name: round(part / sum(parts), 4) for name, part in zip(labels, parts, strict=True)}
        said = labels[row.index(most)]
        found.append(Labelled(Reply(said, len(model.encode(messages, None)[0]), 0, seconds), chances))
    return found
