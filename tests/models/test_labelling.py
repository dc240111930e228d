"""One of the labels a model was tuned on, the likeliest as a whole answer, and how likely each is."""

import math
from collections.abc import Sequence

import pytest

from assistant.evaluation.values import Case
from assistant.journey.arms import ModelArm
from assistant.models.labelling import label
from assistant.models.prompt import Prompt
from assistant.models.values import Decoding, Message, Reply

LABELS = ("neutral", "positive", "very positive")


class Model:
    """Holds a label the likelier the oftener it stands in the message; never asked to write."""

    fingerprint = "f"

    def encode(self, messages: Sequence[Message], completion: str | None) -> tuple[list[int], list[int]]:
        return [1] * len(messages[-1].content.split()), []

    def score_many(self, batch, labels, whole=False):  # type: ignore[no-untyped-def]
        assert whole
        return [
            [math.log(1 + messages[-1].content.count(name)) for name in row]
            for messages, row in zip(batch, labels, strict=True)
        ]

    def generate(self, batch: object, decoding: object) -> list[Reply]:
        raise AssertionError("a label is not written")


def test_the_likeliest_label_is_answered_with_the_chance_of_each() -> None:
    [one] = label(Model(), [[Message("user", "positive positive neutral")]], LABELS)
    assert one.reply.text == "positive" and one.reply.tokens_in == 3 and one.reply.tokens_out == 0
    assert one.chances == pytest.approx(
        {"neutral": 2 / 6, "positive": 3 / 6, "very positive": 1 / 6}, abs=1e-4
    )


def test_a_tuned_arm_with_labels_answers_nothing_else() -> None:
    arm = ModelArm("tuned", Model(), Prompt("Say which."), Decoding(), labels=LABELS)  # type: ignore[arg-type]
    [answer] = arm.answer([Case("1", "neutral, neutral and positive", "neutral")])
    assert answer.text == "neutral" and answer.chances and set(answer.chances) == set(LABELS)
    assert arm.fingerprint != ModelArm("tuned", Model(), Prompt("Say which."), Decoding()).fingerprint  # type: ignore[arg-type]
