"""How fast and how well we tune on this CPU beside TRL's SFTTrainer: same weights, rows, tokens, LoRA and epochs.

    python -m benchmarks.tune_cpu ../shared/eval/sentiment_id                      # everything: hours on two cores
    python -m benchmarks.tune_cpu ../shared/eval/sentiment_id --steps 4 --test 0   # speed alone: minutes
    python -m benchmarks.tune_cpu ../shared/eval/banking77_en --only classifier few_shot

Arms, each in a process of its own, one after the other in every round (A B A B): `ours`, the product's loop; `quick`, the
same with LoRA in the upper half alone, the layers below computed once; `trl`, SFTTrainer with its defaults (bf16
autocast, checkpointing, rate 2e-5); `trl_best`, without either, batches grouped by length, fused AdamW, the faster of
float32 and bfloat16 weights here, and of `--rates` the one with the best macro-F1 on valid.csv, as for ours; `classifier`,
logistic regression on e5 embeddings; `few_shot`, five rows as shots, the nearest by e5. A label is answered by likelihood.
Prints one JSON line an arm and round, then ratios. On a shared machine read the ratios, and those of processor time.
"""

import argparse
import csv
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from assistant.models.prompt import Prompt, Shot
from assistant.tuning import energy

_ID = {"positive": "positif", "negative": "negatif", "neutral": "netral"}
_TASKS = {
    "sentiment_id": "Tentukan sentimen ulasan ini. Jawab hanya dengan satu kata: positif, negatif, atau netral.",
    "banking77_en": "Name the intent of this bank customer's message. Answer with the intent's name alone.",
}
_EACH = 20  # rows a label where there are many labels
_TUNED = ("ours", "quick", "trl", "trl_best")
ARMS = (*_TUNED, "classifier", "few_shot")

Pair = tuple[str, str]  # text, label


def rows(folder: Path, part: str, count: int) -> list[Pair]:
    """The first `count` rows, or of many labels the first twenty of each; what has no valid.csv lends it rows of train."""
    lent = part == "valid" and not (folder / "valid.csv").exists()
    with (folder / f"{'train' if lent else part}.csv").open(encoding="utf-8") as stream:
        table = list(csv.DictReader(stream))
    column = "label" if "label" in table[0] else "category"
    pairs = [(r["text"], _ID.get(r[column], r[column].replace("_", " "))) for r in table]
    if column == "label" or part == "test":
        return spread(pairs, count)
    seen: dict[str, list[Pair]] = {}
    for pair in pairs:
        seen.setdefault(pair[1], []).append(pair)
    low, high = (_EACH, _EACH + 2) if lent else (0, _EACH)
    return spread([pair for group in seen.values() for pair in group[low:high]], count)


def spread(pairs: list[Pair], count: int) -> list[Pair]:
    return pairs if count >= len(pairs) else [pairs[i * len(pairs) // count] for i in range(count)]


class Clock:
    """The time after each step; a run's speed is taken from the second step on, when everything is warm."""

    def __init__(self) -> None:
        self.ticks: list[tuple[float, float]] = []

    def tick(self) -> None:
        self.ticks.append((time.monotonic(), time.process_time()))

    def speed(self, examples: int) -> dict[str, float]:
        """Examples a second by the clock and by processor time; `examples`: of all steps."""
        (began, worked), (ended, done) = self.ticks[0], self.ticks[-1]
        counted = examples * (len(self.ticks) - 1) / len(self.ticks)
        return {
            "examples_per_second": round(counted / (ended - began), 3),
            "examples_per_cpu_second": round(counted / (done - worked), 3),
        }


class Work:
    """One arm's data as tokens, and how its model is scored."""

    def __init__(self, asked: dict[str, Any]) -> None:
        import torch

        from assistant.models.local import open_chat
        from assistant.settings import from_environment

        torch.set_num_threads(asked["threads"])
        self.asked, self.folder, self.settings = asked, Path(asked["folder"]), from_environment()
        self.chat = open_chat(asked["model"], self.settings)
        self.prompt = Prompt(_TASKS[self.folder.name])
        self.train = rows(self.folder, "train", asked["rows"])
        self.labels = sorted({label for _, label in rows(self.folder, "train", 10**9)})

    def encoded(self, pairs: list[Pair]) -> list[Any]:
        from assistant.tuning.local.batches import Encoded

        made = (self.chat.encode(self.prompt.messages(text), label) for text, label in pairs)
        return [(Encoded(tuple(a), tuple(b)),) for a, b in made]

    def scores(self, model: Any, part: str, count: int, shots: Any = None) -> dict[str, float]:
        """Accuracy and macro-F1; a row's answer is its likeliest label, end token included."""
        import torch

        from assistant.tuning.local.batches import Encoded, pad
        from assistant.tuning.local.loop import completion_logits

        model.eval()
        pairs, said = rows(self.folder, part, count), []
        for text, _ in pairs:
            prompt = Prompt(self.prompt.instructions, shots(text)) if shots else self.prompt
            made = (self.chat.encode(prompt.messages(text), label) for label in self.labels)
            found = [Encoded(tuple(a), tuple(b)) for a, b in made]
            with torch.no_grad():
                logits, target = completion_logits(model, pad(found))
            chances = logits.log_softmax(-1).gather(1, target[:, None])[:, 0]
            parts = [float(c.sum()) for c in chances.split([len(e.completion) for e in found])]
            said.append(self.labels[max(range(len(parts)), key=parts.__getitem__)])
        return judged([label for _, label in pairs], said)


def judged(right: list[str], said: list[str]) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score

    return {
        "accuracy": round(float(accuracy_score(right, said)), 4),
        "macro_f1": round(float(f1_score(right, said, average="macro", zero_division=0)), 4),
        "n": len(right),
    }


def ours(work: Work, clock: Clock) -> Any:
    """The product's loop as it is, without its validation passes, which TRL makes none of."""
    from assistant.tuning.local import methods
    from assistant.tuning.local.loop import Training
    from assistant.tuning.plan import plan

    asked = work.asked
    half = len(work.chat.model.get_decoder().layers) // 2 if asked["arm"] == "quick" else 0
    chosen = plan(
        asked["model"], epochs=asked["epochs"], batch=8, rate=asked["rate"], layers=half, evaluations=1
    )
    model = methods.ALL["lora"](work.chat.model, chosen)
    encoded = work.encoded(work.train)

    def report(kind: str, **_: Any) -> None:
        if kind == "metric":
            clock.tick()

    run = Training(model, chosen, encoded, encoded[:1], Path(tempfile.mkdtemp()), report)
    run._validate = lambda: None  # type: ignore[method-assign]
    run.run()
    return model


def trl(work: Work, clock: Clock) -> Any:
    """SFTTrainer on the very same tokens; its defaults, or its best options for a CPU."""
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import TrainerCallback
    from trl import SFTConfig, SFTTrainer

    class Tick(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            clock.tick()

    asked, best = work.asked, work.asked["arm"] == "trl_best"
    flat = [row[0] for row in work.encoded(work.train)]
    columns = [(list(e.prompt + e.completion), [0] * len(e.prompt) + [1] * len(e.completion)) for e in flat]
    data = Dataset.from_dict(
        {"input_ids": [a for a, _ in columns], "completion_mask": [b for _, b in columns]}
    )
    options: dict[str, Any] = {}
    if best:
        options = {
            "bf16": False, "gradient_checkpointing": False, "learning_rate": asked["rate"],
            "train_sampling_strategy": "group_by_length", "optim": "adamw_torch_fused", "warmup_steps": 0.05,
            "lr_scheduler_type": "cosine",
        }  # fmt: skip
    model = work.chat.model.to(torch.float32) if not best else work.chat.model
    config = SFTConfig(
        output_dir=tempfile.mkdtemp(), num_train_epochs=asked["epochs"], per_device_train_batch_size=8, use_cpu=True,
        completion_only_loss=True, save_strategy="no", report_to="none", seed=0, disable_tqdm=True,
        dataloader_pin_memory=False, logging_strategy="no", **options,
    )  # fmt: skip
    lora = LoraConfig(
        r=16, lora_alpha=32, lora_dropout=0.0, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    tokenizer = work.chat.tokenizer
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    trainer = SFTTrainer(
        model=model,
        args=config,
        train_dataset=data,
        peft_config=lora,
        processing_class=tokenizer,
        callbacks=[Tick()],
    )
    trainer.train()
    return trainer.model


def tuned(asked: dict[str, Any]) -> dict[str, Any]:
    work = Work(asked)
    began, worked, clock = time.monotonic(), time.process_time(), Clock()
    model = (trl if asked["arm"].startswith("trl") else ours)(work, clock)
    found: dict[str, Any] = {
        "steps": len(clock.ticks), "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(time.process_time() - worked, 1),
        **clock.speed(len(work.train) * asked["epochs"]),
        "peak_mb": energy.peak() // 10**6,
    }  # fmt: skip
    if asked["test"]:
        found["valid"] = work.scores(model, "valid", min(asked["test"], 100))
        found["test"] = work.scores(model, "test", asked["test"])
    return found


def classifier(asked: dict[str, Any]) -> dict[str, Any]:
    """The product's own arm, its C chosen on the training rows alone."""
    from assistant.evaluation.classifier import ClassifierArm
    from assistant.evaluation.values import Case
    from assistant.models.embedding import open_embedder
    from assistant.settings import from_environment

    folder, began, worked = Path(asked["folder"]), time.monotonic(), time.process_time()
    train, test = rows(folder, "train", asked["rows"]), rows(folder, "test", asked["test"] or 400)
    arm = ClassifierArm([a for a, _ in train], [b for _, b in train], open_embedder(from_environment()))
    said = [a.text for a in arm.answer([Case(str(i), text, "") for i, (text, _) in enumerate(test)])]
    took = {
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(time.process_time() - worked, 1),
    }
    return {"c": arm.strength, **took, "test": judged([b for _, b in test], said)}


def few_shot(asked: dict[str, Any]) -> dict[str, Any]:
    """Five training rows before each question, the nearest by e5 (stronger than five fixed ones)."""
    from assistant.models.embedding import open_embedder

    class Bare:
        """What `completion_logits` asks of a tuned model, for an untuned one."""

        def __init__(self, model: Any) -> None:
            self.get_base_model = lambda: model
            self.eval = model.eval

    work, began, worked = Work(asked), time.monotonic(), time.process_time()
    embedder = open_embedder(work.settings)
    known = embedder.queries([text for text, _ in work.train])

    def nearest(text: str) -> tuple[Shot, ...]:
        near = (known @ embedder.queries([text])[0]).argsort()[-5:]  # the nearest last, beside the question
        return tuple(Shot(*work.train[int(i)]) for i in near)

    found = work.scores(Bare(work.chat.model), "test", asked["test"] or 100, nearest)
    took = {
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(time.process_time() - worked, 1),
    }
    return {**took, "test": found}


def in_child(asked: dict[str, Any]) -> dict[str, Any]:
    root = str(Path(__file__).parent.parent)
    threads = str(asked["threads"])
    env = {**os.environ, "PYTHONPATH": root, "OMP_NUM_THREADS": threads, "TOKENIZERS_PARALLELISM": "false"}
    command = [sys.executable, "-m", "benchmarks.tune_cpu", "--child", json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=root, check=False)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return {"failed": done.returncode}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def child(asked: dict[str, Any]) -> None:
    run = {"classifier": classifier, "few_shot": few_shot}.get(asked["arm"], tuned)
    print(json.dumps(run(asked)))


def ratios(model: str, seen: dict[str, list[dict[str, Any]]]) -> None:
    """Ours over TRL's by medians of the rounds, by the clock and by processor time; below, the best macro-F1."""
    for key in ("examples_per_second", "examples_per_cpu_second"):
        middle = {
            a: statistics.median(r[key] for r in found)
            for a, found in seen.items()
            if found and key in found[0]
        }
        for ours_ in ("ours", "quick"):
            for other in ("trl", "trl_best"):
                if ours_ in middle and other in middle:
                    print(f"{model}: {ours_} / {other}, {key}: {middle[ours_] / middle[other]:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", nargs="+", default=["smollm2-135m-instruct", "gemma-3-270m"])
    parser.add_argument("--only", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument(
        "--rows", type=int, default=10**6, help="training rows (default: all, of many labels 20 each)"
    )
    parser.add_argument("--steps", type=int, default=0, help="so many batches of eight instead, one epoch")
    parser.add_argument("--test", type=int, default=400, help="test rows; 0 for speed alone")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rates", nargs="+", type=float, default=[2e-4, 5e-4, 1e-3, 2e-3])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    rest = {
        "folder": str(asked.folder.resolve()), "test": asked.test, "threads": asked.threads,
        "rows": 8 * asked.steps or asked.rows, "epochs": 1 if asked.steps else asked.epochs,
    }  # fmt: skip
    for model in asked.models:
        seen: dict[str, list[dict[str, Any]]] = {}
        for turn in range(asked.rounds):
            for arm in asked.only:
                if arm == "classifier" and model != asked.models[0]:
                    continue
                searched = asked.test and arm in _TUNED and arm != "trl"
                for rate in asked.rates if searched else [asked.rates[len(asked.rates) // 2]]:
                    made = {"rate": rate, **in_child({**rest, "arm": arm, "model": model, "rate": rate})}
                    seen.setdefault(arm, []).append(made)
                    line = {"model": model, "arm": arm, "round": turn, **made}
                    print(json.dumps(line), flush=True)
        ratios(model, {a: [r for r in found if "failed" not in r] for a, found in seen.items()})
        for arm, found in seen.items():
            best = max(found, key=lambda r: r.get("valid", {}).get("macro_f1", -math.inf))
            if "test" in best:
                how = f"rate {best['rate']} by valid.csv, " if "valid" in best else ""
                print(
                    f"{model}: {arm}: {how}test {best['test']}, {best['seconds']} s, {best['cpu_seconds']} processor s"
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(json.loads(sys.argv[2]))
    else:
        main()
