"""Visitors of a public demo: accounts nobody asked for, with projects that are theirs alone and are deleted on time."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from assistant.errors import PenalaError
from assistant.settings import KNOWLEDGE, read_yaml
from assistant.workspace.accounts import Accounts
from assistant.workspace.people import Person
from assistant.workspace.project import Project
from assistant.workspace.projects import Projects

_NAME = "visitor-"


@dataclass(frozen=True)
class Limits:
    """What a visitor may use; from knowledge/space.yaml."""

    hours: float
    megabytes: int
    upload_megabytes: int
    projects: int
    at_once: int


@cache
def space() -> dict[str, Any]:
    """All that knowledge/space.yaml says."""
    return dict(read_yaml(KNOWLEDGE / "space.yaml"))


def limits() -> Limits:
    return Limits(**space()["visitors"])


@dataclass(frozen=True)
class Visitors:
    accounts: Accounts
    projects: Projects

    def welcome(self) -> str:
        """A new visitor's session. Raises PenalaError("visitors_full")."""
        if sum(map(is_visitor, self.accounts.all())) >= limits().at_once:
            raise PenalaError("visitors_full")
        name = _NAME + secrets.token_hex(4)
        self.accounts.add(name, secrets.token_urlsafe(32))  # a password that nobody knows
        return self.accounts.open_session(name)

    def until(self, person: Person) -> datetime:
        """When a visitor's projects are deleted, in UTC."""
        return self.accounts.since(person.name) + timedelta(hours=limits().hours)

    def own(self, person: Person) -> list[Project]:
        return [p for p in self.projects.all() if self.accounts.role(person, p.id) == "owner"]

    def check_room(self, person: Person, new_project: bool = False) -> None:
        """Raises PenalaError: visitor_projects, visitor_room."""
        allowed, own = limits(), self.own(person)
        if new_project and len(own) >= allowed.projects:
            raise PenalaError("visitor_projects", most=allowed.projects)
        if sum(map(size, own)) > allowed.megabytes * 1_000_000:
            raise PenalaError("visitor_room", most=allowed.megabytes)

    def delete_expired(self, now: datetime | None = None) -> int:
        """Delete for good the visitors whose time is over, with their projects, those in the trash too; how many."""
        over = [
            p for p in self.accounts.all() if is_visitor(p) and self.until(p) <= (now or datetime.now(UTC))
        ]
        for person in over:
            for id in self.accounts.projects_of(person.name):
                self._delete(id)
                self.accounts.forget_project(id)
            self.accounts.remove(person.name)
        return len(over)

    def _delete(self, id: str) -> None:
        with suppress(PenalaError):  # in the trash already
            self.projects.delete(id)
        if id in {gone.id for gone in self.projects.trash()}:
            self.projects.purge(id)


def is_visitor(person: Person) -> bool:
    return person.name.startswith(_NAME)


def size(project: Project) -> int:
    """Bytes of a project's files; one that is being deleted may shrink meanwhile."""
    total = 0
    for path in project.folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:
            continue
    return total
