"""`penala index`, `search`, `ask`, `evaluation`: the baseline on the team's documents from the command line."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from assistant import texts
from assistant.commands import Call
from assistant.commands.proposed import by_model
from assistant.dataset import versions
from assistant.errors import PenalaError
from assistant.evaluation.values import Case
from assistant.journey import choices, compare, shapes
from assistant.journey.bench import QUESTION_ARMS, Bench
from assistant.journey.question_arm import QuestionArm
from assistant.models.values import Decoding
from assistant.retrieval import drafting, missed, proposing, questions
from assistant.retrieval import index as indexing
from assistant.retrieval import search as searching
from assistant.retrieval.answering import Answer
from assistant.retrieval.missed import Retrieved
from assistant.retrieval.proposing import Proposed
from assistant.retrieval.questions import Question
from assistant.retrieval.scope import Scope
from assistant.retrieval.search import Passage

_NO_MODEL_HERE = ("weights_unreachable", "terms_needed")


def index(call: Call) -> int:
    """Add documents; exit 2 when not one of the files could be read."""
    from time import perf_counter

    from assistant.models.embedding import open_embedder

    project, began = call.project_made_if_absent(), perf_counter()
    paths, embedder, report = call.arguments.paths, open_embedder(call.settings), _progress(call)
    if call.arguments.sync:
        found = [r for folder in paths for r in indexing.sync(project, folder, embedder, report)]
    else:
        found = indexing.add(project, paths, embedder, report)
    rows = [
        {"name": r.name, "status": r.status, "pages": r.pages, "chunks": r.chunks,
         "language": r.language, "reason": r.reason(call.language)}
        for r in found
    ]  # fmt: skip
    if not rows:
        call.say(texts.say(call.language, "retrieval.no_files"))
    call.show({"documents": rows, "seconds": round(perf_counter() - began, 3)}, _indexed(call, rows))
    return 2 if not found or all(r.status == "failed" for r in found) else 0


def search(call: Call) -> int:
    """The best passages for a query, or for each line of stdin."""
    from assistant.models.embedding import open_embedder

    project = call.project
    embedder = open_embedder(call.settings)
    for query in call.queries(call.arguments.query):
        found = searching.search(project, query, embedder, call.arguments.k, _scope(call))
        call.show(
            {"results": [shapes.passage(p) for p in found]}, "\n\n".join(_shown(call, p) for p in found)
        )
    return 0


def ask(call: Call) -> int:
    """One answer by one arm, or one a line of stdin."""
    arm = call.arguments.arm
    if arm != "rag" and not _scope(call).everything:
        raise PenalaError("scope_without_search", arm=arm)
    answer = _question_arm(call, arm) if arm in QUESTION_ARMS else _task_arm(call, arm)
    for question in call.queries(call.arguments.question):
        value = answer(question)
        cited = [f"[{n}] {_place(call, c)}: {c['quote']}" for n, c in enumerate(value["citations"], 1)]
        call.show(value, "\n".join([value["answer"], *value["notes"], *cited]))
    return 0


def evaluation_add(call: Call) -> int:
    """Add evaluation questions from a JSONL or CSV file."""
    count = questions.add_file(call.project_made_if_absent(), call.arguments.file)
    return call.show({"added": count}, texts.say(call.language, "retrieval.questions_added", count=count))


def evaluation_list(call: Call) -> int:
    """The evaluation questions."""
    return _listed(call, questions.questions(call.project))


def evaluation_draft(call: Call) -> int:
    """Draft questions from the documents' sentences, or by a chat model; they count once they are reviewed."""
    if call.arguments.model is None:
        return _listed(call, drafting.draft(call.project, call.arguments.count, call.arguments.seed))
    return _listed(call, by_model(call, proposing.propose, Proposed(0, 0)))


def evaluation_review(call: Call) -> int:
    """The drafts; or one of them accepted, with the reviewer's words where given, or rejected."""
    asked = call.arguments
    if asked.draft is None:
        return _listed(call, questions.drafts(call.project))
    if asked.reject:
        questions.reject(call.project, asked.draft)
        return call.show({"id": asked.draft, "rejected": True}, asked.draft)
    answers = asked.answers.split("|") if asked.answers is not None else None
    return _listed(call, [questions.accept(call.project, asked.draft, asked.question, answers)])


def evaluation_missed(call: Call) -> int:
    """How well answers are found, by language and document, and at which step each missed one was lost."""
    from assistant.models.embedding import open_embedder

    found = missed.findings(call.project, questions.questions(call.project), open_embedder(call.settings))
    if not found:
        raise PenalaError("no_cases_in", test="questions")
    groups = missed.groups(found)
    lost: list[dict[str, Any]] = [
        {"id": f.question.id, "question": f.question.question, "rank": f.rank, "lost": f.lost}
        for f in found if f.lost
    ]  # fmt: skip
    lines = [_retrieved(call.language, g, name, r) for g, rows in groups.items() for name, r in rows.items()]
    said = [texts.say(call.language, f"retrieval.lost.{row['lost']}") for row in lost]
    lines += [f"{step}  {row['question']}" for step, row in zip(said, lost, strict=True)]
    shown = {g: {name: asdict(r) for name, r in rows.items()} for g, rows in groups.items()}
    value = {"retrieval": {**shown, "all": shown["all"][""]}, "missed": lost}
    return call.show(value, "\n".join(lines))


def _retrieved(language: str, group: str, name: str, r: Retrieved) -> str:
    shown = {key: texts.number(language, value, 3) for key, value in asdict(r).items() if key != "n"}
    head = f"{texts.say(language, f'retrieval.group.{group}')} {name}".strip()
    return str(texts.say(language, "retrieval.found", name=head, n=r.n, **shown))


def _listed(call: Call, found: Sequence[Question]) -> int:
    rows = [
        {
            "id": q.id, "question": q.question, "answers": list(q.answers), "document": q.document,
            "answerable": q.answerable, "origin": q.origin,
        }
        for q in found
    ]  # fmt: skip
    return call.show_rows(rows, "\n".join(f"{q.id}  {q.question}  {' | '.join(q.answers)}" for q in found))


def _question_arm(call: Call, name: str) -> Callable[[str], dict[str, Any]]:
    """Answers from passages, from all documents, or from the model's memory for `prompt`; the best sentence where
    no model is."""
    arm = replace(_opened(call, name), language=call.language, scope=_scope(call))

    def answer(question: str) -> dict[str, Any]:
        [said] = arm.say([question])
        return shapes.answer(said, name, arm.fingerprint, call.language)

    return answer


def _scope(call: Call) -> Scope:
    return Scope(tuple(call.arguments.document or ()), call.arguments.language)


def _opened(call: Call, name: str) -> QuestionArm:
    """The arm as a comparison would run it; one that quotes where `rag` has no model to write the answer."""
    bench = Bench(call.project, compare.Request("questions", model=call.arguments.model), call.settings)
    try:
        return bench.question_arm(name)
    except PenalaError as error:
        if name != "rag" or call.arguments.model or error.code not in _NO_MODEL_HERE:
            raise
        call.say(str(error.say(call.language)))
        prompt = choices.question_prompt(call.project)
        return QuestionArm(name, call.project, None, prompt, Decoding(), call.language, bench.embedder)


def _task_arm(call: Call, name: str) -> Callable[[str], dict[str, Any]]:
    """Answers as the arm of a comparison on the newest version does: few_shot, tuned, tuned_rag."""
    frozen = versions.all_versions(call.project)
    asked = call.arguments
    test = f"{frozen[-1].name}:test" if frozen else "questions"
    request = compare.Request(test, (name,), asked.tuned_run, model=asked.model)
    kind = compare.cases(call.project, request)[1] if frozen else "questions"
    [arm] = Bench(call.project, request, call.settings).arms(kind)

    def answer(text: str) -> dict[str, Any]:
        [said] = arm.answer([Case("asked", text, "")])
        tokens = said.tokens_in + said.tokens_out
        return shapes.answer(
            Answer(said.text, (), said.refused, 0.0, said.seconds, tokens),
            name,
            arm.fingerprint,
            call.language,
        )

    return answer


def _progress(call: Call) -> Callable[[int, int, str], None]:
    """Each step with its count; beside it the passages made a second and, from the files done, the time left."""
    pace = indexing.Pace()

    def report(done: int, total: int, stage: str) -> None:
        pace.step(done, total, stage)
        said = texts.say(call.language, f"retrieval.stage.{stage}") + (f" {done}/{total}" if total else "")
        if pace.passages and total:
            rate, left = round(pace.rate, 1), round(pace.left)
            said += texts.say(call.language, "retrieval.pace", rate=rate, seconds=left)
        call.say(said)

    return report


def _indexed(call: Call, rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        if row["status"] == "failed":
            lines.append(row["reason"])  # it names the file
            continue
        status = texts.say(call.language, f"retrieval.status.{row['status']}")
        lines.append(texts.say(call.language, "retrieval.indexed", **{**row, "status": status}))
        if row["reason"]:
            lines.append(f"  {row['reason']}")
    return "\n".join(lines)


def _shown(call: Call, p: Passage) -> str:
    own, *others = (_place(call, {"document": a.document, "page": a.page}) for a in p.places)
    also = texts.say(call.language, "retrieval.also", places="; ".join(dict.fromkeys(others)))
    return f"{own}  {p.score:.2f}\n{p.text}" + (f"\n{also}" if others else "")


def _place(call: Call, where: dict[str, Any]) -> str:
    if where["page"] is None:
        return str(where["document"])
    return texts.say(call.language, "retrieval.place", document=where["document"], page=where["page"])
