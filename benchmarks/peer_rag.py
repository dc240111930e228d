"""Penala beside LlamaIndex on the same files and questions with the same embedding weights, in one run.

    python -m benchmarks.peer_rag --peer-python PATH FOLDER… [--mixed]

PATH is an interpreter in which LlamaIndex is installed (benchmarks/peer_llama_index.py says how). It reads with its
SimpleDirectoryReader, cuts by its default of 1,024 tokens with 20 repeated, and searches by meaning (its default) and
by its hybrid, BM25 with the language's stemmer; once more at 256 and 64 tokens, Penala's size.
--mixed: what each reads of the folder of benchmarks/reading.py, broken files and bombs among them; its rows are looked
for in each one's own pieces, Penala's of at most 150 words. Each file in a process with 60 seconds and 4 GB, whose
start counts.
Each FOLDER holds `documents/` and `questions.jsonl` (see benchmarks/retrieval.py). Both begin with loaded weights.
A strict hit covers the answer at its place; a loose one comes from the right document and holds the answer's words.
Long passages hit easily, so their mean tokens (by the embedder) stand beside, and the loose hits within the first
1,280 tokens of what was found. Processor seconds say what a busy machine's clock does not.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from assistant.models import weights
from assistant.models.embedding import ID, open_embedder
from assistant.models.values import Embedder
from assistant.retrieval import index, search, store
from assistant.settings import Settings, from_environment
from assistant.workspace.project import create_project
from benchmarks.peer_llama_index import RANKS, Clock
from benchmarks.reading import judged, made, show
from benchmarks.retrieval import Gold, located, rank, share

PEER = Path(__file__).parent / "peer_llama_index.py"
SIZES = ((1024, 20), (256, 64))
BUDGET = 1280
COSTS = ("index s", "index cpu s", "query ms", "query cpu ms")  # the third the middle one, the last the mean


@dataclass(frozen=True)
class Asked:
    """A question, the document that answers it, and the answer's words."""

    question: str
    document: str
    answer: str


@dataclass(frozen=True)
class Outcome:
    """What one way of searching found: for each question (document, text) best first, and each one's seconds."""

    indexing: tuple[float, float]  # seconds by the clock, by the processor
    chunks: int
    found: list[list[tuple[str, str]]]
    times: list[float]
    used: float  # processor seconds of all questions
    strict: list[bool] | None = None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--peer-python", type=Path, required=True)
    parser.add_argument("--mixed", action="store_true")
    given = parser.parse_args()
    if given.mixed:
        read_mixed(given.peer_python)
    settings = from_environment()
    for folder in given.folders:
        compare(folder, given.peer_python, settings)


def read_mixed(python: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        good, bad = made(Path(name))
        facts, rows = (sum(len(getattr(p, part)) for p in good.values()) for part in ("facts", "rows"))
        print(f"{len(good)} good files with {facts} facts and {rows} table rows, {len(bad)} bad files")
        ours = [sys.executable, "-m", "benchmarks.reading", "--ours"]
        for reader, command in {"Penala": ours, "LlamaIndex": [str(python), str(PEER)]}.items():
            show(reader, judged(command, Path(name), good, bad), len(good), facts, rows)


def compare(folder: Path, python: Path, settings: Settings) -> None:
    model = weights.ensure(ID, settings)
    questions, ours = penala(folder, open_embedder(settings))
    ways = {"Penala": ours}
    language = json.loads((folder / "questions.jsonl").read_text("utf-8").split("\n", 1)[0])["lang"]
    for size, overlap in SIZES:
        command = [python, PEER, folder / "documents", model, language, str(size), str(overlap)]
        text = json.dumps([asked.question for asked in questions])
        answer = json.loads(
            subprocess.run(command, input=text, capture_output=True, check=True, text=True).stdout
        )
        for way, found in answer["ways"].items():
            ways[f"LlamaIndex {size} {way}"] = Outcome(tuple(answer["indexing"]), answer["chunks"], **found)
    print(f"\n{folder.name}: {len(questions)} questions")
    report(ways, questions, Tokenizer.from_file(str(model / "tokenizer.json")))


def penala(folder: Path, embedder: Embedder) -> tuple[list[Asked], Outcome]:
    embedder.passages(["warm"])
    with tempfile.TemporaryDirectory() as name:
        project = create_project(Path(name, "project"), folder.name, "en")
        clock = Clock()
        index.add(project, [folder / "documents"], embedder)
        search.search(project, "warm", embedder)  # the vectors are opened
        indexing = clock.ended()
        gold = located(project, folder / "questions.jsonl")
        found, times, clock = [], [], Clock()
        for one in gold:
            began = time.perf_counter()
            found.append(search.search(project, one.question, embedder, RANKS))
            times.append(time.perf_counter() - began)
        used = clock.ended()[1]
        chunks = store.chunks_by_id(project, {p.id for passages in found for p in passages})
        strict = [
            rank([p.id for p in passages], g, chunks) < 5 for passages, g in zip(found, gold, strict=True)
        ]
        documents = store.documents(project)
        texts = [[(p.document, p.text) for p in passages] for passages in found]
        names = {d.id: d.name for d in documents}
        asked = [
            Asked(g.question, names[g.document], words(store.content(project, g.document), g)) for g in gold
        ]
    return asked, Outcome(indexing, sum(d.chunks for d in documents), texts, times, used, strict)


def words(content: str, gold: Gold) -> str:
    return plain(content[gold.start : gold.stop])


def plain(text: str) -> str:
    return " ".join(text.split())


def report(ways: dict[str, Outcome], questions: list[Asked], tokenizer: Tokenizer) -> None:
    base = ways["Penala"]
    print(
        f"{'':24}{'chunks':>7}{'tokens':>7}{'hit@5 strict':>22}{'hit@5 loose':>22}{'in ' + str(BUDGET) + ' tokens':>22}"
    )
    for way, outcome in ways.items():
        pairs = list(zip(outcome.found, questions, strict=True))
        sizes = [size(text, tokenizer) for found, _ in pairs for _, text in found[:5]]
        strict = share(outcome.strict) if outcome.strict else "–"
        loose = share([holds(found[:5], asked) for found, asked in pairs])
        held = share([holds(within(found, tokenizer), asked) for found, asked in pairs])
        print(f"{way:24}{outcome.chunks:7}{statistics.mean(sizes):7.0f}{strict:>22}{loose:>22}{held:>22}")
    print(f"{'':24}" + "".join(f"{head:>18}{'ratio':>7}" for head in COSTS))
    for way, outcome in ways.items():
        pairs = zip(costs(outcome), costs(base), strict=True)
        print(f"{way:24}" + "".join(f"{cost:18.1f}{cost / unit:7.2f}" for cost, unit in pairs))


def costs(outcome: Outcome) -> tuple[float, ...]:
    """As COSTS names them."""
    middle, mean = statistics.median(outcome.times), outcome.used / len(outcome.times)
    return *outcome.indexing, 1000 * middle, 1000 * mean


def size(text: str, tokenizer: Tokenizer) -> int:
    return len(tokenizer.encode(text, add_special_tokens=False).ids)


def within(found: Sequence[tuple[str, str]], tokenizer: Tokenizer) -> list[tuple[str, str]]:
    """The passages that fit in the budget, the last one cut."""
    kept, room = [], BUDGET
    for document, text in found:
        offsets = tokenizer.encode(text, add_special_tokens=False).offsets[:room]
        room -= len(offsets)
        kept += [(document, text[: offsets[-1][1]])] if offsets else []
    return kept


def holds(found: Sequence[tuple[str, str]], asked: Asked) -> bool:
    return any(document == asked.document and asked.answer in plain(text) for document, text in found)


if __name__ == "__main__":
    main()
