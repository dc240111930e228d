"""Runs every arm over the same cases and keeps each answer on disk; knows nothing of references or scores.

The cache is one file an arm, `<hash of the fingerprint>.jsonl`, a line an answer, keyed by the input. A run
that was killed goes on where it stopped; a second run asks no arm anything.
"""

import hashlib
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from assistant.errors import PenalaError
from assistant.evaluation.values import Answered, Arm, Case
from assistant.workspace import files

Report = Callable[[int, int, str], None]  # done, total, the arm's name

BATCH = 32


def run(
    arms: Sequence[Arm],
    cases: Sequence[Case],
    cache: Path,
    report: Report | None = None,
    seed: int = 0,
    batch: int = BATCH,
) -> list[tuple[Answered, ...]]:
    """Each arm's answers, in the order of the cases. The cases are asked in an order drawn by `seed`, the
    same for every arm, so that warming up or a sorted file favours none.

    Raises PenalaError: no_arms, same_arm_twice, arm_name_twice, arm_broken, disk_full; and whatever an arm
    raises. What was answered until then is kept.
    """
    check(arms)
    order = list(cases)
    random.Random(seed).shuffle(order)
    return [_answers(arm, cases, order, cache, report, batch) for arm in arms]


def check(arms: Sequence[Arm]) -> None:
    """Refuses a comparison that compares nothing: no arm, two of a name, or two that are one and the same."""
    if not arms:
        raise PenalaError("no_arms")
    names: set[str] = set()
    by_fingerprint: dict[str, str] = {}
    for arm in arms:
        if arm.name in names:
            raise PenalaError("arm_name_twice", arm=arm.name)
        if arm.fingerprint in by_fingerprint:
            raise PenalaError("same_arm_twice", arm=by_fingerprint[arm.fingerprint], other=arm.name)
        names.add(arm.name)
        by_fingerprint[arm.fingerprint] = arm.name


def _answers(
    arm: Arm, cases: Sequence[Case], order: Sequence[Case], cache: Path, report: Report | None, batch: int
) -> tuple[Answered, ...]:
    path = cache / f"{_hash(arm.fingerprint)[:32]}.jsonl"
    known = dict(_kept(path))
    wanted = {_hash(case.input): case for case in order}  # an input that comes twice is asked once
    open_ = [(key, case) for key, case in wanted.items() if key not in known]
    _tell(report, len(wanted) - len(open_), len(wanted), arm)
    for start in range(0, len(open_), batch):
        part = open_[start : start + batch]
        for (key, _), answer in zip(part, _asked(arm, [case for _, case in part]), strict=True):
            known[key] = answer
        _keep(path, [(key, known[key]) for key, _ in part])
        _tell(report, len(wanted) - len(open_) + start + len(part), len(wanted), arm)
    return tuple(_of(known[_hash(case.input)], case) for case in cases)


def _asked(arm: Arm, cases: list[Case]) -> list[Answered]:
    answers = arm.answer(cases)
    if [a.case for a in answers] != [c.id for c in cases]:
        raise PenalaError("arm_broken", arm=arm.name, asked=len(cases), given=len(answers))
    return answers


def _of(answer: Answered, case: Case) -> Answered:
    """The kept answer under this comparison's case id."""
    return Answered(**{**asdict(answer), "case": case.id})


def _kept(path: Path) -> Iterator[tuple[str, Answered]]:
    """All whole lines; one cut short by a kill is left out and asked again."""
    if not path.exists():
        return
    for line in path.read_bytes().splitlines():
        try:
            row = json.loads(line)
            yield row.pop("input"), Answered(**row)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue


def _keep(path: Path, rows: Sequence[tuple[str, Answered]]) -> None:
    lines = [json.dumps({"input": key, **asdict(a)}, ensure_ascii=False) for key, a in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    with files.disk_full_is_said(path.parent), path.open("ab+") as stream:
        torn = stream.tell() > 0 and stream.seek(-1, os.SEEK_END) >= 0 and stream.read(1) != b"\n"
        # a lone surrogate from a tokenizer cannot be encoded; it is kept as a question mark
        stream.write((("\n" if torn else "") + "\n".join(lines) + "\n").encode("utf-8", "replace"))
        stream.flush()
        os.fsync(stream.fileno())


def _tell(report: Report | None, done: int, total: int, arm: Arm) -> None:
    if report:
        report(done, total, arm.name)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
