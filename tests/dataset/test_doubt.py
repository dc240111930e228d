"""Checks that read meaning, with vectors of our own making: doubtful labels and questions without an example."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.dataset.checks import NAMES, Data, Finding, check
from assistant.dataset.checks.label_noise import doubt
from assistant.dataset.examples import Example

LABELS = ("kirim", "bayar", "retur")


def _vector(text: str) -> NDArray[np.float64]:
    """A point near that of the word the text begins with."""
    draw = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]))
    point = np.random.default_rng(sum(map(ord, text.split()[0]))).normal(size=24) * 2 + draw.normal(size=24)
    return np.asarray(point / np.linalg.norm(point))


def _embed(texts: Sequence[str]) -> NDArray[Any]:
    return np.stack([_vector(text) for text in texts])


def _rows(count: int = 150) -> list[Example]:
    return [Example(f"e{n}", f"{LABELS[n % 3]} nomor {n * 7919}", LABELS[n % 3]) for n in range(count)]


def _found(data: Data, name: str) -> list[Finding]:
    return [f for f in check(data).findings if f.check == name]


def test_wrong_labels_stand_at_the_top() -> None:
    rows = [
        Example(e.id, e.input, LABELS[(n + 1) % 3] if n % 15 == 0 else e.output)
        for n, e in enumerate(_rows())
    ]
    [finding] = _found(Data(rows, len, 768, embed=_embed), "label_noise")
    assert set(finding.rows[:10]) == {f"e{n}" for n in range(0, 150, 15)}


def test_good_labels_are_not_doubted_and_rare_ones_are_left_to_another_check() -> None:
    rows = [*_rows(), Example("rare", "lain saja", "lain")]
    assert _found(Data(rows, len, 768, embed=_embed), "label_noise") == []


def test_doubt_is_a_difference_of_probabilities() -> None:
    margins = doubt(_embed([e.input for e in _rows()]), [e.output for e in _rows()])
    assert margins.min() > 0 and margins.max() <= 1


@pytest.mark.parametrize(("unread", "count"), [("", 0), ("weights", 1), ("later", 1), ("many", 1)])
def test_what_was_not_looked_for_is_said(unread: str, count: int) -> None:
    found = _found(Data(_rows(), len, 768, unread=unread), "label_noise")
    assert len(found) == count
    for finding in found:
        assert (finding.severity, finding.rows, finding.variant) == ("note", (), "not_run")
        assert finding.say("id") and finding.say("en")


def test_questions_without_an_example_are_named() -> None:
    asked = ["kirim berapa lama", "asuransi bagaimana klaimnya", "bayar pakai apa"]
    finding, *_ = _found(Data(_rows(), len, 768, asked=asked, embed=_embed), "coverage")
    assert (finding.values["questions"], finding.values["asked"]) == (1, 3)
    assert "asuransi" in finding.say("id")


def test_rows_that_say_the_same_are_too_many_at_some_point() -> None:
    rows = [
        Example(f"s{n}", f"Kapan paket saya sampai ke rumah ya kak{'!' * (n % 40)}", "Segera.")
        for n in range(60)
    ]
    [finding] = _found(Data(rows, len, 768), "coverage")
    assert finding.values["share"] == 98


def test_every_name_is_a_check() -> None:
    assert len(set(NAMES)) == 18
