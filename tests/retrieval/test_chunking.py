"""Chunks say exactly where they stand, keep within the limit, and lose no word."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.retrieval.chunking import chunks
from assistant.retrieval.loaders import Heading, Text

words = st.text(alphabet=st.sampled_from(list("ab.!?\n\t :;,é😀\u200f\u0301“”-\u3000")), max_size=300)
pages = st.lists(words.map(lambda text: text.replace("\f", " ")), min_size=1, max_size=4)


def count(text: str) -> int:
    return len(text.split())


@st.composite
def texts(draw) -> Text:
    parts = draw(pages)
    length = len("\f".join(parts))
    starts = draw(st.lists(st.integers(0, max(0, length - 1)), max_size=4))
    headings = tuple(Heading(start, draw(st.integers(1, 4)), f"h{start}") for start in sorted(starts))
    return Text(tuple(enumerate(parts, 1)), headings, paged=draw(st.booleans()))


@settings(max_examples=300, deadline=None)
@given(texts(), st.integers(4, 20), st.integers(0, 3))
def test_offsets_are_exact_and_no_word_is_lost(text, limit, overlap):
    content = text.content
    covered = [False] * len(content)
    for chunk in chunks(text, count, limit, overlap):
        assert content[chunk.start : chunk.stop] == chunk.text
        assert chunk.text == chunk.text.strip() != ""
        assert count(chunk.text) <= limit
        assert "\f" not in chunk.text
        if text.paged:
            assert chunk.page == content.count("\f", 0, chunk.start) + 1
        covered[chunk.start : chunk.stop] = [True] * (chunk.stop - chunk.start)
    assert all(done or character.isspace() for done, character in zip(covered, content, strict=True))


def test_heading_paths_and_a_bare_heading_joins_what_follows():
    content = "Returns\n\nRefunds\n\nMoney comes back.\n\nShipping\n\nFast."
    headings = tuple(
        Heading(content.index(name), level, name)
        for name, level in (("Returns", 1), ("Refunds", 2), ("Shipping", 1))
    )
    found = chunks(Text(((1, content),), headings), count)
    assert [c.heading for c in found] == ["Returns > Refunds", "Shipping"]
    assert found[0].text.startswith("Returns")
    assert found[0].embedded.startswith("Returns > Refunds\n")


def test_neighbours_overlap_by_whole_sentences():
    text = Text(((1, " ".join(f"Sentence number {n} is here." for n in range(20))),))
    found = chunks(text, count, limit=20, overlap=5)
    for one, next_one in pairwise(found):
        assert next_one.start < one.stop
        assert next_one.text.startswith("Sentence")


def test_a_paragraph_that_fits_is_never_cut():
    paragraphs = [
        " ".join(f"P{n} sentence {i}." for i in range(size)) for n, size in enumerate((3, 4, 2, 5, 1, 6))
    ]
    found = chunks(Text(((1, "\n\n".join(paragraphs)),)), count, limit=20, overlap=6)
    assert len(found) > 2
    for paragraph in paragraphs:
        assert any(paragraph in chunk.text for chunk in found)


def test_a_word_without_end_is_cut_by_characters():
    found = chunks(Text(((1, "x" * 5000),)), len, limit=300, overlap=0)
    assert sum(len(c.text) for c in found) == 5000
    assert max(len(c.text) for c in found) <= 300


@pytest.mark.models
def test_the_real_tokenizer_counts_within_the_limit(embedder):
    text = Text(((1, "Harga paket Rp 25.000, dikirim besok pagi. " * 400),))
    found = chunks(text, embedder.count)
    assert max(embedder.count(c.text) for c in found) <= 256 + 2  # joining two sentences may add a token
    assert sum(embedder.count(c.text) for c in found) / len(found) > 180
