"""Test rows that training has seen: the same input, nearly the same, or the same source on both sides; and training
rows that ask what the evaluation set asks."""

from collections import defaultdict
from collections.abc import Iterator

from assistant.dataset.checks import Data, Finding
from assistant.dataset.examples import Example
from assistant.dataset.similar import likeness

_HELD = ("validation", "test")
_FORM = 0.5  # of the rows held out are nearly in training: rows from one form, and to move them would leave no test


def check(data: Data) -> list[Finding]:
    """Equal inputs and shared sources block; nearly equal inputs may be honest, so they are shown."""
    seen: dict[str, set[str]] = defaultdict(set)  # what training and validation have, by split
    origins: dict[str, set[str]] = defaultdict(set)
    for e, form in zip(data.examples, data.like.keys, strict=True):
        seen[e.split].add(form)
        origins[e.split].update(sources(e))
    held = [(e, form) for e, form in zip(data.examples, data.like.keys, strict=True) if e.split in _HELD]
    same = tuple(e.id for e, form in held if any(form in seen[part] for part in before(e.split)))
    told = set(same)
    shared = tuple(
        e.id for e, _ in held if e.id not in told and any(s in origins[part] for part in before(e.split) for s in sources(e))
    )  # fmt: skip
    told.update(shared)
    near = tuple(id for id in _near(data, seen) if id not in told)
    kind = "form" if len(near) > len(held) * _FORM else "near"
    asked, nearly = _asked(data)
    found = [
        Finding("leakage", "blocking", same),
        Finding("leakage", "blocking", shared, variant="source"),
        Finding("leakage", "warning", near, variant=kind),
        Finding("leakage", "blocking", asked, variant="asked"),
        Finding("leakage", "warning", nearly, variant="nearly_asked"),
    ]
    return [finding for finding in found if finding.rows]


def before(split: str) -> tuple[str, ...]:
    """The splits from which nothing may reach this one."""
    return ("train", "validation") if split == "test" else ("train",)


def sources(e: Example) -> Iterator[str]:
    """The source, and the passage of a document that an example was taken from."""
    if e.source:
        yield e.source
    if e.place and e.place.document and e.place.start is not None:
        yield f"{e.place.document}\0{e.place.start}"


def _near(data: Data, seen: dict[str, set[str]]) -> list[str]:
    twins: dict[str, list[str]] = defaultdict(list)
    for a, b in data.like.pairs:
        twins[a].append(b)
        twins[b].append(a)
    return [
        e.id
        for e, form in zip(data.examples, data.like.keys, strict=True)
        if e.split in _HELD
        and any(other in seen[part] for other in twins.get(form, ()) for part in before(e.split))
    ]


def _asked(data: Data) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rows to train on that ask an evaluation question, word for word and nearly so."""
    rows = [(e, form) for e, form in zip(data.examples, data.like.keys, strict=True) if e.split != "test"]
    asked = likeness(data.asked).places
    same = tuple(e.id for e, form in rows if form in asked)
    forms = dict.fromkeys(form for _, form in rows)
    pairs = likeness([*asked, *(form for form in forms if form not in asked)]).pairs if asked else []
    near = {b for a, b in pairs if a in asked and b in forms}
    return same, tuple(e.id for e, form in rows if form in near and form not in asked)
