"""What an index costs as it grows: time, memory and disk, and a search in it.

    python -m benchmarks.index [--chunks 10000] [--stand-in]

Writes made-up documents of so many chunks, fifty a file, adds them, adds them again unchanged, and asks fifty
questions. Each step runs in a process of its own, so that its memory is its own and an index is opened cold. With
`--stand-in` vectors come from a cheap seeded generator instead of the embedder (its time is then no figure); above
20,000 chunks that is the only way that ends within the hour on two cores.
"""

import argparse
import hashlib
import json
import multiprocessing
import random
import resource
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.models.embedding import SIZE, open_embedder
from assistant.models.values import Embedder, Vectors
from assistant.retrieval import index, near, reading, search, store, vectors
from assistant.settings import from_environment
from assistant.workspace.project import create_project, open_project

A_FILE = 50  # chunks
_SYLLABLES = [a + b for a in "bdgklmnprst" for b in ("a", "i", "u", "e", "o", "an", "ing")]


class StandIn:
    """Texts about the same topic lie near each other: a vector of the topic's number in the text, and some noise."""

    fingerprint = "stand-in"

    def __init__(self) -> None:
        self._topics = np.random.default_rng(0).standard_normal((500, SIZE), np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        made = np.stack([self._vector(text) for text in texts])
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    queries = passages

    def count(self, text: str) -> int:
        return len(text) // 4

    def _vector(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
        return self._topics[topic_of(text)] + np.random.default_rng(seed).standard_normal(SIZE, np.float32)


def topic_of(text: str) -> int:
    found = text.rpartition("topic ")[2]
    return int(found[:3]) if found[:3].isdigit() else 0


class Timed:
    """An embedder that counts the seconds spent in it."""

    def __init__(self, inner: Embedder) -> None:
        self.inner, self.fingerprint, self.seconds, self.texts = inner, inner.fingerprint, 0.0, 0

    def passages(self, texts: Sequence[str]) -> Vectors:
        began = time.perf_counter()
        made = self.inner.passages(texts)
        self.seconds, self.texts = self.seconds + time.perf_counter() - began, self.texts + len(texts)
        return made

    def queries(self, texts: Sequence[str]) -> Vectors:
        began = time.perf_counter()
        made = self.inner.queries(texts)
        self.seconds += time.perf_counter() - began
        return made

    def count(self, text: str) -> int:
        return self.inner.count(text)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--stand-in", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/penala-benchmark-index"))
    asked = parser.parse_args()
    shutil.rmtree(asked.folder, ignore_errors=True)
    size = write_documents(asked.folder / "files", asked.chunks)
    said = ", vectors by a seeded stand-in, not by a model" if asked.stand_in else ""
    print(f"{asked.chunks} chunks wanted, {size / 1e6:.1f} MB of text{said}")
    create_project(asked.folder / "project", "benchmark", "en")
    for step in (first, again, cold):
        print(f"{step.__name__:6}", json.dumps(in_child(step, asked.folder, asked.stand_in)), flush=True)
    disk = {p.name: round(weight(p) / 1e6, 1) for p in sorted((asked.folder / "project").iterdir())}
    print("disk MB", json.dumps(disk))


def write_documents(folder: Path, chunks: int) -> int:
    """Files of fifty sections; a section is one chunk of about 130 words, on one of 500 topics. Returns the bytes."""
    rng, size = random.Random(1), 0
    words = ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(20_000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]  # as words are: few often, most seldom
    folder.mkdir(parents=True)
    for number in range(-(-chunks // A_FILE)):
        parts = []
        for section in range(min(A_FILE, chunks - number * A_FILE)):
            body = rng.choices(words, weights, k=100)
            parts.append(
                f"## Part {number}-{section}\n\n{' '.join(body).capitalize()}, topic {rng.randrange(500):03}."
            )
        text = "\n\n".join(parts)
        (folder / f"{number:05}.md").write_text(text)
        size += len(text)
    return size


def in_child(step: Any, folder: Path, stand_in: bool) -> dict[str, float]:
    """What a step measured, with the most memory its process held."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(False)
    child = context.Process(target=_child, args=(step, folder, stand_in, sender))
    child.start()
    found: dict[str, float] = receiver.recv()
    child.join()
    return {name: round(value, 3) for name, value in found.items()}


def _child(step: Any, folder: Path, stand_in: bool, sender: Any) -> None:
    embedder = Timed(StandIn() if stand_in else open_embedder(from_environment()))
    found = step(folder, embedder)
    sender.send({**found, "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000})


def first(folder: Path, embedder: Timed) -> dict[str, float]:
    parsed = 0.0
    read = reading.Reader.read

    def timed(*arguments: Any) -> Any:
        nonlocal parsed
        began = time.perf_counter()
        text = read(*arguments)
        parsed += time.perf_counter() - began
        return text

    reading.Reader.read = timed  # type: ignore[method-assign]
    began = time.perf_counter()
    reports = index.add(open_project(folder / "project"), [folder / "files"], embedder)
    whole = time.perf_counter() - began
    began = time.perf_counter()
    search.search(open_project(folder / "project"), "topic 007", embedder)
    collection = time.perf_counter() - began
    return {
        "chunks": sum(r.chunks for r in reports), "seconds": whole, "parse": parsed, "embed": embedder.seconds,
        "cut and store": whole - parsed - embedder.seconds, "build the vector index": collection,
    }  # fmt: skip


def again(folder: Path, embedder: Timed) -> dict[str, float]:
    began = time.perf_counter()
    index.add(open_project(folder / "project"), [folder / "files"], embedder)
    return {"seconds": time.perf_counter() - began, "embedded": embedder.texts}


def cold(folder: Path, embedder: Timed) -> dict[str, float]:
    """The first search of a process beside the embedding and Python's imports, then fifty more."""
    import chromadb  # noqa: F401  a server has it loaded

    project = open_project(folder / "project")
    embedder.queries(["warm"])
    embedder.seconds, times, work = 0.0, [], []
    questions = [
        p
        for text in _some_chunks(project)
        for p in [" ".join(text.split()[8:16]) + f" topic {topic_of(text):03}"]
    ]
    for question in questions:
        embedder.seconds, began, busy = 0.0, time.perf_counter(), time.process_time()
        search.search(project, question, embedder)
        times.append(time.perf_counter() - began - embedder.seconds)
        work.append(time.process_time() - busy - embedder.seconds)
    opening, rest = times[0], sorted(times[1:])
    exact = recall(project, questions, embedder)
    vectors.close(project)
    return {
        "first search ms": 1000 * opening, "search p50 ms": 1000 * rest[len(rest) // 2],
        "of the processor": 1000 * sorted(work[1:])[len(rest) // 2],
        "search p95 ms": 1000 * rest[int(len(rest) * 0.95)], "recall@10 of the vector index": exact,
    }  # fmt: skip


def _some_chunks(project: Any) -> list[str]:
    with project.database() as db:
        total = db.execute("SELECT max(id) FROM chunks").fetchone()[0]
        ids = random.Random(2).sample(range(1, total + 1), 51)
    return [chunk.text for chunk in store.chunks_by_id(project, ids).values()]


def recall(project: Any, questions: list[str], embedder: Timed) -> float:
    """How many of the ten truly nearest the vector index names."""
    asked = embedder.queries(questions)
    every = store.matrix(project, embedder.fingerprint).vectors
    found = near.cosines(project, asked, embedder.fingerprint, 10, [()] * len(asked))
    hits = 0
    for question, named in zip(asked, found, strict=True):
        cosines = every @ question
        tenth = np.partition(cosines, -10)[-10]
        hits += sum(cosine >= tenth - 1e-5 for cosine in named.values())
    return hits / (10 * len(questions))


def weight(path: Path) -> int:
    return (
        sum(p.stat().st_size for p in path.rglob("*") if p.is_file())
        if path.is_dir()
        else path.stat().st_size
    )


if __name__ == "__main__":
    main()
