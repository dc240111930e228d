"""What is exported from a project: which rows, for whom, with the project's instructions and base model."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from assistant.dataset import examples, exports, versions
from assistant.dataset.examples import Example, Filter, Status
from assistant.dataset.exports import Export
from assistant.errors import PenalaError
from assistant.journey import choices
from assistant.models import catalogue
from assistant.settings import Settings
from assistant.workspace import files
from assistant.workspace.project import Project

_FIELDS = ("words", "split", "tag", "author", "origin")
STATUSES: Mapping[str, Status | Literal[""]] = {
    "accepted": "accepted", "draft": "draft", "rejected": "rejected", "any": "",
}  # fmt: skip
ACCEPTED = Filter()
_FIRST = 200  # rows of each file that a preview writes


@dataclass(frozen=True)
class Asked:
    """`version`: v003, or v003:test for a part of it; "" for the table as it is. `sought`: which of those rows.

    `every_split`: rows of validation and test too, to be learned from. `model`: for recipes, instead of the project's.
    """

    target: str
    version: str = ""
    sought: Filter = ACCEPTED
    every_split: bool = False
    bom: bool = False
    model: str = ""

    def address(self) -> str:
        """As one part of an address; `asked` reads it."""
        fields = {name: getattr(self.sought, name) for name in _FIELDS} | {
            "status": self.sought.status or "any"
        }
        flags = {"every_split": "1" if self.every_split else "", "bom": "1" if self.bom else ""}
        given = {"version": self.version, **fields, **flags, "model": self.model}
        return urlencode({name: value for name, value in given.items() if value})


def asked(target: str, address: str) -> Asked:
    """What `Asked.address` wrote; a bare name is a version."""
    if "=" not in address:
        return Asked(target, address)
    given = dict(parse_qsl(address))
    words, split, tag, author, origin = (given.get(name, "") for name in _FIELDS)
    status = STATUSES.get(given.get("status", ""), "accepted")
    sought = Filter(words=words, split=split, status=status, tag=tag, author=author, origin=origin)
    return Asked(
        target,
        given.get("version", ""),
        sought,
        "every_split" in given,
        "bom" in given,
        given.get("model", ""),
    )


def rows(project: Project, wanted: Asked) -> list[Example]:
    """The rows that fit. Raises PenalaError: no_version, no_split, version_damaged."""
    if not wanted.version:
        return examples.every(project, wanted.sought)
    return [e for e in versions.rows(project, wanted.version) if fits(e, wanted.sought)]


def fits(e: Example, sought: Filter) -> bool:
    """As `examples.every` chooses, for rows that are no longer in the table."""
    words = sought.words.casefold()
    return (
        (not words or words in e.input.casefold() or words in e.output.casefold())
        and all(
            not (w := getattr(sought, name)) or getattr(e, name) == w
            for name in ("split", "status", "author", "origin")
        )
        and (not sought.tag or sought.tag in e.tags)
    )


def build(project: Project, wanted: Asked, settings: Settings, language: str) -> Export:
    """Raises PenalaError: no_target, what `rows` and `exports.build` raise."""
    return _build(project, wanted, settings, language, rows(project, wanted), None)


def preview(
    project: Project, wanted: Asked, settings: Settings, language: str, found: Sequence[Example]
) -> Export:
    """What `build` makes of the rows that were found, but for the files, of which only the first rows are written."""
    return _build(project, wanted, settings, language, found, _FIRST)


def _build(
    project: Project,
    wanted: Asked,
    settings: Settings,
    language: str,
    found: Sequence[Example],
    first: int | None,
) -> Export:
    to = exports.target(wanted.target)
    title = str(project.get("name") or project.id)
    part = ":" in wanted.version or bool(wanted.sought.split)  # named by the user: goes out as it is
    setting = exports.Setting(
        name=plain(title) or plain(project.id),
        title=title,
        instructions=choices.tuning_prompt(project).instructions,
        model=hub_name(wanted.model or choices.base(project, settings)),
        language=language,
        spoken=choices.language(project),
        version=wanted.version,
        bom=wanted.bom,
    )
    return exports.build(found, to, setting, wanted.every_split or part, first)


def hub_name(spec: str) -> str:
    """What other tools call a model: its hub's repository where it has one, else as it was chosen."""
    spec = spec.removeprefix("hub:")
    if not catalogue.known(spec):
        return spec
    hubs = [
        source.repository for source in catalogue.entry(spec).sources if isinstance(source, catalogue.Hub)
    ]
    return hubs[0] if hubs else spec


def file_name(project: Project, wanted: Asked, made: Export) -> str:
    """The name, without suffix, of what is kept of an export."""
    part = wanted.version.replace(":", "-") or "examples"
    return f"{project.id}-{part}-{made.target.id}"


def write(made: Export, path: Path) -> list[Path]:
    """To a zip, a folder, or (a path with the data's own suffix) the data alone. The files that were written."""
    if path.suffix == made.target.suffix and not path.is_dir() and made.target.id != "huggingface":
        files.write(path, made.files[made.data])
        return [path]
    if path.suffix == ".zip":
        files.write(path, zipped(made.files.items()))
        return [path]
    if path.is_file():
        raise PenalaError("export_no_folder", path=str(path), suffix=made.target.suffix)
    for name, data in made.files.items():
        files.write(path / name, data)
    return [path / name for name in made.files]


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def plain(name: str) -> str:
    """A name for files and other tools: letters, digits and hyphens."""
    ascii_ = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_).strip("-")[:40]
