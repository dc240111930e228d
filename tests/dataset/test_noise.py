"""Variants by rule: another wording each, with what carries meaning left alone."""

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.dataset import noise
from assistant.dataset.noise import variants
from assistant.dataset.similar import normal, overlap
from assistant.settings import KNOWLEDGE

_ID = "Kenapa pesanan SL-4021 saya belum sampai, sudah 12 hari? Tolong dicek di gudang BNI ya."
_EN = "Why was I charged $1.50 twice by ATM 7B, because I cannot see a reason in the application?"


@pytest.mark.parametrize("text", [_ID, _EN])
def test_figures_codes_and_names_in_capitals_stay(text: str) -> None:
    found = variants(text, 5)
    assert len({normal(v) for v in found} | {normal(text)}) == 6
    for kept in re.findall(r"\w*\d\w*|\b[A-Z]{2,}\b", text):
        assert all(kept in v for v in found), kept
    assert all(0.3 < overlap(text, v) < 1 for v in found)


def test_a_seed_draws_the_same_again() -> None:
    assert variants(_ID, 3, 1) == variants(_ID, 3, 1) != variants(_ID, 3, 2)


@settings(deadline=None)
@given(st.text(max_size=40), st.integers(0, 3))
def test_any_text_is_taken(text: str, count: int) -> None:
    found = variants(text, count)
    assert len(found) <= count and all(normal(v) != normal(text) for v in found)


def test_no_other_spelling_is_the_word_itself() -> None:
    known = yaml.safe_load((KNOWLEDGE / "paraphrases.yaml").read_text("utf-8"))
    assert known["source"] and known["date"]
    for spoken in ("id", "en"):
        words = known[spoken]["words"]
        assert all(isinstance(w, str) and others and w not in others for w, others in words.items())
        assert all(
            isinstance(other, str) for others in words.values() for other in others
        )  # a bare no is a truth


def test_one_way_of_writing_at_a_time_and_always_the_same():
    text = "Saya belum terima pesanan INV-2024 senilai Rp1.500.000, kapan dikirim ke Surabaya?"
    for write in (noise.misspelt, noise.slang, noise.framed):
        made = write(text)
        assert made == write(text) != text and "1.500.000" in made and "2024" in made
    assert "Surabaya" in noise.misspelt(text) and "INV-2024" in noise.misspelt(text)
    assert len(noise.misspelt(text).split()) == len(text.split())
    assert any(word in noise.slang(text).split() for word in ("blm", "blum")) and "kpn" in noise.slang(text)
    assert noise.framed(text).endswith(tuple("kdihgmaon")) and "?" not in noise.framed(text)[-1]


def test_a_text_without_room_stays_as_it_is():
    assert (
        noise.misspelt("A1 B2") == "A1 B2" and noise.slang("XYZ 42") == "XYZ 42" and noise.misspelt("") == ""
    )
