"""Each way of tuning on a tiny random model: it learns, it touches only what it says, and what it saves serves alike."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel

from assistant.errors import PenalaError
from assistant.models import changes, local
from assistant.models.changes import Changes
from assistant.tuning.local import methods
from assistant.tuning.local.batches import Encoded
from assistant.tuning.local.loop import Training
from assistant.tuning.local.train import _learn_on, _save_adapter
from assistant.tuning.plan import METHODS, plan

TOKENS = torch.tensor([[5, 3, 4, 9, 11]])
# Which parameters may differ from the base afterwards.
FREE = {
    "bias": lambda name: name.endswith(".bias"),
    "partial": lambda name: ".layers.2." in name,
    "full": lambda name: True,
}


def model(biases: bool = False) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=64, attention_bias=biases, mlp_bias=biases,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


def four_bits(folder: Path) -> Any:
    """The same model with its linear layers in 4 bits."""
    from transformers import AutoModelForCausalLM

    model().save_pretrained(folder)
    options = local._four_bits(torch.float32, "cpu")
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **options)


def rows(count: int) -> list[tuple[Encoded, ...]]:
    return [(Encoded((5 + n % 20, 3, 4 + n % 3), (5 + n % 20, 5 + n % 20, 2)),) for n in range(count)]


def trained(method: str, folder: Path, report: Any = lambda *_, **__: None) -> Training:
    chosen = plan("tiny", method, epochs=6, batch=4, rank=8, rate=1e-2)
    torch.manual_seed(0)
    base = four_bits(folder / "base") if method == "qlora" else model(method == "bias")
    made = methods.ALL[method](base, chosen)
    run = Training(made, chosen, rows(24), rows(6), folder, report)
    run.run()
    return run


def logits(network: Any) -> torch.Tensor:
    network.eval()
    with torch.no_grad():
        return network(input_ids=TOKENS).logits


def served(method: str, folder: Path) -> tuple[Any, Changes | None]:
    """A fresh base with what was saved put on."""
    base = model(method == "bias")
    file = next(folder.glob("*.safetensors"))
    if not changes.ours(file):
        return PeftModel.from_pretrained(base, folder), None
    held = Changes(base)
    assert held.load(file, "a")
    held.put_on("a")
    return base, held


def test_the_plan_knows_every_method_and_no_other() -> None:
    assert set(METHODS) == set(methods.ALL)


@pytest.mark.parametrize("method", METHODS)
def test_a_method_learns_and_what_it_saves_answers_alike(method: str, tmp_path: Path) -> None:
    losses: list[float] = []
    run = trained(
        method,
        tmp_path / "c",
        lambda kind, **v: losses.append(v["loss"]) if v.get("split") == "validation" else None,
    )
    assert min(losses[1:]) < losses[0] - 0.05
    _save_adapter(run.model, run, run.best, tmp_path / "adapter")
    network, held = served(method, tmp_path / "adapter")
    # What was learned over 4 bits is served over whole weights.
    gap = (logits(network) - logits(run.model.get_base_model())).abs().max()
    assert gap < (0.2 if method == "qlora" else 1e-4)
    if held:
        held.put_on(None)
        assert torch.equal(logits(network), logits(model(method == "bias")))


@pytest.mark.parametrize("method", sorted(FREE))
def test_only_what_the_method_names_changes(method: str, tmp_path: Path) -> None:
    run, before = trained(method, tmp_path), dict(model(method == "bias").named_parameters())
    changed = {n for n, p in run.model.named_parameters() if not torch.equal(p, before[n])}
    assert changed and changed == {n for n in before if FREE[method](n)} & changed
    assert not any(p.requires_grad for n, p in run.model.named_parameters() if not FREE[method](n))


@pytest.mark.parametrize("method", ["lora", "bottleneck", "partial", "prompt"])
def test_a_run_can_be_learned_on(method: str, tmp_path: Path) -> None:
    run = trained(method, tmp_path / "c")
    _save_adapter(run.model, run, run.best, tmp_path / "adapter")
    again = methods.ALL[method](model(), run.plan)
    _learn_on(again, tmp_path / "adapter")
    assert torch.allclose(logits(again.get_base_model()), logits(run.model.get_base_model()), atol=1e-4)
    other = methods.ALL["lora"](model(), plan("tiny", rank=3))
    with pytest.raises(PenalaError):
        _learn_on(other, tmp_path / "adapter")


def test_a_learned_prompt_reads_as_peft_reads_it_and_serves_with_a_cache(tmp_path: Path) -> None:
    run = trained("prompt", tmp_path / "c")
    _save_adapter(run.model, run, run.best, tmp_path / "a")
    network, _ = served("prompt", tmp_path / "a")
    by_peft = PeftModel.from_pretrained(model(), tmp_path / "a").eval()
    with torch.no_grad():
        wanted = by_peft(input_ids=TOKENS).logits[:, -TOKENS.shape[1] :]
        assert torch.allclose(logits(network), wanted, atol=1e-5)
        # Two rows, the first padded on the left, read in two steps as serving does.
        ids, mask = (
            torch.tensor([[0, 0, 5, 3, 4], [5, 3, 4, 9, 11]]),
            torch.tensor([[0, 0, 1, 1, 1], [1] * 5]),
        )
        places = (mask.cumsum(1) - 1).clamp(min=0)
        begun = network(input_ids=ids[:, :4], attention_mask=mask[:, :4], position_ids=places[:, :4], use_cache=True)  # fmt: skip
        ended = network(input_ids=ids[:, 4:], attention_mask=mask, position_ids=places[:, 4:], past_key_values=begun.past_key_values)  # fmt: skip
    assert torch.allclose(ended.logits[1, -1], logits(network)[0, -1], atol=1e-5)
    assert torch.allclose(ended.logits[0, -1], network(input_ids=ids[:1, 2:]).logits[0, -1], atol=1e-5)


def test_four_bits_take_a_quarter_of_the_linear_layers_memory(tmp_path: Path) -> None:
    linear = model().get_decoder().layers[0].mlp.up_proj.weight
    held = four_bits(tmp_path).get_decoder().layers[0].mlp.up_proj.weight
    assert held.nbytes * 8 == linear.nbytes  # of float32


def test_a_model_without_biases_says_so() -> None:
    with pytest.raises(PenalaError) as told:
        methods.ALL["bias"](model(), plan("tiny", "bias"))
    assert told.value.code == "method_no_biases"


def test_more_layers_than_there_are_is_said() -> None:
    with pytest.raises(PenalaError, match="layers"):
        methods.ALL["partial"](model(), plan("tiny", "partial", layers=9))


def test_changes_of_another_model_and_broken_files_are_refused(tmp_path: Path) -> None:
    held = Changes(model())
    changes.write(tmp_path / "w", "weights", {"model.norm.weight": torch.ones(9)})
    changes.write(tmp_path / "b", "blocks", {"0.down.weight": torch.ones(2, 32)})
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / changes.FILE).write_bytes(b"PK\x03\x04")
    for name in ("w", "b", "x"):
        assert not held.load(tmp_path / name / changes.FILE, name)
    held.put_on("w")
    assert torch.equal(logits(held._model), logits(model()))


def test_two_changes_take_turns_and_leave_nothing(tmp_path: Path) -> None:
    base = model()
    bare, held = logits(base), Changes(base)
    for name, value in (("a", 2.0), ("b", 3.0)):
        changes.write(tmp_path / name, "weights", {"model.norm.weight": torch.full((32,), value)})
        held.load(tmp_path / name / changes.FILE, name)
    seen = {}
    for name in ("a", "b", None, "a", None):
        held.put_on(name)
        assert torch.equal(seen.setdefault(name, logits(base)), logits(base))
    assert torch.equal(seen[None], bare) and not torch.equal(seen["a"], seen["b"])
