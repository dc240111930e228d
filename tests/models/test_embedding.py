"""The embedder says what sentence-transformers says of the same folder."""

import numpy as np

from assistant.models import weights
from assistant.models.embedding import ID
from assistant.models.values import Embedder
from assistant.settings import Settings

TEXTS = [
    "Denda buku yang terlambat ialah Rp2.500 per hari.",
    "",
    "  two   spaces \n and a line",
    "emoji 😀 and ﬁ ligature",
    "kata " * 700,  # longer than the model reads
]


def test_vectors_equal_those_of_sentence_transformers(embedder: Embedder, model_settings: Settings) -> None:
    from sentence_transformers import SentenceTransformer

    folder = str(weights.ensure(ID, model_settings))
    known = SentenceTransformer(
        folder, local_files_only=True, device="cpu", model_kwargs={"dtype": "float32"}
    )
    for prompt, ours in (("passage", embedder.passages(TEXTS)), ("query", embedder.queries(TEXTS))):
        theirs = known.encode(TEXTS, prompt_name=prompt, normalize_embeddings=True)
        assert np.min((ours * theirs).sum(1)) > 0.9995  # bfloat16 where the machine is made for it


def test_tokens_lie_where_the_text_has_them(embedder: Embedder) -> None:
    text = "Denda 2.500 rupiah, café."
    [tokens] = embedder.tokens([text], (6, 8))
    words = [text[a:b] for a, b in zip(tokens.starts, tokens.stops, strict=True) if b > a]
    assert "".join(words).replace(" ", "") == text.replace(" ", "")
    [long] = embedder.tokens(["kata " * 700], (6, 8))
    assert len(long.states) == len(long.starts) == len(long.stops) == 512


def test_a_count_has_no_end_marks_and_no_limit(embedder: Embedder) -> None:
    assert embedder.count("") == 0
    assert embedder.count("kata " * 700) == 700
