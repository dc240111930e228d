"""Freezing a version with its datasheet, and bringing one back; the checks' word goes into the sheet."""

from collections import Counter
from pathlib import Path

from assistant.dataset import checks, datasheet, examples, versions
from assistant.dataset.datasheet import About
from assistant.dataset.examples import Filter
from assistant.dataset.reviews import records
from assistant.dataset.versions import Version
from assistant.journey import choices, readiness
from assistant.settings import LANGUAGES, Settings
from assistant.workspace import files
from assistant.workspace.project import Project

_LICENCE = "dataset.licence"
_EVERY = 1_000_000_000


def freeze(
    project: Project, settings: Settings, note: str = "", author: str = "", licence: str | None = None
) -> Version:
    """The next version and its datasheet in both languages; a `licence` is kept for the versions to come too.

    Raises as `versions.freeze` does.
    """
    if licence is not None:
        project.set(_LICENCE, licence.strip())
    made = versions.freeze(project, note, author=author)
    if not _path(project, made.name, LANGUAGES[0]).exists():
        found = readiness.report(project, choices.base(project, settings), settings)
        _write(project, made, found)
    return made


def restore(project: Project, settings: Settings, name: str, author: str = "") -> Version | None:
    """As `versions.restore`; what is frozen first gets its datasheet."""
    if examples.all_examples(project):
        freeze(project, settings, f"→ {versions.version(project, name).name}", author)
    return versions.restore(project, name, author)


def licence(project: Project) -> str:
    """The licence of the project's data, in the team's words; empty until stated."""
    return str(project.get(_LICENCE, ""))


def sheet(project: Project, name: str, language: str) -> str:
    """A version's datasheet. One frozen without gets it now, and it says that no checks ran.

    Raises as `versions.load` does.
    """
    made = versions.version(project, name)
    path = _path(project, made.name, language)
    if not path.exists():
        _write(project, made, None)
    return path.read_text("utf-8")


def _write(project: Project, made: Version, found: checks.Report | None) -> None:
    rows = versions.load(project, made.name)
    _, drafts = examples.page(project, 0, 0, Filter(status="draft"))
    about = About(
        project.get("name", project.id),
        licence(project),
        project.get("override", ""),
        drafts,
        _reviewers(project),
    )
    for language in LANGUAGES:
        path = _path(project, made.name, language)
        files.write(path, datasheet.markdown(made, rows, found, about, language))
        path.chmod(0o444)


def _reviewers(project: Project) -> tuple[tuple[str, int], ...]:
    said = [r.person for r in records.history(project, count=_EVERY) if r.said and r.said.action != "skip"]
    return tuple(Counter(said).most_common())


def _path(project: Project, name: str, language: str) -> Path:
    return project.datasets / f"{name}.datasheet.{language}.md"
