"""Every arm on real Indonesian reviews (NusaX-Senti): the whole path by the product's own functions.

    python benchmarks/sentiment.py ../shared/eval/sentiment_id [--model gemma-3-270m] [--rows 100]

The training rows are also indexed as a document, so that the arms with retrieval have something to find.
Prints each arm's metrics with 95 % intervals, the verdict, and ten answers an arm picked by seed.
"""

import argparse
import csv
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from assistant import jobs
from assistant.dataset import examples, versions
from assistant.journey import choices, compare, tune
from assistant.models.embedding import open_embedder
from assistant.retrieval import index, prompts
from assistant.settings import from_environment
from assistant.workspace.project import create_project

_WORDS = {"positive": "positif", "negative": "negatif", "neutral": "netral"}
_TASK = "Tentukan sentimen ulasan ini. Jawab hanya dengan satu kata: positif, negatif, atau netral."


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="gemma-3-270m")
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--plain", action="store_true", help="train without passages: quicker, no tuned_rag")
    asked = parser.parse_args()
    settings, began = from_environment(), time.monotonic()
    project = create_project(Path(tempfile.mkdtemp()) / "sentiment", "Sentimen", "id")
    project.set("model", asked.model)
    prompts.add(project, "task", choices.prompt_of(project, _TASK, "task"), "benchmark")
    for file, split in (("train.csv", "train"), ("valid.csv", "validation"), ("test.csv", "test")):
        rows = list(csv.DictReader((asked.folder / file).open(encoding="utf-8")))
        made = [
            examples.Example(f"{split}-{r['id']}", r["text"], _WORDS[r["label"]], split=split) for r in rows
        ]
        examples.save(project, made)
    labelled = Path(tempfile.mkdtemp()) / "ulasan.csv"
    with labelled.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("ulasan", "sentimen"), *((e.input, e.output) for e in examples.all_examples(project) if e.split == "train")])  # fmt: skip
    index.add(project, [labelled], open_embedder(settings))
    version = versions.freeze(project, "benchmark").name
    job = tune.start(
        project, tune.Request(version, asked.model, preset=asked.preset, passages=not asked.plain)
    )
    for event in jobs.follow(job):
        if event.kind == "metric" and event.values["split"] == "validation":
            print(event.values, file=sys.stderr, flush=True)
    print("tuning:", job.state(), (job.last("finished") or job.last("failed") or {}))
    request = compare.Request(f"{version}:test", limit=asked.rows)
    found = compare.compare(project, request, settings, project.comparisons / "r001", lambda *_: None)
    for arm in found.arms:
        shown = "  ".join(f"{m.name} {m.value:.3f} [{m.low:.3f}, {m.high:.3f}] n={m.n}" for m in arm.metrics)
        print(f"{arm.name:12} {shown}  {arm.seconds:.2f} s")
        for i in sorted(random.Random(0).sample(range(len(found.cases)), 10)):
            print("   ", json.dumps([found.cases[i].reference, arm.answers[i].text[:80]], ensure_ascii=False))
    print("verdict:", found.verdict.outcome, "|", found.verdict.say("id"))
    print(f"{time.monotonic() - began:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
