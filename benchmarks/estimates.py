"""Claim: an estimate is right within 30 % for time and 20 % for memory, for whatever method, model and length.

Run: python -m benchmarks.estimates   (needs the embedded weights; Gemma's runs are left out where they are absent)

Five real runs, each estimated just before it starts, on one machine in one go: the machine's other work then falls on both.
Prints the estimate, its range, what the run took, and the ratio.
"""

import tempfile
import time
from pathlib import Path

from assistant import jobs
from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.journey import estimating, tune
from assistant.models import weights
from assistant.settings import from_environment
from assistant.workspace.project import Project, create_project

_WORDS = [
    "pesanan",
    "paket",
    "kirim",
    "bayar",
    "retur",
    "lacak",
    "akun",
    "nota",
    "alamat",
    "kurir",
    "toko",
    "barang",
    "rusak",
    "lambat",
    "cepat",
    "terima",
    "kasih",
    "mohon",
]
# Model, method, words of an input, words of an answer, rows, epochs.
_RUNS = (
    ("smollm2-135m-instruct", "lora", 12, 6, 64, 2),
    ("smollm2-135m-instruct", "partial", 40, 12, 48, 1),
    ("smollm2-135m-instruct", "full", 12, 20, 48, 1),
    ("smollm2-135m-instruct", "bottleneck", 80, 6, 32, 1),
    ("gemma-3-270m", "lora", 30, 12, 48, 1),
)


def main() -> None:
    settings = from_environment()
    print(f"{'model':24}{'method':12}{'rows':>5}{'est. s':>9}{'low':>7}{'high':>7}{'took s':>8}{'ratio':>7}"
          f"{'est. MB':>9}{'took MB':>9}{'ratio':>7}")  # fmt: skip
    for number, (model, method, asked, said, rows, epochs) in enumerate(_RUNS):
        if not weights.present(model, settings):
            print(f"{model:24}{method:12} weights absent")
            continue
        with tempfile.TemporaryDirectory() as folder:
            project = _project(Path(folder) / f"p{number}", asked, said, rows)
            changes = (("epochs", epochs), ("patience", 0))
            request = tune.Request("v001", model, method, "quick", changes=changes)
            found = estimating.estimated(project, "v001", tune.planned(request), settings)
            began = time.monotonic()
            job = tune.start(project, request)
            for _ in jobs.follow(job):
                pass
            took, done = time.monotonic() - began, job.last("finished") or {}
            if not done:
                print(job.log()[-2000:])
                continue
            peak = done["peak_bytes"]
            print(f"{model:24}{method:12}{rows:5}{found.seconds:9.0f}{found.seconds_low:7.0f}{found.seconds_high:7.0f}"
                  f"{took:8.0f}{found.seconds / took:7.2f}{found.memory / 1e6:9.0f}{peak / 1e6:9.0f}{found.memory / peak:7.2f}",
                  flush=True)  # fmt: skip


def _project(folder: Path, asked: int, said: int, rows: int) -> Project:
    """So many rows of words, their lengths spread around the given ones."""
    made = create_project(folder, "Estimate", "id")
    kept = []
    for n in range(rows + 10):
        longer = 1 + (n % 5 - 2) / 4
        words = [_WORDS[(n * 7 + k * (1 + n % 3)) % len(_WORDS)] for k in range(round(asked * longer))]
        answer = [_WORDS[(n + k) % len(_WORDS)] for k in range(max(1, round(said * longer)))]
        split = "train" if n < rows else "validation" if n < rows + 8 else "test"
        kept.append(
            Example(f"e{n}", f"{n} " + " ".join(words), " ".join(answer), f"s{n}", split, "", "written")
        )
    examples.save(made, kept)
    versions.freeze(made)
    return made


if __name__ == "__main__":
    main()
