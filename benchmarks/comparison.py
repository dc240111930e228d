"""How long a comparison takes: every arm on a project's test rows, once more from the answers kept, and in batches beside
one case at a time.

    python -m benchmarks.comparison PROJECT [--test v001:test] [--arms prompt,tuned] [--limit N] [--cases 16]

PROJECT: a folder with a frozen version and, for tuned arms, a finished run (`penala demo` leaves such). It is copied, and
the copy asked without any answer kept. Wanted, on two cores: the whole within 10 minutes, from kept answers within 5 s,
batches at least 3 times as quick. Seconds by the clock and of the processor, which other work beside does not change.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assistant.dataset import versions
from assistant.evaluation import running
from assistant.evaluation.values import Answered, Arm, Case
from assistant.journey import compare
from assistant.journey.bench import Bench
from assistant.settings import from_environment
from assistant.workspace.project import open_project


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("--test", default="")
    parser.add_argument("--arms", default="")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--cases", type=int, default=16, help="in batches and one by one; 0: not at all")
    parser.add_argument("--otherwise", type=int, default=0)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp()) / asked.project.name
    shutil.copytree(
        asked.project, folder, ignore=shutil.ignore_patterns("answers", "tries", "checkpoints", "probe")
    )
    project, settings = open_project(folder), from_environment()
    test = asked.test or f"{versions.all_versions(project)[-1].name}:test"
    arms = tuple(asked.arms.split(",")) if asked.arms else ()
    request = compare.Request(test, arms, limit=asked.limit, probe=True, otherwise=asked.otherwise)
    cases, kind = compare.cases(project, request)
    bench = Bench(project, request, settings)
    opened = bench.arms(kind)
    print(f"{asked.project.name}, {test}: {len(cases)} cases, {', '.join(arm.name for arm in opened)}")

    if asked.cases:
        together(opened, cases, cases[: asked.cases])

    def run(name: str) -> Any:
        return compare.compare(project, request, settings, project.comparisons / name, lambda *_: None)

    for name, number in (("whole", "r901"), ("again, from kept answers", "r902")):
        clock, processor = timed(lambda number=number: run(number))
        print(f"\n{name}: {clock:.1f} s, processor {processor:.1f} s")
    found = compare.saved(project, "r902")
    for one in found.arms:
        m = one.metric(found.primary)
        print(
            f"  {one.name:22} {m.name} {m.value:.3f} [{m.low:.3f}, {m.high:.3f}] n = {m.n}, {one.seconds:.2f} s an answer"
        )
    print(f"  {found.verdict.outcome}: {found.verdict.say('en')}")


def together(arms: list[Arm], cases: list[Case], some: list[Case]) -> None:
    """Each arm's seconds by the clock and of the processor, one case at a time and in batches, and answers that differ:
    sums are rounded otherwise where other rows are added beside them."""
    print(
        f"\n{'':24} one by one: clock, processor | in batches | times, clock and processor | answers that differ"
    )
    sums = [0.0] * 4
    for arm in arms:
        arm.answer(cases[-1:])  # the model is read and, for the classifier, fitted
        alone: list[Answered] = []
        batched: list[Answered] = []
        row = [
            *timed(lambda arm=arm, to=alone: to.extend(a for c in some for a in arm.answer([c]))),
            *timed(
                lambda arm=arm, to=batched: to.extend(a for part in parts(some) for a in arm.answer(part))
            ),
        ]
        sums = [a + b for a, b in zip(sums, row, strict=True)]
        differ = sum(a.text != b.text for a, b in zip(alone, batched, strict=True))
        told(arm.name, row, f"{differ} of {len(some)}")
    told("all arms", sums, "")


def parts(cases: list[Case]) -> Iterator[list[Case]]:
    """As a comparison asks them."""
    return (cases[at : at + running.BATCH] for at in range(0, len(cases), running.BATCH))


def told(name: str, row: list[float], rest: str) -> None:
    cells = "".join(f"{clock:10.2f} s {processor:8.2f} s |" for clock, processor in (row[:2], row[2:]))
    print(f"  {name:22} {cells} {row[0] / row[2]:6.2f} {row[1] / row[3]:6.2f} | {rest}", flush=True)


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock, and of this process on all cores."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


if __name__ == "__main__":
    main()
