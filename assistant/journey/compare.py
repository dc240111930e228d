"""One set of held-out cases through every arm of a project: what it needs, as a job, and its worker's part."""

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant import jobs
from assistant.dataset import examples, kinds, splits, versions
from assistant.dataset.languages import language_of
from assistant.errors import PenalaError
from assistant.evaluation import comparing, slices
from assistant.evaluation.metrics import Aids, Embed
from assistant.evaluation.statistics import MARGIN
from assistant.evaluation.values import TUNED, Case, Kind, sort_of
from assistant.jobs import Job, Journal
from assistant.journey import asked_otherwise, choices, forgetting, meaning
from assistant.journey.bench import Bench, chosen_adapter
from assistant.journey.tune import WORKER
from assistant.retrieval import questions
from assistant.settings import Settings
from assistant.workspace.project import Project, open_project


@dataclass(frozen=True)
class Request:
    """Which cases (`v001:test`, `v001:folds` or `questions`), which arms (none named: all that can run), and how many.

    With `folds` every row is a case: a grouped cross-validation, for versions whose test part is small. Arms that learn
    from rows are made anew for each fold; a tuned model, which would have to be trained for each, is left out.

    `primary` (the kind's own where none is named), `margin` and `target` are declared here, before any answer is seen.
    With `prompts` the arms are those versions of the prompt, and nothing else differs between them. With `probe` a tuned
    arm and its base are asked general questions too, to see what was forgotten; with `otherwise`, every arm is asked so
    many of the cases again, misspelt, in slang, framed and as they are."""

    test: str
    arms: tuple[str, ...] = ()
    run: str | None = None
    limit: int | None = None
    model: str | None = None
    seed: int = 0
    prompts: tuple[int, ...] = ()
    primary: str = ""
    margin: float = MARGIN
    target: float = 0.0
    probe: bool = False
    otherwise: int = 0

    @property
    def version(self) -> str:
        return self.test.split(":")[0]

    @property
    def folded(self) -> bool:
        return self.test.endswith(":folds")


def request(job: Job) -> Request:
    """What a comparison was asked for."""
    return _request(job.spec)


def _request(spec: dict[str, Any]) -> Request:
    lists = {name: tuple(spec["request"].get(name, ())) for name in ("arms", "prompts")}
    return Request(**{**spec["request"], **lists})


def words(request: Request) -> list[str]:
    """The options of `penala compare` that ask for the same, all but the project."""
    found = ["--test", request.test]
    given = {
        "--arms": ",".join(request.arms), "--run": request.run, "--limit": request.limit, "--model": request.model,
        "--primary": request.primary,
        "--margin": "" if request.margin == MARGIN else f"{100 * request.margin:g}",
        "--target": f"{100 * request.target:g}" if request.target else "", "--otherwise": request.otherwise,
    }  # fmt: skip
    for option, value in given.items():
        found += [option, str(value)] if value else []
    return found if request.probe else [*found, "--no-probe"]


def start(project: Project, request: Request) -> Job:
    """Start a comparison as a job. Raises PenalaError for cases or arms that cannot be had, or a metric or margin that
    cannot be declared. The run that is the newest now is kept by name, for there may be a newer one when it is read."""
    kind, tuned = cases(project, request)[1], chosen_adapter(project, request)
    comparing.check_declared(kind, request.primary, request.margin, request.target)
    request, identity = replace(request, run=tuned.run if tuned else None), jobs.new_id(project.comparisons)
    spec = {"project": str(project.folder), "request": json.loads(json.dumps(request.__dict__))}
    return jobs.start(project.comparisons / identity, "compare", spec, WORKER)


def work(spec: dict[str, Any], journal: Journal, settings: Settings) -> dict[str, Any]:
    """The worker's part: answer, score, judge, save."""
    project = open_project(Path(spec["project"]))
    began = time.monotonic()
    found = compare(project, _request(spec), settings, journal.folder, journal.progress)
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
    training = [] if request.folded else [e.input for e in bench.training_examples]
    embed, cache = meaning.answers(project, settings), project.cache / "answers"
    aids = Aids(embed=embed, schema=choices.task_prompt(project).schema if kind == "fields" else "")
    found = comparing.compare(
        arms, asked, kind, training, cache, report,
        seed=request.seed, margin=request.margin, declared=request.primary, target=request.target, aids=aids,
    )  # fmt: skip
    comparing.save(found, folder)
    slices.save(_slices(project, request, asked, kind, embed), folder)
    if request.probe and bench.adapter and any(sort_of(arm.name) in TUNED for arm in arms):
        forgetting.measure(project, bench.adapter, settings, folder, report)
    if request.otherwise:
        asked_otherwise.measure(found, arms, request.otherwise, cache, folder, report, aids)
    return found


def _slices(
    project: Project, request: Request, asked: Sequence[Case], kind: Kind, embed: Embed | None
) -> list[slices.Slice]:
    rows = [] if request.test == "questions" else _rows(project, request)
    tags = {e.id: e.tags for e in rows}
    return slices.cut(asked, labels=kind == "labels", language_of=language_of, tags=tags, embed=embed)


def cases(project: Project, request: Request) -> tuple[list[Case], Kind]:
    """The cases asked for, at most `limit` picked by seed, and what kind they are. Raises PenalaError("no_cases_in")."""
    if request.test == "questions":
        found = [_question_case(q) for q in questions.questions(project)]
        kind: Kind = "questions"
    else:
        found = [Case(e.id, e.input, e.output, e.source) for e in _rows(project, request)]
        kind = project.get("kind") or kinds.kind_of(versions.load(project, request.version))
    if not found:
        raise PenalaError("no_cases_in", test=request.test)
    if request.limit and request.limit < len(found):
        found = random.Random(request.seed).sample(found, request.limit)
    return found, kind


def _rows(project: Project, request: Request) -> list[examples.Example]:
    """The rows that are cases."""
    if not request.folded:
        return versions.rows(project, request.test)
    kept = versions.load(project, request.version)
    tested = {id for fold in splits.folds(kept, seed=request.seed) for id in fold.test}
    return [e for e in kept if e.id in tested]


def _question_case(q: questions.Question) -> Case:
    first = q.answers[0] if q.answers else ""
    return Case(q.id, q.question, first, q.document or "", "", tuple(q.answers[1:]))


def comparisons(project: Project, of_prompts: bool = False) -> list[Job]:
    """The project's comparisons of arms, newest first; or those of two versions of a prompt."""
    found = jobs.jobs_in(project.comparisons)
    return [job for job in found if bool(job.spec["request"].get("prompts")) == of_prompts]


def saved(project: Project, identity: str) -> comparing.Comparison:
    return comparing.load(project.comparisons / identity)
