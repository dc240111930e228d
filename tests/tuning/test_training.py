"""The training loop on a tiny random model: what it learns from, what it saves, how it goes on."""

from pathlib import Path

import pytest
import torch

from assistant.errors import PenalaError
from assistant.models.values import Message
from assistant.tuning.local import checkpoint
from assistant.tuning.local.batches import Encoded, encode, epoch_batches, mixture, pad
from assistant.tuning.local.checkpoint import Progress
from assistant.tuning.local.loop import Training, completion_loss
from assistant.tuning.local.methods import lora
from assistant.tuning.plan import plan
from assistant.tuning.rows import Row, read_rows, write_rows


def tiny_model() -> object:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64,
    )  # fmt: skip
    return LlamaForCausalLM(config)


def tiny_rows(count: int) -> list[tuple[Encoded, ...]]:
    """The completion is the prompt's first token, twice: learnable."""
    return [(Encoded((5 + n % 20, 3, 4 + n % 3), (5 + n % 20, 5 + n % 20, 2)),) for n in range(count)]


def training(folder: Path, epochs: int = 3, report=lambda kind, **values: None) -> Training:  # type: ignore[no-untyped-def]
    chosen = plan("tiny", epochs=epochs, batch=4, rank=4, rate=1e-2)
    torch.manual_seed(0)
    return Training(lora.wrap(tiny_model(), chosen), chosen, tiny_rows(24), tiny_rows(6), folder, report)


def test_loss_is_that_of_the_completion_tokens_alone() -> None:
    model = lora.wrap(tiny_model(), plan("tiny"))
    batch = pad([Encoded((5, 6), (7, 8)), Encoded((9,), (10, 11, 2))])
    logits = model.get_base_model()(input_ids=batch.tokens[:, :-1]).logits
    wanted = [(0, 1, 7), (0, 2, 8), (1, 0, 10), (1, 1, 11), (1, 2, 2)]
    losses = [-torch.log_softmax(logits[row, at].float(), -1)[token] for row, at, token in wanted]
    assert completion_loss(model, batch).item() == pytest.approx(torch.stack(losses).mean().item(), abs=1e-5)


def test_training_lowers_validation_loss_and_only_trains_the_adapter(tmp_path: Path) -> None:
    seen: list[dict[str, float]] = []
    run = training(tmp_path, 6, lambda kind, **v: seen.append(v) if v.get("split") == "validation" else None)
    frozen = {n: p.detach().clone() for n, p in run.model.named_parameters() if "lora" not in n}
    ended = run.run()
    assert ended.best_loss < seen[0]["loss"] - 0.1  # random frozen weights leave little to learn
    assert all(torch.equal(p, frozen[n]) for n, p in run.model.named_parameters() if n in frozen)


def test_resumed_training_ends_with_the_same_weights_as_uninterrupted(tmp_path: Path) -> None:
    whole = training(tmp_path / "whole").run()

    class Killed(Exception):
        pass

    def stop_at_seven(kind: str, **values: object) -> None:
        if values.get("split") == "train" and values["step"] == 7:
            raise Killed

    first = training(tmp_path / "cut", report=stop_at_seven)
    with pytest.raises(Killed):
        first.run()
    first.save()
    resumed = training(tmp_path / "cut").run()
    assert resumed.best_step == whole.best_step
    assert all(torch.equal(resumed.tensors[name], whole.tensors[name]) for name in whole.tensors)


def test_two_runs_with_one_seed_are_equal(tmp_path: Path) -> None:
    a, b = training(tmp_path / "a").run(), training(tmp_path / "b").run()
    assert all(torch.equal(a.tensors[name], b.tensors[name]) for name in a.tensors)


@pytest.mark.parametrize("name", ["weights.safetensors", "best.safetensors", "optimizer.safetensors", "progress.json", "manifest.json"])  # fmt: skip
@pytest.mark.parametrize("damage", ["missing", "cut", "flipped"])
def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path, name: str, damage: str) -> None:
    tensors = {group: {"w": torch.ones(8)} for group in ("weights", "best", "optimizer")}
    good = checkpoint.save(tmp_path, tensors, Progress(3))
    bad = checkpoint.save(tmp_path, tensors, Progress(6))
    path = bad / name
    data = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    assert checkpoint.newest(tmp_path) == good


def test_only_the_newest_checkpoints_are_kept(tmp_path: Path) -> None:
    for step in range(1, 6):
        checkpoint.save(tmp_path, {"weights": {"w": torch.ones(2)}}, Progress(step))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["step-000004", "step-000005"]


def test_plain_rows_are_in_every_epoch_and_a_third_come_with_passages_in_turn() -> None:
    rows = [(Encoded((n,), (1,)), Encoded((n + 100,), (1,))) for n in range(7)]
    epochs = [[row.prompt[0] for row in mixture(rows, epoch)] for epoch in range(3)]
    assert all(prompts[:7] == list(range(7)) for prompts in epochs)
    with_passages = [prompts[7:] for prompts in epochs]
    assert [len(part) for part in with_passages] == [3, 3, 3]
    assert {n for part in with_passages for n in part} == set(range(100, 107))


def test_every_row_is_in_every_epoch() -> None:
    rows = [(Encoded((n + 1,), (2,) * (1 + n % 9)),) for n in range(50)]
    for epoch in range(3):
        batches = epoch_batches(rows, epoch, 8, seed=4)
        first = sorted(int(b.tokens[i, 0]) for b in batches for i in range(len(b.tokens)))
        assert first == list(range(1, 51))


def test_rows_survive_the_disk(tmp_path: Path) -> None:
    rows = [Row("1", ((Message("system", "s"), Message("user", "halo\nkak 😀")),), "jawab: ya")]
    write_rows(tmp_path / "rows.jsonl", rows)
    assert read_rows(tmp_path / "rows.jsonl") == rows


def test_long_rows_are_left_out_and_counted() -> None:
    rows = [Row(str(n), ((Message("user", "x" * n),),), "y") for n in (3, 30)]
    kept, left_out = encode(
        rows, lambda messages, c: (list(range(len(messages[0].content))), [1]), longest=10
    )
    assert (len(kept), left_out) == (1, 1)


@pytest.mark.parametrize("change", [{"epochs": 0}, {"rate": 5.0}, {"rank": 0}, {"batch": 1000}])
def test_a_plan_out_of_range_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(PenalaError, match=next(iter(change))):
        plan("tiny", **change)


def test_a_diverging_run_is_said(tmp_path: Path) -> None:
    run = training(tmp_path)
    with torch.no_grad():
        list(run.trained.values())[-1].fill_(float("nan"))
    run.masters = {name: p.detach().float().clone() for name, p in run.trained.items()}
    with pytest.raises(PenalaError, match="loss"):
        run.run()


def test_no_rows_survive_the_disk_as_none(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", [])
    assert read_rows(tmp_path / "rows.jsonl") == []
