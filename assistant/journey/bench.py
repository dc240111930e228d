"""What the arms of one comparison share, and which arms a project can have; runs and scores nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.dataset import examples, splits, versions
from assistant.errors import PenalaError
from assistant.evaluation.classifier import ClassifierArm
from assistant.evaluation.folded import FoldedArm
from assistant.evaluation.values import TUNED, Arm, Kind
from assistant.journey import choices, passages
from assistant.journey.arms import ModelArm
from assistant.journey.question_arm import QuestionArm
from assistant.models.embedding import open_embedder
from assistant.models.prompt import Prompt, Shot
from assistant.models.values import ChatModel, Decoding, Embedder
from assistant.retrieval import prompts, store, whole
from assistant.settings import Settings
from assistant.tuning.adapters import Adapter, adapter, adapters
from assistant.workspace.project import Project

if TYPE_CHECKING:
    from assistant.journey.compare import Request

TASK_ARMS = ("classifier", "prompt", "few_shot", "rag", "tuned", "tuned_rag")
QUESTION_ARMS = ("prompt", "rag", "whole_document")
_BRIEF = Decoding(max_tokens=48)  # of an answer to a question on the documents


def usual(possible: Sequence[str]) -> list[str]:
    """The arms that run unasked: reading every document for every question is for those who choose it, and so is
    every earlier adapter."""
    return [name for name in possible if name != "whole_document" and ":" not in name]


@dataclass(frozen=True)
class Bench:
    """What the arms of one comparison share: model, embedder, documents, training examples, adapter."""

    project: Project
    request: "Request"
    settings: Settings
    fold: splits.Fold | None = None  # whose rows are held out

    @cached_property
    def spec(self) -> str:
        tuned = self.adapter
        return self.request.model or (
            tuned.card.base if tuned else choices.model(self.project, self.settings)
        )

    @cached_property
    def embedder(self) -> Embedder:
        return open_embedder(self.settings)

    @cached_property
    def adapter(self) -> Adapter | None:
        return chosen_adapter(self.project, self.request)

    @cached_property
    def training_examples(self) -> list[examples.Example]:
        if self.request.test == "questions":
            return []
        if not self.request.folded:
            return versions.rows(self.project, f"{self.request.version}:train")
        kept = versions.load(self.project, self.request.version)
        return [e for e in kept if self.fold is None or e.id in self.fold.train]

    @cached_property
    def _folds(self) -> list[tuple[splits.Fold, "Bench"]]:
        kept = versions.load(self.project, self.request.version)
        found = splits.folds(kept, seed=self.request.seed)
        return [(fold, replace(self, fold=fold)) for fold in found]

    @cached_property
    def _opened(self) -> dict[Path | None, ChatModel]:
        return {}

    @cached_property
    def has_documents(self) -> bool:
        return any(d.status == "ready" for d in store.documents(self.project))

    def arms(self, kind: Kind) -> list[Arm]:
        """The arms asked for, or the usual of those that can run here. Raises PenalaError for an arm that cannot."""
        if self.request.prompts:
            return [self._version_arm(number, kind) for number in self.request.prompts]
        can = self.possible(kind)
        wanted = self.request.arms or tuple(usual(can))
        for name in wanted:
            if name not in can and name != "whole_document":  # that one says itself why it cannot
                raise PenalaError("arm_not_possible", arm=name, known=", ".join(can))
        make = self._folded if self.request.folded else self.arm
        return [make(name, kind) for name in wanted]

    def _folded(self, name: str, kind: Kind) -> Arm:
        """An arm that learns from rows, made for each fold without it; another as it is."""
        if name not in ("classifier", "few_shot"):
            return self.arm(name, kind)
        fold_of = {id: n for n, (fold, _) in enumerate(self._folds) for id in fold.test}
        return FoldedArm(name, tuple(bench.arm(name, kind) for _, bench in self._folds), fold_of)

    def possible(self, kind: Kind) -> list[str]:
        if kind == "questions":
            return [
                name
                for name in QUESTION_ARMS
                if name == "prompt" or (self.has_documents and self._fits(name))
            ]
        tuned = None if self.request.folded else self.adapter
        can = {
            "classifier": kind == "labels",
            "prompt": True,
            "few_shot": bool(self.training_examples),
            "rag": self.has_documents,
            "tuned": tuned is not None,
            "tuned_rag": tuned is not None and tuned.card.passages and self.has_documents,
        }
        return [
            *(name for name in TASK_ARMS if can[name]),
            *(f"tuned:{a.run}" for a in (self.others if tuned else ())),
        ]

    @cached_property
    def others(self) -> list[Adapter]:
        """The project's other adapters on the same base, for other domains or earlier: arms `tuned:r001`, in the same
        memory, put on and taken off between answers."""
        mine = self.adapter
        kept = adapters(self.project.runs) if mine else []
        return [a for a in kept if mine and a.run != mine.run and a.card.base == mine.card.base]

    def arm(self, name: str, kind: Kind) -> Arm:
        if kind == "questions":
            return self.question_arm(name)
        if name == "classifier":
            rows = self.training_examples
            return ClassifierArm(
                [e.input for e in rows], [e.output for e in rows], self.embedder, [e.group for e in rows]
            )
        return self._model_arm(name, kind)

    def question_arm(self, name: str) -> QuestionArm:
        """Raises PenalaError: no_documents_yet and documents_too_long for `whole_document`."""
        model, prompt = self._open(None), choices.question_prompt(self.project)
        return QuestionArm(
            name, self.project, model, prompt, _BRIEF, choices.language(self.project),
            self.embedder if name == "rag" else None,
            whole.fitting(self.project, model, prompt, _BRIEF) if name == "whole_document" else (),
        )  # fmt: skip

    def _version_arm(self, number: int, kind: Kind) -> Arm:
        """One version of the prompt, always with a written answer: a quoted one would not show the prompt's part."""
        if kind == "questions":
            prompt = prompts.version(self.project, "question", number).prompt
            return QuestionArm(
                f"prompt:v{number}", self.project, self._open(None), prompt, replace(_BRIEF, schema=prompt.schema),
                choices.language(self.project), self.embedder if self.has_documents else None, writes=True,
            )  # fmt: skip
        prompt = prompts.version(self.project, "task", number).prompt
        if prompt.examples and not self.training_examples:
            raise PenalaError("prompt_no_training", version=number)
        return self._prompted(f"prompt:v{number}", self._open(None), prompt, chooses=bool(prompt.examples))

    def _fits(self, name: str) -> bool:
        """Whether the documents can be read at once, by a count that opens no model of this machine."""
        if name != "whole_document":
            return True
        count = choices.token_counter(self.spec, self.settings)
        size = sum(count(passage.shown) for passage in whole.documents(self.project))
        return size <= whole.size_allowed(choices.context(self.spec, self.settings), 0, _BRIEF)

    def _model_arm(self, name: str, kind: Kind) -> ModelArm:
        tuned = (
            self.adapter
            if name in TUNED
            else next((a for a in self.others if name == f"tuned:{a.run}"), None)
        )
        prompt = tuned.card.to_prompt() if tuned else choices.task_prompt(self.project)
        made = self._prompted(name, self._open(tuned.folder if tuned else None), prompt, name == "few_shot")
        return replace(made, labels=tuple(tuned.card.labels)) if tuned and kind == "labels" else made

    def _prompted(self, name: str, model: ChatModel, prompt: Prompt, chooses: bool) -> ModelArm:
        finds = name in ("rag", "tuned_rag")
        return ModelArm(
            name=name,
            model=model,
            prompt=prompt,
            decoding=Decoding(max_tokens=self._longest_answer(model), schema=prompt.schema),
            find=self._find if finds else None,
            choose=partial(self._choose, prompt.examples or prompts.EXAMPLES) if chooses else None,
            knowledge=self._knowledge(finds, chooses),
        )

    def _longest_answer(self, model: ChatModel) -> int:
        """Tokens: a quarter more than the longest ideal answer that was trained on has. A remote model, which
        would have to be asked for each count, gets half as many as that answer has letters."""
        answer = max((e.output for e in self.training_examples), key=len, default="")
        if not answer:
            return 400
        here = not choices.is_remote(self.spec)
        return max(24, model.count(answer) * 5 // 4 if here else len(answer) // 2)

    def _open(self, folder: Path | None) -> ChatModel:
        """The model with that adapter, or without one; each is loaded once."""
        if folder not in self._opened:
            from assistant.models.registry import open_model

            self._opened[folder] = open_model(self.spec, self.settings, adapter=folder)
        return self._opened[folder]

    def _find(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        return passages.for_serving(self.project, texts, self.embedder)

    def _choose(self, count: int, texts: Sequence[str]) -> list[tuple[Shot, ...]]:
        """From the training split alone: an example of the test split would give its answer away."""
        pool = [Shot(e.input, e.output) for e in self.training_examples]
        return prompts.shots_for(texts, pool, self.embedder, count)

    def _knowledge(self, finds: bool, chooses: bool) -> str:
        """The state of what an arm draws on, so that its cached answers are not used after a change."""
        if finds:
            return f"index {store.generation(self.project)}"
        if chooses:
            text = "\n".join(f"{e.input}\t{e.output}" for e in self.training_examples)
            return hashlib.sha256(text.encode()).hexdigest()
        return ""


def chosen_adapter(project: Project, request: "Request") -> Adapter | None:
    """The adapter of the run asked for, else of the newest run that has one."""
    if request.run:
        return adapter(project.runs, request.run)
    return next(iter(adapters(project.runs)), None)
