"""How fast passages are embedded, beside sentence-transformers' own `encode` with the same model, and what is lost.

    python -m benchmarks.embedding FOLDER… [--timed 128] [--rounds 3]

Each folder holds `documents/` and `questions.jsonl`, as for benchmarks/retrieval.py. Both ways embed the same
passages in turns, in one process with the same threads; the best round of each counts. Prints passages a second,
cosines, hit@1 and hit@5 by meaning alone, how much of the ten nearest passages is the same, and milliseconds for a
single query.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from assistant.models import weights
from assistant.models.embedding import ID, open_embedder
from assistant.models.values import Vectors
from assistant.retrieval import chunking, reading
from assistant.settings import from_environment

from .retrieval import share


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--timed", type=int, default=128, help="passages in a round")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    settings = from_environment()
    ours, peer = open_embedder(settings), the_default(weights.ensure(ID, settings))
    everything: list[str] = []
    for folder in asked.folders:
        everything += quality(folder, ours, peer)
    chosen = np.random.default_rng(0).permutation(len(everything))[: asked.timed]
    speed([everything[i] for i in chosen], ours, peer, asked.rounds)


def the_default(folder: Path) -> Callable[[list[str]], Vectors]:
    """Full precision, 32 a batch, as `SentenceTransformer(...).encode(texts)` does it."""
    from sentence_transformers import SentenceTransformer

    model: Any = SentenceTransformer(
        str(folder), local_files_only=True, model_kwargs={"add_pooling_layer": False}
    )
    return lambda texts: model.encode(texts, show_progress_bar=False)


def quality(folder: Path, ours: Any, peer: Callable[[list[str]], Vectors]) -> list[str]:
    """The folder's passages; prints what both ways find among them."""
    from .retrieval import read_gold

    read = {path.name: reading.read(path) for path in sorted((folder / "documents").iterdir())}
    chunks = [(name, c) for name, text in read.items() for c in chunking.chunks(text, ours.count)]
    passages = [chunk.embedded for _, chunk in chunks]
    gold = read_gold(folder / "questions.jsonl", {name: text.content for name, text in read.items()})
    full, quick = peer([f"passage: {p}" for p in passages]), ours.passages(passages)
    asked_full, asked = peer([f"query: {g[0]}" for g in gold]), ours.queries([g[0] for g in gold])
    cosines, queries = (full * quick).sum(axis=1), (asked_full * asked).sum(axis=1)
    print(f"\n{folder.name}: {len(passages)} passages, {len(gold)} questions")
    print(f"cosine to full precision: passages mean {cosines.mean():.4f}, least {cosines.min():.4f}; "
          f"queries mean {queries.mean():.5f}, least {queries.min():.5f}")  # fmt: skip
    tens = []
    for way, near in (("full precision", asked_full @ full.T), ("ours", asked @ quick.T)):
        order = np.argsort(-near, axis=1, kind="stable")[:, :10]
        tens.append(order)
        places = [[covers(chunks[i], g) for i in row] for row, g in zip(order, gold, strict=True)]
        one, five = (share([any(row[:k]) for row in places]) for k in (1, 5))
        print(f"{way:16} hit@1 {one}  hit@5 {five}")
    same = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(*tens, strict=True)])
    print(f"same ten nearest: {same:.3f}")
    return passages


def covers(chunk: tuple[str, chunking.Chunk], gold: tuple[str, str, int, int]) -> bool:
    name, piece = chunk
    return name == gold[1] and piece.start <= gold[2] and gold[3] <= piece.stop


def speed(texts: list[str], ours: Any, peer: Callable[[list[str]], Vectors], rounds: int) -> None:
    prefixed = [f"passage: {text}" for text in texts]
    ways: dict[str, Callable[[], object]] = {
        "encode, default": lambda: peer(prefixed),
        "ours": lambda: ours.passages(texts),
    }
    best = {way: float("inf") for way in ways}
    for _ in range(rounds):
        for way, embed in ways.items():
            best[way] = min(best[way], seconds(embed))
    print(f"\n{len(texts)} passages, best of {rounds} rounds in turns")
    for way, took in best.items():
        print(f"{way:16} {len(texts) / took:6.1f} passages a second, {best['encode, default'] / took:.2f} ×")
    question = "Berapa lama barang boleh dikembalikan?"
    times = sorted(seconds(lambda: ours.queries([question])) for _ in range(30))
    print(f"one query: {1000 * times[15]:.1f} ms at the middle, {1000 * times[0]:.1f} at best")


def seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
