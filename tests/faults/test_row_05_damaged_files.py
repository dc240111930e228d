"""Row 5: each file that a run goes on from, missing, cut short or with one bit flipped, and files of another kind."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from assistant import jobs
from assistant.errors import PenalaError
from assistant.jobs import Job
from assistant.journey import training_rows
from assistant.journey.training_rows import Rows
from assistant.models.values import Message
from assistant.tuning.local import checkpoint
from assistant.tuning.plan import plan
from assistant.tuning.rows import Row
from assistant.workspace import files

from .trainer import digest, training

CHECKPOINT = ("weights.safetensors", "best.safetensors", "optimizer.safetensors", "progress.json", "manifest.json")  # fmt: skip
ROWS = ("train.jsonl", "validation.jsonl", "learned.json")
EPOCHS, SELDOM = 2, 1e9


def missing(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) * 2 // 3] ^= 1
    path.write_bytes(data)


def empty(path: Path) -> None:
    path.write_bytes(b"")


DAMAGES: tuple[Callable[[Path], None], ...] = (missing, cut, flipped, empty)


class Killed(Exception):
    pass


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Sums in one order, so that equal means equal."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 12 steps killed after step 8: its two newest checkpoints are of steps 6 and 7."""
    folder = tmp_path_factory.mktemp("killed")

    def report(kind: str, **values: Any) -> None:
        if values.get("split") == "train" and values["step"] == 8:
            raise Killed

    with pytest.raises(Killed):
        training(folder, EPOCHS, report=report).run()
    return folder


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The bits that the run comes to when nothing happens to it."""
    return digest(training(tmp_path_factory.mktemp("alone"), EPOCHS, SELDOM).run().tensors)


@pytest.fixture
def run(killed: Path, tmp_path: Path) -> Path:
    """A copy of the killed run, to be damaged."""
    shutil.copytree(killed, tmp_path / "run")
    return tmp_path / "run"


def newest(run: Path) -> Path:
    return sorted((run / "checkpoints").iterdir())[-1]


def resumed(run: Path) -> tuple[str, list[dict[str, Any]]]:
    """The result's bits, and the sentences told."""
    told: list[dict[str, Any]] = []
    tell = lambda kind, **values: told.append(values) if kind == "note" else None  # noqa: E731
    ended = training(run, EPOCHS, SELDOM, tell).run()
    return digest(ended.tensors), told


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", CHECKPOINT)
def test_row_05_a_damaged_checkpoint_is_named_and_the_one_before_it_used(
    run: Path, alone: str, name: str, damage: Callable[[Path], None]
) -> None:
    damage(newest(run) / name)
    bits, told = resumed(run)
    assert bits == alone
    # A flipped bit in the list of hashes accuses the file whose hash it was.
    accused = told[0].pop("file")
    assert accused == name or (name, damage) == ("manifest.json", flipped)
    assert told[0] == {"key": "tuning.checkpoint_damaged", "step": 7}
    assert told[1] == {"key": "tuning.resumed_from", "step": 6}
    assert checkpoint.newest(run / "checkpoints") is not None


def resealed(folder: Path) -> None:
    """The hashes as a program would have written them: only the content tells."""
    names = [p.name for p in folder.iterdir() if p.name != "manifest.json"]
    files.write(folder / "manifest.json", json.dumps({n: files.sha256(folder / n) for n in names}))


def of_another_shape(tensors: checkpoint.Tensors) -> checkpoint.Tensors:
    return {name: tensor[:1].clone() for name, tensor in tensors.items()}


def with_a_nan(tensors: checkpoint.Tensors) -> checkpoint.Tensors:
    first = next(iter(tensors))
    return {**tensors, first: torch.full_like(tensors[first], float("nan"))}


def of_another_model(tensors: checkpoint.Tensors) -> checkpoint.Tensors:
    return {f"other.{name}": tensor for name, tensor in tensors.items()}


@pytest.mark.parametrize("change", [of_another_shape, with_a_nan, of_another_model])
@pytest.mark.parametrize("group", ["weights", "best"])
def test_row_05_numbers_that_do_not_fit_are_passed_over_whatever_their_hash(
    run: Path, alone: str, group: str, change: Callable[..., checkpoint.Tensors]
) -> None:
    path = newest(run) / f"{group}.safetensors"
    save_file(change(load_file(path)), path)
    resealed(path.parent)
    bits, told = resumed(run)
    assert bits == alone
    assert told[0] == {"key": "tuning.checkpoint_damaged", "step": 7, "file": path.name}


def test_row_05_no_whole_checkpoint_left_is_said_and_the_run_starts_again(run: Path, alone: str) -> None:
    for found in (run / "checkpoints").iterdir():
        empty(found / "optimizer.safetensors")
    bits, told = resumed(run)
    assert bits == alone
    assert [note["key"] for note in told] == ["tuning.checkpoint_damaged"] * 2 + ["tuning.checkpoints_lost"]


def test_row_05_what_lies_beside_a_checkpoint_is_not_read(run: Path, alone: str) -> None:
    (newest(run) / "rng_state.pth").write_bytes(b"\x80\x04cos\nsystem\n.")
    (newest(run) / "extra.safetensors").write_bytes(b"no tensors")
    bits, told = resumed(run)
    assert bits == alone and told == [{"key": "tuning.resumed_from", "step": 7}]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The answers that making the rows anew would give, to be changed by a test."""
    given = ["ya", "tidak"]

    def make(*asked: object) -> Rows:
        kept = [Row(one, ((Message("user", one),),), one) for one in given]
        return Rows(kept, kept, "{}", ())

    monkeypatch.setattr(training_rows, "_made", make)
    return given


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ROWS)
def test_row_05_damaged_rows_are_made_again_or_refused(
    tmp_path: Path, answers: list[str], settings: Any, name: str, damage: Callable[[Path], None]
) -> None:
    def made() -> Rows:
        return training_rows.made(None, "v001", plan("tiny"), settings, tmp_path)  # type: ignore[arg-type]

    first = made()
    damage(tmp_path / name)
    assert made() == first and [row.completion for row in first.train] == answers
    damage(tmp_path / name)
    answers.append("lain")
    with pytest.raises(PenalaError) as told:
        made()
    assert told.value.code == "rows_changed"


@pytest.mark.parametrize("damage", DAMAGES)
def test_row_05_a_damaged_order_is_said_and_hides_no_other_job(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    for run in ("r001", "r002"):
        body = {"kind": "tune", "worker": "none", "plan": {"epochs": 3}}
        files.write(tmp_path / run / "spec.json", json.dumps({**body, "seal": jobs._seal(body)}))
    assert [job.id for job in jobs.jobs_in(tmp_path)] == ["r002", "r001"]
    damage(tmp_path / "r002" / "spec.json")
    assert [job.id for job in jobs.jobs_in(tmp_path)] == ["r001"]
    with pytest.raises(PenalaError) as told:
        _ = Job(tmp_path / "r002").spec
    assert told.value.code == "job_damaged" and "r002" in told.value.say("id").message
