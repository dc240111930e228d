"""What a check's one-click remedy makes of the examples; knows no project and keeps nothing."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace

from assistant.dataset.checks import Data, Finding, learned
from assistant.dataset.checks.contradiction import outvoted
from assistant.dataset.checks.format_drift import usually
from assistant.dataset.checks.leakage import before, sources
from assistant.dataset.examples import Example
from assistant.dataset.json_answers import Form
from assistant.dataset.masking import Masks
from assistant.dataset.similar import normal


@dataclass(frozen=True)
class Around:
    """What a remedy goes by beside the examples: the stand-ins so far, and the ids that a person has judged."""

    masks: Masks
    judged: Set[str] = frozenset()


Remedy = Callable[[Data, Finding, Around], Iterator[Example]]


def _leave_out(data: Data, finding: Finding, around: Around) -> Iterator[Example]:
    """Set the rows aside: they stay in the table as rejected, and count no more."""
    rows = set(finding.rows)
    yield from (replace(e, status="rejected") for e in data.examples if e.id in rows)


def _leave_twins(data: Data, finding: Finding, around: Around) -> Iterator[Example]:
    """Set aside what an earlier row with nearly the same input answers alike; another answer is another lesson, or a
    contradiction that a person has to settle."""
    rows, twins = set(finding.rows), _twins(data)
    said = defaultdict[str, set[str]](set)
    for e, form, answer in zip(data.examples, data.like.keys, data.answers, strict=True):
        if e.id in rows and any(answer in said[twin] for twin in (form, *twins[form])):
            yield replace(e, status="rejected")
        else:
            said[form].add(answer)


def _twins(data: Data) -> dict[str, set[str]]:
    """The forms that are nearly each form."""
    found = defaultdict[str, set[str]](set)
    for a, b in data.like.pairs:
        found[a].add(b)
        found[b].add(a)
    return found


def _mask(data: Data, finding: Finding, around: Around) -> Iterator[Example]:
    rows = set(finding.rows)
    for e in data.examples:
        if e.id in rows:
            text, answer, worse = (around.masks.masked(text) for text in (e.input, e.output, e.rejected))
            yield replace(e, input=text, output=answer, rejected=worse)


def _move(data: Data, finding: Finding, around: Around) -> Iterator[Example]:
    """Rows of test and validation go to the side that has seen them."""
    rows, sides, twins = set(finding.rows), defaultdict[str, set[str]](set), _twins(data)
    for e, form in zip(data.examples, data.like.keys, strict=True):
        for mark in (form, *(f"\0{s}" for s in sources(e))):
            sides[mark].add(e.split)
    for e, form in zip(data.examples, data.like.keys, strict=True):
        if e.id in rows:
            marks = (form, *twins[form], *(f"\0{s}" for s in sources(e)))
            seen = {side for mark in marks for side in sides[mark]}
            yield replace(e, split=next(side for side in before(e.split) if side in seen))


def _as_usual(data: Data, finding: Finding, around: Around) -> Iterator[Example]:
    """A label written in another way is written as most are; what is no label stays."""
    usual, rows = usually([e.output.strip() for e in data.examples]), set(finding.rows)
    for e in data.examples:
        if e.id in rows and (label := usual.get(e.output.strip())):
            yield replace(e, output=label)


def _outvoted(data: Data, finding: Finding, around: Around) -> Iterator[Example]:
    """Set aside what most rows with the same input answer otherwise; where votes are even a person decides."""
    rows = set(outvoted(data)) & set(finding.rows)
    yield from (replace(e, status="rejected") for e in data.examples if e.id in rows)


def _thin(data: Data, finding: Finding, around: Around) -> Iterator[Example]:
    """Set aside `spare` of what there is too much of: rows to train on, those that repeat an answer first, then by lot."""
    rows, label = set(finding.rows), finding.values.get("label")
    many = [e for e in learned(data.examples) if e.id in rows or (label and e.output.strip() == label)]
    drawn = sorted(many, key=lambda e: hashlib.sha256(e.id.encode()).digest())
    times = Counter[str]()
    nth = list[int]()
    for e in drawn:
        times[normal(e.output)] += 1
        nth.append(times[normal(e.output)])
    order = sorted(range(len(drawn)), key=lambda i: -nth[i])
    yield from (replace(drawn[i], status="rejected") for i in order[: int(str(finding.values["spare"]))])


def _to_review(data: Data, finding: Finding, around: Around) -> Iterator[Example]:
    """Rows that nobody has judged wait in the review queue, and count again once accepted."""
    rows = set(finding.rows) - around.judged
    yield from (replace(e, status="draft") for e in data.examples if e.id in rows)


def _repair(data: Data, finding: Finding, around: Around) -> Iterator[Example]:
    """JSON that is nearly as the others' is written as they are; what would lose or invent something stays."""
    rows, form = set(finding.rows), Form.of([e.output.strip() for e in data.examples])
    for e in data.examples:
        if e.id in rows and (text := form.repaired(e.output.strip())):
            yield replace(e, output=text)


def _take_instructions_out(data: Data, finding: Finding, around: Around) -> Iterator[Example]:
    """Instructions that stand in the input word for word go; the rest of the input stays."""
    rows, said = set(finding.rows), data.instructions.strip()
    for e in data.examples:
        rest = e.input.replace(said, "", 1).strip()
        if e.id in rows and said and rest and rest != e.input:
            yield replace(e, input=rest)


REMEDIES: dict[tuple[str, str], Remedy] = {
    ("empty", ""): _leave_out, ("empty", "trivial"): _leave_out, ("exact_duplicate", ""): _leave_out,
    ("near_duplicate", ""): _leave_twins, ("contradiction", ""): _outvoted, ("leakage", ""): _move,
    ("leakage", "source"): _move, ("leakage", "near"): _move, ("leakage", "asked"): _leave_out,
    ("over_length", ""): _leave_out, ("nothing_to_learn", ""): _leave_out, ("nothing_to_learn", "echo"): _leave_out,
    ("imbalance", ""): _thin, ("format_drift", "label"): _as_usual, ("format_drift", "json"): _repair,
    ("format_drift", "keys"): _repair, ("format_drift", "instructions"): _take_instructions_out,
    ("language_mix", ""): _leave_out, ("language_mix", "answer"): _leave_out, ("language_mix", "crossed"): _leave_out,
    ("personal_data", ""): _mask, ("personal_data", "grave"): _mask, ("wording", ""): _leave_out,
    ("refusals", ""): _thin, ("label_noise", ""): _to_review,
}  # fmt: skip
