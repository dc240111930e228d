"""Each way in which a run goes wrong, planted, is said while it runs, with the cause found by running rows again."""

from pathlib import Path
from typing import Any

import pytest
import torch

from assistant import texts
from assistant.errors import PenalaError
from assistant.models.values import Message
from assistant.tuning.local import signs
from assistant.tuning.local.batches import Encoded, encode
from assistant.tuning.local.diagnosis import cause
from assistant.tuning.local.loop import Training
from assistant.tuning.local.methods import full, lora
from assistant.tuning.local.signs import Validation
from assistant.tuning.plan import plan
from assistant.tuning.rows import Row
from tests.tuning.test_training import tiny_model, tiny_rows


class Tokenizer:
    """Letters as tokens; what `drops` says is never encoded."""

    def __init__(self, drops: str = "") -> None:
        self.drops = drops

    def decode(self, ids: list[int]) -> str:
        return "".join(chr(i + 90) for i in ids)

    def ids(self, text: str) -> list[int]:
        return [max(1, ord(c) - 90) for c in text]


class Chat:
    """As LocalChat in what a diagnosis asks of it."""

    def __init__(self, drops: str = "", extra: str = "") -> None:
        self.tokenizer, self.drops, self.extra = Tokenizer(), drops, extra

    def encode(self, messages: Any, completion: str | None) -> tuple[list[int], list[int]]:
        told = [m.content for m in messages if m.role != self.drops]
        prompt = self.tokenizer.ids("".join(told) + self.extra)
        return prompt, [*self.tokenizer.ids(completion or ""), 2]


ROWS = [
    Row(str(n), ((Message("system", "reply"), Message("user", "abcdefgh"[n % 8] * 3)),), "zy"[n % 2] * 2)
    for n in range(16)
]


def _training(tmp_path: Path, told: list[dict[str, Any]], rows: Any = None, rate: float = 1e-2, validation: Any = None, epochs: int = 6, chat: Any = None, method: Any = full) -> Training:  # type: ignore[no-untyped-def]  # fmt: skip
    chosen = plan("tiny", epochs=epochs, batch=4, rank=4, rate=rate)
    torch.manual_seed(0)
    wrapped = method.wrap(tiny_model(), chosen)
    made = Training(
        wrapped, chosen, rows or tiny_rows(24), validation or tiny_rows(6), tmp_path,
        lambda kind, **v: told.append(v) if kind == "note" else None,
    )  # fmt: skip
    made.explain = lambda sign: {"key": (found := cause(made, sign, chat, ROWS)).code, **found.values}
    return made


def _keys(told: list[dict[str, Any]]) -> list[str]:
    return [str(note["key"]).rsplit(".", 1)[-1] for note in told]


def test_a_rate_that_is_too_low_is_found_by_one_that_learns(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    _training(tmp_path, told, rate=2e-5, epochs=3).run()
    assert _keys(told)[:2] == ["nothing", "rate_low"]
    assert (told[1]["rate"], told[1]["better"]) == ("2e-05", "0.002")


def test_a_rate_that_is_too_high_is_found_when_the_loss_goes_up(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    _training(tmp_path, told, rate=0.1).run()
    assert _keys(told)[:2] == ["diverging", "rate_high"]


def test_weights_without_effect_are_found_by_moving_them(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    run = _training(tmp_path, told, method=lora)
    run.model.base_model.disable_adapter_layers()
    for parameter in run.trained.values():
        parameter.requires_grad_(True)
    # So that the loss can be run backwards although nothing trained is in it.
    run.model.get_base_model().get_output_embeddings().requires_grad_(True)
    run.run()
    assert _keys(told)[:2] == ["nothing", "no_effect"]


def test_rows_without_an_answer_are_found_at_the_first_step(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    empty = [(Encoded((5, 6, 7), ()),)] * 8
    with pytest.raises(PenalaError, match="loss"):
        _training(tmp_path, told, rows=empty).run()
    assert _keys(told) == ["not_finite", "masked"]


def test_numbers_that_were_broken_before_training_are_told_from_a_high_rate(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    run = _training(tmp_path, told, method=lora)
    with torch.no_grad():
        run.model.get_base_model().model.norm.weight.fill_(float("nan"))
    with pytest.raises(PenalaError, match="loss"):
        run.run()
    assert _keys(told) == ["not_finite", "base_not_finite"]


@pytest.mark.parametrize(
    "served, code",
    [(Chat(), "unclear"), (Chat(extra="a"), "template_mismatch"), (Chat(drops="system"), "template_drops")],
)
def test_rows_laid_out_otherwise_than_served_are_found(tmp_path: Path, served: Chat, code: str) -> None:
    trained_as = Chat() if code != "template_drops" else served
    rows, _ = encode(ROWS, trained_as.encode, 64)
    run = _training(tmp_path, [], rows=rows)
    assert cause(run, "overfitting", served, ROWS).code == code  # type: ignore[arg-type]


def test_labels_that_follow_from_nothing_are_learned_by_heart_only(tmp_path: Path) -> None:
    run = _training(tmp_path, [])
    assert cause(run, "nothing", None, []).code == "by_heart"


def test_a_diagnosis_leaves_the_run_as_it_was(tmp_path: Path) -> None:
    whole = _training(tmp_path / "a", [], epochs=2).run()
    other = _training(tmp_path / "b", [], epochs=2)
    step = other._step

    def asked(*given: Any) -> None:
        step(*given)
        cause(other, "nothing", None, [])

    other._step = asked  # type: ignore[method-assign]
    again = other.run()
    assert all(torch.equal(again.tensors[name], whole.tensors[name]) for name in whole.tensors)


def test_overfitting_is_a_rising_validation_loss_under_a_falling_training_loss() -> None:
    def seen(*losses: tuple[float, float]) -> list[Validation]:
        return [Validation(n * 10, loss, 0.5, 0.5, train) for n, (loss, train) in enumerate(losses)]

    assert signs.of_validations(seen((3, 3), (1, 1), (1.1, 0.5), (1.2, 0.3))) == "overfitting"
    assert signs.of_validations(seen((3, 3), (1, 1), (1.1, 0.5))) is None  # once may be chance
    assert (
        signs.of_validations(seen((3, 3), (1, 1), (1.1, 1), (1.2, 1.0))) is None
    )  # nothing learned by heart
    assert signs.of_validations(seen((3, 3), (1, 1), (1.02, 0.5), (1.2, 0.3))) is None


def test_a_hard_batch_or_a_slow_start_is_no_sign() -> None:
    assert signs.of_steps([3.0] * 5 + [1.0] * 5 + [4.0]) is None
    assert signs.of_steps([0.1] * 10 + [0.5] * 5) is None
    assert signs.of_validations([Validation(0, 3, 0.2, 0, 3), Validation(4, 2.99, 0.2, 0, 3)]) is None


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_cause_has_its_words(language: str) -> None:
    values = {"count": 8, "row": "r1", "role": "system", "loss": 0.01, "rate": "1e-05", "better": "0.0001"}
    codes = ("masked", "template_mismatch", "template_drops", "template_answer", "base_not_finite", "no_effect",
             "known", "rate_low", "rate_high", "by_heart", "unclear")  # fmt: skip
    for code in codes:
        assert texts.say(language, f"tuning.cause.{code}", **values)
    for sign in ("overfitting", "diverging", "not_finite", "nothing"):
        assert texts.say(language, f"tuning.sign.{sign}", step=3, best=2)
