"""One set of held-out cases through every arm of a project: what it needs, as a job, and its worker's part."""

import hashlib
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from assistant import jobs
from assistant.dataset import examples, kinds, versions
from assistant.errors import PenalaError
from assistant.evaluation import comparing
from assistant.evaluation.classifier import ClassifierArm
from assistant.evaluation.values import Arm, Case, Kind
from assistant.jobs import Job, Journal
from assistant.journey import choices, passages
from assistant.journey.arms import ModelArm
from assistant.journey.question_arm import QuestionArm
from assistant.journey.tune import WORKER
from assistant.models.embedding import open_embedder
from assistant.models.prompt import Prompt, Shot
from assistant.models.values import ChatModel, Decoding, Embedder
from assistant.retrieval import prompts, questions, store, whole
from assistant.settings import Settings
from assistant.tuning.adapters import Adapter, adapter, adapters
from assistant.workspace.project import Project, open_project

TASK_ARMS = ("classifier", "prompt", "few_shot", "rag", "tuned", "tuned_rag")
QUESTION_ARMS = ("prompt", "rag", "whole_document")
_BRIEF = Decoding(max_tokens=48)  # of an answer to a question on the documents


@dataclass(frozen=True)
class Request:
    """Which cases (`v001:test`, or `questions`), which arms (none named: all that can run), and how many cases.

    With `prompts` the arms are those versions of the prompt, and nothing else differs between them."""

    test: str
    arms: tuple[str, ...] = ()
    run: str | None = None
    limit: int | None = None
    model: str | None = None
    seed: int = 0
    prompts: tuple[int, ...] = ()


def start(project: Project, request: Request) -> Job:
    """Start a comparison as a job. Raises PenalaError for cases or arms that cannot be had."""
    cases(project, request)
    identity = jobs.new_id(project.comparisons)
    spec = {"project": str(project.folder), "request": json.loads(json.dumps(request.__dict__))}
    return jobs.start(project.comparisons / identity, "compare", spec, WORKER)


def work(spec: dict[str, Any], journal: Journal, settings: Settings) -> dict[str, Any]:
    """The worker's part: answer, score, judge, save."""
    project = open_project(Path(spec["project"]))
    lists = {name: tuple(spec["request"].get(name, ())) for name in ("arms", "prompts")}
    request = Request(**{**spec["request"], **lists})
    began = time.monotonic()
    found = compare(project, request, settings, journal.folder, journal.progress)
    return {
        "comparison": journal.folder.name,
        "seconds": round(time.monotonic() - began, 1),
        **found.to_json(),
    }


def compare(
    project: Project,
    request: Request,
    settings: Settings,
    folder: Path,
    report: Callable[[int, int, str], None],
) -> comparing.Comparison:
    """Run the cases through the arms and save the comparison in `folder`."""
    asked, kind = cases(project, request)
    bench = Bench(project, request, settings)
    arms = bench.arms(kind)
    training = [e.input for e in bench.training_examples]
    found = comparing.compare(arms, asked, kind, training, project.cache / "answers", report)
    comparing.save(found, folder)
    return found


def cases(project: Project, request: Request) -> tuple[list[Case], Kind]:
    """The cases asked for, at most `limit` picked by seed, and what kind they are. Raises PenalaError("no_cases_in")."""
    if request.test == "questions":
        found = [_question_case(q) for q in questions.questions(project)]
        kind: Kind = "questions"
    else:
        kept = versions.rows(project, request.test)
        found = [Case(e.id, e.input, e.output, e.source) for e in kept]
        kind = project.get("kind") or kinds.kind_of(versions.load(project, request.test.split(":")[0]))
    if not found:
        raise PenalaError("no_cases_in", test=request.test)
    if request.limit and request.limit < len(found):
        found = random.Random(request.seed).sample(found, request.limit)
    return found, kind


def _question_case(q: questions.Question) -> Case:
    first = q.answers[0] if q.answers else ""
    return Case(q.id, q.question, first, q.document or "", "", tuple(q.answers[1:]))


def usual(possible: Sequence[str]) -> list[str]:
    """The arms that run unasked: reading every document for every question is for those who choose it."""
    return [name for name in possible if name != "whole_document"]


@dataclass(frozen=True)
class Bench:
    """What the arms of one comparison share: model, embedder, documents, training examples, adapter."""

    project: Project
    request: Request
    settings: Settings

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
        return versions.rows(self.project, f"{self.request.test.split(':')[0]}:train")

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
        return [self.arm(name, kind) for name in wanted]

    def possible(self, kind: Kind) -> list[str]:
        if kind == "questions":
            return [
                name
                for name in QUESTION_ARMS
                if name == "prompt" or (self.has_documents and self._fits(name))
            ]
        tuned = self.adapter
        can = {
            "classifier": kind == "labels",
            "prompt": True,
            "few_shot": bool(self.training_examples),
            "rag": self.has_documents,
            "tuned": tuned is not None,
            "tuned_rag": tuned is not None and tuned.card.passages and self.has_documents,
        }
        return [name for name in TASK_ARMS if can[name]]

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
        tuned = self.adapter if name in ("tuned", "tuned_rag") else None
        prompt = tuned.card.to_prompt() if tuned else choices.task_prompt(self.project)
        return self._prompted(name, self._open(tuned.folder if tuned else None), prompt, name == "few_shot")

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


def chosen_adapter(project: Project, request: Request) -> Adapter | None:
    """The adapter of the run asked for, else of the newest run that has one."""
    if request.run:
        return adapter(project.runs, request.run)
    return next(iter(adapters(project.runs)), None)


def comparisons(project: Project, of_prompts: bool = False) -> list[Job]:
    """The project's comparisons of arms, newest first; or those of two versions of a prompt."""
    found = jobs.jobs_in(project.comparisons)
    return [job for job in found if bool(job.spec["request"].get("prompts")) == of_prompts]


def saved(project: Project, identity: str) -> comparing.Comparison:
    return comparing.load(project.comparisons / identity)
