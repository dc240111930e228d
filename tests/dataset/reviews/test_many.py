"""Many reviewers at once, each a process of its own: nothing is lost or doubled, and a kill loses nothing told."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from assistant.dataset import examples
from assistant.dataset.examples import Example
from assistant.dataset.reviews import queue, records, rules
from assistant.workspace.project import create_project

from .reviewer import LABELS

ROOT = Path(__file__).parents[3]
SEEDS = [*range(1, 5), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(5, 101))]


@pytest.fixture
def filled(tmp_path):
    def fill(count, opinions=1):
        project = create_project(tmp_path / "p", "P", "en")
        rows = [
            Example(f"e{n}", f"question {n}", "good", status="draft" if n % 3 else "accepted")
            for n in range(1, count + 1)
        ]
        examples.save(project, rows)
        rules.set_opinions(project, opinions, "Owner")
        return project

    return fill


def start(project, name, seed, *kill):
    command = [sys.executable, "-m", "tests.dataset.reviews.reviewer", str(project.folder), name, str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command + [str(part) for part in kill], cwd=ROOT, env=environment, stderr=subprocess.PIPE
    )


def go(project, people):
    """Let all begin at once, when all are there."""
    while not all((project.folder / f"{name}.txt").exists() for name in people):
        time.sleep(0.01)
    (project.folder / "go").touch()


def ended(process):
    _, said = process.communicate(timeout=300)
    return process.returncode, said.decode()


def told(project):
    """What each reviewer was told: (name, "lent" or "done", example, line of the log or "")."""
    return [
        (path.stem, *(*line.split(), "")[:3])
        for path in sorted(project.folder.glob("*.txt"))
        for line in path.read_text().splitlines()
    ]


def whole(project, opinions):
    """Everything acknowledged is in the log once, and the examples are what the opinions say."""
    with project.database() as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        said = [records.opinion(row) for row in db.execute("SELECT * FROM opinions")]
    log = {line.id: line for line in records.history(project, count=1_000_000)}
    for name, what, example, line in told(project):
        if what == "done" and line != "0":
            assert (log[int(line)].person, log[int(line)].example) == (name, example)
    given = [(line.person, line.example) for line in log.values() if line.action not in ("skip", "apply")]
    assert max(Counter(given).values(), default=1) == 1
    judged = Counter(o.example for o in said if o.action != "skip")
    assert max(judged.values(), default=0) <= opinions
    for e in examples.every(project):
        mine = [o for o in said if o.example == e.id and o.action != "skip"]
        if len(mine) == opinions and len({o.outcome for o in mine}) == 1:
            assert (e.status, e.output) == (
                ("accepted", mine[0].output) if mine[0].keeps else ("rejected", "good")
            )
        else:
            assert (e.status, e.output) == ("draft" if int(e.id[1:]) % 3 else "accepted", "good")
    return log, judged


@pytest.mark.parametrize(("count", "opinions"), [(1000, 1), pytest.param(1000, 3, marks=pytest.mark.long)])
def test_twenty_reviewers_at_once_lose_and_double_nothing(filled, count, opinions):
    project = filled(count, opinions)
    people = [f"person{n}" for n in range(20)]
    processes = [start(project, name, 0) for name in people]
    go(project, people)
    assert [ended(process) for process in processes] == [(0, "")] * 20
    log, judged = whole(project, opinions)
    assert judged == {f"e{n}": opinions for n in range(1, count + 1)}
    done = [line for line in told(project) if line[1] == "done"]
    assert len(done) == len(log) - sum(line.action == "apply" for line in log.values())
    assert len({person for person, *_ in done}) > 10  # the work was shared
    if opinions == 1:  # whoever was lent an example either judged it or passed it on, and no two judged it
        lent = Counter(example for _, what, example, _ in told(project) if what == "lent")
        passed = Counter(line.example for line in log.values() if line.action == "skip")
        assert all(lent[id] == 1 + passed[id] for id in lent)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_reviewer_loses_nothing_that_was_acknowledged(filled, seed):
    """Three of four reviewers are killed, at a commit or at a moment; then they come back and end the work."""
    opinions, chance = 1 + seed % 3 % 2, random.Random(seed)
    project = filled(60, opinions)
    kills = {
        name: (chance.randint(1, 20), 0) if seed % 2 else (0, chance.uniform(0.02, 0.6))
        for name in ("a", "b", "c")
    }
    processes = [start(project, name, seed, *kill) for name, kill in kills.items()] + [
        start(project, "d", seed)
    ]
    go(project, [*kills, "d"])
    codes = [ended(process) for process in processes]
    assert codes[-1] == (0, "")
    assert {code for code, _ in codes[:-1]} <= {0, -signal.SIGKILL}, codes
    assert seed % 2 == 0 or -signal.SIGKILL in [code for code, _ in codes]
    whole(project, opinions)
    again = [start(project, name, seed + 1000) for name in ("a", "b", "c", "d")]
    assert [ended(process) for process in again] == [(0, "")] * 4
    _, judged = whole(project, opinions)
    assert judged == {f"e{n}": opinions for n in range(1, 61)}
    assert queue.left(project, "d") == 0 or opinions == 2
    assert {e.output for e in examples.every(project)} <= set(LABELS)
