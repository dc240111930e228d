"""What the command tests share: a shell with a workspace of its own, an unfit embedder, and a small full disk."""

import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from assistant.cli import main
from assistant.settings import from_environment


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[Any]:
        """One JSON object a line, and nothing else on stdout."""
        found = [json.loads(line) for line in self.out.splitlines()]
        assert all(isinstance(value, dict) for value in found), self.out
        return found

    @property
    def object(self) -> Any:
        [found] = self.objects
        return found


class Shell:
    """Runs `penala` in this process, as a terminal would."""

    def __init__(self, output: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.output, self.patch = output, patch

    def __call__(self, *words: object, stdin: str = "", code: int = 0) -> Ran:
        self.patch.setattr("sys.stdin", io.StringIO(stdin))
        try:
            ended = main([str(word) for word in words])
        except SystemExit as error:  # argparse: wrong usage
            ended = int(error.code or 0)
        ran = Ran(ended, *self.output.readouterr())
        assert ran.code == code, ran
        assert "Traceback" not in ran.out + ran.err
        return ran


@pytest.fixture
def penala(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    monkeypatch.setenv("PENALA_WEIGHTS", str(from_environment().weights))  # not fetched anew for each test
    monkeypatch.setenv("PENALA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PENALA_OFFLINE", "1")
    monkeypatch.setenv("PENALA_LANG", "en")
    yield Shell(capsys, monkeypatch)


class Unasked:
    """Stands where an embedder would be loaded, in tests whose files hold nothing to embed."""

    fingerprint = "unasked"

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the embedder was asked for {name}")


@pytest.fixture
def no_embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beneath `open_embedder`, which a command loaded meanwhile would keep for all tests that follow."""
    monkeypatch.setattr("assistant.models.embedding.weights", SimpleNamespace(ensure=lambda *_: Path()))
    monkeypatch.setattr("assistant.models.embedding._opened", lambda *_: Unasked())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte; skipped where none may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("needs the right to mount a small tmpfs")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> None:
    """Leave not one byte free."""
    with (disk / "filler").open("wb", buffering=0) as stream:
        try:
            while stream.write(b"z" * 4096) == 4096:
                pass
        except OSError:
            return
