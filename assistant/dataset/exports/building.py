"""Puts an export together: which rows may go, in which files, with what the target would say to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.dataset.examples import SPLITS, Example
from assistant.dataset.exports import recipes
from assistant.dataset.exports.rules import Problem, problems
from assistant.dataset.exports.targets import Target
from assistant.dataset.exports.written import written
from assistant.errors import PenalaError


@dataclass(frozen=True)
class Setting:
    """What an export says of its project: `name` (letters, digits, hyphens) and `title`, the instructions that each
    row goes with, the base model for recipes, the language of explanations and the one its users write in."""

    name: str
    title: str
    instructions: str = ""
    model: str = ""
    language: str = "en"
    spoken: str = "en"
    version: str = ""
    bom: bool = False


@dataclass(frozen=True)
class Export:
    """`files`: bytes by path within the folder; `data`: the path of the main file; `rows`: how many are in it;
    `left_out`: rows that a tuning tool must not learn from; `problems`: what the target would say."""

    target: Target
    files: Mapping[str, bytes]
    data: str
    rows: int
    validation: int
    left_out: int
    problems: tuple[Problem, ...]
    recipes: Mapping[str, str]


def build(
    given: Sequence[Example],
    to: Target,
    setting: Setting,
    every_split: bool = False,
    first: int | None = None,
) -> Export:
    """The files of an export. Once there is a split, a tuning target gets the training rows, validation beside them;
    `every_split`: all rows as they are, to be learned from. `first`: for a look at what would go out, write so many
    rows of each file and no words beside them; counts and problems are of all rows, sizes reckoned from these.

    Raises PenalaError: no_examples, export_incomplete, export_no_pairs, export_cell_too_long.
    """
    if not given:
        raise PenalaError("no_examples")
    train, validation, left_out = _parts(given, to, every_split)
    _refuse(to, [*train, *validation])
    found: list[Problem] = []
    if to.pairs:
        dropped = [e.id for e in train if not _is_pair(e)]
        train, validation = [e for e in train if _is_pair(e)], [e for e in validation if _is_pair(e)]
        if not train:
            raise PenalaError("export_no_pairs", target=to.name)
        found += [Problem("no_pair", "warning", tuple(dropped), {"rows": len(dropped)})] if dropped else []
    parts = _files(to, setting, train, validation)
    files = {name: _written(to, setting, rows[:first]) for name, rows in parts.items()}
    sizes = [_size(files[name], rows, first) for name, rows in parts.items()]
    found += problems(to, train, validation, sizes)
    names = list(files)
    notes = recipes.recipes(to, setting, names[0], names[1] if len(names) > 1 and not to.whole else "")
    files |= {name: text.encode() for name, text in notes.items()}
    files["README.md"] = b"" if first else _readme(to, setting, train, validation, names, found)
    return Export(to, files, names[0], len(train), len(validation), left_out, tuple(found), notes)


def _parts(
    given: Sequence[Example], to: Target, every_split: bool
) -> tuple[list[Example], list[Example], int]:
    """What is learned from, what watches, and how many rows do neither."""
    train = [e for e in given if e.split == "train"]
    if to.whole or every_split or not train:
        return list(given), [], 0
    validation = [e for e in given if e.split == "validation"]
    return train, validation, len(given) - len(train) - len(validation)


def _refuse(to: Target, given: Sequence[Example]) -> None:
    """Raises for what would make the target refuse the whole file."""
    blank = [e.id for e in given if not e.input.strip() or not e.output.strip()]
    if blank and not to.whole:
        raise PenalaError("export_incomplete", rows=", ".join(blank[:20]))
    cell = to.limits.get("cell_characters")
    long = [
        e.id for e in given if cell and max(map(len, (e.input, e.output, e.rejected, e.note))) > cell.value
    ]
    if cell and long:
        raise PenalaError(
            "export_cell_too_long", rows=", ".join(long[:20]), most=int(cell.value), target=to.name
        )


def _is_pair(e: Example) -> bool:
    return bool(e.rejected.strip()) and e.rejected.strip() != e.output.strip()


def _files(
    to: Target, setting: Setting, train: Sequence[Example], validation: Sequence[Example]
) -> dict[str, Sequence[Example]]:
    """The rows of each data file by its path: one of all rows, one of each split, or training and validation."""
    parts: dict[str, Sequence[Example]]
    if to.id == "huggingface":
        by_split = {split: [e for e in train if (e.split or "train") == split] for split in SPLITS}
        parts = {f"data/{split}-00000-of-00001": rows for split, rows in by_split.items() if rows}
    elif to.whole:
        parts = {setting.name: train}
    else:
        parts = {"train": train} | ({"validation": validation} if validation else {})
    return {f"{name}{to.suffix}": rows for name, rows in parts.items()}


def _written(to: Target, setting: Setting, rows: Sequence[Example]) -> bytes:
    return written([to.record(e, setting.instructions) for e in rows], to.suffix, setting.bom)


def _size(data: bytes, rows: Sequence[Example], first: int | None) -> int:
    """The file's bytes; reckoned by the letters of all rows where only the first are in `data`."""
    if first is None or len(rows) <= first:
        return len(data)
    letters = [len(e.input) + len(e.output) + len(e.rejected) for e in rows]
    return len(data) * sum(letters) // max(1, sum(letters[:first]))


def _readme(
    to: Target, setting: Setting, train: Sequence[Example], validation: Sequence[Example], names: Sequence[str],
    found: Sequence[Problem],
) -> bytes:  # fmt: skip
    if to.id == "huggingface":
        return recipes.card(
            setting, train, {name.split("/")[1].split("-")[0]: name for name in names}
        ).encode()
    counts = [len(train), len(validation)]
    return recipes.readme(to, setting, dict(zip(names, counts, strict=False)), found).encode()
