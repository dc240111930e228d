"""What is measured while a run goes: the declared metric keeps the best weights, and patience ends the run."""

from pathlib import Path

import pytest
import torch

from assistant.models.values import Message
from assistant.tuning.local import checkpoint
from assistant.tuning.local.loop import Training
from assistant.tuning.local.watching import LOSS, Watch, looks
from assistant.tuning.plan import plan
from assistant.tuning.rows import Row
from tests.tuning.test_training import tiny_model, tiny_rows


class Scripted:
    """Answers to watch by: the scores of one validation after the other, from step 0."""

    def __init__(self, scores: list[float]) -> None:
        self.scores = scores
        self.rows = [Row("1", ((Message("user", "?"),),), "ya")]

    def answers(self) -> list[str]:
        return [str(self.scores.pop(0))]

    def samples(self, answers: list[str], inputs: dict[str, str]) -> list[dict[str, str]]:
        return [{"id": "1", "said": answers[0]}]


def _training(folder: Path, scores: list[float], patience: int, metric: str = "accuracy", report=lambda kind, **values: None) -> Training:  # type: ignore[no-untyped-def]  # fmt: skip
    from assistant.tuning.local.methods import lora

    chosen = plan("tiny", epochs=5, batch=4, rank=4, rate=1e-2)
    torch.manual_seed(0)
    made = Training(lora.wrap(tiny_model(), chosen), chosen, tiny_rows(24), tiny_rows(6), folder, report)
    made.watch = Watch(metric, lambda references, answers: {"accuracy": float(answers[0])}, {}, patience)
    made.looks = Scripted(scores)  # type: ignore[assignment]
    return made


def test_the_untuned_model_is_scored_before_the_first_step(tmp_path: Path) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    run = _training(tmp_path, [0.25] + [0.5] * 10, 0, report=lambda kind, **v: told.append((kind, v)))
    run.run()
    first = next(v for kind, v in told if kind == "metric")
    assert (first["step"], first["split"], first["scores"]) == (0, "validation", {"accuracy": 0.25})
    assert [v["step"] for kind, v in told if kind == "sample"][:2] == [0, 3]


def test_the_run_ends_when_nothing_better_comes_and_keeps_the_best(tmp_path: Path) -> None:
    notes: list[dict[str, object]] = []
    scores = [0.1, 0.4, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    run = _training(tmp_path, scores, 3, report=lambda kind, **v: notes.append(v) if kind == "note" else None)
    kept = run.run()
    # Two validations an epoch of six steps: the best at step 6, three worse ones to step 15.
    assert (kept.best_step, kept.best_score, kept.steps) == (6, 0.9, 15)
    assert notes[-1] == {"key": "tuning.early_stopped", "step": 15, "waited": 3, "best": 6}


def test_a_run_that_stopped_early_is_not_taken_further_by_a_resume(tmp_path: Path) -> None:
    scores = [0.1, 0.4, 0.9, 0.5, 0.5, 0.5]
    first = _training(tmp_path, list(scores), 3).run()
    again = _training(tmp_path, [], 3).run()  # no validation is left, so none may be asked for
    assert (again.steps, again.best_step) == (15, 6)
    assert all(torch.equal(again.tensors[name], first.tensors[name]) for name in first.tensors)


def test_patience_survives_a_kill(tmp_path: Path) -> None:
    class Killed(Exception):
        pass

    def stop(kind: str, **v: object) -> None:
        if v.get("split") == "train" and v["step"] == 13:
            raise Killed

    cut = _training(tmp_path, [0.1, 0.4, 0.9, 0.5, 0.5], 3, report=stop)
    with pytest.raises(Killed):
        cut.run()
    cut.save()
    found = checkpoint.newest(tmp_path)
    assert found is not None and checkpoint.load(found)[1].waited == 2
    assert _training(tmp_path, [0.5], 3).run().steps == 15


def test_among_equal_scores_the_surer_tokens_win_and_loss_can_be_declared_instead() -> None:
    watch = Watch("accuracy", lambda references, answers: {})
    assert watch.standing(1.0, 0.8, {"accuracy": 0.5}) > watch.standing(0.9, 0.7, {"accuracy": 0.5})
    assert watch.standing(0.3, 0.8, {"accuracy": 0.5}) > watch.standing(0.9, 0.8, {"accuracy": 0.5})
    assert watch.standing(9.0, 0.1, {"accuracy": 0.6}) > watch.standing(0.1, 0.9, {"accuracy": 0.5})
    by_loss = Watch(LOSS, lambda references, answers: {})
    assert by_loss.standing(0.5, 0.0, {}) > by_loss.standing(0.6, 1.0, {})


@pytest.mark.models
def test_answers_are_those_that_the_model_in_training_would_serve(chat_en) -> None:  # type: ignore[no-untyped-def]
    """With adapter weights in place that write one token for ever, the answers change; nothing stays unfrozen."""
    from assistant.models.local import Base, LocalChat
    from assistant.settings import from_environment
    from assistant.tuning.local.methods import bottleneck

    # A network of its own: the one that other tests share must not be changed.
    chat = LocalChat(Base(chat_en._base.folder, from_environment()), "own")
    rows = [Row(str(n), ((Message("user", f"Say {n}"),),), "yes" if n % 2 else "no") for n in range(6)]
    watched = looks(chat, rows, 768)
    before = watched.answers()
    assert watched.longest <= 3 and len(before) == 6
    wrapped = bottleneck.wrap(chat.model, plan("smollm2-135m-instruct", "bottleneck"))
    with torch.no_grad():
        for block in wrapped.blocks:
            block.up.bias.normal_(0, 5.0)
    frozen = [p.requires_grad for p in chat.model.parameters()]
    assert watched.answers() != before
    assert [p.requires_grad for p in chat.model.parameters()] == frozen
    assert [s["ideal"] for s in watched.samples(before, {"0": "nol"})][:2] == ["no", "yes"]
    assert watched.samples(before, {"0": "nol"})[0]["input"] == "nol"
