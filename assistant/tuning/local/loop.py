"""The training loop: loss on the completion only, validation, early stopping, checkpoints, exact resume."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import torch
from torch.nn.functional import cross_entropy

from assistant.errors import PenalaError
from assistant.tuning.local import checkpoint, frozen, packed, signs
from assistant.tuning.local.batches import Batch, Encoded, epoch_batches, fixed_batches, mixture
from assistant.tuning.local.checkpoint import Progress, Tensors
from assistant.tuning.local.watching import Looks, Scores, Watch
from assistant.tuning.plan import Plan

Report = Callable[..., None]  # report(kind, **values); may raise to stop


@dataclass(frozen=True)
class Trained:
    """How a run ended: the best step, its validation loss and score, and the trained tensors of that step."""

    steps: int
    best_loss: float | None  # None when it was stopped before the first validation
    best_score: float | None  # of the declared metric
    best_step: int
    tensors: Tensors
    seconds: float
    tokens: int


@dataclass
class Training:
    """One run's moving parts. `model` is a peft model whose trainable parameters alone change."""

    model: Any
    plan: Plan
    train: Sequence[Sequence[Encoded]]
    validation: Sequence[Sequence[Encoded]]
    folder: Path  # for checkpoints
    report: Report
    watch: Watch = field(default_factory=lambda: Watch("", lambda references, answers: {}))
    looks: Looks | None = None
    explain: Callable[[signs.Sign], Mapping[str, Any]] = (
        lambda sign: {}
    )  # the likely cause, as a note's values

    def __post_init__(self) -> None:
        torch.manual_seed(self.plan.seed)
        self.trained = {name: p for name, p in self.model.named_parameters() if p.requires_grad}
        # Small updates vanish in bfloat16, so the optimiser works on float32 copies.
        self.masters = {name: p.detach().float().clone() for name, p in self.trained.items()}
        self.optimizer = torch.optim.AdamW(list(self.masters.values()), lr=self.plan.rate, weight_decay=0.0)
        self.lower: frozen.Frozen | None = None
        self.first = {name: p.detach().clone() for name, p in self.trained.items()}
        self.recent: list[float] = []  # training losses since this process began
        self.best: Tensors = {}
        self.progress = Progress()
        self.tokens = 0

    @property
    def states(self) -> Path:
        """Where the frozen layers' work is kept (see `frozen`)."""
        return self.folder / "states"

    @property
    def steps_an_epoch(self) -> int:
        return math.ceil(len(mixture(self.train, 0)) / self.plan.batch)

    @property
    def steps(self) -> int:
        return self.steps_an_epoch * self.plan.epochs

    def run(self) -> Trained:
        """Train from the newest checkpoint that verifies, or from the start, to the end of the plan."""
        self._resume()
        self.lower = frozen.prepare(self.model, [*self.train, *self.validation], self.states, self.report)
        began = saved = time.monotonic()
        first = self.progress.step
        if first == 0:
            self._validate()
        for batch in self._batches():
            self._step(batch, began, first)
            if self._validation_is_due():
                self._validate()
            if time.monotonic() - saved > self.plan.checkpoint_seconds:
                self.save()
                saved = time.monotonic()
        self.save()
        p = self.progress
        if p.step < self.steps:
            self.report("note", key="tuning.early_stopped", step=p.step, waited=p.waited, best=p.best_step)
        return Trained(
            p.step, p.best_loss, p.best_score, p.best_step, self.best, time.monotonic() - began, self.tokens
        )

    def _batches(self) -> Iterator[Batch]:
        """The batches still to learn from, until the plan ends or nothing better has come for too long."""
        for epoch in range(self.progress.step // self.steps_an_epoch, self.plan.epochs):
            batches = epoch_batches(self.train, epoch, self.plan.batch, self.plan.seed)
            for batch in batches[self.progress.step - epoch * self.steps_an_epoch :]:
                if self.watch.ended(self.progress.waited):
                    return
                yield batch

    def save(self) -> None:
        groups = {"weights": self.masters, "best": self.best or self.masters, "optimizer": self._moments()}
        checkpoint.save(self.folder, groups, self.progress)

    def _step(self, batch: Batch, began: float, first: int) -> None:
        self.model.train()
        loss = completion_loss(self.model, batch, self.lower)
        loss.backward()
        if not math.isfinite(loss.item()):
            self._not_finite()
        for name, p in self.trained.items():
            self.masters[name].grad = p.grad.float() if p.grad is not None else None
            p.grad = None
        if not math.isfinite(torch.nn.utils.clip_grad_norm_(self.masters.values(), 1.0).item()):
            self._not_finite()
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        self.optimizer.step()
        self.copy_to_model(self.masters)
        self.progress = replace(self.progress, step=self.progress.step + 1)
        self.tokens += batch.tokens.numel()
        self.recent.append(loss.item())
        self._tell(loss.item(), began, first)
        self._warn(signs.of_steps(self.recent))

    def _not_finite(self) -> NoReturn:
        self._warn("not_finite")
        raise PenalaError("loss_not_finite", step=self.progress.step + 1)

    def _warn(self, sign: signs.Sign | None) -> None:
        """Say once what is going wrong, and the likely cause."""
        told = self.progress.told
        if sign is None or sign in told or (sign == "nothing" and "diverging" in told):
            return
        self.progress = replace(self.progress, told=(*told, sign))
        step = self.progress.step
        self.report("note", key=f"tuning.sign.{sign}", step=step, best=self.progress.best_step)
        # Overfitting is its own cause.
        if sign != "overfitting" and (found := self.explain(sign)):
            self.report("note", **found)

    def _tell(self, loss: float, began: float, first: int) -> None:
        step, seconds = self.progress.step, time.monotonic() - began
        self.report(
            "metric", step=step, steps=self.steps, epoch=round(step / self.steps_an_epoch, 3), split="train",
            loss=round(loss, 5), rate=self._rate(), tokens_per_second=round(self.tokens / seconds, 1),
            seconds_left=round(seconds / (step - first) * (self.steps - step)),
        )  # fmt: skip

    def _rate(self) -> float:
        """Linear warm-up over a twentieth of the steps, then a cosine down to a tenth of the peak."""
        step, warm = self.progress.step, max(1, self.steps // 20)
        if step < warm:
            return self.plan.rate * (step + 1) / warm
        part = (step - warm) / max(1, self.steps - warm)
        return self.plan.rate * (0.1 + 0.45 * (1 + math.cos(math.pi * part)))

    def _validation_is_due(self) -> bool:
        every = max(1, self.steps_an_epoch // self.plan.evaluations)
        return self.progress.step % every == 0 or self.progress.step == self.steps

    def _validate(self) -> None:
        """Validation loss a completion token, the share of those tokens that would be written right, and the task's
        metrics on answers. The weights of the best step by the declared measure are kept aside.

        Unless declared so, not those of the lowest loss: it rises, as the model grows surer of itself, while the
        answers still improve (on the Indonesian sample's 30 validation rows the lowest loss, step 60 of 120, scored
        0.57 of the fields, the last step 0.74).
        """
        self.model.eval()
        total, right, count = 0.0, 0, 0
        with torch.no_grad():
            for batch in fixed_batches(self.validation, self.plan.batch * 2):
                logits, target = completion_logits(self.model, batch, self.lower)
                total += cross_entropy(logits, target, reduction="sum").item()
                right += int((logits.argmax(-1) == target).sum())
                count += len(target)
                self.report("tick")
        loss, accuracy, scores = total / max(1, count), right / max(1, count), self._look()
        step = self.progress.step
        self.report("metric", step=step, steps=self.steps, epoch=round(step / self.steps_an_epoch, 3),
                    split="validation", loss=round(loss, 5), accuracy=round(accuracy, 5),
                    scores={name: round(value, 5) for name, value in scores.items()})  # fmt: skip
        if step > 0:
            self._judge(loss, accuracy, scores)
        self._remember(loss, accuracy, scores)

    def _remember(self, loss: float, accuracy: float, scores: Scores) -> None:
        p, since = self.progress, self.recent[-self.steps :]
        steps = max(1, p.step - int(p.seen[-1][0])) if p.seen else 1
        train = sum(since[-steps:]) / max(1, len(since[-steps:])) if since else loss
        look = signs.Validation(p.step, loss, accuracy, scores.get(self.watch.metric, 0.0), train)
        self.progress = replace(p, seen=(*p.seen, astuple(look)))
        self._warn(
            signs.of_validations([signs.Validation(int(step), *rest) for step, *rest in self.progress.seen])
        )

    def _look(self) -> Scores:
        """The task's metrics now, and a few answers to read; none where nobody watches."""
        if self.looks is None:
            return {}
        answers = self.looks.answers()
        self.report("sample", step=self.progress.step, samples=self.looks.samples(answers, self.watch.inputs))
        return self.watch.score([row.completion for row in self.looks.rows], answers)

    def _judge(self, loss: float, accuracy: float, scores: Scores) -> None:
        """Keep these weights if they are the best so far; else note that another validation brought nothing."""
        p, watch = self.progress, self.watch
        score = scores.get(watch.metric, 0.0)
        best = watch.standing(p.best_loss, p.best_accuracy, {watch.metric: p.best_score})
        if p.best_step and watch.standing(loss, accuracy, scores) <= best:
            self.progress = replace(p, waited=p.waited + 1)
            return
        self.progress = replace(
            p, best_score=score, best_accuracy=accuracy, best_loss=loss, best_step=p.step, waited=0
        )
        self.best = {name: master.clone() for name, master in self.masters.items()}

    def _resume(self) -> None:
        damaged: list[int] = []

        def passed_over(step: int, name: str) -> None:
            damaged.append(step)
            self.report("note", key="tuning.checkpoint_damaged", step=step, file=name)

        found = checkpoint.newest(self.folder, self.masters, passed_over)
        if found is None:
            if damaged:
                self.report("note", key="tuning.checkpoints_lost")
            return
        groups, self.progress = checkpoint.load(found)
        for name, master in self.masters.items():
            master.copy_(groups["weights"][name])
        self.copy_to_model(self.masters)
        if self.progress.best_step:
            self.best = groups["best"]
        self._restore_moments(groups["optimizer"])
        self.report("note", key="tuning.resumed_from", step=self.progress.step)

    def _moments(self) -> Tensors:
        found: Tensors = {}
        for name, master in self.masters.items():
            for key, value in self.optimizer.state.get(master, {}).items():
                found[f"{key}|{name}"] = torch.as_tensor(value)
        return found or {"none": torch.zeros(1)}

    def _restore_moments(self, moments: Tensors) -> None:
        for name, master in self.masters.items():
            keys = [key for key in moments if key.endswith(f"|{name}")]
            if keys:
                self.optimizer.state[master] = {key.split("|")[0]: moments[key] for key in keys}

    def copy_to_model(self, tensors: Tensors) -> None:
        with torch.no_grad():
            for name, parameter in self.trained.items():
                parameter.copy_(tensors[name])


def completion_loss(model: Any, batch: Batch, lower: frozen.Frozen | None = None) -> torch.Tensor:
    """Mean cross-entropy a completion token."""
    return cross_entropy(*completion_logits(model, batch, lower))


def completion_logits(
    model: Any, batch: Batch, lower: frozen.Frozen | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """For each completion token its logits (tokens, vocabulary) and its id. The head runs on those tokens alone:
    for a small model with a large vocabulary it is most of the work. Padding is on the right, so causal
    attention needs no mask; where the model allows it, and every row has something to learn, there is no padding at
    all (see `packed`)."""
    causal = model.get_base_model()
    device = next(causal.parameters()).device
    if bool(batch.learned.any(1).all()) and packed.possible(causal):
        one = packed.pack(batch.tokens, batch.learned)
        logits = lower.logits(one, batch) if lower else packed.logits(causal, one)
        return logits.float(), one.target.to(device)
    tokens, learned = batch.tokens.to(device), batch.learned.to(device)
    target = tokens[:, 1:][learned[:, 1:]]
    if _head_is_plain(causal):
        hidden = causal.get_decoder()(input_ids=tokens[:, :-1], use_cache=False).last_hidden_state
        logits = causal.get_output_embeddings()(hidden[learned[:, 1:]])
    else:
        logits = causal(input_ids=tokens[:, :-1], use_cache=False).logits[learned[:, 1:]]
    return logits.float(), target


def _head_is_plain(causal: Any) -> bool:
    """Whether logits are just head(hidden): some families scale or cap them afterwards."""
    config = causal.config
    scaled = ("final_logit_softcapping", "logit_scale", "logits_scaling", "lm_head_multiplier")
    return not any(getattr(config, name, None) for name in scaled)
