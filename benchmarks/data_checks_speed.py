"""Time and memory of all checks but those that read meaning, and the near-duplicate pass beside datasketch's MinHashLSH.

    pip install datasketch
    python -m benchmarks.data_checks_speed [--rows 10000 100000] [--peer 10000 100000] [--data FOLDER]

Rows are Banking77's with two to six words put in, so that they differ; each size runs in a process of its own. Seconds are
processor time, so that what else runs on the machine does not count. The peer reads the same texts in the same pieces of
four letters, with its usual 128 permutations; the pairs it gives are candidates that it has not compared.
"""

import argparse
import csv
import json
import random
import resource
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


def peers(texts: Sequence[str]) -> set[tuple[int, int]]:
    """Pairs as datasketch's README finds them: sketch, insert, query."""
    from datasketch import MinHash, MinHashLSH

    index, sketches = MinHashLSH(threshold=similar.NEAR, num_perm=128), []
    for place, text in enumerate(texts):
        plain = f" {similar.normal(text)} "
        sketch = MinHash(num_perm=128)
        sketch.update_batch({plain[i : i + 4].encode() for i in range(len(plain) - 3)})
        sketches.append(sketch)
        index.insert(place, sketch)
    found = set[tuple[int, int]]()
    for place, sketch in enumerate(sketches):
        found.update(
            (min(place, other), max(place, other)) for other in index.query(sketch) if other != place
        )
    return found


def copies(texts: Sequence[str], seed: int) -> tuple[list[str], set[int]]:
    """The texts and behind them a thousand copies with one word misspelt, and where these stand."""
    draw, made = random.Random(seed), list(texts)
    for text in draw.sample(list(texts), min(1_000, len(texts))):
        at = draw.randrange(1, len(text) - 1)
        made.append(text[:at] + text[at + 1 :])
    return made, set(range(len(texts), len(made)))


def measured(kind: str, count: int, folder: Path) -> dict[str, Any]:
    """One measurement in this process."""
    given = rows(count, folder, 3)
    if kind == "checks":
        seconds: Any = all_checks(given)
        said: dict[str, Any] = {"seconds": sum(seconds.values()), "by": seconds}
    else:
        texts, planted = copies([e.input for e in given], 5)
        began = time.process_time()
        found = {"ours": ours, "peer": peers}[kind](texts)
        later = {b for _, b in found}
        said = {
            "seconds": time.process_time() - began,
            "found": len(planted & later) / len(planted),
            "pairs": len(found),
        }
    return {**said, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}


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
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--peer", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    parser.add_argument("--one", nargs=2, metavar=("KIND", "ROWS"))
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measured(asked.one[0], int(asked.one[1]), asked.data)))
        return
    for count in asked.rows:
        one = in_process("checks", count, asked.data)
        most = sorted(one["by"].items(), key=lambda item: -item[1])[:4]
        longest = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in most)
        print(
            f"all checks, {count:,} rows: {one['seconds']:.1f} s, {one['megabytes']:.0f} MB ({longest})",
            flush=True,
        )
    for count in asked.peer:
        we, they = (in_process(kind, count, asked.data) for kind in ("ours", "peer"))
        for name, one in (("Penala", we), ("datasketch", they)):
            said = f"{one['found']:.3f} of 1,000 misspelt copies, {one['pairs']:,} pairs"
            print(
                f"near pairs, {count:,} rows, {name}: {one['seconds']:.1f} s, {one['megabytes']:.0f} MB, {said}"
            )
        print(f"  {they['seconds'] / we['seconds']:.1f} times as fast", flush=True)


if __name__ == "__main__":
    start()
