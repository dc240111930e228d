"""States of frozen lower layers kept on disk: the same learning, less work, and nothing left behind."""

import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
import torch

from assistant.tuning.local import frozen, methods, packed
from assistant.tuning.local.batches import Encoded, pad
from assistant.tuning.local.loop import Training, completion_loss
from assistant.tuning.plan import plan

from .test_packed import model

ROWS = [(Encoded((5, 6, 7, 8 + n % 5, 20 + n), (9, 30 + n % 3)),) for n in range(12)]


def quiet(kind: str, **values: Any) -> None:
    return None


def wrapped(method: str, family: str, layers: int, **more: Any) -> Any:
    made = methods.ALL[method](model(family, **more), plan("tiny", method, rank=4, layers=layers))
    for name, p in made.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(p, std=0.1)
    return made


def gemma() -> dict[str, Any]:
    return {
        "num_hidden_layers": 4,
        "sliding_window": 4,
        "layer_types": ["sliding_attention", "full_attention"] * 2,
    }


@pytest.mark.parametrize("method", ["partial", "lora", "rslora"])
@pytest.mark.parametrize(("family", "more"), [("llama", {}), ("gemma3_text", gemma())])
def test_loss_and_gradients_are_those_of_the_whole_model(
    tmp_path: Path, family: str, more: dict[str, Any], method: str
) -> None:
    made = wrapped(method, family, 1, **more)
    lower = frozen.prepare(made, ROWS, tmp_path, quiet)
    assert lower is not None and lower.below == more.get("num_hidden_layers", 3) - 1
    batch, found = pad([row[0] for row in ROWS[3:8]]), list[Any]()
    for used in (lower, None):
        completion_loss(made, batch, used).backward()
        found.append([p.grad.clone() for _, p in made.named_parameters() if p.grad is not None])
        for _, p in made.named_parameters():
            p.grad = None
    assert len(found[0]) == len(found[1]) > 0
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-4)


def test_the_layers_below_do_not_run_again(tmp_path: Path) -> None:
    made = wrapped("partial", "llama", 1)
    lower, seen = frozen.prepare(made, ROWS, tmp_path, quiet), list[int]()
    for at, layer in enumerate(made.get_base_model().model.layers):
        layer.self_attn.register_forward_hook(lambda *_, at=at: seen.append(at))
    assert packed.possible(made.get_base_model())  # tried again, for these hooks are new
    seen.clear()
    completion_loss(made, pad([ROWS[0][0], ROWS[1][0]]), lower)
    assert seen == [2]
    made.get_base_model()(input_ids=torch.tensor([[1, 2, 3]]))
    assert seen == [2, 0, 1, 2]


@pytest.mark.parametrize(
    ("method", "layers"), [("lora", 0), ("full", 0), ("bottleneck", 0), ("partial", 3), ("lora", 2)]
)
def test_where_learning_begins_low_nothing_is_kept(tmp_path: Path, method: str, layers: int) -> None:
    assert frozen.prepare(wrapped(method, "llama", layers), ROWS, tmp_path / "states", quiet) is None
    assert not (tmp_path / "states").exists()


def test_upper_lora_stands_in_the_last_layers_alone() -> None:
    names = [n for n, p in wrapped("lora", "llama", 2).named_parameters() if p.requires_grad]
    assert {n.split(".layers.")[1][0] for n in names} == {"1", "2"}
    assert len(names) == 2 * 7 * 2


def test_without_room_it_is_said_and_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**6, 10**6 - 4000, 4000))
    told: list[str] = []
    found = frozen.prepare(
        wrapped("partial", "llama", 1), ROWS, tmp_path, lambda _, **v: told.append(v["key"])
    )
    assert (found, told, list(tmp_path.iterdir())) == (None, ["tuning.states_no_room"], [])


def test_states_left_by_a_killed_run_are_used_and_those_of_other_weights_or_rows_are_not(
    tmp_path: Path,
) -> None:
    told: list[str] = []

    def tell(kind: str, **values: Any) -> None:
        told.extend([values["key"]] if kind == "note" else [])

    made = wrapped("partial", "llama", 1)
    first = frozen.prepare(made, ROWS, tmp_path, tell)
    again = frozen.prepare(made, ROWS, tmp_path, tell)
    assert first and again and torch.equal(first.states, again.states)
    assert told == ["tuning.states_kept", "tuning.states_ready"]
    frozen.prepare(made, ROWS[:5], tmp_path, tell)
    with torch.no_grad():
        made.get_base_model().model.layers[0].mlp.up_proj.weight.mul_(1.1)
    frozen.prepare(made, ROWS, tmp_path, tell)
    assert told == ["tuning.states_kept", "tuning.states_ready"] * 3


def test_a_run_with_kept_states_ends_where_one_without_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(folder: str) -> Any:
        chosen = plan("tiny", "partial", epochs=2, batch=4, layers=1, rate=1e-3)
        made = methods.ALL["partial"](model("llama"), chosen)
        return Training(made, chosen, ROWS, ROWS[:4], tmp_path / folder, quiet).run()

    kept = run("a")
    monkeypatch.setattr(frozen, "prepare", lambda *_: None)
    whole = run("b")
    assert kept.best_step == whole.best_step
    for name, tensor in whole.tensors.items():
        torch.testing.assert_close(kept.tensors[name], tensor, atol=1e-5, rtol=1e-4)
