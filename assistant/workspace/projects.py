"""All projects of a workspace: list, create, delete with undo; knows a project only as a folder."""

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import PenalaError
from assistant.settings import Settings
from assistant.workspace import archive
from assistant.workspace.project import Project, create_project, open_project

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_MARK = "~"  # between the time of deletion and the id in the trash; never part of an id
_TIME = "%Y%m%dT%H%M%S%fZ"
_DEVICES = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(10))}


@dataclass(frozen=True)
class Described:
    """A project as a list shows it; a damaged one is listed under its id so that it can be deleted."""

    id: str
    name: str
    language: str
    created: str
    folder: Path
    damaged: bool = False


@dataclass(frozen=True)
class Trashed:
    """A deleted project that can still be restored. `at` is UTC ISO 8601."""

    id: str
    name: str
    at: str


@dataclass(frozen=True)
class Projects:
    settings: Settings

    def all(self) -> list[Project]:
        """Every project, by id."""
        found = self.settings.projects.glob("*/project.db")
        return sorted((Project(p.parent) for p in found if _ID.fullmatch(p.parent.name)), key=lambda p: p.id)

    def create(self, name: str, language: str) -> Project:
        """A new project under an id made from its name. Raises PenalaError("project_name_empty")."""
        if not name.strip():
            raise PenalaError("project_name_empty")
        folder = self._claim(name)
        with _undone_on_failure(folder):
            return create_project(folder, name.strip(), language)

    def open(self, id: str) -> Project:
        """Raises PenalaError("no_project"); an id that is no plain name is one that does not exist."""
        if not _ID.fullmatch(id):
            raise PenalaError("no_project", folder=id)
        return open_project(self.settings.projects / id)

    def bring(self, zip_path: Path) -> Project:
        """Import an exported project under a free id; raises what `archive.unpack` raises."""
        folder = self._claim(archive.name_inside(zip_path))
        with _undone_on_failure(folder):
            return archive.unpack(zip_path, folder)

    def delete(self, id: str) -> None:
        """Move a project to the trash, from which `restore` brings it back."""
        folder = self.open(id).folder
        at = datetime.now(UTC).strftime(_TIME)
        self._trash.mkdir(parents=True, exist_ok=True)
        os.replace(folder, self._trash / f"{at}{_MARK}{id}")

    def restore(self, id: str) -> Project:
        """Raises PenalaError("not_in_trash") when it was purged or is back already."""
        os.replace(self._in_trash(id), self.settings.projects / id)
        return self.open(id)

    def trash(self) -> list[Trashed]:
        """Deleted projects, the latest first."""
        return [
            Trashed(_trashed_id(folder), describe(Project(folder)).name, _trashed_at(folder))
            for folder in sorted(self._trashed(), reverse=True)
        ]

    def purge(self, id: str | None = None) -> int:
        """Remove one deleted project, or all of them, for good; how many went."""
        folders = [self._in_trash(id)] if id else self._trashed()
        for folder in folders:
            shutil.rmtree(folder)
        return len(folders)

    @property
    def _trash(self) -> Path:
        return self.settings.projects / ".trash"

    def _trashed(self) -> list[Path]:
        return [path for path in self._trash.glob(f"*{_MARK}*") if path.is_dir()]

    def _in_trash(self, id: str) -> Path:
        found = [path for path in self._trashed() if _trashed_id(path) == id]
        if not found:
            raise PenalaError("not_in_trash", id=id)
        return found[0]

    def _claim(self, name: str) -> Path:
        """Make the folder of a free id: free also in the trash, so that every deletion can be undone."""
        self.settings.projects.mkdir(parents=True, exist_ok=True)
        buried = {_trashed_id(path) for path in self._trashed()}
        stem, number = slug(name), 1
        while True:
            id = stem if number == 1 else f"{stem}-{number}"
            number += 1
            if id in buried:
                continue
            try:
                (self.settings.projects / id).mkdir(mode=0o700)
            except FileExistsError:
                continue
            return self.settings.projects / id


@contextmanager
def _undone_on_failure(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def describe(project: Project) -> Described:
    """What a list shows of a project, whatever its state."""
    try:
        name, language, created = (project.get(key, "") for key in ("name", "language", "created"))
    except PenalaError:
        return Described(project.id, project.id, "", "", project.folder, damaged=True)
    return Described(project.id, name or project.id, language, created, project.folder)


def slug(name: str) -> str:
    """A folder name from any label: a-z, 0-9 and hyphens only, at most 40 long, never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return f"project-{words}" if words in _DEVICES else words or "project"


def _trashed_id(folder: Path) -> str:
    return folder.name.split(_MARK, 1)[1]


def _trashed_at(folder: Path) -> str:
    moment = datetime.strptime(folder.name.split(_MARK, 1)[0], _TIME).replace(tzinfo=UTC)
    return moment.isoformat(timespec="milliseconds")
