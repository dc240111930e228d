"""Accounts: what is kept of a password, who gets in, who may do what, and who did it."""

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.errors import PenalaError
from assistant.workspace import accounts as module
from assistant.workspace.accounts import Accounts, Member
from assistant.workspace.people import Person, may

PASSWORD = "kuda-baterai-tepat"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return Accounts(tmp_path)


def code_of(call) -> str:
    with pytest.raises(PenalaError) as told:
        call()
    return told.value.code


def test_a_workspace_without_accounts_has_no_login(accounts: Accounts) -> None:
    assert not accounts.exist() and not (accounts.home / "workspace.db").exists()
    accounts.add("Sari", PASSWORD)
    assert accounts.exist()


def test_no_password_and_no_token_is_in_the_file(accounts: Accounts) -> None:
    accounts.add("Sari", PASSWORD)
    session, invitation = accounts.log_in("Sari", PASSWORD), accounts.invite("p", "expert")
    kept = b"".join(path.read_bytes() for path in accounts.home.iterdir())
    assert b"$argon2id$" in kept
    for secret in (PASSWORD, session, invitation):
        assert secret.encode() not in kept


def test_only_the_right_password_opens_a_session(accounts: Accounts) -> None:
    accounts.add("Sari", PASSWORD)
    assert accounts.who(accounts.log_in("  sari ", PASSWORD)) == Person("Sari")
    assert code_of(lambda: accounts.log_in("Sari", PASSWORD + " ")) == "login_wrong"
    assert code_of(lambda: accounts.log_in("Budi", PASSWORD)) == "login_wrong"
    assert accounts.who("") is None and accounts.who("guessed") is None


def test_a_session_ends(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.add("Sari", PASSWORD)
    first, second = accounts.log_in("Sari", PASSWORD), accounts.log_in("Sari", PASSWORD)
    accounts.log_out(first)
    assert accounts.who(first) is None and accounts.who(second)
    accounts.set_password("Sari", PASSWORD + "-baru")
    assert accounts.who(second) is None
    monkeypatch.setattr(module, "SESSION", timedelta(seconds=-1))
    assert accounts.who(accounts.log_in("Sari", PASSWORD + "-baru")) is None


def test_guessing_is_throttled_by_name_and_by_address(accounts: Accounts) -> None:
    accounts.add("Sari", PASSWORD)
    for _ in range(5):
        assert code_of(lambda: accounts.log_in("Sari", "salah-salah", "10.0.0.1")) == "login_wrong"
    assert code_of(lambda: accounts.log_in("Sari", PASSWORD, "10.0.0.2")) == "login_throttled"
    accounts.add("Budi", PASSWORD)
    assert accounts.log_in("Budi", PASSWORD, "10.0.0.2")


def test_guesses_at_once_are_counted_too(accounts: Accounts) -> None:
    accounts.add("Sari", PASSWORD)
    told: list[str] = []
    tries = [
        threading.Thread(
            target=lambda n=n: told.append(code_of(lambda: accounts.log_in("Sari", f"salah-salah-{n}")))
        )
        for n in range(12)
    ]
    for one in tries:
        one.start()
    for one in tries:
        one.join()
    assert told.count("login_wrong") <= 5 and len(told) == 12


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("", PASSWORD, "account_name"), ("<b>", PASSWORD, "account_name"), ("a\nb\x00", PASSWORD, "account_name"),
        ("Budi", "pendek", "password_short"), ("Budi", "x" * 201, "password_long"), ("SARI", PASSWORD, "account_exists"),
    ],
)  # fmt: skip
def test_a_bad_account_is_refused(accounts: Accounts, name: str, password: str, code: str) -> None:
    accounts.add("Sari", PASSWORD)
    assert code_of(lambda: accounts.add(name, password)) == code


def test_roles_and_their_rights(accounts: Accounts) -> None:
    rights = ("see", "write", "review", "own")
    allowed = {role: [r for r in rights if may(role, r)] for role in (*module.ROLES, None)}
    assert allowed == {
        "owner": ["see", "write", "review", "own"], "reviewer": ["see", "write", "review"],
        "expert": ["see", "write"], "viewer": ["see"], None: [],
    }  # fmt: skip
    sari, boss = accounts.add("Sari", PASSWORD), accounts.add("Ketua", PASSWORD, steward=True)
    accounts.set_role("p", "sari", "expert")
    assert accounts.role(sari, "p") == "expert" and accounts.role(sari, "q") is None
    assert accounts.role(boss, "q") == "owner"
    assert accounts.members("p") == [Member("Sari", "expert")]
    assert code_of(lambda: accounts.set_role("p", "sari", "king")) == "no_role"  # type: ignore[arg-type]
    assert code_of(lambda: accounts.set_role("p", "nobody", "viewer")) == "no_account"


def test_a_project_keeps_an_owner_and_a_workspace_a_steward(accounts: Accounts) -> None:
    accounts.add("Ketua", PASSWORD, steward=True)
    accounts.add("Sari", PASSWORD)
    accounts.set_role("p", "Sari", "owner")
    assert code_of(lambda: accounts.set_role("p", "Sari", "viewer")) == "last_owner"
    assert code_of(lambda: accounts.set_role("p", "Sari", None)) == "last_owner"
    assert code_of(lambda: accounts.remove("Ketua")) == "last_steward"
    accounts.set_role("p", "Ketua", "owner")
    accounts.set_role("p", "Sari", None)
    accounts.remove("Sari")
    accounts.remove("Ketua")
    assert not accounts.exist()


def test_an_invitation_is_used_once_and_takes_no_role_away(accounts: Accounts) -> None:
    sari, budi = accounts.add("Sari", PASSWORD), accounts.add("Budi", PASSWORD)
    token = accounts.invite("p", "reviewer", by="Ketua")
    assert accounts.invitation(token).by == "Ketua"
    accounts.join(token, sari)
    assert accounts.role(sari, "p") == "reviewer"
    assert code_of(lambda: accounts.join(token, budi)) == "invitation_over"
    accounts.join(accounts.invite("p", "viewer"), sari)
    assert accounts.role(sari, "p") == "reviewer" and accounts.role(budi, "p") is None
    assert code_of(lambda: accounts.invitation("guessed")) == "invitation_over"


def test_an_invitation_ends(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "INVITATION", timedelta(seconds=-1))
    assert code_of(lambda: accounts.invitation(accounts.invite("p", "expert"))) == "invitation_over"


def test_a_namesake_of_a_project_that_is_gone_inherits_nobody(accounts: Accounts) -> None:
    sari = accounts.add("Sari", PASSWORD)
    accounts.set_role("p", "Sari", "owner")
    token = accounts.invite("p", "expert")
    accounts.forget_project("p")
    assert accounts.role(sari, "p") is None
    assert code_of(lambda: accounts.invitation(token)) == "invitation_over"


def test_the_log_says_who_did_what(accounts: Accounts) -> None:
    accounts.add("Sari", PASSWORD)
    code_of(lambda: accounts.log_in("Sari", "salah-salah", "10.0.0.1"))
    accounts.set_role("p", "Sari", "expert", by="Ketua")
    seen = [(d.name, d.action, d.project, d.detail) for d in accounts.deeds()]
    assert seen[0] == ("Ketua", "role_set", "p", "Sari: expert")
    assert ("Sari", "login_failed", "", "10.0.0.1") in seen
    assert [d.action for d in accounts.deeds("p")] == ["role_set"]


def test_the_command_shows_who_did_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PENALA_HOME", str(tmp_path))
    Accounts(tmp_path).note("Sari", "Freezing.freeze", "p", "v001")
    Accounts(tmp_path).note("Budi", "Table.save", "q")
    assert main(["account", "log", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["name"], row["project"]) for row in rows] == [("Budi", "q"), ("Sari", "p")]
    assert main(["account", "log", "p"]) == 0
    assert "Freezing.freeze  p  v001" in capsys.readouterr().out
