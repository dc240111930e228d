"""The guides: whole in both languages, found by questions, silent where they know nothing."""

from pathlib import Path

import pytest

from assistant.advisor import bank, build, explaining, guides
from assistant.advisor.checklist import load
from assistant.advisor.hearing import reader
from assistant.errors import PenalaError
from assistant.models.values import Embedder
from assistant.settings import KNOWLEDGE
from assistant.texts.terms import language


def test_there_are_guides_and_every_section_is_in_both_languages() -> None:
    sections = guides.load()
    places = {lang: [(s.guide, s.number) for s in sections if s.language == lang] for lang in ("en", "id")}
    assert places["en"] == places["id"]
    assert len({guide for guide, _ in places["en"]}) >= 25


def test_each_section_is_short_asked_for_and_in_its_language() -> None:
    for section in guides.load():
        assert 25 <= len(section.text.split()) <= 150, (section.guide, section.heading)
        assert len(section.asks) >= 3 and section.sources
        assert language(section.text) in (section.language, None), (section.guide, section.heading)


@pytest.mark.parametrize(
    ("body", "inside"),
    [
        ("## A\ntext [ms_when]", "line of questions"),
        ("## A\n> what?\ntext", "line of questions"),
        ("## A\n> what?\ntext [nobody]", "nobody"),
    ],
)
def test_a_wrong_section_is_named(tmp_path: Path, body: str, inside: str) -> None:
    for name in ("checklist.yaml", "sources.yaml"):
        (tmp_path / name).write_text((KNOWLEDGE / name).read_text("utf-8"), "utf-8")
    for lang in ("en", "id"):
        (tmp_path / "guides" / lang).mkdir(parents=True)
        (tmp_path / "guides" / lang / "x.md").write_text(f"---\ntitle: T\n---\n\n{body}\n", "utf-8")
    with pytest.raises(PenalaError) as raised:
        guides.load(tmp_path)
    assert "x.md" in str(raised.value) and inside in str(raised.value)


def test_the_kept_vectors_are_those_of_the_texts_as_they_are_now() -> None:
    known = {key for kind, texts in build.fixed_texts().items() for key in bank._keys(texts, kind)}
    import numpy as np

    with np.load(KNOWLEDGE / bank.FILE) as stored:
        assert known == set(stored["keys"]), "run: python -m assistant.advisor.build"


def test_the_reader_knows_every_answer_it_may_give() -> None:
    signals = load().signals
    answers = [(name, code) for name, code in reader.load().outcomes if code != reader.NONE]
    assert answers and all(code in signals[name].allowed for name, code in answers)


@pytest.mark.models
@pytest.mark.parametrize(
    ("question", "guide"),
    [
        ("What is LoRA?", "lora-and-qlora"),
        ("apa itu overfitting?", "overfitting"),
        ("apa itu kebocoran data uji?", "splitting-and-leakage"),
        ("can I tune Gemini in AI Studio?", "gemini"),
    ],
)
def test_a_question_finds_its_guide_in_its_language(embedder: Embedder, question: str, guide: str) -> None:
    found = explaining.explain(question, embedder, "en")
    assert not found.refused
    assert any(c.guide.startswith(guide) for c in found.citations)
    assert all(key in load().sources for c in found.citations for key in c.source)
    assert language(found.answer) == language(question)


@pytest.mark.models
@pytest.mark.parametrize(
    "question", ["", "???", "😀", "resep soto ayam lamongan", "who won the world cup in 1998?"]
)
def test_what_the_guides_do_not_hold_is_refused_in_words(embedder: Embedder, question: str) -> None:
    found = explaining.explain(question, embedder, "id")
    assert found.refused and found.answer and not found.citations


@pytest.mark.models
def test_kept_vectors_match_computed_ones(embedder: Embedder) -> None:
    texts = [section.asks[0] for section in guides.load()[:40]]
    kept, made = bank.vectors(texts, "query", embedder), embedder.queries(texts)
    assert (kept * made).sum(axis=1).min() > 0.999
