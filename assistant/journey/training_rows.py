"""A run's rows: the version's own, in the layouts in which they will be served, those of other tasks, general ones."""

import json
import math
import random
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from assistant.dataset import versions
from assistant.dataset.examples import Example
from assistant.errors import PenalaError
from assistant.journey import choices, passages
from assistant.models.embedding import open_embedder
from assistant.models.prompt import Prompt
from assistant.models.values import Message
from assistant.settings import KNOWLEDGE, Settings
from assistant.tuning import sealed
from assistant.tuning.plan import Plan
from assistant.tuning.rows import Row, read_rows, write_rows
from assistant.workspace import files
from assistant.workspace.project import Project, open_project

GENERAL = "general"
_SOURCE = re.compile(
    r"(?:(?P<project>\w[\w.-]*)/)?(?P<version>v\d+)(?:#(?P<tag>[^=#]+))?(?:=(?P<weight>\d+(?:\.\d+)?))?"
)


@dataclass(frozen=True)
class Source:
    """What is learned besides the run's own version: rows of a version here or of another project, or those of it
    that carry a tag. `weight`: how often an epoch sees each row (0.5: half of them, always the same)."""

    version: str
    project: str = ""
    tag: str = ""
    weight: float = 1.0

    @property
    def name(self) -> str:
        return (
            f"{f'{self.project}/' if self.project else ''}{self.version}{f'#{self.tag}' if self.tag else ''}"
        )


@dataclass(frozen=True)
class Learned:
    """One source in a run's record: its training rows, how many an epoch sees, and the prompt they are laid out with."""

    source: str
    rows: int
    seen: int
    prompt: str


@dataclass(frozen=True)
class Rows:
    """`prompt` is that of the run's own version, with which the adapter is served."""

    train: list[Row]
    validation: list[Row]
    prompt: str
    learned: tuple[Learned, ...]


def source(written: str) -> Source:
    """`v002`, `v002=2`, `v002#tag=0.5` or `other-project/v001`. Raises PenalaError("bad_mix")."""
    found = _SOURCE.fullmatch(written.strip())
    weight = float(found["weight"] or 1) if found else 0.0
    if not found or not 0 < weight <= 20:
        raise PenalaError("bad_mix", part=written.strip())
    return Source(found["version"], found["project"] or "", (found["tag"] or "").strip(), weight)


def check(project: Project, plan: Plan) -> None:
    """Raises PenalaError: bad_mix, mix_empty, no_version, no_project."""
    for one in map(source, plan.mix):
        examples_of(project, one)


def made(project: Project, dataset: str, plan: Plan, settings: Settings, folder: Path) -> Rows:
    """The rows, made at first and read back on resume; damaged ones are made again.

    Raises PenalaError("rows_changed") where they would not be those that the run began to learn from.
    """
    if not sealed.whole(folder):
        begun = sealed.sealed(folder)
        rows = _made(project, dataset, plan, settings)
        write_rows(folder / "train.jsonl", rows.train)
        write_rows(folder / "validation.jsonl", rows.validation)
        told = {"prompt": rows.prompt, "learned": [asdict(one) for one in rows.learned]}
        files.write(folder / "learned.json", json.dumps(told, ensure_ascii=False))
        if begun and not sealed.whole(folder):
            raise PenalaError("rows_changed", run=folder.parent.name)
        sealed.seal(folder, ["train.jsonl", "validation.jsonl", "learned.json"])
    told = json.loads((folder / "learned.json").read_text("utf-8"))
    train, validation = (read_rows(folder / f"{part}.jsonl") for part in ("train", "validation"))
    return Rows(train, validation, told["prompt"], tuple(Learned(**one) for one in told["learned"]))


def _made(project: Project, dataset: str, plan: Plan, settings: Settings) -> Rows:
    prompt = choices.tuning_prompt(project)
    own = _laid(project, versions.rows(project, f"{dataset}:train"), prompt, plan, settings)
    validation = _laid(project, versions.rows(project, f"{dataset}:validation"), prompt, plan, settings)
    groups, prompts = {dataset: (own, 1.0)}, {dataset: prompt.to_json()}
    for one in map(source, plan.mix):
        home, examples = examples_of(project, one)
        theirs = choices.tuning_prompt(home)
        groups[one.name] = _laid(home, examples, theirs, plan, settings), one.weight
        prompts[one.name] = theirs.to_json()
    groups = tempered(groups, plan.temperature)
    mixed = {name: weighted(rows, weight, f"{plan.seed} {name}") for name, (rows, weight) in groups.items()}
    count = sum(map(len, mixed.values()))
    if plan.replay:
        mixed[GENERAL] = general(math.ceil(count * plan.replay / (1 - plan.replay)), plan.seed)
    sizes = {name: len(rows) for name, (rows, _) in groups.items()} | {GENERAL: len(_general())}
    learned = [Learned(name, sizes[name], len(rows), prompts.get(name, "")) for name, rows in mixed.items()]
    return Rows(
        [row for rows in mixed.values() for row in rows], validation, prompt.to_json(), tuple(learned)
    )


def tempered(
    groups: dict[str, tuple[list[Row], float]], temperature: float
) -> dict[str, tuple[list[Row], float]]:
    """With a temperature above 1 the weights make each source's share go by its size to the power 1 / temperature
    (Raffel et al. 2020); the largest keeps weight 1, so that no row is left out. Below: the weights as they are."""
    if temperature <= 1:
        return groups
    most = max(len(rows) for rows, _ in groups.values())
    return {
        name: (rows, weight * (most / len(rows)) ** (1 - 1 / temperature) if rows else weight)
        for name, (rows, weight) in groups.items()
    }


def weighted(rows: Sequence[Row], weight: float, seed: str) -> list[Row]:
    """Each row as many whole times as the weight says, and its fraction of them drawn by the seed."""
    whole, rest = int(weight), weight - int(weight)
    return [*list(rows) * whole, *random.Random(seed).sample(list(rows), round(rest * len(rows)))]


def general(count: int, seed: int) -> list[Row]:
    """General examples drawn by the seed, each once before any comes twice; both languages alike."""
    every = list(_general())
    random.Random(f"general {seed}").shuffle(every)
    return (every * math.ceil(count / len(every)))[:count]


@cache
def _general() -> tuple[Row, ...]:
    """`knowledge/replay.jsonl`, written for this product (Apache-2.0), asked as a message without a task's prompt."""
    lines = (KNOWLEDGE / "replay.jsonl").read_text("utf-8").splitlines()
    rows = (json.loads(line) for line in lines)
    return tuple(Row(r["id"], ((Message("user", r["input"]),),), r["output"]) for r in rows)


def examples_of(project: Project, one: Source) -> tuple[Project, list[Example]]:
    """Where a source lies, and its training rows. Raises PenalaError: no_project, no_version, mix_empty."""
    home = open_project(project.folder.parent / one.project) if one.project else project
    rows = versions.rows(home, f"{one.version}:train")
    found = [e for e in rows if not one.tag or one.tag in e.tags]
    if not found:
        raise PenalaError("mix_empty", source=one.name)
    return home, found


def _laid(
    project: Project, kept: Sequence[Example], prompt: Prompt, plan: Plan, settings: Settings
) -> list[Row]:
    """Each example as it is served: plain and, where the plan says so and passages are found, with passages."""
    layouts = [(tuple(prompt.messages(e.input)),) for e in kept]
    if not plan.passages:
        return [Row(e.id, layout, e.output) for e, layout in zip(kept, layouts, strict=True)]
    found = passages.for_training(project, kept, open_embedder(settings), plan.seed)
    return [
        Row(e.id, (*layout, tuple(prompt.messages(e.input, shown))) if shown else layout, e.output)
        for e, layout, shown in zip(kept, layouts, found, strict=True)
    ]
