"""How far reviewers agree: on keeping or rejecting, and on the answer; overall, per label and per person."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from assistant.dataset.examples import Filter, page
from assistant.dataset.kinds import kind_of
from assistant.dataset.reviews import alpha, records
from assistant.dataset.reviews.alpha import Agreement
from assistant.dataset.reviews.records import Opinion
from assistant.settings import KNOWLEDGE, read_yaml
from assistant.workspace.project import Project

Reading = Literal["good", "tentative", "poor", "open", "none"]
_MOST_LABELS = 30
_LOOKED_AT = 2000


@dataclass(frozen=True)
class Marks:
    """Where agreement begins to be good and to be tentative, and the key of the source that says so."""

    good: float
    tentative: float
    source: str


@dataclass(frozen=True)
class ByLabel:
    """Agreement on one label against all others, and how many opinions chose it."""

    label: str
    opinions: int
    answer: Agreement


@dataclass(frozen=True)
class ByPerson:
    """One person's opinions, how many of them edits and rejections, and agreement on the examples that they and
    others judged."""

    person: str
    opinions: int
    edited: int
    rejected: int
    verdict: Agreement
    answer: Agreement


@dataclass(frozen=True)
class Agreements:
    """`verdict`: keep or reject. `answer`: the answers of those who keep; its alpha only where answers are `labels`,
    because in free text nearly every answer is a name of its own."""

    verdict: Agreement
    answer: Agreement
    labels: bool
    by_label: tuple[ByLabel, ...]
    by_person: tuple[ByPerson, ...]


def agreements(project: Project) -> Agreements:
    """Of all opinions that stand; the owner's word on disputes is none of them."""
    with project.database() as db:
        found = db.execute(
            "SELECT * FROM opinions WHERE action != 'skip' AND NOT settles ORDER BY example, person"
        )
        given = [records.opinion(row) for row in found]
    labels = bool(label_names(project))
    units: dict[str, list[Opinion]] = defaultdict(list)
    for one in given:
        units[one.example].append(one)
    both = [unit for unit in units.values() if len(unit) >= 2]
    return Agreements(
        _verdict(both), _answer(both, labels), labels, _by_label(both) if labels else (), _by_person(given, both, labels)
    )  # fmt: skip


def label_names(project: Project) -> list[str]:
    """The labels where the answers are labels, the commonest first; else none. Told from the first 2,000 examples."""
    seen, _ = page(project, 0, _LOOKED_AT, Filter(status=""))
    outputs = Counter(e.output.strip() for e in seen)
    return [label for label, _ in outputs.most_common()] if kind_of(seen) == "labels" else []


def reading(found: Agreement) -> Reading:
    """What a figure means, by the end of its interval that counts: `open` while the interval does not tell, `none`
    where there is no figure. Marks: knowledge/reviews.yaml."""
    if found.alpha is None:
        return "none"
    if found.low is None or found.high is None:
        return "open"
    if found.low >= marks().good:
        return "good"
    if found.low >= marks().tentative:
        return "tentative"
    return "poor" if found.high < marks().tentative else "open"


@cache
def marks() -> Marks:
    known = read_yaml(KNOWLEDGE / "reviews.yaml")["agreement"]
    return Marks(float(known["good"]), float(known["tentative"]), str(known["source"]))


def _verdict(units: Sequence[Sequence[Opinion]]) -> Agreement:
    return alpha.agreement([[one.keeps for one in unit] for unit in units])


def _answer(units: Sequence[Sequence[Opinion]], labels: bool) -> Agreement:
    values: list[list[Hashable]] = [[one.output for one in unit if one.keeps] for unit in units]
    return alpha.agreement(values) if labels else alpha.sameness(values)


def _by_label(units: Sequence[Sequence[Opinion]]) -> tuple[ByLabel, ...]:
    kept = [[one.output for one in unit if one.keeps] for unit in units]
    chosen = Counter(label for unit in kept for label in unit)
    return tuple(
        ByLabel(label, count, alpha.agreement([[value == label for value in unit] for unit in kept]))
        for label, count in chosen.most_common(_MOST_LABELS)
    )


def _by_person(
    given: Sequence[Opinion], units: Sequence[Sequence[Opinion]], labels: bool
) -> tuple[ByPerson, ...]:
    mine: Mapping[str, list[Opinion]] = defaultdict(list)
    for one in given:
        mine[one.person].append(one)
    found = []
    for person, said in sorted(mine.items(), key=lambda item: (-len(item[1]), item[0])):
        shared = [unit for unit in units if any(one.person == person for one in unit)]
        actions = Counter(one.action for one in said)
        found.append(
            ByPerson(
                person,
                len(said),
                actions["edit"],
                actions["reject"],
                _verdict(shared),
                _answer(shared, labels),
            )
        )
    return tuple(found)
