"""What early stopping saves and costs on few rows that are learned by heart: the same run with patience and without.

    python -m benchmarks.early_stopping ../shared/eval/sentiment_id [--model smollm2-135m-instruct] [--rows 32] [--epochs 12]

The product's own runs. Prints each look at the validation rows (training loss since the one before, validation loss,
score), then how each run ended: steps, seconds, the step that was kept, and its accuracy on rows of test.csv.
"""

import argparse
import csv
import sys
from pathlib import Path

from assistant import jobs
from assistant.dataset import examples, versions
from assistant.evaluation import statistics
from assistant.journey import choices, tune
from assistant.models.local import open_chat
from assistant.settings import from_environment
from benchmarks import forgetting


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--rows", type=int, default=32)
    parser.add_argument("--validation", type=int, default=50)
    parser.add_argument("--test", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--patience", type=int, nargs="+", default=[4, 0])
    asked = parser.parse_args()
    project = forgetting.made(asked.folder, asked.rows, asked.validation)
    test = list(csv.DictReader((asked.folder / "test.csv").open(encoding="utf-8")))[: asked.test]
    words = forgetting.WORDS
    rows = [examples.Example(f"test-{r['id']}", r["text"], words[r["label"]], split="test") for r in test]
    examples.save(project, rows)
    name = versions.freeze(project).name
    chat, prompt = open_chat(asked.model, from_environment()), choices.tuning_prompt(project)
    for patience in asked.patience:
        changes = (("epochs", asked.epochs), ("patience", patience), ("evaluations", 1))
        job = tune.start(project, tune.Request(name, asked.model, changes=changes))
        done = [event for event in jobs.follow(job) if event.kind in ("finished", "failed")][-1].values
        print(f"\npatience {patience}:")
        _curve(job)
        if "adapter" in done:
            right = forgetting.task(chat.beside(Path(done["adapter"])), prompt, project, f"{name}:test")
            share = statistics.mean_interval(right)
            steps = max(e.values["step"] for e in job.events() if e.kind == "metric")
            print(f"  {steps} steps, {done['seconds']} s, kept step {done['metrics']['best_step']}: "
                  f"test {share.value:.3f} [{share.low:.3f}, {share.high:.3f}] n={share.n}", flush=True)  # fmt: skip
    return 0


def _curve(job: jobs.Job) -> None:
    since: list[float] = []
    for event in job.events():
        v = event.values
        if event.kind == "note" and v["key"].startswith(("tuning.sign", "tuning.early")):
            print("  ", tune.told(event, "en"))
        if event.kind != "metric":
            continue
        if v["split"] == "train":
            since.append(v["loss"])
            continue
        mean = f"{sum(since) / len(since):.3f}" if since else "  –  "
        print(f"   step {v['step']:4}: training {mean}, validation {v['loss']:.3f}, {v['scores']}")
        since = []


if __name__ == "__main__":
    sys.exit(main())
