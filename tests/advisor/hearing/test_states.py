"""What the embedder says of a text is computed once between two rebuilds of the reader."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.advisor.hearing import states
from assistant.models.values import Tokens


class Counted:
    """Stands for the embedder; notes which texts it was shown."""

    fingerprint = "counted"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def tokens(self, texts: Sequence[str], layers: Sequence[int]) -> list[Tokens]:
        self.seen += texts
        return [
            Tokens(
                np.full((len(text), 2), len(text), np.float32),
                np.arange(len(text)),
                np.arange(len(text)) + 1,
            )
            for text in texts
        ]


def test_states_are_computed_once_a_text(tmp_path: Path) -> None:
    embedder = Counted()
    first = states.tokens(["a", "bcd", "a"], (6, 8), embedder, tmp_path)  # type: ignore[arg-type]
    again = states.tokens(["bcd", "ef"], (6, 8), embedder, tmp_path)  # type: ignore[arg-type]
    assert embedder.seen == ["a", "bcd", "ef"]
    assert [len(one.starts) for one in (*first, *again)] == [1, 3, 1, 3, 2]
    assert (again[0].states == 3).all() and list(again[0].stops) == [1, 2, 3]
    states.tokens(["a"], (4,), embedder, tmp_path)  # type: ignore[arg-type]
    assert embedder.seen[-1] == "a"  # other layers are other states
