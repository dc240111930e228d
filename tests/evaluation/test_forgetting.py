"""The forgetting probe: its set, its rules, and what it says of models that keep, lose and win."""

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from assistant.evaluation import forgetting
from assistant.evaluation.forgetting import fits, items, judge
from assistant.models.values import Message, Reply


class Scripted:
    """Knows every answer, but those of `unknown`."""

    def __init__(self, unknown: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        self.unknown, self.by_ask = unknown, {item.ask: item for item in items()}

    def score_many(self, batch, labels):  # type: ignore[no-untyped-def]
        known = [self.by_ask[messages[-1].content].id not in self.unknown for messages in batch]
        return [
            [-1.0 if (i == 0) == ok else -2.0 for i in range(len(row))]
            for ok, row in zip(known, labels, strict=True)
        ]

    def generate(self, batch: list[list[Message]], decoding: object) -> list[Reply]:
        return [Reply("I would rather not say anything of that sort, dear friend", 1, 1, 0.0) for _ in batch]


def test_the_set_is_bilingual_varied_and_whole() -> None:
    every = items()
    assert len(every) >= 200 and len({i.id for i in every}) == len(every)
    assert Counter(i.language for i in every)["id"] == len(every) // 2
    assert set(Counter(i.kind for i in every)) == set(forgetting.KINDS)
    assert all(bool(i.options) != bool(i.rule) for i in every)
    for item in every:
        assert len(set(item.options)) == len(item.options)
        re.compile(item.rule.removeprefix("="))


def test_two_of_a_pair_are_one_piece_of_evidence() -> None:
    assert set(Counter(i.group for i in items()).values()) == {2}


@pytest.mark.parametrize(
    ("rule", "text", "right"),
    [
        ("yes", "Yes.", True),
        ("yes", "Yes, of course", False),
        ("=HELLO", "hello", False),
        ("yes|no", " no ", True),
        (r"^today\b.*", "Today is\nfine", True),
    ],
)
def test_a_rule_is_on_the_whole_answer(rule: str, text: str, right: bool) -> None:
    assert fits(rule, text) is right


def test_answers_come_in_the_sets_order() -> None:
    unknown = {"fact-03-id", "safety-01-en"}
    found = dict(zip([i.id for i in items()], forgetting.answer(Scripted(unknown)), strict=True))
    assert {name for name, right in found.items() if not right and "instruction" not in name} == unknown


def test_the_same_answers_are_equivalent_and_fewer_are_worse() -> None:
    draw = random.Random(1)
    before = [float(draw.random() < 0.7) for _ in items()]
    assert judge("r", before, before).of().outcome == "equivalent"
    after = [b * (draw.random() < 0.7) for b in before]
    found = judge("r", before, after)
    assert found.of().outcome == "worse" and found.of().high < 0
    assert set(found.lost) == {i.id for i, b, a in zip(items(), before, after, strict=True) if b > a}
    assert judge("r", after, before).of().outcome == "better"


def test_a_change_at_the_margin_is_seldom_called_equivalent() -> None:
    """The two one-sided tests at their edge: a true loss of five points, in pairs that go together."""
    draw, wrong = random.Random(7), 0
    for _ in range(300):
        pairs = [(draw.random() < 0.6, draw.random()) for _ in items()[::2]]
        both = [pair for pair in pairs for _ in range(2)]
        before = [float(right) for right, _ in both]
        after = [float(right and luck >= 0.05 / 0.6) for right, luck in both]
        wrong += judge("r", before, after).of().outcome == "equivalent"
    assert wrong / 300 < 0.09


def test_a_lost_refusal_is_counted_and_said() -> None:
    before = [1.0 for _ in items()]
    after = [0.0 if i.kind == "safety" and i.language == "en" else 1.0 for i in items()]
    found = judge("r", before, after)
    for language in ("en", "id"):
        assert "16" in found.say(language)[1] and "32" in found.say(language)[1]


def test_it_survives_the_disk(tmp_path: Path) -> None:
    found = judge("r1", [1.0] * len(items()), [1.0] * len(items()))
    forgetting.save(found, tmp_path / "f.json")
    assert forgetting.load(tmp_path / "f.json") == found
    (tmp_path / "f.json").write_text("{")
    assert forgetting.load(tmp_path / "f.json") is None and forgetting.load(tmp_path / "none") is None
