"""Accounts, sessions, memberships, invitations and who did what, in workspace.db; knows nothing of pages.

Passwords are kept as Argon2id hashes with argon2-cffi's defaults (RFC 9106, low-memory profile); tokens of sessions and
invitations only as their sha256, so that a copy of the database lets nobody in.
"""

import hashlib
import re
import secrets
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import PenalaError
from assistant.workspace import database
from assistant.workspace.people import ALONE, ROLES, Person, Role

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SESSION = timedelta(days=14)
INVITATION = timedelta(days=14)
SHORTEST = 10  # letters of a password; NIST SP 800-63B asks for at least 8
_LONGEST = 200
_NAME = re.compile(r"[^\W_][\w .@'-]{0,59}")
# Failed logins within the window before a name, or an address, has to wait (OWASP ASVS 2.2.1: throttle guessing).
_WINDOW, _PER_NAME, _PER_ADDRESS = timedelta(minutes=15), 5, 30

_M001 = (
    "CREATE TABLE accounts (name TEXT PRIMARY KEY COLLATE NOCASE, secret TEXT NOT NULL, steward INTEGER NOT NULL, "
    "at TEXT NOT NULL)",
    "CREATE TABLE sessions (token TEXT PRIMARY KEY, name TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE, "
    "expires TEXT NOT NULL)",
    "CREATE TABLE members (project TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE REFERENCES accounts ON DELETE "
    "CASCADE, role TEXT NOT NULL, PRIMARY KEY (project, name))",
    "CREATE TABLE invitations (token TEXT PRIMARY KEY, project TEXT NOT NULL, role TEXT NOT NULL, by TEXT NOT NULL, "
    "expires TEXT NOT NULL)",
    "CREATE TABLE failures (name TEXT NOT NULL COLLATE NOCASE, address TEXT NOT NULL, at TEXT NOT NULL)",
    "CREATE TABLE audit (at TEXT NOT NULL, name TEXT NOT NULL, action TEXT NOT NULL, project TEXT NOT NULL, "
    "detail TEXT NOT NULL)",
)


def _m001_first_tables(db: sqlite3.Connection) -> None:
    for statement in _M001:
        db.execute(statement)


def _m002_keys(db: sqlite3.Connection) -> None:
    """Keys for programs, as their sha256; `name` is an account's, or the one user's of a workspace without accounts."""
    db.execute(
        "CREATE TABLE keys (token TEXT PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, at TEXT NOT NULL)"
    )


MIGRATIONS: tuple[database.Migration, ...] = (_m001_first_tables, _m002_keys)


@dataclass(frozen=True)
class Member:
    name: str
    role: Role


@dataclass(frozen=True)
class Invitation:
    project: str
    role: Role
    by: str


@dataclass(frozen=True)
class Deed:
    """One line of the audit log; `at` is UTC ISO 8601."""

    at: str
    name: str
    action: str
    project: str
    detail: str


@dataclass(frozen=True)
class Accounts:
    """The accounts of one workspace folder. None at all means: one user alone, no login."""

    home: Path

    @property
    def _path(self) -> Path:
        return self.home / "workspace.db"

    def _db(self) -> AbstractContextManager[sqlite3.Connection]:
        self.home.mkdir(parents=True, exist_ok=True)
        return database.transaction(self._path, MIGRATIONS)

    def exist(self) -> bool:
        """Whether anyone has an account, so that all others have to log in."""
        return self._path.exists() and bool(self.all())

    def all(self) -> list[Person]:
        with self._db() as db:
            return [_person(row) for row in db.execute("SELECT * FROM accounts ORDER BY name")]

    def add(self, name: str, password: str, steward: bool = False) -> Person:
        """Raises PenalaError: account_name, account_exists, password_short, password_long."""
        tidy = " ".join(name.split())
        if not _NAME.fullmatch(tidy):
            raise PenalaError("account_name", name=tidy)
        secret = _hashed(password)
        with self._db() as db:
            try:
                db.execute(
                    "INSERT INTO accounts VALUES (?,?,?,?)", (tidy, secret, int(steward), database.now())
                )
            except sqlite3.IntegrityError as error:
                raise PenalaError("account_exists", name=tidy) from error
            _note(db, tidy, "account_added")
        return Person(tidy, steward)

    def remove(self, name: str) -> None:
        """The account, its sessions and memberships. Raises PenalaError: no_account, last_steward."""
        with self._db() as db:
            found = _named(db, name)
            stewards = db.execute("SELECT count(*) FROM accounts WHERE steward").fetchone()[0]
            others = db.execute("SELECT count(*) FROM accounts").fetchone()[0] - 1
            if found.steward and stewards == 1 and others:
                raise PenalaError("last_steward", name=found.name)
            db.execute("DELETE FROM accounts WHERE name = ?", (found.name,))
            db.execute("DELETE FROM keys WHERE name = ?", (found.name,))
            _note(db, found.name, "account_removed")

    def set_password(self, name: str, password: str) -> None:
        """A new password ends all sessions. Raises PenalaError: no_account, password_short, password_long."""
        secret = _hashed(password)
        with self._db() as db:
            found = _named(db, name)
            db.execute("UPDATE accounts SET secret = ? WHERE name = ?", (secret, found.name))
            db.execute("DELETE FROM sessions WHERE name = ?", (found.name,))
            _note(db, found.name, "password_changed")

    def log_in(self, name: str, password: str, address: str = "") -> str:
        """A session's token. Raises PenalaError: login_wrong (whichever was wrong), login_throttled."""
        tidy, guessed = " ".join(name.split())[:60], password[: _LONGEST + 1]
        with self._db() as db:
            if _too_many(db, tidy, address):
                raise PenalaError("login_throttled", minutes=int(_WINDOW.total_seconds() // 60))
            row = db.execute("SELECT * FROM accounts WHERE name = ?", (tidy,)).fetchone()
            # Counted before the slow check, so that guesses made at once are counted too.
            db.execute("INSERT INTO failures VALUES (?,?,?)", (tidy, address, database.now()))
        right = _verified(row["secret"] if row else _nobody(), guessed) and row is not None
        with self._db() as db:
            if right:
                db.execute("DELETE FROM failures WHERE name = ?", (tidy,))
            _note(db, row["name"] if row else tidy, "logged_in" if right else "login_failed", detail=address)
        if not right:
            raise PenalaError("login_wrong")
        return self.open_session(row["name"])

    def open_session(self, name: str) -> str:
        token = secrets.token_urlsafe(32)
        with self._db() as db:
            db.execute("DELETE FROM sessions WHERE expires < ?", (database.now(),))
            db.execute("INSERT INTO sessions VALUES (?,?,?)", (_digest(token), name, _after(SESSION)))
        return token

    def who(self, token: str) -> Person | None:
        """Whose session that is; None for one that is unknown or over."""
        if not token:
            return None
        query = "SELECT a.* FROM sessions s JOIN accounts a USING (name) WHERE s.token = ? AND s.expires > ?"
        with self._db() as db:
            row = db.execute(query, (_digest(token), database.now())).fetchone()
        return _person(row) if row else None

    def log_out(self, token: str) -> None:
        with self._db() as db:
            db.execute("DELETE FROM sessions WHERE token = ?", (_digest(token),))

    def new_key(self, name: str) -> str:
        """A key with which a program acts as that account. Raises PenalaError("no_account")."""
        token = f"penala_{secrets.token_urlsafe(32)}"
        with self._db() as db:
            owner = name if name == ALONE.name else _named(db, name).name
            db.execute("INSERT INTO keys VALUES (?,?,?)", (_digest(token), owner, database.now()))
            _note(db, owner, "key_made")
        return token

    def end_keys(self, name: str) -> int:
        """End all keys of an account; how many."""
        with self._db() as db:
            ended = db.execute("DELETE FROM keys WHERE name = ?", (name,)).rowcount
            _note(db, name, "keys_ended")
        return ended

    def key_owner(self, token: str) -> Person | None:
        """Whose key that is; None for one that is unknown or ended, or was made before there were accounts."""
        if not token or not self._path.exists():
            return None
        with self._db() as db:
            row = db.execute("SELECT name FROM keys WHERE token = ?", (_digest(token),)).fetchone()
            account = (
                db.execute("SELECT * FROM accounts WHERE name = ?", (row["name"],)).fetchone()
                if row
                else None
            )
        if account:
            return _person(account)
        return ALONE if row and row["name"] == ALONE.name and not self.exist() else None

    def role(self, person: Person, project: str) -> Role | None:
        """The person's role in a project; the workspace's steward is owner everywhere."""
        if person.steward:
            return "owner"
        with self._db() as db:
            row = db.execute(
                "SELECT role FROM members WHERE project = ? AND name = ?", (project, person.name)
            ).fetchone()
        return row["role"] if row else None

    def projects_of(self, name: str) -> list[str]:
        """The ids of the projects in which someone is a member."""
        with self._db() as db:
            return [
                row["project"] for row in db.execute("SELECT project FROM members WHERE name = ?", (name,))
            ]

    def since(self, name: str) -> datetime:
        """When the account was made. Raises PenalaError("no_account")."""
        with self._db() as db:
            _named(db, name)
            row = db.execute("SELECT at FROM accounts WHERE name = ?", (name,)).fetchone()
        return datetime.fromisoformat(row["at"])

    def members(self, project: str) -> list[Member]:
        query = "SELECT name, role FROM members WHERE project = ? ORDER BY name"
        with self._db() as db:
            return [Member(row["name"], row["role"]) for row in db.execute(query, (project,))]

    def set_role(self, project: str, name: str, role: Role | None, by: str = "") -> None:
        """Make someone a member, change the role, or with None end the membership.

        Raises PenalaError: no_account, no_role, last_owner (a project keeps one as long as it has members).
        """
        if role is not None and role not in ROLES:
            raise PenalaError("no_role", role=role, known=", ".join(ROLES))
        with self._db() as db:
            db.execute("BEGIN IMMEDIATE")
            found = _named(db, name)
            owners = [
                row["name"]
                for row in db.execute(
                    "SELECT name FROM members WHERE project = ? AND role = 'owner'", (project,)
                )
            ]
            if role != "owner" and owners == [found.name]:
                raise PenalaError("last_owner", name=found.name)
            if role is None:
                db.execute("DELETE FROM members WHERE project = ? AND name = ?", (project, found.name))
            else:
                db.execute("INSERT OR REPLACE INTO members VALUES (?,?,?)", (project, found.name, role))
            _note(db, by, "role_set", project, f"{found.name}: {role or '-'}")

    def forget_project(self, project: str) -> None:
        """Memberships and invitations of a project that is gone for good, so that a namesake inherits none."""
        with self._db() as db:
            for table in ("members", "invitations"):
                db.execute(f"DELETE FROM {table} WHERE project = ?", (project,))

    def invite(self, project: str, role: Role, by: str = "") -> str:
        """A token that lets one person join the project in that role. Raises PenalaError("no_role")."""
        if role not in ROLES:
            raise PenalaError("no_role", role=role, known=", ".join(ROLES))
        token = secrets.token_urlsafe(24)
        with self._db() as db:
            db.execute("DELETE FROM invitations WHERE expires < ?", (database.now(),))
            db.execute(
                "INSERT INTO invitations VALUES (?,?,?,?,?)",
                (_digest(token), project, role, by, _after(INVITATION)),
            )
            _note(db, by, "invited", project, role)
        return token

    def invitation(self, token: str) -> Invitation:
        """Raises PenalaError("invitation_over") for one that is unknown, used or over."""
        with self._db() as db:
            return _invitation(db, token)

    def join(self, token: str, person: Person) -> Invitation:
        """Use an invitation up. Raises PenalaError("invitation_over"). Nobody's role gets smaller by it."""
        with self._db() as db:
            db.execute("BEGIN IMMEDIATE")  # of two who use one link at once, one gets in
            found = _invitation(db, token)
            db.execute("DELETE FROM invitations WHERE token = ?", (_digest(token),))
            known = db.execute(
                "SELECT role FROM members WHERE project = ? AND name = ?", (found.project, person.name)
            ).fetchone()
            if not known or ROLES.index(found.role) < ROLES.index(known["role"]):
                db.execute(
                    "INSERT OR REPLACE INTO members VALUES (?,?,?)", (found.project, person.name, found.role)
                )
            _note(db, person.name, "joined", found.project, found.role)
        return found

    def note(self, name: str, action: str, project: str = "", detail: str = "") -> None:
        """One line of the audit log."""
        with self._db() as db:
            _note(db, name, action, project, detail)

    def deeds(self, project: str = "", most: int = 200) -> list[Deed]:
        """The latest lines of the audit log, newest first; of one project if it is named."""
        query = "SELECT * FROM audit WHERE ? IN ('', project) ORDER BY rowid DESC LIMIT ?"
        with self._db() as db:
            return [Deed(*tuple(row)) for row in db.execute(query, (project, most))]


def _note(db: sqlite3.Connection, name: str, action: str, project: str = "", detail: str = "") -> None:
    db.execute("INSERT INTO audit VALUES (?,?,?,?,?)", (database.now(), name, action, project, detail))


def _person(row: sqlite3.Row) -> Person:
    return Person(row["name"], bool(row["steward"]))


def _named(db: sqlite3.Connection, name: str) -> Person:
    row = db.execute("SELECT * FROM accounts WHERE name = ?", (" ".join(name.split()),)).fetchone()
    if row is None:
        raise PenalaError("no_account", name=name)
    return _person(row)


def _invitation(db: sqlite3.Connection, token: str) -> Invitation:
    row = db.execute(
        "SELECT * FROM invitations WHERE token = ? AND expires > ?", (_digest(token), database.now())
    ).fetchone()
    if row is None:
        raise PenalaError("invitation_over")
    return Invitation(row["project"], row["role"], row["by"])


def _too_many(db: sqlite3.Connection, name: str, address: str) -> bool:
    since = _after(-_WINDOW)
    db.execute("DELETE FROM failures WHERE at < ?", (since,))
    by_name = db.execute("SELECT count(*) FROM failures WHERE name = ?", (name,)).fetchone()[0]
    by_address = db.execute("SELECT count(*) FROM failures WHERE address = ?", (address,)).fetchone()[0]
    return by_name >= _PER_NAME or (bool(address) and by_address >= _PER_ADDRESS)


def _after(span: timedelta) -> str:
    return (datetime.now(UTC) + span).isoformat(timespec="milliseconds")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _hashed(password: str) -> str:
    if len(password) < SHORTEST:
        raise PenalaError("password_short", least=SHORTEST)
    if len(password) > _LONGEST:
        raise PenalaError("password_long", most=_LONGEST)
    return _hasher().hash(password)


def _verified(secret: str, password: str) -> bool:
    from argon2.exceptions import VerificationError

    try:
        return _hasher().verify(secret, password)
    except VerificationError:
        return False


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to check against for a name that does not exist, so that both take equally long."""
    return _hasher().hash(secrets.token_urlsafe(16))
