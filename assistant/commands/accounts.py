"""`penala account …`: who may log in to this workspace, and invitations to its projects."""

import getpass
import sys

from assistant import texts
from assistant.commands import Call
from assistant.errors import PenalaError
from assistant.workspace.accounts import Accounts
from assistant.workspace.people import ALONE
from assistant.workspace.projects import Projects


def add(call: Call) -> int:
    """Make an account; the first one looks after the workspace."""
    accounts, asked = Accounts(call.settings.home), call.arguments
    steward = asked.steward or not accounts.exist()
    person = accounts.add(asked.name, _password(call), steward)
    value = {"name": person.name, "steward": person.steward}
    return call.show(
        value, _say(call, "account_added_steward" if steward else "account_added", name=person.name)
    )


def list_all(call: Call) -> int:
    """The accounts."""
    found = Accounts(call.settings.home).all()
    rows = [{"name": p.name, "steward": p.steward} for p in found]
    mark = f"  ({_say(call, 'steward')})"
    lines = [p.name + (mark if p.steward else "") for p in found] or [_say(call, "no_accounts")]
    return call.show_rows(rows, "\n".join(lines))


def remove(call: Call) -> int:
    """Remove an account; what its holder wrote stays."""
    Accounts(call.settings.home).remove(call.arguments.name)
    return call.show(
        {"removed": call.arguments.name}, _say(call, "account_removed", name=call.arguments.name)
    )


def password(call: Call) -> int:
    """Set a new password; all sessions of that account end."""
    Accounts(call.settings.home).set_password(call.arguments.name, _password(call))
    return call.show({"name": call.arguments.name}, _say(call, "password_set", name=call.arguments.name))


def invite(call: Call) -> int:
    """An invitation link to a project of this workspace."""
    asked = call.arguments
    project = Projects(call.settings).open(asked.id)
    path = f"{call.settings.root_path}/join/{Accounts(call.settings.home).invite(project.id, asked.role)}"
    return call.show({"path": path, "project": project.id, "role": asked.role}, path)


def key(call: Call) -> int:
    """A key for programs, shown this once; with --end, all keys of the account end."""
    accounts, asked = Accounts(call.settings.home), call.arguments
    name = asked.name or ALONE.name
    if asked.end:
        ended = accounts.end_keys(name)
        return call.show({"ended": ended}, _say(call, "keys_ended", count=ended))
    if name == ALONE.name and accounts.exist():
        raise PenalaError("key_whose")
    made = accounts.new_key(name)
    return call.show({"name": name, "key": made}, f"{made}\n{_say(call, 'key_once')}")


def log(call: Call) -> int:
    """Who did what, the latest first; of one project if it is named."""
    found = Accounts(call.settings.home).deeds(call.arguments.id or "", call.arguments.limit)
    rows = [vars(deed) for deed in found]
    lines = [f"{d.at[:19]}  {d.name}  {d.action}  {d.project}  {d.detail}".rstrip() for d in found]
    return call.show_rows(rows, "\n".join(lines or [_say(call, "no_deeds")]))


def _password(call: Call) -> str:
    """Typed twice unseen at a terminal, else one line of stdin. Raises PenalaError("passwords_differ")."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(_say(call, "ask_password"))
    if first != getpass.getpass(_say(call, "ask_again")):
        raise PenalaError("passwords_differ")
    return first


def _say(call: Call, key: str, **values: object) -> str:
    return texts.say(call.language, f"workspace.{key}", **values)
