"""What a model forgets by being tuned on real Indonesian reviews, with and without general examples among its rows.

    python -m benchmarks.forgetting ../shared/eval/sentiment_id [--model smollm2-135m-instruct] [--rows 120] [--replay 0 0.2]

One project, the product's own functions. The probe (`knowledge/probe.jsonl`) is asked of the base and of each adapter;
beside it the task's own accuracy on validation rows, for general examples must not be bought with the task.
The simplest baseline is the untuned base: it forgets nothing and knows no task.
"""

import argparse
import csv
import sys
import tempfile
import time
from pathlib import Path

from assistant import jobs
from assistant.dataset import examples, versions
from assistant.evaluation import forgetting, statistics
from assistant.journey import choices, tune
from assistant.models.local import open_chat
from assistant.models.prompt import Prompt
from assistant.settings import from_environment
from assistant.workspace.project import Project, create_project

WORDS = {"positive": "positif", "negative": "negatif", "neutral": "netral"}
_TASK = "Tentukan sentimen ulasan ini. Jawab hanya dengan satu kata: positif, negatif, atau netral."


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--method", default="lora")
    parser.add_argument("--rows", type=int, default=120)
    parser.add_argument("--validation", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--replay", type=float, nargs="+", default=[0.0, 0.2])
    asked = parser.parse_args()
    settings = from_environment()
    project = made(asked.folder, asked.rows, asked.validation)
    chat, prompt = open_chat(asked.model, settings), choices.tuning_prompt(project)
    before = forgetting.answer(chat)
    told("base", forgetting.judge("base", before, before), task(chat, prompt, project), 0.0)
    for share in asked.replay:
        changes = (
            ("replay", share),
            ("epochs", asked.epochs),
            ("rate", asked.rate),
            ("patience", 0),
            ("evaluations", 1),
        )
        began = time.monotonic()
        job = tune.start(project, tune.Request("v001", asked.model, asked.method, changes=changes))
        done = [event for event in jobs.follow(job) if event.kind in ("finished", "failed")][-1]
        if done.kind == "failed":
            print("replay", share, done.values)
            continue
        seconds = time.monotonic() - began
        tuned = chat.beside(Path(done.values["adapter"]))
        found = forgetting.judge(job.id, before, forgetting.answer(tuned))
        told(f"replay {share:.0%}", found, task(tuned, prompt, project), seconds)
    return 0


def made(folder: Path, rows: int, watched: int) -> Project:
    project = create_project(Path(tempfile.mkdtemp()) / "forgetting", "Sentimen", "id")
    project.set("tuning_instructions", _TASK)
    for file, split in (("train.csv", "train"), ("valid.csv", "validation")):
        read = list(csv.DictReader((folder / file).open(encoding="utf-8")))[
            : rows if split == "train" else watched
        ]
        examples.save(
            project,
            [examples.Example(f"{split}-{r['id']}", r["text"], WORDS[r["label"]], split=split) for r in read],
        )
    versions.freeze(project)
    return project


def task(chat: object, prompt: Prompt, project: Project, part: str = "v001:validation") -> list[float]:
    """1 for each row of that part whose likeliest label is the right one, else 0."""
    labels = sorted(WORDS.values())
    rows = versions.rows(project, part)
    scores = chat.score_many([prompt.messages(e.input) for e in rows], [labels] * len(rows))  # type: ignore[attr-defined]
    return [float(labels[row.index(max(row))] == e.output) for e, row in zip(rows, scores, strict=True)]


def told(name: str, found: forgetting.Forgetting, right: list[float], seconds: float) -> None:
    every, share = found.of(), statistics.mean_interval(right)
    print(
        f"\n{name}: task {share.value:.3f} [{share.low:.3f}, {share.high:.3f}] n={share.n}; trained in {seconds:.0f} s"
    )
    print(f"  probe {every.before:.3f} -> {every.after:.3f}, change {every.change:+.3f} "
          f"[{every.low:+.3f}, {every.high:+.3f}] n={every.n}, margin {found.margin}: {every.outcome}")  # fmt: skip
    for kind in forgetting.KINDS:
        k = found.of(kind)
        print(f"    {kind:12} {k.before:.3f} -> {k.after:.3f} [{k.low:+.3f}, {k.high:+.3f}] n={k.n}")
    lost = sum(name.startswith("safety") for name in found.lost)
    print(f"  refusals lost: {lost}; all lost: {len(found.lost)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
