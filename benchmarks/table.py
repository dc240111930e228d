"""How quick the table of examples is at 100,000 rows, beside the naive way: all of them into pandas at each look.

    python -m benchmarks.table [--rows 100000] [--looks 15]

Made-up rows (seeded), then one look after another through a connection of its own, as the page does: pages, words,
and each filter. Prints median and 95th percentile in milliseconds of wall clock, the median of processor time (which
a busy machine does not stretch), the same for pandas, and the ratio of the medians. Each look of the naive way reads the table anew, because another person may have changed it.
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from assistant.dataset import examples
from assistant.dataset.examples import Example, Filter
from assistant.settings import KNOWLEDGE
from assistant.workspace.project import Project, create_project

PAGE = 50


def made_up(count: int, seed: int = 0) -> list[Example]:
    """Rows of 8 to 60 words with every field in use."""
    draw = random.Random(seed)
    words = sorted({w for w in (KNOWLEDGE / "messages.jsonl").read_text("utf-8").split() if w.isalpha()})
    return [
        Example(
            f"e{n}", " ".join(draw.choices(words, k=draw.randint(8, 30))),
            " ".join(draw.choices(words, k=draw.randint(8, 30))), f"s{n // 3}",
            draw.choice(("train",) * 7 + ("validation", "test", "test")), origin=draw.choice(("written", "imported")),
            tags=tuple(draw.sample(("mudah", "sulit", "kirim", "bayar"), draw.randint(0, 2))),
            author=draw.choice(("Sari", "Budi", "Ani")), status=draw.choice(("accepted",) * 9 + ("draft",)),
        )
        for n in range(1, count + 1)
    ]  # fmt: skip


def looks(rows: Sequence[Example]) -> dict[str, tuple[int, Filter]]:
    """What a person looks at: from which row on, and by which filter."""
    rare = rows[len(rows) // 2].input.split()[0]
    return {
        "first page": (0, Filter()),
        "last page": (int(len(rows) * 0.89), Filter()),
        "a word": (0, Filter(rare)),
        "two letters": (0, Filter("an")),
        "no such word": (0, Filter("zzzzqq")),
        "tag": (0, Filter(tag="mudah")),
        "author": (0, Filter(author="Sari")),
        "status": (0, Filter(status="draft")),
        "origin": (0, Filter(origin="written")),
        "split": (0, Filter(split="test")),
        "all at once": (0, Filter("an", "test", "accepted", "mudah", "Sari", "written")),
    }


def naive(path: Path, start: int, sought: Filter) -> tuple[int, list[str]]:
    """All rows into a frame, then its masks; how many fit, and the ids of one page."""
    with sqlite3.connect(path) as db:
        frame = pd.read_sql("SELECT * FROM examples ORDER BY rowid", db)
    for column in ("split", "status", "author", "origin"):
        if wanted := getattr(sought, column):
            frame = frame[frame[column] == wanted]
    if sought.tag:
        frame = frame[frame["tags"].str.contains(f'"{sought.tag}"', regex=False)]
    if sought.words:
        held = [frame[c].str.contains(sought.words, case=False, regex=False) for c in ("input", "output")]
        frame = frame[held[0] | held[1]]
    return len(frame), frame["id"].iloc[start : start + PAGE].tolist()


def timed(look: Callable[[], object], times: int) -> tuple[float, float, float]:
    """Milliseconds of so many looks after one that warms: median and 95th percentile by the clock, median by processor."""
    look()
    clock, processor = [], []
    for _ in range(times):
        began, worked = time.perf_counter(), time.process_time()
        look()
        clock.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - worked))
    return statistics.median(clock), sorted(clock)[int(0.95 * (times - 1))], statistics.median(processor)


def compare(project: Project, rows: Sequence[Example], times: int) -> None:
    heads = ("median", "p95", "cpu", "pandas", "p95", "cpu", "ratio")
    print(f"{'look':15}{'fit':>7}" + "".join(f"{head:>9}" for head in heads) + "   (ms)")
    slowest, path = 0.0, project.folder / "project.db"
    for name, (start, sought) in looks(rows).items():
        found, total = examples.page(project, start, PAGE, sought)
        assert (total, [e.id for e in found]) == naive(path, start, sought), name
        ours = timed(lambda s=start, f=sought: examples.page(project, s, PAGE, f), times)
        theirs = timed(lambda s=start, f=sought: naive(path, s, f), max(3, times // 5))
        slowest = max(slowest, ours[1])
        numbers = (*ours, *theirs, theirs[0] / ours[0])
        print(f"{name:15}{total:>7}" + "".join(f"{number:>9.1f}" for number in numbers), flush=True)
    choices = timed(lambda: examples.choices(project), times)
    print(f"{'filter choices':15}{'':>7}" + "".join(f"{number:>9.1f}" for number in choices))
    print(f"slowest p95: {max(slowest, choices[1]):.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=15)
    asked = parser.parse_args()
    rows = made_up(asked.rows)
    with tempfile.TemporaryDirectory() as folder:
        project = create_project(Path(folder) / "p", "P", "id")
        began = time.perf_counter()
        examples.save(project, rows)
        print(f"{len(rows)} rows saved in {time.perf_counter() - began:.1f} s")
        compare(project, rows, asked.looks)


if __name__ == "__main__":
    main()
