"""Time and memory of all checks but those that read meaning, and the near-duplicate pass beside datasketch and text-dedup.

    pip install datasketch; pip install --no-deps text-dedup==0.4.0 click-option-group ftfy bitarray
    python -m benchmarks.data_checks_speed [--rows 10000 100000] [--near 10000 1000000] [--peer 10000] [--data FOLDER]

Rows are Banking77's with two to six words put in, so that they differ; each size runs in a process of its own. Seconds are
processor time, so that what else runs on the machine does not count; the exponent is that of the least-squares line through
the logarithms of rows and seconds, 1 for time that grows as the rows do. The peers read the same texts in the same pieces
of four letters, datasketch with its usual 128 permutations and text-dedup with its usual 250; what they give are candidates
that they have not compared. A pair is right when its exact overlap is 0.6 or more, or it is a planted copy and its original.
"""

import argparse
import csv
import json
import math
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.dataset import similar
from assistant.dataset.checks import Data, registered
from assistant.dataset.examples import Example


def rows(count: int, folder: Path, seed: int) -> list[Example]:
    draw = random.Random(seed)
    with (folder / "banking77_en/train.csv").open(encoding="utf-8", newline="") as stream:
        base = [(row["text"], row["category"]) for row in csv.DictReader(stream)]
    words = [word for text, _ in base for word in text.split()]
    made = []
    for number in range(count):
        text, label = draw.choice(base)
        parts = text.split()
        for _ in range(draw.randint(2, 6)):
            parts.insert(draw.randrange(len(parts) + 1), draw.choice(words))
        split = draw.choice(("train",) * 7 + ("validation", "test", "test"))
        made.append(Example(str(number), " ".join(parts), label, split=split))
    return made


def all_checks(given: Sequence[Example]) -> dict[str, float]:
    """Seconds by check; each pays for what it is the first to ask for."""
    data = Data(given, lambda text: len(text) // 4, 768)
    seconds = {}
    for name, check in registered().items():
        began = time.process_time()
        check(data)
        seconds[name] = time.process_time() - began
    return seconds


def ours(texts: Sequence[str]) -> set[tuple[int, int]]:
    return set(similar.near_pairs(texts))


def _pieces(text: str) -> list[str]:
    plain = f" {similar.normal(text)} "
    return [plain[i : i + 4] for i in range(len(plain) - 3)]


def datasketch(texts: Sequence[str]) -> set[tuple[int, int]]:
    """Pairs as its README finds them: sketch, insert, query."""
    from datasketch import MinHash, MinHashLSH

    index, sketches = MinHashLSH(threshold=similar.NEAR, num_perm=128), []
    for place, text in enumerate(texts):
        sketch = MinHash(num_perm=128)
        sketch.update_batch({piece.encode() for piece in _pieces(text)})
        sketches.append(sketch)
        index.insert(place, sketch)
    found = set[tuple[int, int]]()
    for place, sketch in enumerate(sketches):
        found.update(
            (min(place, other), max(place, other)) for other in index.query(sketch) if other != place
        )
    return found


def text_dedup(texts: Sequence[str]) -> set[tuple[int, int]]:
    """Pairs as the main function of its minhash.py ties them: sketch, tables, each with the first of its cell."""
    import numpy as np
    from text_dedup.minhash import RNG, embed_func, optimal_param, xxh3_32hash

    prime, permutations = np.uint64((1 << 61) - 1), 250
    bands, rows = optimal_param(similar.NEAR, permutations)
    given: Any = {
        "num_perm": permutations, "ngram_size": 1, "min_length": 0, "hash_func": xxh3_32hash, "dtype": np.uint64,
        "hashranges": [(n * rows, (n + 1) * rows) for n in range(bands)], "max_hash": np.uint32((1 << 32) - 1),
        "modulo_prime": prime,
        "permutations": tuple(RNG.randint(least, prime, size=(permutations,), dtype=np.uint64) for least in (1, 0)),
    }  # fmt: skip
    tables: list[dict[bytes, int]] = [{} for _ in range(bands)]
    found = set[tuple[int, int]]()
    for place, text in enumerate(texts):
        words = " ".join(piece.replace(" ", "_") for piece in _pieces(text))
        for table, cell in zip(tables, embed_func(words, place, **given)["__signatures__"], strict=True):
            if (first := table.setdefault(cell, place)) != place:
                found.add((first, place))
    return found


def copies(texts: Sequence[str], seed: int) -> tuple[list[str], dict[int, int]]:
    """The texts and behind them a thousand copies with a letter lost, and the place of each one's original."""
    draw, made = random.Random(seed), list(texts)
    originals = {}
    for place in draw.sample(range(len(texts)), min(1_000, len(texts))):
        text = texts[place]
        at = draw.choice([at for at, sign in enumerate(text) if sign.isalpha()])
        originals[len(made)] = place
        made.append(text[:at] + text[at + 1 :])
    return made, originals


def measured(kind: str, count: int, folder: Path) -> dict[str, Any]:
    """One measurement in this process."""
    given = rows(count, folder, 3)
    if kind == "checks":
        seconds: Any = all_checks(given)
        said: dict[str, Any] = {"seconds": sum(seconds.values()), "by": seconds}
    else:
        texts, originals = copies([e.input for e in given], 5)
        began = time.process_time()
        found = PASSES[kind](texts)
        seconds = time.process_time() - began
        later = {b for _, b in found}
        some = random.Random(7).sample(sorted(found), min(2_000, len(found)))
        right = sum(
            originals.get(b) == a or similar.overlap(texts[a], texts[b]) >= similar.NEAR for a, b in some
        )
        said = {
            "seconds": seconds,
            "found": len(originals.keys() & later) / len(originals),
            "right": right / max(1, len(some)),
            "pairs": len(found),
        }
    return {**said, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}


PASSES = {"Penala": ours, "datasketch": datasketch, "text_dedup": text_dedup}


def exponent(seconds: dict[int, float]) -> float:
    """The power of the rows with which the seconds grow."""
    x, y = [math.log(n) for n in seconds], [math.log(s) for s in seconds.values()]
    return statistics.linear_regression(x, y).slope


def in_process(kind: str, count: int, folder: Path) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.data_checks_speed",
        "--one",
        kind,
        str(count),
        "--data",
        str(folder),
    ]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def start() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 30_000, 100_000])
    parser.add_argument("--near", type=int, nargs="*", default=[10_000, 30_000, 100_000, 300_000, 1_000_000])
    parser.add_argument("--peer", type=int, nargs="*", default=[10_000])
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    parser.add_argument("--one", nargs=2, metavar=("KIND", "ROWS"))
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measured(asked.one[0], int(asked.one[1]), asked.data)))
        return
    for kind, counts in (("checks", asked.rows), ("Penala", asked.near)):
        grown = {count: _run(kind, count, asked.data)["seconds"] for count in counts}
        if len(grown) > 1:
            print(f"  exponent {exponent(grown):.2f}", flush=True)
    for count in asked.peer:
        seconds = {kind: _run(kind, count, asked.data)["seconds"] for kind in PASSES}
        for peer in ("datasketch", "text_dedup"):
            print(f"  {seconds[peer] / seconds['Penala']:.1f} times as fast as {peer}", flush=True)


def _run(kind: str, count: int, folder: Path) -> dict[str, Any]:
    """One measurement in a process of its own, said as it ends."""
    one = in_process(kind, count, folder)
    told = f"{count:,} rows: {one['seconds']:.1f} s, {one['megabytes']:.0f} MB"
    if kind == "checks":
        most = sorted(one["by"].items(), key=lambda item: -item[1])[:4]
        print(f"all checks, {told} ({', '.join(f'{name} {s:.1f} s' for name, s in most)})", flush=True)
    else:
        print(
            f"near pairs, {kind}, {told}, {one['found']:.3f} of 1,000 misspelt copies, "
            f"{one['pairs']:,} pairs, {one['right']:.3f} of them right",
            flush=True,
        )
    return one


if __name__ == "__main__":
    start()
