"""Writes personal data of nobody in its many forms, and look-alikes, into real rows and counts what the check finds.

    python -m benchmarks.personal_data [--seeds 11 12 13 14 15] [--data FOLDER] [--show]

For each kind: the share of rows found, of whole values covered, told as that kind; masked alike when written twice, and
given back as they were. Precision is over as many look-alikes as planted rows, each sort of both equally often.
"""

import argparse
import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.dataset.masking import Masks
from assistant.dataset.personal import find
from benchmarks.personal_forms import NOBODYS, PERSONAL

COUNT = 50
CARRIERS = (("sentiment_id", "text", ("train", "valid", "test")), ("banking77_en", "text", ("train", "test")))


@dataclass
class Tally:
    """Rows planted, found at all, found whole, told as the kind planted, hidden and given back."""

    planted: int = 0
    found: int = 0
    whole: int = 0
    kind: int = 0
    back: int = 0
    missed: list[str] = field(default_factory=list)


def carriers(folder: Path, name: str, column: str, parts: Sequence[str]) -> list[str]:
    rows = []
    for part in parts:
        with (folder / name / f"{part}.csv").open(encoding="utf-8", newline="") as stream:
            rows += [row[column] for row in csv.DictReader(stream)]
    return rows


def placed(text: str, phrase: str, draw: random.Random) -> str:
    words = text.split(" ")
    at = draw.randrange(len(words) + 1)
    middle = " ".join([*words[:at], phrase, *words[at:]])
    end = text if text[-1] in ".!?" else f"{text}."
    return draw.choice(
        (f"{end} {phrase}", f"{phrase}. {text}", f"{text} ({phrase})", f"{end}\n{phrase}", middle)
    )


def count(tally: Tally, kind: str, value: str, text: str) -> None:
    tally.planted += 1
    at = text.find(value)
    spans = [s for s in find(text) if s.start < at + len(value) and s.stop > at]
    covered = set().union(*(range(s.start, s.stop) for s in spans))
    letters = {at + i for i, c in enumerate(value) if c.isalnum()}
    tally.found += bool(spans)
    tally.whole += letters <= covered
    tally.kind += any(s.kind == kind for s in spans)
    masks = Masks({})
    hidden, again = masks.masked(text), masks.masked(text)
    tally.back += bool(spans) and hidden == again and value not in hidden and masks.lifted(hidden) == text
    if not letters <= covered:
        tally.missed.append(text[max(0, at - 30) : at + len(value) + 12].replace("\n", "⏎"))


def run(rows: Sequence[str], seed: int, tallies: dict[str, Tally], alarms: dict[str, list[str]]) -> None:
    draw = random.Random(seed)
    for kind, form in PERSONAL.items():
        for text in draw.sample(rows, COUNT):
            phrase, value = form(draw)
            count(tallies.setdefault(kind, Tally()), kind, value, placed(text, phrase, draw))
    for sort, like in NOBODYS.items():
        each = round(COUNT * len(PERSONAL) / len(NOBODYS))
        for text in draw.sample(rows, each):
            known, made = len(find(text)), placed(text, like(draw), draw)
            spans = find(made)
            if len(spans) > known:
                alarms.setdefault(sort, []).append(", ".join(f"{s.kind} «{made[s.start : s.stop]}» of {made[max(0, s.start - 25) : s.stop + 10]!r}" for s in spans))  # fmt: skip
            alarms.setdefault(sort, [])


def unplanted(rows: Sequence[str]) -> Iterator[str]:
    for text in rows:
        for s in find(text):
            yield f"{s.kind} «{text[s.start : s.stop]}» of {text[max(0, s.start - 30) : s.stop + 15]!r}"


def start() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="*", default=[11, 12, 13, 14, 15])
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    parser.add_argument(
        "--show", type=int, default=0, help="examples of misses and false alarms, for each sort"
    )
    asked = parser.parse_args()
    for name, column, parts in CARRIERS:
        rows = carriers(asked.data, name, column, parts)
        tallies: dict[str, Tally] = {}
        alarms: dict[str, list[str]] = {}
        for seed in asked.seeds:
            run(rows, seed, tallies, alarms)
        told(name, len(rows), tallies, alarms, list(unplanted(rows)), len(asked.seeds), asked.show)


def told(
    name: str,
    rows: int,
    tallies: dict[str, Tally],
    alarms: dict[str, list[str]],
    own: list[str],
    seeds: int,
    show: int,
) -> None:
    print(f"{name}: {rows} rows, {seeds} seeds, {COUNT} of each kind and seed")
    for kind, t in tallies.items():
        n = t.planted
        print(f"  {kind:8} n={n}  found {t.found / n:.3f}  whole {t.whole / n:.3f}  as {kind} {t.kind / n:.3f}  masked and back {t.back / n:.3f}")  # fmt: skip
        for text in t.missed[:show]:
            print(f"      missed: {text}")
    each = round(COUNT * len(PERSONAL) / len(NOBODYS)) * seeds
    for sort, wrong in alarms.items():
        print(f"  look-alike {sort:8} n={each}  alarms {len(wrong)}")
        for text in wrong[:show]:
            print(f"      {text}")
    planted, found = sum(t.planted for t in tallies.values()), sum(t.found for t in tallies.values())
    wrong_rows = sum(map(len, alarms.values()))
    print(f"  all: recall {found / planted:.3f}, precision {found / (found + wrong_rows):.3f} ({wrong_rows} of {each * len(alarms)} look-alikes)")  # fmt: skip
    print(f"  unplanted: {1000 * len(own) / rows:.2f} in 1,000 rows: {'; '.join(own)}")


if __name__ == "__main__":
    start()
