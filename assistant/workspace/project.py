"""One project: a folder with its database and files."""

import json
import os
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.workspace import database
from assistant.workspace.migrations import MIGRATIONS


@dataclass(frozen=True)
class Project:
    """A project's folder. The name shown and the language are kept in its database."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def documents(self) -> Path:
        return self.folder / "documents"

    @property
    def datasets(self) -> Path:
        return self.folder / "datasets"

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def comparisons(self) -> Path:
        return self.folder / "comparisons"

    @property
    def cache(self) -> Path:
        """What can be rebuilt: the Chroma collection, answers already given. Never exported."""
        return self.folder / "cache"

    def database(self) -> AbstractContextManager[sqlite3.Connection]:
        """One transaction on project.db."""
        return database.transaction(self.folder / "project.db", MIGRATIONS)

    def get(self, key: str, default: Any = None) -> Any:
        """A setting of the project, kept as JSON in `meta`."""
        with self.database() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return json.loads(row["value"]) if row else default

    def set(self, key: str, value: Any) -> None:
        with self.database() as db:
            db.execute(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value, ensure_ascii=False))
            )


def open_project(folder: Path) -> Project:
    """The project in `folder`. Raises PenalaError("no_project") where there is none."""
    if not (folder / "project.db").is_file():
        raise PenalaError("no_project", folder=str(folder))
    return Project(folder.resolve())


def create_project(folder: Path, name: str, language: str) -> Project:
    """A new, empty project. Raises PenalaError("project_exists") if the folder holds one already."""
    if (folder / "project.db").exists():
        raise PenalaError("project_exists", folder=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    project = Project(folder.resolve())
    with project.database() as db:
        rows = {"name": name, "language": language, "created": database.now()}
        db.executemany(
            "INSERT INTO meta VALUES (?, ?)", [(key, json.dumps(value)) for key, value in rows.items()]
        )
    return project
