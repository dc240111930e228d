"""Writes docs/reliability.md from test results: every row of the fault and attack matrix, its tests and their outcome.

pytest -m "not browser" --junitxml results.xml      # or any part of it
python -m benchmarks.reliability results.xml [more.xml …]
"""

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
MATRIX = ROOT / "tests" / "faults" / "matrix.yaml"
HEAD = """# Reliability

Made by `python -m benchmarks.reliability` from test results; the rows and their tests stand in `tests/faults/matrix.yaml`.
Trials are test cases run (a seed, a damaged file, a hostile name each); a row whose tests were in none of the results says so.

| row | fault or attack | test | trials | outcome |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Case:
    """One test case as pytest reported it. `outcome`: passed, failed or skipped."""

    file: str  # under tests/, with .py
    function: str
    outcome: str


def matrix() -> dict[int, dict[str, Any]]:
    return dict(yaml.safe_load(MATRIX.read_text("utf-8")))


def cases(xml: Path) -> list[Case]:
    """The cases of a JUnit file; classes are "tests.ui.test_x" or "ui.test_x", however pytest was started."""
    found = []
    for one in ElementTree.parse(xml).iter("testcase"):
        module = one.get("classname", "").removeprefix("tests.").replace(".", "/") + ".py"
        kinds = {child.tag for child in one}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        found.append(Case(module, one.get("name", "").split("[")[0], outcome))
    return found


def of_test(named: str, found: list[Case]) -> Counter[str]:
    """How the cases of "file" or "file::function" ended."""
    file, _, function = named.partition("::")
    return Counter(c.outcome for c in found if c.file == file and function in ("", c.function))


def table(found: list[Case]) -> str:
    lines, answered = [], 0
    for number, row in matrix().items():
        if "tests" not in row:
            lines.append(f"| {number} | {row['fault']} | {row['open']} | | open |")
            continue
        counts = {named: of_test(named, found) for named in row["tests"]}
        total = sum(counts.values(), Counter[str]())
        answered += bool(total["passed"]) and not total["failed"]
        names = "<br>".join(f"`{named}`" for named in counts)
        lines.append(
            f"| {number} | {row['fault']} | {names} | {total['passed'] + total['failed']} | {_said(total)} |"
        )
    return (
        f"{HEAD}" + "\n".join(lines) + f"\n\n{answered} of {len(lines)} rows answered by tests that passed.\n"
    )


def _said(total: Counter[str]) -> str:
    if not total:
        return "not in these results"
    return ", ".join(f"{total[kind]} {kind}" for kind in ("passed", "failed", "skipped") if total[kind])


def main(given: list[str]) -> None:
    found = [case for path in given for case in cases(Path(path))]
    target = ROOT / "docs" / "reliability.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text(table(found), "utf-8")
    print(target)


if __name__ == "__main__":
    main(sys.argv[1:])
