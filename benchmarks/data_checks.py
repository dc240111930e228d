"""Plants 50 of each defect into real rows and counts what `penala data import` and `penala data check` find of them.

    python benchmarks/data_checks.py [--seed N] [--data FOLDER] [--only CHECK …]

Only findings beyond those of the same rows unplanted count, so natural defects are neither a hit nor a mistake; those of
Banking77 are listed. Each defect is planted alone, into a project of its own, in several forms. Nothing was tuned on
these files: run it with any seed.
"""

import argparse
import contextlib
import csv
import io
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.cli import main
from benchmarks import defects
from benchmarks.defects import Planted, Row

COUNT = 50


@dataclass(frozen=True)
class Score:
    """`n` planted, `found` of them, `claimed` rows in all beyond the clean rows' findings."""

    n: int
    found: int
    claimed: int

    @property
    def recall(self) -> float:
        return self.found / self.n

    @property
    def precision(self) -> float:
        return self.found / self.claimed if self.claimed else 0.0


def penala(project: Path, *words: str) -> dict[str, object]:
    """One command's JSON; exits 0 or this stops."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main([*words, "--project", str(project), "--json"])
    if code != 0:
        raise SystemExit(f"{words}: {code}")
    return json.loads(out.getvalue().splitlines()[-1])


def checked(rows: Sequence[Row], folder: Path, suffix: str, read: Path | None = None) -> dict[str, list[str]]:
    """Each check's rows, in its order, after an import into a new project."""
    folder.mkdir(parents=True)
    file = folder / f"rows{suffix}"
    defects.write(rows, file)
    penala(folder / "project", "data", "import", str(file))
    if read:  # what was embedded for the clean rows need not be embedded again
        shutil.copytree(read / "project" / "cache", folder / "project" / "cache", dirs_exist_ok=True)
    found: dict[str, list[str]] = {}
    for finding in penala(folder / "project", "data", "check")["findings"]:
        found.setdefault(finding["check"], []).extend(finding["rows"])
    return found


def interval(k: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not n:
        return 0.0, 1.0
    z, p = 1.96, k / n
    middle, half = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def said(k: int, n: int) -> str:
    low, high = interval(k, n)
    return f"{k / n if n else 0:.3f} [{low:.3f}, {high:.3f}]"


def score(planted: Planted, clean: dict[str, list[str]], found: dict[str, list[str]]) -> Score:
    """A planted row counts as found when it, or the row it was made from, is named anew."""
    known = set(clean.get(planted.check, ()))
    claimed = [row for row in dict.fromkeys(found.get(planted.check, ())) if row not in known]
    if planted.check == "label_noise":
        claimed = found.get("label_noise", [])[: 2 * len(planted.ids)]
    partner = planted.partners
    right = [row for row in claimed if row in planted.ids or row in partner.values()]
    hits = sum(row in claimed or partner.get(row, "") in claimed for row in planted.ids)
    return Score(len(planted.ids), hits, len(claimed) - len(right) + hits)


def natural(rows: Sequence[Row], clean: dict[str, list[str]]) -> None:
    by_id = {row.id: row for row in rows}
    for check in ("exact_duplicate", "near_duplicate", "contradiction", "leakage"):
        found = clean.get(check, [])
        print(f"  natural {check}: {len(found)}")
        for row in found[:3]:
            print(f"    {row}: {by_id[row].text[:90]} -> {by_id[row].label}")


def run(name: str, rows: list[Row], seed: int, only: Sequence[str]) -> None:
    print(f"{name}: {len(rows)} rows, seed {seed}")
    with tempfile.TemporaryDirectory() as place:
        clean = checked(rows, Path(place, "clean"), ".jsonl")
        natural(rows, clean)
        for number, (title, plant) in enumerate(defects.DEFECTS.items()):
            planted = plant([replace(row) for row in rows], random.Random(seed * 1000 + number), COUNT)
            if only and planted.check not in only:
                continue
            found = checked(planted.rows, Path(place, f"d{number}"), planted.suffix, Path(place, "clean"))
            s = score(planted, clean, found)
            print(
                f"  {planted.check:16} {title:28} n={s.n:3}  recall {said(s.found, s.n)}  "
                f"precision {said(s.found, s.claimed)}  others {s.claimed - s.found}",
                flush=True,
            )


def rows_of(path: Path, text: str, label: str, limit: int, seed: int) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        found = [Row(row.get("id") or "", row[text], row[label]) for row in csv.DictReader(stream)]
    return found if len(found) <= limit else random.Random(seed).sample(found, limit)


def start() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument(
        "--banking", type=int, default=10_000, help="rows of Banking77 (its training part has 10,003)"
    )
    asked = parser.parse_args()
    sentiment = [
        replace(row, split=split)
        for part, split in (("train", "train"), ("valid", "validation"), ("test", "test"))
        for row in rows_of(asked.data / f"sentiment_id/{part}.csv", "text", "label", 10_000, asked.seed)
    ]
    run("sentiment_id", sentiment, asked.seed, asked.only)
    banking = [
        replace(row, id=f"{part}{number}", split=part)
        for part in ("train", "test")
        for number, row in enumerate(
            rows_of(asked.data / f"banking77_en/{part}.csv", "text", "category", asked.banking, asked.seed), 1
        )
    ]
    run("banking77_en", banking, asked.seed, asked.only)


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    start()
