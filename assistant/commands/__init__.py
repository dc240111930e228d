"""One function a command; each gets a Call and returns an exit code."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant import texts
from assistant.errors import PenalaError
from assistant.jobs import Job
from assistant.settings import Settings
from assistant.workspace.project import Project, create_project, open_project


@dataclass(frozen=True)
class Call:
    """One command as called: settings (language included) and parsed arguments."""

    settings: Settings
    arguments: argparse.Namespace

    @property
    def language(self) -> str:
        return self.settings.language

    @cached_property
    def project(self) -> Project:
        """The project named by --project, or the one in this folder."""
        return open_project(self._folder())

    def project_made_if_absent(self) -> Project:
        """As `project`, but a folder that is absent or empty becomes a new project."""
        folder = self._folder()
        if not (folder / "project.db").exists() and (not folder.exists() or not any(folder.iterdir())):
            self.say(f"+ {folder}")
            return create_project(folder, folder.resolve().name, self.language)
        return open_project(folder)

    def _folder(self) -> Path:
        if self.arguments.project:
            return Path(self.arguments.project)
        if Path("project.db").is_file():
            return Path.cwd()
        raise PenalaError("which_project")

    def show(self, value: Any, text: str | None = None) -> int:
        """Print a result: the value with --json, else its text (or the value as indented JSON)."""
        if self.arguments.json:
            print(json.dumps(value, ensure_ascii=False), flush=True)
        else:
            print(text if text is not None else json.dumps(value, ensure_ascii=False, indent=1), flush=True)
        return 0

    def show_rows(self, rows: Sequence[Any], text: str) -> int:
        """Print a list: with --json one object a line (an empty list prints nothing)."""
        if not self.arguments.json:
            return self.show(None, text)
        for row in rows:
            self.show(row)
        return 0

    def queries(self, given: str) -> Iterator[str]:
        """The query itself, or for "-" each line of stdin as it comes; an empty line is an empty query."""
        if given != "-":
            yield given
        else:
            for line in sys.stdin:
                yield line.rstrip("\r\n")

    def say(self, text: str) -> None:
        """Progress for people; stderr, so that stdout stays clean."""
        print(text, file=sys.stderr, flush=True)


def finished(call: Call, job: Job) -> dict[str, Any]:
    """What a job that ended well left. Raises the job's own error, or PenalaError("job_ended")."""
    state = job.state()
    if state == "failed":
        failed = job.last("failed") or {}
        raise PenalaError(failed["code"], **failed["values"])
    if state != "finished":
        raise PenalaError("job_ended", state=texts.say(call.language, f"tuning.state.{state}"))
    return job.last("finished") or {}
