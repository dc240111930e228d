"""Row 8: the disk fills up while a run trains or a model is shipped; it is said, nothing is lost, and it goes on."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from assistant.errors import PenalaError
from assistant.journey import shipping
from assistant.models.prompt import Prompt
from assistant.settings import Settings
from assistant.tuning.adapters import Card, write_card
from assistant.tuning.local import checkpoint
from assistant.tuning.plan import plan
from assistant.workspace.project import create_project

from .trainer import digest, training


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with two megabytes; skipped where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that leaves not one byte free."""
    with (folder / "filler").open("wb", buffering=0) as stream:
        try:
            while stream.write(b"z" * 4096) == 4096:
                pass
        except OSError:
            pass
    return folder / "filler"


def said(error: PenalaError, folder: Path) -> None:
    assert error.code == "disk_full"
    assert str(folder) in error.say("id").message and "penuh" in error.say("id").message


def test_row_08_a_run_on_a_full_disk_keeps_its_last_checkpoint_and_goes_on(
    disk: Path, tmp_path: Path
) -> None:
    torch.set_num_threads(1)
    alone = digest(training(tmp_path / "alone", 2, 1e9).run().tensors)

    def report(kind: str, **values: Any) -> None:
        if values.get("split") == "train" and values["step"] == 5:
            fill(disk)

    with pytest.raises(PenalaError) as caught:
        training(disk, 2, report=report).run()
    said(caught.value, disk)
    kept = checkpoint.newest(disk / "checkpoints")
    assert kept is not None and kept.name == "step-000004"
    assert not list((disk / "checkpoints").glob("tmp-*"))
    (disk / "filler").unlink()
    assert digest(training(disk, 2, 1e9).run().tensors) == alone


def test_row_08_a_model_that_does_not_fit_the_disk_is_not_shipped_in_part(
    disk: Path, tmp_path: Path, settings: Settings
) -> None:
    project = create_project(tmp_path / "toko", "Toko", "id")
    folder = project.runs / "r001" / "adapter"
    folder.mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_bytes(b"w" * 1_500_000)
    card = Card("r001", "smollm2-135m-instruct", "f", Prompt("Jawab.").to_json(), "v001", "a" * 64, False,
                plan("smollm2-135m-instruct").to_json(), 90, 0, 30, 20, 1.2, 9.0)  # fmt: skip
    write_card(folder, card)
    (disk / "other").write_bytes(b"z" * 1_000_000)
    with pytest.raises(PenalaError) as caught:
        shipping.ship(project, "r001", "adapter", disk / "out", settings, "id")
    said(caught.value, disk)
    assert [path.name for path in disk.iterdir()] == ["other"]
    (disk / "other").unlink()
    done = shipping.ship(project, "r001", "adapter", disk / "out", settings, "id")
    assert (done.folder / "adapter_model.safetensors").stat().st_size == 1_500_000
