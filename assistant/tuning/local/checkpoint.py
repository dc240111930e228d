"""Checkpoints that are whole or absent: written aside, hashed, renamed; the newest that verifies is used."""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from assistant.workspace import files

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Progress:
    """Where training stands: steps done, and the best validation loss seen with its step."""

    step: int = 0
    best_accuracy: float = -1.0
    best_loss: float = float("inf")  # at the best step
    best_step: int = 0


def save(folder: Path, tensors: dict[str, Tensors], progress: Progress, keep: int = 2) -> Path:
    """Write `<folder>/step-000012` with one safetensors file a group; older ones beyond `keep` go."""
    target = folder / f"step-{progress.step:06d}"
    temporary = folder / f"tmp-{target.name}-{os.getpid()}"
    with files.disk_full_is_said(_existing(folder)):
        shutil.rmtree(temporary, ignore_errors=True)
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


def newest(folder: Path) -> Path | None:
    """The newest checkpoint whose every file still has the hash it was written with."""
    return next((path for path in _steps(folder) if verified(path)), None)


def load(path: Path) -> tuple[dict[str, Tensors], Progress]:
    progress = Progress(**json.loads((path / "progress.json").read_text()))
    return {file.stem: load_file(file) for file in sorted(path.glob("*.safetensors"))}, progress


def verified(path: Path) -> bool:
    try:
        manifest = json.loads((path / "manifest.json").read_text())
        return bool(manifest) and all(
            files.sha256(path / name) == digest for name, digest in manifest.items()
        )
    except (OSError, ValueError, AttributeError):
        return False


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
