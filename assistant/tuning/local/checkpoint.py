"""Checkpoints that are whole or absent: written aside, hashed, renamed; the newest that verifies is used."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from assistant.workspace import files

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Progress:
    """Where training stands: steps done, the best step with its measures, and validations since without a better."""

    step: int = 0
    best_score: float = -1.0  # of the declared metric
    best_accuracy: float = -1.0
    best_loss: float = float("inf")  # at the best step
    best_step: int = 0
    waited: int = 0
    seen: tuple[tuple[float, ...], ...] = ()  # the validations so far, as signs.Validation
    told: tuple[str, ...] = ()  # signs that have been said


def save(folder: Path, tensors: dict[str, Tensors], progress: Progress, keep: int = 2) -> Path:
    """Write `<folder>/step-000012` with one safetensors file a group; older ones beyond `keep` go.

    A whole one of the same step stays as it is: for a moment there would be none. Raises PenalaError("disk_full").
    """
    target = folder / f"step-{progress.step:06d}"
    temporary = folder / f"tmp-{target.name}-{os.getpid()}"
    with files.disk_full_is_said(_existing(folder)):
        if target.exists() and not fault(target):
            return target
        for left in folder.glob("tmp-*"):  # by a writer that was killed; a run has one writer at a time
            shutil.rmtree(left, ignore_errors=True)
        temporary.mkdir(parents=True)
        try:
            for name, group in tensors.items():
                save_file({k: v.contiguous() for k, v in group.items()}, temporary / f"{name}.safetensors")
            (temporary / "progress.json").write_text(json.dumps(asdict(progress)))
            _seal(temporary)
            shutil.rmtree(target, ignore_errors=True)
            os.replace(temporary, target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
    files.sync_folder(folder)
    for old in _steps(folder)[keep:]:
        shutil.rmtree(old, ignore_errors=True)
    return target


def newest(
    folder: Path,
    like: Tensors | None = None,
    passed_over: Callable[[int, str], None] = lambda step, name: None,
) -> Path | None:
    """The newest checkpoint that is whole: every file has the hash it was written with and, given the tensors that
    are `like` its weights, the same names and shapes and finite numbers. `passed_over` hears of each newer one that
    is not: its step and the file at fault."""
    for path in _steps(folder):
        name = fault(path, like)
        if not name:
            return path
        passed_over(int(path.name.removeprefix("step-")), name)
    return None


def load(path: Path) -> tuple[dict[str, Tensors], Progress]:
    """What the manifest lists, and nothing that lies beside it."""
    progress = Progress(**json.loads((path / "progress.json").read_text()))
    names = sorted(n for n in _manifest(path) if n.endswith(".safetensors"))
    return {name.partition(".")[0]: load_file(path / name) for name in names}, progress


def fault(path: Path, like: Tensors | None = None) -> str:
    """The name of the first file that is damaged or does not fit, "" for a whole checkpoint."""
    listed = _manifest(path)
    if not {"progress.json", "weights.safetensors"} <= listed.keys():
        return "manifest.json"
    for name, digest in listed.items():
        try:
            if files.sha256(path / name) != digest:
                return name
        except OSError:
            return name
    return _misfit(path, like) if like is not None else ""


def _misfit(path: Path, like: Tensors) -> str:
    """Files as they were written can still be of another run, of an older form, or hold no numbers."""
    try:
        groups, _ = load(path)
    except (OSError, ValueError, TypeError):
        return "progress.json"
    except SafetensorError:
        return "weights.safetensors"
    shapes = {name: tensor.shape for name, tensor in like.items()}
    for group in ("weights", "best", "optimizer"):
        tensors = groups.get(group, {})
        same = {name: t.shape for name, t in tensors.items()} == shapes
        if not tensors or not (same or group == "optimizer") or not _finite(tensors):
            return f"{group}.safetensors"
    return ""


def _finite(tensors: Tensors) -> bool:
    return all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values())


def _manifest(path: Path) -> dict[str, str]:
    """sha256 by file name; empty where it cannot be read."""
    try:
        found = json.loads((path / "manifest.json").read_text())
        return {str(name): str(digest) for name, digest in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _seal(folder: Path) -> None:
    """Flush every file, then write the manifest of their hashes last."""
    names = sorted(path.name for path in folder.iterdir())
    for name in names:
        with (folder / name).open("rb") as stream:
            os.fsync(stream.fileno())
    files.write(folder / "manifest.json", json.dumps({n: files.sha256(folder / n) for n in names}))


def _steps(folder: Path) -> list[Path]:
    return sorted(folder.glob("step-*"), reverse=True)


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
