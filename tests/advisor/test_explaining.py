"""The guides: whole in both languages, found by questions, silent where they know nothing."""

from pathlib import Path

import pytest

from assistant.advisor import bank, build, explaining, guides, products
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


def test_the_reader_has_learned_from_the_messages_as_they_are_now() -> None:
    import numpy as np

    with np.load(KNOWLEDGE / reader.FILE) as stored:
        assert build.learned_from() == str(stored["learned_from"]), "run: python -m assistant.advisor.build"


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
@pytest.mark.parametrize(
    "question",
    [
        "How do I fine-tune the focus of my camera?",
        "Can I train my parrot to talk?",
        "cara menyetel fokus kamera",
        "how should I calibrate my coffee grinder for espresso?",
    ],
)
def test_tuning_of_things_that_are_no_models_is_refused(embedder: Embedder, question: str) -> None:
    assert explaining.explain(question, embedder, "en").refused


@pytest.mark.models
@pytest.mark.parametrize(
    "question",
    [
        "Should I fine-tune a model for my hospital?",
        "how do I tune the learning rate?",
        "menyetel Gemma di laptop",
    ],
)
def test_tuning_of_models_is_not_refused_with_it(embedder: Embedder, question: str) -> None:
    assert not explaining.explain(question, embedder, "en").refused


@pytest.mark.models
def test_kept_vectors_match_computed_ones(embedder: Embedder) -> None:
    texts = [section.asks[0] for section in guides.load()[:40]]
    kept, made = bank.vectors(texts, "query", embedder), embedder.queries(texts)
    assert (kept * made).sum(axis=1).min() > 0.999


@pytest.mark.models
@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("How do I fine-tune Claude?", "Claude"),
        ("berapa harga fine-tuning di SageMaker?", "SageMaker"),
        ("apa bedanya tuning Gemini sama DeepSeek", "DeepSeek"),
        ("which file format does Databricks want?", None),
        ("gimana cara nyetel IndoBERT?", "IndoBERT"),
    ],
)
def test_a_product_that_no_guide_mentions_is_named_and_not_answered_by_another(
    embedder: Embedder, question: str, name: str | None
) -> None:
    found = explaining.explain(question, embedder, "en")
    assert name is None or (found.refused and name in found.answer and not found.citations)


@pytest.mark.models
@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("What file format does Together want?", "together"),
        ("Berapa biaya hosting model di Azure?", "azure"),
        ("how many rows may I upload to Fireworks?", "fireworks"),
        ("format data untuk Gemini di Vertex AI", "vertex"),
    ],
)
def test_a_product_that_is_named_is_the_one_answered_about(
    embedder: Embedder, question: str, word: str
) -> None:
    found = explaining.explain(question, embedder, "en")
    first = f"{found.citations[0].title} {found.citations[0].section} {found.parts[0]}"
    assert not found.refused and word in first.casefold()


def test_names_are_found_as_people_write_them_and_not_in_everyday_words() -> None:
    assert products.named("how about CLAUDE or gpt-4?") == {"Claude", "OpenAI"}
    assert products.named("together we bake a yi cake, modal usaha, watson, phi, hello nova") == set()


@pytest.mark.models
def test_each_section_quoted_has_its_heading_and_citation(embedder: Embedder) -> None:
    questions = (
        "apa bedanya RAG sama fine-tuning?",
        "What is LoRA?",
        "when should I wait?",
        "apa itu overfitting?",
    )
    found = [explaining.explain(question, embedder, "en") for question in questions]
    assert any(len(one.parts) == 2 for one in found)
    for one in found:
        assert len(one.parts) == len(one.citations)
        assert len(one.parts) == 1 or all(c.section in one.answer for c in one.citations)
