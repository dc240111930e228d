"""How well passages are found, in one run: BM25 alone, meaning alone, plain rank fusion, and ours.

    python -m benchmarks.retrieval FOLDER… [--codes 20]

Each folder holds `documents/` and `questions.jsonl` with question,
answers, document and, to find the answer's place, paragraph. A hit is a passage that covers the whole answer at
its place. The index is kept in --cache, so that a second run embeds nothing. Prints hit@1, hit@5 and MRR@10 with
95 % intervals ("its own place": where ours counts no other place that is named beside a passage), each way's difference to ours (mid-p McNemar on hit@1), and milliseconds a query. Last comes a
made-up catalogue (`--codes`: its seed) of near-identical product codes and names, asked for by code, by code
without its hyphen, and by name.
"""

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scipy.stats import binom

from assistant.models.embedding import open_embedder
from assistant.models.values import Embedder
from assistant.retrieval import fulltext, index, near, search, store
from assistant.retrieval.store import StoredChunk
from assistant.settings import from_environment
from assistant.workspace.project import Project, create_project, open_project

RANKS = 10
COLOURS, PLACES, SIZES = (
    ("black", "white", "copper", "grey"),
    ("garden", "desk", "wall", "hall"),
    range(5, 25),
)
WARNA, TEMPAT = ("hitam", "putih", "tembaga", "abu-abu"), ("taman", "meja", "dinding", "lorong")
SAID = {
    "en": "The {name} watt, code {code}, costs {price} and has a warranty of {months} months.",
    "id": "{name} watt dengan kode {code} dijual seharga {price} dan bergaransi {months} bulan.",
}
ASKED = {"en": "What does the {} cost?", "id": "Berapa harga {}?"}
Ranking = list[int]  # chunk ids, best first


@dataclass(frozen=True)
class Gold:
    """A question and where its answer stands."""

    question: str
    document: int
    start: int
    stop: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--codes", type=int, default=20, metavar="SEED")
    parser.add_argument("--cache", type=Path, default=Path("/tmp/penala-benchmark"))
    parser.add_argument("--most", type=int, default=1000, help="questions a folder")
    asked = parser.parse_args()
    embedder = open_embedder(from_environment())
    catalogue = asked.cache / "made-up" / f"codes-{asked.codes}"
    write_catalogue(catalogue, asked.codes)
    for folder in [*asked.folders, catalogue]:
        project = indexed(folder, asked.cache / folder.resolve().name, embedder)
        gold = located(project, folder / "questions.jsonl")[: asked.most]
        report(folder.name, project, gold, embedder)


def write_catalogue(folder: Path, seed: int) -> None:
    """Six catalogues, three a language, of forty products whose codes and names differ in one sign or word."""
    rng = random.Random(seed)
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    codes = iter(
        rng.sample([f"{a}-{n}{z}" for a in ("GX", "GY", "XG") for n in range(4490, 4520) for z in "ABC"], 240)
    )
    names = {
        "en": iter(rng.sample([f"{a} {b} lamp {c}" for a in COLOURS for b in PLACES for c in SIZES], 120)),
        "id": iter(rng.sample([f"lampu {b} {a} {c}" for a in WARNA for b in TEMPAT for c in SIZES], 120)),
    }
    questions = []
    for number in range(6):
        language = ("en", "id")[number % 2]
        parts, document = [], f"{language}-{number}.md"
        for _ in range(40):
            code, name, price = next(codes), next(names[language]), f"Rp{rng.randrange(100, 999)}.000"
            months = rng.randrange(3, 48)
            text = SAID[language].format(code=code, name=name, price=price, months=months)
            parts.append(f"## {code}\n\n{text}")
            asked = rng.choice([code, code.replace("-", ""), name])
            question = ASKED[language].format(asked)
            row = {"question": question, "answers": [price], "document": document, "paragraph": text}
            questions.append(json.dumps(row, ensure_ascii=False))
        (folder / "documents" / document).write_text("\n\n".join(parts), "utf-8")
    (folder / "questions.jsonl").write_text("\n".join(questions), "utf-8")


def indexed(folder: Path, cache: Path, embedder: Embedder) -> Project:
    exists = (cache / "project.db").is_file()
    project = open_project(cache) if exists else create_project(cache, folder.name, "en")
    began = time.perf_counter()
    found = index.add(project, [folder / "documents"], embedder)
    new = sum(r.chunks for r in found if r.status == "ready")
    seconds = time.perf_counter() - began
    print(f"\n{folder.name}: {len(found)} documents, {new} new chunks in {seconds:.1f} s")
    return project


def located(project: Project, path: Path) -> list[Gold]:
    """Questions whose answer stands in the document's text, with its place."""
    documents = {document.name: document.id for document in store.documents(project)}
    contents = {name: store.content(project, document) for name, document in documents.items()}
    return [Gold(question, documents[name], a, b) for question, name, a, b in read_gold(path, contents)]


def read_gold(path: Path, contents: dict[str, str]) -> list[tuple[str, str, int, int]]:
    """(question, document, start, stop) of each question whose answer stands in its document's text."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        text = contents.get(row["document"] or "")
        if text is None or not row["answers"]:
            continue
        answer = row["answers"][0]
        near = text.find(row.get("paragraph", answer))
        start = text.find(answer, near) if near >= 0 else -1
        if start >= 0:
            found.append((row["question"], row["document"], start, start + len(answer)))
    return found


def report(name: str, project: Project, gold: list[Gold], embedder: Embedder) -> None:
    texts, model = [g.question for g in gold], embedder.fingerprint
    search.search(project, texts[0], embedder)  # the index is opened, and built if it was not
    began = time.perf_counter()
    found = search.search_many(project, texts, embedder, RANKS)
    batched = (time.perf_counter() - began) / len(texts)
    lexical = [[i for i, _ in words.hits] for words in fulltext.lexical(project, texts, search.CANDIDATES)]
    vectors, none = embedder.queries(texts), [()] * len(texts)
    cosines = near.cosines(project, vectors, model, search.CANDIDATES, none)
    dense = [sorted(found, key=lambda i, found=found: -found[i]) for found in cosines]  # type: ignore[misc]
    ways = {
        "BM25 alone": lexical,
        "meaning alone": dense,
        "rank fusion": [fused(a, b) for a, b in zip(dense, lexical, strict=True)],
        "ours": [[p.id for p in passages] for passages in found],
    }
    also = [{p.id: [place.id for place in p.also] for p in passages} for passages in found]
    wanted = {i for way in ways.values() for ranking in way for i in ranking}
    chunks = store.chunks_by_id(
        project, wanted | {i for of in also for places in of.values() for i in places}
    )
    ranks = {
        way: [rank(ranking, g, chunks) for ranking, g in zip(r, gold, strict=True)] for way, r in ways.items()
    }
    ranks["its own place"] = ranks["ours"]
    ranks["ours"] = [
        rank(r, *of) for *of, r in zip(gold, [chunks] * len(gold), also, ways["ours"], strict=True)
    ]
    print(f"n = {len(gold)} questions")
    print(f"{'':16}{'hit@1':>20}{'hit@5':>20}{'MRR@10':>9}   p (hit@1, to ours)")
    for way, places in ranks.items():
        one, five = (share([place < k for place in places]) for k in (1, 5))
        mrr = sum(1 / (place + 1) for place in places) / len(places)
        p = "" if way == "ours" else f"{mid_p(places, ranks['ours']):.4f}"
        print(f"{way:16}{one:>20}{five:>20}{mrr:9.3f}   {p}")
    print(
        f"milliseconds a query: {1000 * batched:.1f} batched, {single(project, texts[:50], embedder):.1f} one by one"
    )


def fused(one: Ranking, other: Ranking) -> Ranking:
    """Reciprocal rank fusion with k = 60 (Cormack et al. 2009), what most hybrid searches do."""
    scores: dict[int, float] = {}
    for ranking in (one, other):
        for place, chunk in enumerate(ranking):
            scores[chunk] = scores.get(chunk, 0.0) + 1 / (61 + place)
    return sorted(scores, key=lambda chunk: -scores[chunk])


def rank(
    ranking: Ranking, gold: Gold, chunks: dict[int, StoredChunk], also: Mapping[int, Ranking] | None = None
) -> float:
    """The place from 0 of the first chunk that covers the answer, itself or at another place that is shown with it
    (`also`, by chunk); infinity where none of ten does."""
    for place, first in enumerate(ranking[:RANKS]):
        for chunk in (chunks[i] for i in (first, *(also or {}).get(first, ()))):
            if chunk.document == gold.document and chunk.start <= gold.start and gold.stop <= chunk.stop:
                return place
    return math.inf


def single(project: Project, texts: Sequence[str], embedder: Embedder) -> float:
    """Milliseconds a query at the middle, asked one by one."""
    return sorted(timed(lambda text=text: search.search(project, text, embedder)) for text in texts)[
        len(texts) // 2
    ]


def timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - began)


def share(hits: Sequence[bool]) -> str:
    """A share with its 95 % Wilson interval."""
    n, p, z = len(hits), sum(hits) / len(hits), 1.96
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{p:.3f} [{centre - half:.3f}, {centre + half:.3f}]"


def mid_p(one: Sequence[float], other: Sequence[float]) -> float:
    """Mid-p McNemar on which of two ways had the answer first."""
    only_one = sum(a < 1 <= b for a, b in zip(one, other, strict=True))
    only_other = sum(b < 1 <= a for a, b in zip(one, other, strict=True))
    n, k = only_one + only_other, min(only_one, only_other)
    if n == 0:
        return 1.0
    return min(1.0, float(2 * binom.cdf(k, n, 0.5) - binom.pmf(k, n, 0.5)))


if __name__ == "__main__":
    main()
